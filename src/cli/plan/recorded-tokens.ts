import { type TokenRange, widened } from "../../sampling/token-range.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { readTranscripts } from "../../store/read-transcripts.ts";
import { tokensOfBytes } from "./tokens-of-bytes.ts";

/** Tokens of a request as a pilot recorded them, from smallest to largest; null ends where nothing tells. */
export interface TokensOfProbe {
  readonly input: TokenRange | null;
  readonly output: TokenRange | null;
}

/** Recorded tokens of a probe, by target name and content hash: of the target itself, else of all targets; or null. */
export type RecordedTokens = (target: string, probeHash: string) => TokensOfProbe | null;

/** Nothing is recorded. */
export const noRecordedTokens: RecordedTokens = () => null;

/** What a pilot's transcripts say of time and tokens. */
export interface RecordedUse {
  readonly tokens: RecordedTokens;
  /** Middle latency of a request by target, in milliseconds; absent where none is recorded. */
  readonly latencyMs: ReadonlyMap<string, number>;
}

/**
 * Reads which tokens a run's requests took: as the endpoints counted them, and where they did not, answers by the bytes
 * of their text.
 */
export async function recordedUse(dir: string, manifest: Manifest): Promise<RecordedUse> {
  const byPlace = new Map<string, TokensOfProbe>();
  const latencyMs = new Map<string, number>();
  for (const { name } of manifest.targets) {
    const latencies: number[] = [];
    for await (const { probeHash, usage, text, outcome, latencyMs: latency } of readTranscripts(dir, name)) {
      if (latency !== null) latencies.push(latency);
      const output =
        typeof usage?.outputTokens === "number"
          ? ([usage.outputTokens, usage.outputTokens] as const)
          : typeof text === "string" && outcome === "ok"
            ? tokensOfBytes(Buffer.byteLength(text))
            : null;
      const input =
        typeof usage?.inputTokens === "number" ? ([usage.inputTokens, usage.inputTokens] as const) : null;
      for (const place of [`${name}\n${probeHash}`, `\n${probeHash}`]) {
        const before = byPlace.get(place);
        byPlace.set(place, {
          input: widened(before?.input ?? null, input),
          output: widened(before?.output ?? null, output),
        });
      }
    }
    latencies.sort((first, second) => first - second);
    const middle = latencies[Math.floor((latencies.length - 1) / 2)];
    if (middle !== undefined) latencyMs.set(name, middle);
  }
  return {
    tokens: (target, probeHash) =>
      byPlace.get(`${target}\n${probeHash}`) ?? byPlace.get(`\n${probeHash}`) ?? null,
    latencyMs,
  };
}
