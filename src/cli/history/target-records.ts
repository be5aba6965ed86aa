import type { Manifest } from "../../schema/manifest.ts";
import type { Outcome } from "../../schema/transcript.ts";
import { refuseLostLines } from "../../store/lost-lines.ts";
import { verifiedTranscripts } from "../../store/read-transcripts.ts";

/** A usable answer's place in its probe's answers. */
export interface AnswerPlace {
  readonly wording: number;
  readonly index: number;
}

/** Samples of one probe in one wording. */
export interface StratumRecord {
  readonly probeHash: string;
  readonly wording: number;
  readonly outcomes: Partial<Record<Outcome, number>>;
  readonly latenciesMs: number[];
  /** UTF-16 units of the usable answers. */
  readonly lengths: number[];
}

/** What a run holds of one target, without its texts. */
export interface TargetRecords {
  /** By probe hash and wording, joined by `|`. */
  readonly strata: ReadonlyMap<string, StratumRecord>;
  /** By probe hash: places of the usable answers, by wording and index, as `readAnswers` gives their texts. */
  readonly answers: ReadonlyMap<string, readonly AnswerPlace[]>;
  readonly servedModels: ReadonlyMap<string, number>;
  readonly fingerprints: ReadonlyMap<string, number>;
  /** ISO times of the first and the last answer; null where none was recorded. */
  readonly answered: { readonly from: string; readonly to: string } | null;
  /** Random salts of the lines: two runs that share one share the line. */
  readonly salts: ReadonlySet<string>;
  readonly redacted: boolean;
  /** Hash of the last line. */
  readonly head: string;
}

const added = (counts: Map<string, number>, name: string | null) => {
  if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
};

/**
 * Reads a target's transcripts once, verifying the hash chain; some 200 bytes a sample are kept.
 * @throws StoreError naming file and line where the chain is broken or lines are missing
 */
export async function readTargetRecords(
  dir: string,
  manifest: Manifest,
  target: string,
): Promise<TargetRecords> {
  const strata = new Map<string, StratumRecord>();
  const answers = new Map<string, AnswerPlace[]>();
  const servedModels = new Map<string, number>();
  const fingerprints = new Map<string, number>();
  const salts = new Set<string>();
  let answered = null as { from: string; to: string } | null;
  let redacted = false;
  let head = "";
  let lines = 0;
  for await (const { transcript, hash } of verifiedTranscripts(dir, target)) {
    const { probeHash, wording, index, outcome, text, startedAt, latencyMs } = transcript;
    lines++;
    head = hash;
    const key = `${probeHash}|${wording}`;
    const stratum = strata.get(key) ?? { probeHash, wording, outcomes: {}, latenciesMs: [], lengths: [] };
    strata.set(key, stratum);
    stratum.outcomes[outcome] = (stratum.outcomes[outcome] ?? 0) + 1;
    if (latencyMs !== null) stratum.latenciesMs.push(latencyMs);
    if (typeof text !== "string") redacted = true;
    else if (outcome === "ok") stratum.lengths.push(text.length);
    if (outcome === "ok") {
      const places = answers.get(probeHash) ?? [];
      places.push({ wording, index });
      answers.set(probeHash, places);
    }
    added(servedModels, transcript.servedModel);
    added(fingerprints, transcript.systemFingerprint);
    if (transcript.salt !== null) salts.add(transcript.salt);
    if (startedAt !== null)
      answered = {
        from: answered === null || startedAt < answered.from ? startedAt : answered.from,
        to: answered === null || startedAt > answered.to ? startedAt : answered.to,
      };
  }
  refuseLostLines(dir, manifest, target, lines);
  for (const places of answers.values()) places.sort((a, b) => a.wording - b.wording || a.index - b.index);
  return { strata, answers, servedModels, fingerprints, answered, salts, redacted, head };
}
