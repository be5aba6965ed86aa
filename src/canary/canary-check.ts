import { canonicalJson } from "../schema/identity.ts";

/** One thing that was recomputed. */
export interface CanaryCheck {
  readonly what: string;
  readonly holds: boolean;
  /** What was found. */
  readonly detail: string;
}

/** Equal in canonical form, numbers up to the last digits, which processors may round differently. */
export function alike(first: unknown, second: unknown): boolean {
  if (typeof first === "number" && typeof second === "number")
    return Math.abs(first - second) <= 1e-9 * Math.max(Math.abs(first), Math.abs(second));
  if (Array.isArray(first) && Array.isArray(second) && typeof first[0] === "number")
    return first.length === second.length && first.every((value, index) => alike(value, second[index]));
  return canonicalJson(first ?? null) === canonicalJson(second ?? null);
}
