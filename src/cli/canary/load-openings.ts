import { resolve } from "node:path";
import { parseAnyCommitment, parseAnyOpening, parseResult } from "../../canary/parse-record.ts";
import { verifyCanary } from "../../canary/verify.ts";
import { SchemaError, UsageError } from "../../errors.ts";
import type { CanaryCommitment, CanaryOpening, CanaryResult } from "../../schema/canary.ts";
import type { GreenCommitment, GreenOpening } from "../../schema/green-list.ts";
import { readFileText } from "./secret-file.ts";

/** Files of canaries and green lists by kind, in the order given. */
export interface CanaryFiles {
  readonly commitments: readonly (CanaryCommitment | GreenCommitment)[];
  readonly openings: readonly (CanaryOpening | GreenOpening)[];
  readonly results: readonly CanaryResult[];
}

/** Openings that are to be tested, and what the commitments given with them say. */
export interface LoadedOpenings {
  readonly openings: readonly (CanaryOpening | GreenOpening)[];
  /** Secrets that were ever committed as far as the commitments given tell; undefined without any. */
  readonly secretsCommitted: number | undefined;
}

/** Reads canary files of any kind but secrets. @throws StoreError, SchemaError */
export async function readCanaryFiles(cwd: string, files: readonly string[]): Promise<CanaryFiles> {
  const read: {
    commitments: (CanaryCommitment | GreenCommitment)[];
    openings: (CanaryOpening | GreenOpening)[];
    results: CanaryResult[];
  } = { commitments: [], openings: [], results: [] };
  for (const file of files) {
    const text = await readFileText(resolve(cwd, file));
    // The kind decides which reader complains.
    const kind = /"kind"\s*:\s*"(canary-[a-z-]{1,30})"/.exec(text)?.[1];
    if (kind === "canary-commitment" || kind === "canary-green-commitment")
      read.commitments.push(parseAnyCommitment(text, file));
    else if (kind === "canary-result") read.results.push(parseResult(text, file));
    else read.openings.push(parseAnyOpening(text, file));
  }
  return read;
}

/**
 * Reads openings of either kind, with the commitments that were published of them where they are given too.
 *
 * @throws UsageError for a result, or commitments alone
 * @throws SchemaError when an opening matches none of the commitments given
 * @throws StoreError when a file cannot be read
 */
export async function loadOpenings(cwd: string, files: readonly string[]): Promise<LoadedOpenings> {
  const { commitments, openings, results } = await readCanaryFiles(cwd, files);
  if (results.length > 0 || (openings.length === 0 && files.length > 0))
    throw new UsageError(
      "canary.files",
      `expected openings, and commitments beside them, got ${openings.length} openings, ${commitments.length} commitments and ${results.length} results`,
    );
  if (commitments.length === 0) return { openings, secretsCommitted: undefined };
  const failed = verifyCanary(commitments, openings, null).find(({ holds }) => !holds);
  if (failed !== undefined)
    throw new SchemaError(
      "canary.mismatch",
      `no ${failed.what}: ${failed.detail}; expected the opening that congener canary reveal wrote, and the commitment as published`,
    );
  const hashes = new Set(commitments.flatMap(({ hash, previous }) => [hash, ...previous]));
  return { openings, secretsCommitted: hashes.size };
}
