import { mean } from "simple-statistics";
import { deleteBlockJackknife } from "../stats/delete-block-jackknife.ts";
import type { FrozenContributions } from "./frozen-contributions.ts";
import type { ProjectedLogOdds } from "./projected-log-odds.ts";

/** Everything in the log odds on all probes but the frozen mean of contributions, as some of the probes tell it. */
export interface Remainder {
  readonly estimate: number;
  readonly interval: readonly [number, number];
}

/**
 * Interval of the remainder on all N probes, from the first n of a random order: log odds less slope times the mean
 * contribution, with its jackknife over blocks, by Student's t with blocks - 1 degrees. The n probes are a sample without
 * replacement of the very probes it is sought on, so that the standard error counts by sqrt(1 - n / N); on all probes
 * nothing is left of it.
 *
 * @param contributions - of the n probes, null filled in
 * @param options.blockOf - block of each of the n probes
 * @param options.level - in (0, 1)
 * @throws InsufficientDataError with fewer than two blocks
 */
export function remainderInterval(
  projected: ProjectedLogOdds,
  contributions: readonly number[],
  options: {
    readonly slope: FrozenContributions["slope"];
    readonly blockOf: ArrayLike<number>;
    readonly probes: number;
    readonly level: number;
  },
): Remainder {
  const { slope, blockOf, probes, level } = options;
  const { blocks } = projected;
  const meanWithout = (leftOut: number) =>
    mean(contributions.filter((_, p) => (blockOf[p] as number) !== leftOut));
  const jackknife = deleteBlockJackknife(
    blocks.map(({ size }) => size),
    (index) => {
      const block = index === null ? null : (blocks[index] as (typeof blocks)[number]);
      return block === null
        ? projected.estimate - slope * mean([...contributions])
        : block.without - slope * meanWithout(block.block);
    },
  );
  const { estimate } = jackknife;
  const [low, high] = jackknife.interval(level);
  const unseen = Math.sqrt(1 - contributions.length / probes);
  return {
    estimate,
    interval: [estimate + unseen * (low - estimate), estimate + unseen * (high - estimate)],
  };
}
