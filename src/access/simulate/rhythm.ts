import type { Random } from "../../schema/random.ts";
import { normal } from "./draw.ts";

const dayS = 86_400;

/** Second of the day of somebody awake: around a middle hour (UTC), hardly at night. */
export function daytime(middleHour: number, spreadHours = 3.5): (random: Random) => number {
  return (random) => {
    const hour = middleHour + spreadHours * normal(random);
    return Math.floor(((((hour % 24) + 24) % 24) / 24) * dayS);
  };
}

/** Second of the day of a machine that never sleeps. */
export function roundTheClock(): (random: Random) => number {
  return (random) => Math.floor(random() * dayS);
}

/** Second of the day of a job: one burst of so many hours from an hour on. */
export function burst(fromHour: number, hours: number): (random: Random) => number {
  return (random) => Math.floor(((fromHour + hours * random()) % 24) * 3600);
}

/** Weekdays 0 to 4 count in full (day 0 is a Monday), the weekend by the factor. */
export function weekly(weekend: number): (day: number) => number {
  return (day) => (day % 7 < 5 ? 1 : weekend);
}
