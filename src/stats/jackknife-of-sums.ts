import { deleteBlockJackknife, type JackknifeResult } from "./delete-block-jackknife.ts";

export interface BlockSums {
  /** Items in the block, above 0. */
  readonly size: number;
  /** The block's sum of each quantity, in the order the statistic expects. */
  readonly sums: readonly number[];
}

/**
 * Weighted block jackknife of a statistic of sums over items, such as a ratio or a normalised affinity.
 *
 * @param blocks - g >= 2 blocks with equally many sums each; not modified
 * @param statistic - of the totals over the blocks kept, for example `([ab, aa, bb]) => ab / Math.sqrt(aa * bb)`
 * @throws InsufficientDataError as `deleteBlockJackknife`
 * @throws RangeError when the blocks have different numbers of sums
 * @see Busing, Meijer & van der Leeden (1999), doi:10.1023/A:1008800423698
 */
export function jackknifeOfSums(
  blocks: readonly BlockSums[],
  statistic: (totals: readonly number[]) => number,
): JackknifeResult {
  const width = blocks[0]?.sums.length ?? 0;
  for (const { sums } of blocks)
    if (sums.length !== width)
      throw new RangeError(`Every block must have ${width} sums, got one with ${sums.length}.`);
  // Added up anew for each block: subtracting from the total would leave rounding where little remains.
  const totalsWithout = (leftOut: number | null) => {
    const totals = new Array<number>(width).fill(0);
    blocks.forEach(({ sums }, block) => {
      if (block !== leftOut)
        for (let index = 0; index < width; index++) totals[index] = (totals[index] ?? 0) + (sums[index] ?? 0);
    });
    return totals;
  };
  return deleteBlockJackknife(
    blocks.map((block) => block.size),
    (leftOut) => statistic(totalsWithout(leftOut)),
  );
}
