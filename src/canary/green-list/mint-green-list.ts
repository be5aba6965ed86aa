import { bytesToHex } from "@noble/hashes/utils.js";
import type { GreenListFile, GreenSecret } from "../../schema/green-list.ts";
import type { RandomBytes } from "../random-index.ts";

/** What is minted. */
export interface MintGreenOptions {
  readonly name: string;
  /** Preceding words that a choice depends on. */
  readonly contextWidth: number;
  /** Significance level that is committed to, in (0, 1). */
  readonly level: number;
  readonly samplesPerPrompt: number;
  /** A cryptographic source: the p-values are right because, and as far as, nobody can predict the key. */
  readonly randomBytes: RandomBytes;
}

/** Mints the secret of a green list: a key drawn uniformly from 2^256. */
export function mintGreenList(list: GreenListFile, options: MintGreenOptions): GreenSecret {
  const { name, contextWidth, level, samplesPerPrompt, randomBytes } = options;
  const hex32 = () => bytesToHex(Uint8Array.from(randomBytes(32)));
  return {
    schemaVersion: 1,
    kind: "canary-green-secret",
    salt: hex32(),
    sealed: {
      name,
      key: hex32(),
      contextWidth,
      level,
      pairs: list.pairs.map(({ words, notAfter, notBefore, onlyBefore }) => ({
        words: [...words],
        notAfter: [...notAfter],
        notBefore: [...notBefore],
        ...(onlyBefore === undefined ? {} : { onlyBefore: [...onlyBefore] }),
      })),
      prompts: list.prompts.map((content) => [{ role: "user" as const, content }]),
      maxTokens: list.maxTokens,
      samplesPerPrompt,
    },
  };
}
