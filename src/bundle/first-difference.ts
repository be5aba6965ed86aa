/** Where two JSON values depart first. */
export interface Difference {
  /** JSON path, for example `$.suspects[0].log10LR`. */
  readonly path: string;
  /** What stands there; undefined where nothing does. */
  readonly expected: unknown;
  readonly got: unknown;
}

/**
 * Two numbers that are one result. The last digits of `exp`, `log` and `pow` are the implementation's own (ECMA-262 leaves
 * them open, and they changed between versions of V8): 1e-16 each, at most some 1e-11 over a sum of 10^5 terms, so 1e-9
 * relative. Near 0, what remains of a difference of numbers around 1: 1e-12 absolute. No table or sentence of a report prints
 * a digit that small. Whole numbers are counts and seeds: exactly.
 */
export const tolerance = { relative: 1e-9, absolute: 1e-12 } as const;

/**
 * The first place, in the order of the keys of `expected`, at which two JSON values are not the same; null where they are.
 * Numbers may differ by `tolerance`, all else by nothing; keys may stand in any order.
 */
export function firstDifference(expected: unknown, got: unknown, path = "$"): Difference | null {
  if (isSame(expected, got)) return null;
  const keys = sharedShape(expected, got);
  if (keys === null) return { path, expected, got };
  for (const key of keys) {
    const place = Array.isArray(expected) ? `${path}[${key}]` : `${path}${member(key)}`;
    const difference = firstDifference(ownValue(expected, key), ownValue(got, key), place);
    if (difference !== null) return difference;
  }
  return null;
}

function isSame(expected: unknown, got: unknown): boolean {
  if (typeof expected !== "number" || typeof got !== "number") return Object.is(expected, got);
  if (Number.isInteger(expected) && Number.isInteger(got)) return expected === got;
  const size = Math.max(Math.abs(expected), Math.abs(got));
  return Math.abs(expected - got) <= tolerance.absolute + tolerance.relative * size;
}

/** Keys of either value, where both are arrays or both are objects; else null. */
function sharedShape(expected: unknown, got: unknown): readonly string[] | null {
  if (expected === null || got === null || typeof expected !== "object" || typeof got !== "object")
    return null;
  if (Array.isArray(expected) !== Array.isArray(got)) return null;
  return [...new Set([...Object.keys(expected), ...Object.keys(got)])];
}

const ownValue = (value: unknown, key: string): unknown =>
  Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : undefined;

const member = (key: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;

/** A JSON value on one short line; what is missing says so. */
export function shortJson(value: unknown, length = 120): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length <= length ? text : `${text.slice(0, length)}... (${text.length} characters)`;
}
