import { createHash } from "node:crypto";
import type { BatchApi } from "../../providers/batch/batch-api.ts";
import type { RequestBody } from "../../providers/provider.ts";
import { sha256Hex } from "../../schema/identity.ts";
import { type PlannedSample, wordingOf } from "../plan.ts";

/** The requests of a batch as they are sent. */
export interface PreparedBatch {
  readonly samples: readonly PlannedSample[];
  readonly lines: readonly string[];
  /** SHA-256 of the lines, each with a line break. */
  readonly sha256: string;
}

/**
 * The id of a sample's request within a batch: 64 hex digits that no other batch holds, so that a batch can be told by
 * its results.
 */
export function customIdOf(key: string, sampleId: string): string {
  return sha256Hex(`${key}|${sampleId}`);
}

/** The body of a sample's request. */
export function bodyOf(api: BatchApi, { probe, wording }: PlannedSample): RequestBody {
  return api.body(wordingOf(probe, wording));
}

/**
 * A batch of the first samples of a list, as many as it takes, but one at least.
 * @param most - requests and bytes, if fewer than the provider takes
 */
export function prepareBatch(
  api: BatchApi,
  key: string,
  samples: readonly PlannedSample[],
  most: { readonly requests: number; readonly bytes: number },
): PreparedBatch {
  const lines: string[] = [];
  const hash = createHash("sha256");
  const mostLines = Math.min(samples.length, most.requests, api.limits.requests);
  let bytes = 0;
  for (const sample of samples.slice(0, Math.max(1, mostLines))) {
    const line = lineOf(api, key, sample);
    bytes += Buffer.byteLength(line) + 1;
    if (lines.length > 0 && bytes > Math.min(most.bytes, api.limits.bytes)) break;
    lines.push(line);
    hash.update(`${line}\n`);
  }
  return { samples: samples.slice(0, lines.length), lines, sha256: hash.digest("hex") };
}

/** What `prepareBatch` said of the same samples, without holding the lines. */
export function sha256Of(api: BatchApi, key: string, samples: readonly PlannedSample[]): string {
  const hash = createHash("sha256");
  for (const sample of samples) hash.update(`${lineOf(api, key, sample)}\n`);
  return hash.digest("hex");
}

function lineOf(api: BatchApi, key: string, sample: PlannedSample): string {
  return api.line(customIdOf(key, sample.sampleId), bodyOf(api, sample));
}
