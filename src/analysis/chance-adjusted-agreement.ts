import { InsufficientDataError } from "../errors.ts";
import { capa } from "../stats/capa.ts";
import type { ClosedProbe } from "./closed-answers.ts";

/** How much more two models agree than two that are right as often, over the probes whose right answer is known. */
export interface ChanceAdjustedAgreement {
  /** CAPA's kappa: 1 is full agreement, 0 what their accuracies alone explain. */
  readonly kappa: number;
  readonly probes: number;
}

/**
 * CAPA of two models' most frequent answers. An open question has no list of options: as many count as categories were
 * given by any model, the right one among them.
 *
 * @returns null where no probe with a known right answer was answered by both, or both are always right
 * @see Goel et al. (2025), arXiv:2502.04313
 */
export function chanceAdjustedAgreement(
  probes: readonly ClosedProbe[],
  first: number,
  second: number,
): ChanceAdjustedAgreement | null {
  const items = probes.flatMap(({ correct, counts }) => {
    const ofFirst = plurality(counts.get(first));
    const ofSecond = plurality(counts.get(second));
    if (correct === null || ofFirst === null || ofSecond === null) return [];
    const given = new Set([correct, ...[...counts.values()].flatMap((ofModel) => [...ofModel.keys()])]);
    return [{ first: ofFirst, second: ofSecond, correct, options: Math.max(2, given.size) }];
  });
  try {
    return { kappa: capa(items).estimate, probes: items.length };
  } catch (error) {
    if (error instanceof InsufficientDataError) return null;
    throw error;
  }
}

/** Most frequent category, the first in code-unit order of several. */
function plurality(counts: ReadonlyMap<string, number> | undefined): string | null {
  let best: string | null = null;
  for (const [category, count] of counts ?? []) {
    const most = best === null ? 0 : (counts?.get(best) ?? 0);
    if (best === null || count > most || (count === most && category < best)) best = category;
  }
  return best;
}
