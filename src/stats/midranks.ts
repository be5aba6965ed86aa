/**
 * Ranks from 1 to n, tied values sharing the mean of the ranks they cover.
 *
 * @param values - any length, no NaN; not modified
 * @returns one rank a value, in the order of `values`; they add up to n (n + 1) / 2
 */
export function midranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, index) => index);
  order.sort((first, second) => (values[first] as number) - (values[second] as number));
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++;
    for (let tied = start; tied < end; tied++) ranks[order[tied] as number] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
