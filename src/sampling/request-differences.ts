import { canonicalJson } from "../schema/identity.ts";
import type { Probe } from "../schema/probe.ts";
import type { Target } from "../schema/target.ts";

/** In which of the fields that make a target's identity two targets differ, in words; empty where they do not. */
export function targetDifferences(before: Target, after: Target): string {
  return differences(before, after, [
    "api",
    "baseURL",
    "model",
    "params",
    "rename",
    "drop",
    "extraBody",
    "query",
  ]);
}

/** The same for two probes. */
export function probeDifferences(before: Probe, after: Probe): string {
  return differences(before, after, [
    "messages",
    "prefix",
    "paraphrases",
    "params",
    "family",
    "language",
    "answer",
  ]);
}

function differences<T extends object>(before: T, after: T, fields: readonly (keyof T & string)[]): string {
  const text = (value: unknown) => {
    const json = value === undefined ? "nothing" : JSON.stringify(value);
    return json.length > 120 ? `${json.slice(0, 120)}...` : json;
  };
  return fields
    .filter((field) => !sameValue(before[field], after[field]))
    .map((field) => `${field} was ${text(before[field])}, is ${text(after[field])}`)
    .join("; ");
}

/** Whether two JSON values, or their absence, are the same but for the order of keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  return canonicalJson({ value: a }) === canonicalJson({ value: b });
}
