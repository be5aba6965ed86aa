import { kernelOf } from "./kernel-chunks.ts";
import type { KernelStack } from "./kernel-stack.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { packed } from "./sparse-gram.ts";

/** What a ranking is made from; a part of `MeasuredAnswers`. */
export type RankedAnswers = Pick<MeasuredAnswers, "models" | "probes" | "sampleCounts"> & {
  readonly stack: Pick<KernelStack, "modelCount" | "panel" | "kernels" | "present">;
};

/** Labs that must have answered a probe, and those of them that must have two models or two answers. */
export const fewestLabs = 3;
export const fewestLabsWithin = 2;

/** Models of the panel by lab; a model of unknown lab is a lab of its own. */
export function labGroups({ models, stack }: RankedAnswers): number[][] {
  const groups = new Map<string, number[]>();
  for (const model of stack.panel) {
    const { lab, name } = models[model] as RankedAnswers["models"][number];
    const key = lab === null ? `unknown ${name}` : `lab ${lab.trim().toLowerCase()}`;
    groups.set(key, [...(groups.get(key) ?? []), model]);
  }
  return [...groups.values()];
}

/** Likeness within and between labs at one probe, in kernel units. */
export interface Dispersion {
  readonly separation: number;
  /** Variance of the labs' own likenesses around `separation`. */
  readonly scatter: number;
  /** Mean kernel of two labs. */
  readonly between: number;
  /** Variance of the centred kernel over pairs of models of different labs. */
  readonly variance: number;
  readonly labs: number;
  readonly within: number;
}

/**
 * Likeness within and between labs at one probe (see `rankProbes`); every lab counts the same.
 * @param groups - the panel by lab, see `labGroups`
 * @returns null where fewer than three labs answered, or fewer than two have a likeness of their own
 */
export function dispersionOf(
  { stack, sampleCounts }: RankedAnswers,
  groups: readonly (readonly number[])[],
  p: number,
): Dispersion | null {
  const { modelCount, present } = stack;
  const kernel = kernelOf(stack.kernels, p);
  const k = (a: number, b: number) => kernel[packed(a, b)] as number;
  const here = groups
    .map((group) => group.filter((model) => present[p * modelCount + model] === 1))
    .filter(({ length }) => length > 0);
  if (here.length < fewestLabs) return null;
  /** Mean kernel of a model with every other lab. */
  const withOthers = new Map(
    here.flatMap((own) =>
      own.map((a) => {
        const others = here.filter((group) => group !== own);
        return [a, mean(others.map((group) => mean(group.map((b) => k(a, b)))))] as const;
      }),
    ),
  );
  const r = (a: number) => withOthers.get(a) as number;
  const between = mean(here.map((group) => mean(group.map(r))));
  const centred = (a: number, b: number) => k(a, b) - r(a) - r(b) + between;
  const own = here.flatMap((group) => {
    const [only] = group as [number];
    if (group.length > 1) return mean(group.flatMap((a, i) => group.slice(0, i).map((b) => centred(a, b))));
    return (sampleCounts[p * modelCount + only] as number) > 1 ? centred(only, only) : [];
  });
  if (own.length < fewestLabsWithin) return null;
  const pairs = here.flatMap((one, i) =>
    here.slice(0, i).map((other) => {
      const values = one.flatMap((a) => other.map((b) => centred(a, b)));
      return [mean(values), mean(values.map((value) => value * value))] as const;
    }),
  );
  const separation = mean(own);
  return {
    separation,
    scatter: own.reduce((sum, value) => sum + (value - separation) ** 2, 0) / (own.length - 1),
    between,
    variance: Math.max(0, mean(pairs.map(([, square]) => square)) - mean(pairs.map(([value]) => value)) ** 2),
    labs: here.length,
    within: own.length,
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
