import { controlsOf } from "./content-score.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

/** A model that may explain a suspect. */
export interface Candidate {
  readonly model: number;
  readonly role: "reference" | "version" | "control" | "baseline";
  /** Rivals of one group are left out together: a lab, or a model of unknown lab. */
  readonly group: string;
}

/**
 * Who may explain a suspect: first the reference, then the other models of its lab in whatever role (its versions), the
 * pair's controls as rival teachers, and the baseline. Other models of the suspect's own lab are none of these.
 *
 * @returns besides, those that answered fewer than half of the probes that suspect and reference share
 */
export function rivalTeachers(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  baseline: number | null,
): { readonly candidates: readonly Candidate[]; readonly tooFew: readonly number[] } {
  const { modelCount, present } = measured.stack;
  const labOf = (model: number) => measured.models[model]?.lab ?? null;
  const named = [suspect, reference, baseline];
  const versions = measured.models.flatMap((_, model) =>
    labOf(reference) !== null && labOf(model) === labOf(reference) && !named.includes(model) ? [model] : [],
  );
  const controls = controlsOf(measured, suspect, reference).filter((model) => model !== baseline);
  const as = (role: Candidate["role"]) => (model: number) => ({
    model,
    role,
    group: labOf(model) ?? `unknown ${model}`,
  });
  const all = [
    as("reference")(reference),
    ...versions.map(as("version")),
    ...controls.map(as("control")),
    ...(baseline === null ? [] : [as("baseline")(baseline)]),
  ];
  const shared = (model: number) =>
    measured.probes.filter((_, p) =>
      [suspect, reference, model].every((one) => present[p * modelCount + one] === 1),
    ).length;
  const enough = ({ model }: Candidate) => 2 * shared(model) >= shared(reference);
  return {
    candidates: all.filter(enough),
    tooFew: all.flatMap((candidate) => (enough(candidate) ? [] : [candidate.model])),
  };
}
