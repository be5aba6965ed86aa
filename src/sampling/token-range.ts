/** Fewest and most tokens. */
export type TokenRange = readonly [least: number, most: number];

/** The range that holds both; null is nothing known. */
export function widened(before: TokenRange | null, now: TokenRange | null): TokenRange | null {
  if (before === null || now === null) return before ?? now;
  return [Math.min(before[0], now[0]), Math.max(before[1], now[1])];
}
