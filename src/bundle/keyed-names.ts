import { createHmac, randomBytes } from "node:crypto";
import { UsageError } from "../errors.ts";
import type { KeyedNames } from "../schema/withheld-answer.ts";
import { keyedPermutation } from "./keyed-permutation.ts";

/** Bytes of a redaction key. */
const keyBytes = 32;

/** A new key from the machine's cryptographic source. It never goes into a bundle. */
export const newRedactionKey = (): Buffer => randomBytes(keyBytes);

/** The key as its file holds it: 64 hex digits and a line break. */
export const redactionKeyText = (key: Buffer): string => `${key.toString("hex")}\n`;

/** @throws UsageError for a text that is no key; it is not repeated in the message */
export function parseRedactionKey(text: string, file: string): Buffer {
  const hex = text.trim();
  if (!/^[0-9a-f]{64}$/.test(hex))
    throw new UsageError(
      "redact.key",
      `${file} holds no redaction key: expected 64 hex digits, as publish --redact --redaction-key writes them`,
    );
  return Buffer.from(hex, "hex");
}

/**
 * Names under a key: for each view the permutation named "features|" and the view, and ids that are the first 64 bits of
 * HMAC-SHA256(key, JSON of [kind, scope, text]).
 */
export function keyedNames(key: Buffer): KeyedNames {
  return {
    features: (view) => keyedPermutation(createHmac("sha256", key).update(`features|${view}`).digest(), view),
    id: (kind, scope, text) =>
      `keyed:${createHmac("sha256", key)
        .update(JSON.stringify([kind, scope, text]))
        .digest("hex")
        .slice(0, 16)}`,
  };
}
