import type { Random } from "../schema/random.ts";

/** Brings a uniform random subset to the front (the first `count` steps of a Fisher-Yates shuffle). */
export function drawFront(order: Uint32Array, count: number, random: Random): void {
  for (let index = 0; index < count; index++) {
    const other = index + Math.floor(random() * (order.length - index));
    const held = order[index] as number;
    order[index] = order[other] as number;
    order[other] = held;
  }
}
