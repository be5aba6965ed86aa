import type { Labels, Pair } from "../schema/labels.ts";
import { affinityOf } from "./content-affinity.ts";
import { backgroundOf, cohortsOf, contentScore, controlsOf, habitScore } from "./content-score.ts";
import { habitAffinity } from "./habit-affinity.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import type { ScoredCorpus, ScoredPair } from "./scored-pair.ts";

/** A scored pair with its content affinity beside the features. */
export interface CorpusPair extends ScoredPair {
  readonly contentAffinity: number | null;
  readonly contentScore: number | null;
  readonly habitAffinity: number | null;
}

/** A scored corpus whose pairs show their affinities. */
export interface MeasuredCorpus extends ScoredCorpus {
  readonly pairs: readonly CorpusPair[];
}

/**
 * Scores every labelled pair of a corpus whose two models have answers. Pairs of models that are missing are left out.
 *
 * @param labels - families and pairs; a model without a family is a lab of its own
 */
export function scoreCorpus(
  measured: MeasuredAnswers,
  labels: Labels,
  source: { readonly name: string; readonly sha256: string },
): MeasuredCorpus {
  const indexOf = new Map(measured.models.map(({ name }, index) => [name, index]));
  const background = backgroundOf(measured);
  const labOf = (model: string) => labels.families[model] ?? model;
  const scored = (pair: Pair): CorpusPair[] => {
    const suspect = indexOf.get(pair.suspect);
    const reference = indexOf.get(pair.reference);
    if (suspect === undefined || reference === undefined) return [];
    const cohorts = cohortsOf(measured, suspect, reference);
    const content = background === null ? null : contentScore(cohorts, background);
    const habit = habitAffinity(measured, suspect, reference, controlsOf(measured, suspect, reference));
    const standardised = background === null ? null : habitScore(habit, background);
    return [
      {
        reference: pair.reference,
        suspect: pair.suspect,
        relation: pair.relation,
        teacher: pair.teacher ?? false,
        cluster: pair.cluster ?? null,
        referenceLab: labOf(pair.reference),
        suspectLab: labOf(pair.suspect),
        features: content === null || standardised === null ? null : [content, standardised],
        contentAffinity: affinityOf(cohorts.pair),
        contentScore: content,
        habitAffinity: habit,
      },
    ];
  };
  return {
    name: source.name,
    models: measured.models.length,
    probes: measured.probes.length,
    sha256: source.sha256,
    samplesPerProbe: samplesPerProbe(measured),
    background,
    pairs: (labels.pairs ?? []).flatMap(scored),
  };
}

/** `several` when at least half of all (probe, model) cells with an answer have two or more. */
export function samplesPerProbe(measured: Pick<MeasuredAnswers, "sampleCounts">): "one" | "several" {
  let answered = 0;
  let several = 0;
  for (const count of measured.sampleCounts) {
    if (count > 0) answered++;
    if (count > 1) several++;
  }
  return several * 2 >= answered && answered > 0 ? "several" : "one";
}
