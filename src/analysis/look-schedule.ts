import { requireCount } from "../stats/check-values.ts";

/** Each look has so many times the probes of the one before: what is learnt between two of them stays about the same. */
const growth = 1.3;
/** Share of all probes beyond which no look is worth its error: hardly anything could be saved. */
const latest = 0.75;

/**
 * After how many probes of a sequence everything is measured again: after the pilot, then after 1.3 times as many, and
 * so on up to three quarters of the probes. Fixed before the first answer, so that their number can be paid for.
 *
 * @param probes - of the whole sequence
 * @param pilot - at least 1
 * @returns in ascending order; the pilot alone (or all probes, if fewer) where it is beyond three quarters of them; none
 *   without probes
 * @throws RangeError when a number is not whole or out of range
 */
export function lookSchedule(probes: number, pilot: number): number[] {
  requireCount(probes, "probes");
  requireCount(pilot, "pilot", 1);
  if (probes === 0) return [];
  const looks = [Math.min(pilot, probes)];
  for (;;) {
    const next = Math.ceil(growth * (looks.at(-1) as number));
    if (next > latest * probes) return looks;
    looks.push(next);
  }
}
