/**
 * Share of the longer text that two texts begin with in common, in [0, 1]; 1 for equal texts, two empty ones too.
 * A server whose arithmetic is not repeatable leaves the path of the first answer somewhere, but not at its start.
 */
function commonPrefix(first: string, second: string): number {
  const longest = Math.max(first.length, second.length);
  if (longest === 0) return 1;
  let length = 0;
  while (length < longest && first[length] === second[length]) length++;
  return length / longest;
}

/** All pairs of texts: 1 where they are equal, else half the share that they begin with in common. */
export function prefixSimilarity(texts: readonly string[]): number[][] {
  return texts.map((one) => texts.map((other) => (one === other ? 1 : commonPrefix(one, other) / 2)));
}
