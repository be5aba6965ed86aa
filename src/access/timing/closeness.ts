import type { Release } from "../../schema/access-settings.ts";

const dayMs = 86_400_000;

/** Day (UTC) of a time, counted from 1970. */
export const dayOf = (iso: string): number => Math.floor(Date.parse(iso) / dayMs);

/**
 * How close each day is to a release, in [0, 1]: 1 on its day, falling evenly to 0 after `windowDays` (ours: traffic turns
 * to the new model) or before them (a competitor's: traffic feeds it). The nearest release counts.
 */
export function closeness(
  days: readonly number[],
  releases: readonly Release[],
  windowDays: number,
): Float64Array {
  return Float64Array.from(days, (day) => {
    let nearest = 0;
    for (const { owner, date } of releases) {
      const after = (day - dayOf(date)) * (owner === "ours" ? 1 : -1);
      if (after >= 0) nearest = Math.max(nearest, 1 - after / windowDays);
    }
    return nearest;
  });
}
