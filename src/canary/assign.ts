import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Sealed } from "../schema/canary.ts";
import { plantedIndices } from "./cluster-lists.ts";

/** A request to the reference, as the server that answers it sees it. */
export interface CanaryRequest {
  /** Whatever names the request; the same id gets the same assignment for ever. */
  readonly id: string;
  /** What the user asks. */
  readonly text: string;
  /** The account cluster that asks, one of those that were sealed; without one the common variants are served. */
  readonly cluster?: string | undefined;
}

/** Which canary to serve: the variant, and what the reference is to be told. */
export interface CanaryAssignment {
  readonly slot: string;
  readonly variant: string;
  readonly instruction: string;
}

/** An assignment, or why there is none. */
export interface AssignmentResult {
  readonly assignment: CanaryAssignment | null;
  readonly reason: "served" | "no-trigger" | "not-chosen";
}

/**
 * Which variant to serve for a request: deterministic from the sealed secret alone, so that a log of request ids can be
 * checked against the opening years later.
 *
 * A slot is triggered when the text holds one of its trigger phrases as whole words in any case. Of the triggered slots
 * each is chosen with probability `share` by HMAC-SHA-256 of slot and request id; of several chosen ones the one with the
 * smallest value is served, so that an answer carries one canary at most. The cluster decides which variant is served, not
 * whether one is.
 *
 * @throws UsageError when the cluster is not one of the sealed ones
 */
export function assignVariant(sealed: Sealed, { id, text, cluster }: CanaryRequest): AssignmentResult {
  const planted = plantedIndices(sealed, cluster ?? null);
  const plain = plainWords(text);
  const key = hexToBytes(sealed.key);
  const triggered = sealed.slots
    .map((slot, at) => ({ slot, variant: slot.variants[planted[at] ?? 0]?.value ?? "" }))
    .filter(({ slot }) => slot.trigger.some((phrase) => holds(plain, phrase)));
  if (triggered.length === 0) return { assignment: null, reason: "no-trigger" };
  const [chosen] = triggered
    .map((one) => ({ ...one, value: keyedUniform(key, `${one.slot.id}\n${id}`) }))
    .filter(({ value }) => value < sealed.share)
    .sort((a, b) => a.value - b.value);
  if (chosen === undefined) return { assignment: null, reason: "not-chosen" };
  const { slot, variant } = chosen;
  const instruction = slot.instruction.replaceAll("{variant}", () => variant);
  return { assignment: { slot: slot.id, variant, instruction }, reason: "served" };
}

/** A number in [0, 1) by keyed hash: the first 48 bits of HMAC-SHA-256 (RFC 2104). */
function keyedUniform(key: Uint8Array, message: string): number {
  const digest = hmac(sha256, key, utf8ToBytes(message));
  return digest.subarray(0, 6).reduce((value, byte) => value * 256 + byte, 0) / 2 ** 48;
}

const longestText = 20_000;

function plainWords(text: string): string {
  return text.slice(0, longestText).normalize("NFKC").toLowerCase().replace(/\s+/g, " ");
}

function holds(text: string, phrase: string): boolean {
  const wanted = plainWords(phrase).trim();
  const isWord = (sign: string | undefined) => sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1))
    if (!isWord(text[at - 1]) && !isWord(text[at + wanted.length])) return true;
  return false;
}
