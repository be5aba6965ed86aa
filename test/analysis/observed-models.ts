import { measureAnswers } from "../../src/analysis/measure-answers.ts";
import type { MeasuredAnswers } from "../../src/analysis/measured-answers.ts";

/**
 * A comparison's models, probes and blocks, for lines that do not look at similarities: every model has answered every
 * probe, each probe is a family of its own. Model 0 is the suspect, 1 the reference, all others are controls.
 */
export function observedModels(labs: readonly (string | null)[], probes: number): Promise<MeasuredAnswers> {
  const models = labs.map((lab, index) => ({ name: `model-${index}`, lab }));
  return measureAnswers(
    Array.from({ length: probes }, (_, p) => ({
      probe: `probe-${p}`,
      family: `family-${p}`,
      prompt: "",
      answers: new Map(models.map(({ name }) => [name, ["answer"]])),
    })),
    { models, panel: models.map((_, index) => index).slice(2) },
  );
}

/** Suspect, reference and controls of `sizes.length` labs, as many of each. */
export const labsOf = (sizes: readonly number[]): string[] => [
  "suspect's",
  "reference's",
  ...sizes.flatMap((size, lab) => new Array<string>(size).fill(`lab ${lab}`)),
];
