import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import canonicalize from "canonicalize";
import { SchemaError } from "../errors.ts";
import type { Probe } from "./probe.ts";
import type { Target } from "./target.ts";
import {
  endpointAttemptFields,
  endpointFields,
  isPlainName,
  redactableFields,
  type Transcript,
} from "./transcript.ts";

/** SHA-256 of a string's UTF-8 bytes, as 64 lower-case hex digits. A lone surrogate hashes as U+FFFD. */
export type Sha256 = (text: string) => string;

/** `Sha256` that runs anywhere; where many lines are hashed, callers pass the machine's own, which is five times as fast. */
export const sha256Hex: Sha256 = (text) => bytesToHex(sha256(utf8ToBytes(text)));

/**
 * Canonical JSON (RFC 8785, JCS) of a plain value, for hashing manifests and ids.
 * @throws SchemaError when the value holds a lone surrogate, NaN, Infinity or a function
 */
export function canonicalJson(value: unknown): string {
  try {
    const text = canonicalize(value);
    if (text !== undefined) return text;
  } catch (cause) {
    throw new SchemaError(
      "schema.canonical",
      "value has no canonical JSON form: expected finite numbers and well-formed text",
      { cause },
    );
  }
  throw new SchemaError("schema.canonical", "value has no canonical JSON form: got undefined");
}

/** Content hash of a probe: what is asked and how it is read. `why`, `samples`, the right answer and examples do not count. */
export function probeHash(probe: Probe): string {
  if (probe.withheld !== undefined) return probe.withheld.hash;
  const { examples: _examples, correct: _correct, ...answer } = probe.answer;
  const { messages, prefix, paraphrases, params, id, family, language } = probe;
  return sha256Hex(canonicalJson({ id, family, language, messages, prefix, paraphrases, params, answer }));
}

/** Content hash of a suite: SHA-256 over its probes' sorted content hashes. */
export function suiteHash(probes: readonly Probe[]): string {
  return sha256Hex(probes.map(probeHash).sort().join("\n"));
}

/**
 * Content hash of a target: API, URL, model and everything that changes the request body. Its name and lab do not count, nor
 * which header carries the key.
 */
export function targetHash(target: Target): string {
  const { api, baseURL, model, params, rename, drop, extraBody, query } = target;
  // Targets without a query hash as they did before there were any.
  const url = query === undefined || Object.keys(query).length === 0 ? { baseURL } : { baseURL, query };
  return sha256Hex(canonicalJson({ api, ...url, model, params, rename, drop, extraBody }));
}

/** Identity of a sample: the same question to the same target with the same index is one sample, asked once. */
export function sampleId(
  parts: { probeHash: string; wording: number; targetHash: string; index: number },
  hash: Sha256 = sha256Hex,
): string {
  return hash(`${parts.probeHash}|${parts.wording}|${parts.targetHash}|${parts.index}`);
}

/** `prevHash` of the first line of a transcript file. */
export const genesisHash = "0".repeat(64);

/** Salted hash that stands for a redactable field: SHA-256 of salt, field name and the field's JSON. */
export function fieldCommitment(
  salt: string,
  field: string,
  value: unknown,
  hash: Sha256 = sha256Hex,
): string {
  return hash(`${salt}|${field}|${JSON.stringify(value)}`);
}

/**
 * Hash of one transcript line: SHA-256 of the previous line's hash and the line's JSON, keys sorted, with each redactable
 * field replaced by its salted commitment and the salt left out. So is every other string that the endpoint chose and
 * that is no plain name: messages of failed attempts, and names or ids with spaces or of more than 128 characters. A redacted
 * line has the same hash.
 */
export function lineHash(line: Transcript, hash: Sha256 = sha256Hex): string {
  const { salt, prevHash, withheld, ...rest } = line;
  const committed: Record<string, unknown> = { ...rest, ...committedStrings(line, hash) };
  for (const field of redactableFields) {
    const value = rest[field];
    if (value !== null && typeof value === "object" && "redacted" in value) committed[field] = value.redacted;
    else if (salt === null)
      throw new SchemaError(
        "schema.salt",
        `transcript line ${line.sampleId} has no salt but its ${field} is not redacted`,
      );
    else committed[field] = fieldCommitment(salt, field, value, hash);
  }
  // Keys are sorted so that the hash does not depend on how the line was written; only strings that were parsed
  // from JSON occur, so JSON.stringify (unlike RFC 8785) never throws on a model's lone surrogates.
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(committed).sort()) sorted[key] = committed[key];
  return hash(`${prevHash}|${JSON.stringify(sorted)}`);
}

/** Strings of the endpoint that are no plain names, by their place in the line: `servedModel`, `attempts.0.message`. */
export function endpointStrings(line: Transcript): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const field of endpointFields) {
    const value = line[field];
    if (typeof value === "string" && !isPlainName(value)) found.set(field, value);
  }
  line.attempts.forEach((attempt, at) => {
    for (const field of endpointAttemptFields) {
      const value = attempt[field];
      if (value !== null && (field === "message" || !isPlainName(value)))
        found.set(`attempts.${at}.${field}`, value);
    }
  });
  return found;
}

/** The fields that hold such strings, with commitments in their places; in a redacted line those that it holds. */
function committedStrings(line: Transcript, hash: Sha256): Partial<Record<string, unknown>> {
  const { salt, withheld = {} } = line;
  const commitments = new Map(Object.entries(withheld));
  for (const [place, value] of endpointStrings(line)) {
    if (salt === null)
      throw new SchemaError(
        "schema.salt",
        `transcript line ${line.sampleId} has no salt but its ${place} is not redacted`,
      );
    commitments.set(place, fieldCommitment(salt, place, value, hash));
  }
  if (commitments.size === 0) return {};
  const attempts = line.attempts.map((attempt) => ({ ...attempt }) as Record<string, unknown>);
  const fields: Record<string, unknown> = { attempts };
  for (const [place, commitment] of commitments) {
    const [field = "", at, part = ""] = place.split(".");
    if (at === undefined) fields[field] = commitment;
    else Object.assign(attempts[Number(at)] ?? {}, { [part]: commitment });
  }
  return fields;
}
