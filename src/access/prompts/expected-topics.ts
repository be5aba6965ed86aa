/**
 * Rarefaction: expected number of different topics in `draws` requests drawn without replacement.
 *
 * @param counts - requests by topic, whole numbers >= 0 with sum n >= draws; not modified
 * @param draws - at least 1
 * @returns sum over topics of 1 - C(n - count, draws) / C(n, draws), in [1, draws]; NaN where n < draws. It does not
 *   grow with n: more of the same leaves it where it is
 * @see Hurlbert (1971), doi:10.2307/1934145
 */
export function expectedTopics(counts: readonly number[], draws: number): number {
  const n = counts.reduce((sum, count) => sum + count, 0);
  if (!(n >= draws)) return Number.NaN;
  let expected = 0;
  for (const count of counts) {
    let unseen = 1;
    for (let draw = 0; draw < draws && unseen > 0; draw++)
      unseen *= Math.max(0, n - count - draw) / (n - draw);
    expected += 1 - unseen;
  }
  return expected;
}

/** The same for independent draws spread evenly over `topics` topics: the most that can be expected of anybody. */
export const evenTopics = (topics: number, draws: number): number => topics * (1 - (1 - 1 / topics) ** draws);
