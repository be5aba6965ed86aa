import type { Answer } from "./probe.ts";
import type { Outcome } from "./transcript.ts";

/**
 * What `analysis/` works on: for every probe, each model's `ok` answers. Built by the store from transcripts and by
 * `bench/` from corpora; nothing else about a sample enters a similarity of texts.
 */
export interface ProbeAnswers {
  readonly probe: string;
  readonly family: string;
  readonly prompt: string;
  /** Model name -> texts of its `ok` samples, in sample order; models without one are absent. */
  readonly answers: ReadonlyMap<string, readonly string[]>;
  /** How an answer is read, and the probe's language tag; absent where answers were recorded without probes. */
  readonly answer?: Answer;
  readonly language?: string;
  /** Model name -> places in its `answers` of samples that took more than one attempt; models without one are absent. */
  readonly retried?: ReadonlyMap<string, ReadonlySet<number>>;
  /**
   * Model name -> raw bodies of its `ok` and truncated responses that hold token log-probabilities, in sample order;
   * models without one are absent.
   */
  readonly logprobBodies?: ReadonlyMap<string, readonly string[]>;
}

/** Outcomes of one model's samples at one probe: how many of each, absent for none. */
export type OutcomeCounts = Readonly<Partial<Record<Outcome, number>>>;

/** Model name -> probe id -> outcome counts. */
export type OutcomesByProbe = ReadonlyMap<string, ReadonlyMap<string, OutcomeCounts>>;
