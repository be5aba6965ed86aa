import { SchemaError } from "../errors.ts";
import type { CanaryCommitment, CanaryOpening, CanarySecret } from "../schema/canary.ts";
import type { GreenOpening } from "../schema/green-list.ts";
import { canonicalJson, sha256Hex } from "../schema/identity.ts";
import { canarySuite } from "./canary-suite.ts";

/** What a commitment hashes: an opening of either kind. */
export type Opened = Pick<CanaryOpening, "salt" | "committedAt" | "previous"> & {
  readonly sealed: CanaryOpening["sealed"] | GreenOpening["sealed"];
};

/** How a secret of either kind is committed to. */
export interface CommitOptions {
  /** ISO time. */
  readonly committedAt: string;
  /** Every commitment of either kind that its owner made before, in any order. */
  readonly previous: readonly Pick<CanaryCommitment, "hash" | "previous" | "timestamp">[];
  readonly witness: string | null;
}

/**
 * Salted SHA-256 commitment of an opening: the hash of the salt and the canonical JSON (RFC 8785) of time, earlier
 * commitments and everything sealed. Two openings with one hash would be a collision of SHA-256, and without the 32 random
 * bytes of the salt nobody can find the sealed choices by trying.
 */
export function commitmentHash({ salt, committedAt, previous, sealed }: Opened): string {
  return sha256Hex(`congener-canary-1|${salt}|${canonicalJson({ committedAt, previous, sealed })}`);
}

/** The secret with what its commitment adds, as it is revealed. */
function openingOf(secret: CanarySecret, committedAt: string, previous: readonly string[]): CanaryOpening {
  return {
    schemaVersion: 1,
    kind: "canary-opening",
    salt: secret.salt,
    committedAt,
    previous: [...previous],
    sealed: secret.sealed,
  };
}

/** The public file of an opening; `verifyCanary` makes it anew and compares. */
export function commitmentOf(opening: CanaryOpening, witness: string | null): CanaryCommitment {
  const { sealed, previous, committedAt } = opening;
  return {
    schemaVersion: 1,
    kind: "canary-commitment",
    name: sealed.name,
    hash: commitmentHash(opening),
    timestamp: { committedAt, witness },
    slots: sealed.slots.length,
    variants: sealed.variants,
    samplesPerSlot: sealed.samplesPerSlot,
    ...(sealed.clusters === undefined ? {} : { clusters: sealed.clusters.length }),
    suiteHash: canarySuite(sealed).hash,
    secretsCommitted: previous.length + 1,
    previous: [...previous],
  };
}

/** Commits to a secret: the file to publish before the first canary is served. */
export function commitSecret(secret: CanarySecret, options: CommitOptions): CanaryCommitment {
  const { committedAt, previous, witness } = options;
  return commitmentOf(openingOf(secret, committedAt, earlierHashes(previous)), witness);
}

/** Hashes of all earlier commitments, oldest first. One stands for those that it names, too: the latest alone is enough. */
export function earlierHashes(earlier: CommitOptions["previous"]): string[] {
  const byAge = earlier.toSorted((a, b) => (a.timestamp.committedAt < b.timestamp.committedAt ? -1 : 1));
  return [...new Set(byAge.flatMap((one) => [...one.previous, one.hash]))];
}

/**
 * Reveals a secret: the opening of its commitment.
 * @throws SchemaError when the commitment is not of this secret, or was changed since
 */
export function revealSecret(secret: CanarySecret, commitment: CanaryCommitment): CanaryOpening {
  const opening = openingOf(secret, commitment.timestamp.committedAt, commitment.previous);
  refuseOtherCommitment(commitmentOf(opening, commitment.timestamp.witness), commitment);
  return opening;
}

/** @throws SchemaError when a commitment is not the one that its secret makes */
export function refuseOtherCommitment<C extends { readonly hash: string }>(expected: C, commitment: C): void {
  if (canonicalJson(expected) !== canonicalJson(commitment))
    throw new SchemaError(
      "canary.commitment",
      `the commitment ${commitment.hash.slice(0, 12)}... is not one of this secret, or the file was changed: ${differences(expected, commitment).join(", ")} differ${commitment.hash === expected.hash ? "" : `; expected hash ${expected.hash.slice(0, 12)}...`}; take the file that was published`,
    );
}

/** Names of the fields in which two commitments differ. */
export function differences<C extends object>(first: C, second: C): string[] {
  return [...new Set([...Object.keys(first), ...Object.keys(second)])].filter(
    (key) => canonicalJson(first[key as keyof C] ?? null) !== canonicalJson(second[key as keyof C] ?? null),
  );
}
