import type { GreenCommitment, GreenOpening, GreenSecret } from "../../schema/green-list.ts";
import { type CommitOptions, commitmentHash, earlierHashes, refuseOtherCommitment } from "../commit.ts";
import { greenSuite } from "./green-suite.ts";

function openingOf(secret: GreenSecret, committedAt: string, previous: readonly string[]): GreenOpening {
  return {
    schemaVersion: 1,
    kind: "canary-green-opening",
    salt: secret.salt,
    committedAt,
    previous: [...previous],
    sealed: secret.sealed,
  };
}

/** The public file of an opening; `verifyCanary` makes it anew and compares. */
export function greenCommitmentOf(opening: GreenOpening, witness: string | null): GreenCommitment {
  const { sealed, previous, committedAt } = opening;
  return {
    schemaVersion: 1,
    kind: "canary-green-commitment",
    name: sealed.name,
    hash: commitmentHash(opening),
    timestamp: { committedAt, witness },
    pairs: sealed.pairs.length,
    contextWidth: sealed.contextWidth,
    level: sealed.level,
    samplesPerPrompt: sealed.samplesPerPrompt,
    suiteHash: greenSuite(sealed).hash,
    secretsCommitted: previous.length + 1,
    previous: [...previous],
  };
}

/** Commits to a green list: the file to publish before the first rewritten answer is served; see `commitSecret`. */
export function commitGreenList(secret: GreenSecret, options: CommitOptions): GreenCommitment {
  const { committedAt, previous, witness } = options;
  return greenCommitmentOf(openingOf(secret, committedAt, earlierHashes(previous)), witness);
}

/**
 * Reveals a green list: the opening of its commitment.
 * @throws SchemaError when the commitment is not of this secret, or was changed since
 */
export function revealGreenList(secret: GreenSecret, commitment: GreenCommitment): GreenOpening {
  const opening = openingOf(secret, commitment.timestamp.committedAt, commitment.previous);
  refuseOtherCommitment(greenCommitmentOf(opening, commitment.timestamp.witness), commitment);
  return opening;
}
