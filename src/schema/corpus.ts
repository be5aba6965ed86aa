import type { Answer } from "./probe.ts";
import type { Outcome } from "./transcript.ts";
import type { RecordedAnswer, WithheldProbe, WithheldToken } from "./withheld-answer.ts";

/**
 * What `analysis/` works on: for every probe, each model's `ok` answers. Built by the store from transcripts and by
 * `bench/` from corpora; nothing else about a sample enters a similarity of texts.
 *
 * Of a redacted run neither prompt nor answers are known, but what the analysis reads of them is.
 */
export interface ProbeAnswers<A extends RecordedAnswer = string> {
  readonly probe: string;
  readonly family: string;
  /** Empty where it is withheld. */
  readonly prompt: string;
  /** Model name -> texts of its `ok` samples, in sample order; models without one are absent. */
  readonly answers: ReadonlyMap<string, readonly A[]>;
  /** How an answer is read, and the probe's language tag; absent where answers were recorded without probes. */
  readonly answer?: Answer;
  readonly language?: string;
  /** Model name -> places in its `answers` of samples that took more than one attempt; models without one are absent. */
  readonly retried?: ReadonlyMap<string, ReadonlySet<number>>;
  /**
   * Model name -> raw bodies of its `ok` and truncated responses that hold token log-probabilities, in sample order, or
   * their first tokens where they are withheld; models without one are absent.
   */
  readonly logprobBodies?: ReadonlyMap<string, readonly (string | readonly WithheldToken[])[]>;
  /** What stands for prompt and right answer where they are withheld, and whose names claims of identity were read for. */
  readonly withheld?: WithheldProbe & { readonly claimsOf: string | null };
}

/** Answers to a probe with their texts or, of a redacted run, with what is left of them. */
export type RecordedAnswers = ProbeAnswers<RecordedAnswer>;

/** Outcomes of one model's samples at one probe: how many of each, absent for none. */
export type OutcomeCounts = Readonly<Partial<Record<Outcome, number>>>;

/** Model name -> probe id -> outcome counts. */
export type OutcomesByProbe = ReadonlyMap<string, ReadonlyMap<string, OutcomeCounts>>;
