import { jackknifeOfSums } from "../stats/jackknife-of-sums.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

/**
 * Two-sided interval of a mean over probes, by the jackknife over the comparison's blocks of probes.
 *
 * @param values - one a probe, with the probe's place among all probes; not modified
 * @returns null where the probes lie in fewer than two blocks
 */
export function blockMeanInterval(
  measured: Pick<MeasuredAnswers, "blocks">,
  values: readonly { readonly index: number; readonly value: number }[],
  level: number,
): [number, number] | null {
  const blocks = new Map<number, { size: number; sum: number }>();
  for (const { index, value } of values) {
    const key = measured.blocks.blockOf[index] as number;
    const { size, sum } = blocks.get(key) ?? { size: 0, sum: 0 };
    blocks.set(key, { size: size + 1, sum: sum + value });
  }
  if (blocks.size < 2) return null;
  const jackknife = jackknifeOfSums(
    [...blocks.values()].map(({ size, sum }) => ({ size, sums: [sum, size] })),
    ([sum = 0, size = 0]) => sum / size,
  );
  return [...jackknife.interval(level)];
}
