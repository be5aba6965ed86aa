import type { ProbeRequest } from "../providers/provider.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Probe } from "../schema/probe.ts";
import type { Target } from "../schema/target.ts";
import type { Attempt, Outcome } from "../schema/transcript.ts";
import { type ScannedSample, scanFailures, scanTranscripts } from "../store/scan-transcripts.ts";
import { hashOf, probeOrder, wordingOf } from "./plan.ts";
import { type PossibleTokens, possibleTokens } from "./possible-tokens.ts";
import { addSpent, nothingSpent, type Spent, spentOnAnswer, spentOnFailure } from "./spent.ts";
import { type TokenRange, widened } from "./token-range.ts";

/** What a run folder says of one target, without the answers. */
export interface RecordedWork {
  readonly recorded: number;
  /** Recorded samples that the run still plans, by content hash of the probe. */
  readonly recordedByProbe: ReadonlyMap<string, number>;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** Samples that were given up and are not recorded since. */
  readonly failed: number;
  readonly lastError: string | null;
  readonly spent: Spent;
  /** Of the recorded samples and of `spent`, what was answered in batches of the provider's batch API. */
  readonly inBatches: { readonly recorded: number; readonly spent: Spent };
  /** Tokens of a request as the endpoint counted them, by content hash of the probe. */
  readonly tokens: ReadonlyMap<
    string,
    { readonly input: TokenRange | null; readonly output: TokenRange | null }
  >;
}

/**
 * Counts what is recorded of one target, and what it used up. Fast: texts are read only where the endpoint did not count
 * tokens.
 * @throws StoreError naming file and line for a damaged line
 */
export async function recordedWork(dir: string, manifest: Manifest, target: Target): Promise<RecordedWork> {
  const possible = possibleTokensOf(manifest, target);
  const planned = new Map(probeOrder(manifest).map(({ hash, samples }) => [hash, samples]));
  const failed = new Set<string>();
  let spent = nothingSpent;
  let inBatches = { recorded: 0, spent: nothingSpent };
  let lastError: Attempt | null = null;
  const seeFailures = (attempts: readonly Attempt[], most: () => PossibleTokens) => {
    let used = nothingSpent;
    for (const attempt of attempts) {
      if (attempt.errorClass === null) continue;
      used = addSpent(used, spentOnFailure(attempt, most()));
      if (lastError === null || attempt.startedAt >= lastError.startedAt) lastError = attempt;
    }
    return used;
  };
  for await (const { sampleId, probe, wording, attempts } of scanFailures(dir, target.name)) {
    failed.add(sampleId);
    spent = addSpent(
      spent,
      seeFailures(attempts, () => possible(probe, wording)),
    );
  }

  let recorded = 0;
  const recordedByProbe = new Map<string, number>();
  const outcomes: Partial<Record<Outcome, number>> = {};
  const tokens = new Map<string, { input: TokenRange | null; output: TokenRange | null }>();
  for await (const sample of scanTranscripts(dir, target.name)) {
    const { probeHash: hash, wording, index, outcome, usage, attempts } = sample;
    recorded++;
    if (failed.size > 0) failed.delete(sample.sampleId);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (index < (planned.get(hash) ?? 0)) recordedByProbe.set(hash, (recordedByProbe.get(hash) ?? 0) + 1);
    const most = () => possible(hash, wording);
    const used = addSpent(seeFailures(attempts, most), spentOnSample(sample, most));
    spent = addSpent(spent, used);
    if (sample.batchId !== null)
      inBatches = { recorded: inBatches.recorded + 1, spent: addSpent(inBatches.spent, used) };
    if (usage === null) continue;
    const before = tokens.get(hash) ?? { input: null, output: null };
    tokens.set(hash, {
      input: widened(before.input, exactly(usage.inputTokens)),
      output: widened(before.output, exactly(usage.outputTokens)),
    });
  }
  return {
    recorded,
    recordedByProbe,
    outcomes,
    failed: failed.size,
    lastError: errorWords(lastError),
    spent,
    inBatches,
    tokens,
  };
}

const exactly = (tokens: number | null): TokenRange | null => (tokens === null ? null : [tokens, tokens]);

const errorWords = (attempt: Attempt | null): string | null =>
  attempt === null ? null : `${attempt.errorClass}: ${attempt.message ?? `HTTP ${attempt.status}`}`;

/** The attempt that was answered; those that failed are counted apart. */
function spentOnSample(sample: ScannedSample, possible: () => PossibleTokens): Spent {
  const { outcome, usage, attempts } = sample;
  // What came back was no answer: its last attempt is among the failed ones.
  if (outcome === "malformed" && attempts.at(-1)?.errorClass != null) return nothingSpent;
  if (typeof usage?.inputTokens === "number" && typeof usage.outputTokens === "number")
    return spentOnAnswer({ outcome, usage, status: null, text: null }, { input: 0, output: null });
  const { response, text, reasoning } = sample.whole();
  const status =
    response !== null && typeof response === "object" && "status" in response ? response.status : null;
  return spentOnAnswer(
    {
      outcome,
      usage,
      status: typeof status === "number" ? status : null,
      text: typeof text === "string" ? text + (typeof reasoning === "string" ? reasoning : "") : null,
    },
    possible(),
  );
}

/** The most that a request to the target can use, by the probe's content hash or id and its wording. */
function possibleTokensOf(
  manifest: Manifest,
  target: Target,
): (probe: string, wording: number) => PossibleTokens {
  const probes = new Map<string, Probe>();
  for (const { probes: list } of manifest.suites)
    for (const probe of list) {
      probes.set(probe.id, probe);
      probes.set(hashOf(probe), probe);
    }
  const known = new Map<string, PossibleTokens>();
  return (name, wording) => {
    const key = `${wording} ${name}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const probe = probes.get(name);
    const asked: ProbeRequest = probe === undefined ? { params: {} } : wordingOf(probe, wording);
    const most = possibleTokens(target, asked);
    known.set(key, most);
    return most;
  };
}
