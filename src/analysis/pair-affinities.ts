import { type CentredSums, centredSums, overSelf } from "./content-affinity.ts";
import { excludedFor } from "./content-score.ts";
import type { JackknifeBlocks } from "./jackknife-blocks.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

/** Content affinity of every two models as sums by block of probes, so that it can be had of any draw of blocks. */
export interface PairAffinities {
  readonly modelCount: number;
  readonly blockCount: number;
  /**
   * @param weights - how often each block counts; all once by default
   * @returns symmetric; 1 on the diagonal, null where an affinity is not defined
   */
  readonly matrix: (weights?: ArrayLike<number>) => (number | null)[][];
}

type Sums = Pick<CentredSums, "between" | "first" | "second" | "probes">;

/**
 * Content affinities of all pairs of models, each centred on the panel without the labs of both (`centredSums`).
 * O(models^2 x (probes + blocks)); memory O(models^2 x blocks).
 *
 * @param blocks - by which the sums are kept; the measure's own by default
 */
export function pairAffinities(
  measured: MeasuredAnswers,
  blocks: Pick<JackknifeBlocks, "blockOf" | "blockCount"> = measured.blocks,
): PairAffinities {
  const stack = { ...measured.stack, blockOf: blocks.blockOf, blockCount: blocks.blockCount };
  return affinitiesOfSums(measured.models.length, blocks.blockCount, (a, b) =>
    centredSums(stack, a, b, excludedFor(measured, [a, b])),
  );
}

/** The same from the sums of each pair; `sumsOf` is asked once for each a > b. */
export function affinitiesOfSums(
  modelCount: number,
  blockCount: number,
  sumsOf: (a: number, b: number) => Sums,
): PairAffinities {
  const pairs = Array.from({ length: modelCount }, (_, a) =>
    Array.from({ length: a }, (_unused, b) => {
      // Four typed arrays a pair would weigh more than the numbers in them.
      const { between, first, second, probes } = sumsOf(a, b);
      const sums = new Float64Array(4 * blockCount);
      sums.set(between);
      sums.set(first, blockCount);
      sums.set(second, 2 * blockCount);
      sums.set(probes, 3 * blockCount);
      return sums;
    }),
  );
  const affinity = (sums: Float64Array, weights: ArrayLike<number> | undefined): number | null => {
    let [shared, first, second, probes] = [0, 0, 0, 0];
    for (let block = 0; block < blockCount; block++) {
      const weight = weights === undefined ? 1 : (weights[block] as number);
      if (weight === 0) continue;
      shared += weight * (sums[block] as number);
      first += weight * (sums[blockCount + block] as number);
      second += weight * (sums[2 * blockCount + block] as number);
      probes += weight * (sums[3 * blockCount + block] as number);
    }
    return overSelf(shared, first, second, probes);
  };
  return {
    modelCount,
    blockCount,
    matrix: (weights) => {
      const below = pairs.map((row) => row.map((sums) => affinity(sums, weights)));
      return below.map((_, a) =>
        below.map((_unused, b) => (a === b ? 1 : (below[Math.max(a, b)]?.[Math.min(a, b)] ?? null))),
      );
    },
  };
}
