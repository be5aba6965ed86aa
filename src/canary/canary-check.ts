import { canonicalJson } from "../schema/identity.ts";

/** One thing that was recomputed. */
export interface CanaryCheck {
  readonly what: string;
  readonly holds: boolean;
  /** What was found. */
  readonly detail: string;
}

/** Equal in canonical form, numbers anywhere in it up to the last digits, which processors may round differently. */
export function alike(first: unknown, second: unknown): boolean {
  if (typeof first === "number" && typeof second === "number")
    return Math.abs(first - second) <= 1e-9 * Math.max(Math.abs(first), Math.abs(second));
  if (!isNested(first) || !isNested(second) || Array.isArray(first) !== Array.isArray(second))
    return canonicalJson(first ?? null) === canonicalJson(second ?? null);
  return [...new Set([...Object.keys(first), ...Object.keys(second)])].every((key) =>
    alike(first[key], second[key]),
  );
}

const isNested = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
