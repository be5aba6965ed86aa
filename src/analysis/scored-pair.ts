import type { Relation } from "../schema/labels.ts";
import type { Background } from "./content-score.ts";

/** A labelled pair with the features that the likelihood ratio is made from. */
export interface ScoredPair {
  readonly reference: string;
  readonly suspect: string;
  readonly relation: Relation;
  /** True for a student's pre-named teacher. */
  readonly teacher: boolean;
  /** Data lineage of a distilled pair; null for others. */
  readonly cluster: string | null;
  readonly referenceLab: string;
  readonly suspectLab: string;
  /** In the order of `fusedFeatures`; null where one is not defined. */
  readonly features: readonly number[] | null;
}

/** A labelled corpus after measuring: numbers only. */
export interface ScoredCorpus {
  readonly name: string;
  readonly models: number;
  readonly probes: number;
  /** SHA-256 of the corpus file, or of its parameters where it was simulated. */
  readonly sha256: string;
  readonly samplesPerProbe: "one" | "several";
  /** How its panel's unrelated models score; null where they do not. */
  readonly background: Background | null;
  readonly pairs: readonly ScoredPair[];
}

/** What is fused into the likelihood ratio, in order (docs/method.md). */
export const fusedFeatures = ["contentScore", "habitScore"] as const;

/** A pair that stands for the hypothesis "trained on the reference's outputs": the student with its pre-named teacher. */
export const isDistilled = (pair: ScoredPair) =>
  pair.relation === "distilled" && pair.teacher && pair.features !== null;

/** A pair of models known, or not known otherwise than, to be unrelated. */
export const isUnrelated = (pair: ScoredPair) =>
  (pair.relation === "independent" || pair.relation === "undocumented") && pair.features !== null;
