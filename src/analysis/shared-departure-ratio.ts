import { InsufficientDataError } from "../errors.ts";
import type { Estimate } from "../schema/analysis.ts";
import { jackknifeOfSums } from "../stats/jackknife-of-sums.ts";
import { centredSums } from "./content-affinity.ts";
import { excludedFor } from "./content-score.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

const level = 0.9;

/**
 * Shared-departure ratio: sum c(S,R) / sum c(R1,R2), where R1 and R2 are distinct answers of the reference. How far the
 * suspect departs from the panel in the reference's direction, in units of the reference's own departure; it is not the
 * share of training data. With a baseline B: (c(S,R) - c(B,R)) / (c(R1,R2) - c(B,R)).
 *
 * @param baseline - index of the suspect's ancestor or sibling base, or null
 * @returns null with a reason for one sample a probe (the reference's own departure is then unknown), or too few blocks
 */
export function sharedDepartureRatio(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  baseline: number | null,
): Estimate {
  const unknown = (reason: string): Estimate => ({
    estimate: null,
    standardError: null,
    interval: null,
    level,
    reason,
  });
  const { modelCount } = measured.stack;
  const count = (p: number, model: number) => measured.sampleCounts[p * modelCount + model] ?? 0;
  const twice = measured.probes.filter((_, p) => count(p, reference) >= 2).length;
  if (twice === 0 || twice < measured.probes.length / 2)
    return unknown("needs two or more samples a probe from the reference");
  // All sums run over the same probes, and none where the reference's self term is the 1 of a single sample.
  const presentByModel = measured.stack.presentByModel.slice();
  const maskOut = (p: number, model: number) => {
    presentByModel[model * measured.probes.length + p] = 0;
  };
  measured.probes.forEach((_, p) => {
    if (count(p, reference) < 2 || (baseline !== null && count(p, baseline) === 0)) maskOut(p, suspect);
    if (baseline !== null && (count(p, reference) < 2 || count(p, suspect) === 0)) maskOut(p, baseline);
  });
  // A probe masked for one counts in neither sum, so the panel sums, which may hold both models, need not follow.
  const stack = { ...measured.stack, presentByModel };
  const excluded = excludedFor(
    measured,
    baseline === null ? [suspect, reference] : [suspect, reference, baseline],
  );
  const ofSuspect = centredSums(stack, suspect, reference, excluded);
  const ofBaseline = baseline === null ? null : centredSums(stack, baseline, reference, excluded);
  const blocks = [...ofSuspect.probes.keys()].flatMap((block) =>
    (ofSuspect.probes[block] ?? 0) > 0
      ? [
          {
            size: ofSuspect.probes[block] as number,
            sums: [
              ofSuspect.between[block] as number,
              ofSuspect.second[block] as number,
              ofBaseline?.between[block] ?? 0,
            ],
          },
        ]
      : [],
  );
  if (blocks.length < 2) return unknown("needs probes of at least two families with answers of both models");
  try {
    const result = jackknifeOfSums(blocks, ([shared = 0, own = 0, base = 0]) =>
      own - base > 0 ? (shared - base) / (own - base) : Number.NaN,
    );
    return {
      estimate: result.estimate,
      standardError: result.standardError,
      interval: [...result.interval(level)],
      level,
      reason: null,
    };
  } catch (error) {
    if (!(error instanceof InsufficientDataError)) throw error;
    return unknown(
      `the reference hardly departs from the panel${baseline === null ? "" : " beyond the baseline"}`,
    );
  }
}
