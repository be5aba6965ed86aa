/**
 * Length of the longest common subsequence of two word lists.
 *
 * @returns an integer in 0 to min(n, m); 0 for an empty list. Time n m, memory m; inputs are not modified.
 */
export function commonWordCount(first: Uint32Array, second: Uint32Array): number {
  const lengths = new Uint16Array(second.length + 1);
  for (let row = 0; row < first.length; row++) {
    const word = first[row];
    let diagonal = 0;
    for (let column = 1; column <= second.length; column++) {
      const above = lengths[column] as number;
      if (second[column - 1] === word) lengths[column] = diagonal + 1;
      else if ((lengths[column - 1] as number) > above) lengths[column] = lengths[column - 1] as number;
      diagonal = above;
    }
  }
  return lengths[second.length] as number;
}

/** Where a longest common subsequence stands. */
export interface CommonWords {
  /** Places in the first list, then in the second, both rising and of one length. */
  readonly first: number[];
  readonly second: number[];
}

/** A longest common subsequence of two word lists: of several, the one whose words stand earliest in the second. */
export function commonWords(first: Uint32Array, second: Uint32Array): CommonWords {
  const width = second.length + 1;
  const lengths = new Uint16Array((first.length + 1) * width);
  for (let row = first.length - 1; row >= 0; row--)
    for (let column = second.length - 1; column >= 0; column--)
      lengths[row * width + column] =
        first[row] === second[column]
          ? (lengths[(row + 1) * width + column + 1] as number) + 1
          : Math.max(
              lengths[(row + 1) * width + column] as number,
              lengths[row * width + column + 1] as number,
            );
  const found: CommonWords = { first: [], second: [] };
  let [row, column] = [0, 0];
  while (row < first.length && column < second.length) {
    const here = lengths[row * width + column];
    if (first[row] === second[column]) {
      found.first.push(row++);
      found.second.push(column++);
    } else if (lengths[(row + 1) * width + column] === here) row++;
    else column++;
  }
  return found;
}
