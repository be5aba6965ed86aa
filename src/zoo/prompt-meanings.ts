import { hashPair } from "./hash.ts";

/** Length of the vectors that stand for meanings; a multiple of 4. */
export const dimensions = 32;

/** Mean departure of the answers to prompts with each feature from all answers, one row of `dimensions` a feature. */
export function featureMeanings(
  rows: readonly Int32Array[],
  count: number,
  answers: readonly Int32Array[],
): Float32Array {
  const frequency = new Map<number, number>();
  for (const tokens of answers)
    for (const token of new Set(tokens)) frequency.set(token, (frequency.get(token) ?? 0) + 1);
  const all = new Float32Array(dimensions);
  const vectors = answers.map((tokens) => {
    const vector = new Float32Array(dimensions);
    for (const token of tokens) {
      const idf = Math.log((1 + answers.length) / (frequency.get(token) ?? 1));
      for (let turn = 0; turn < 4; turn += 1) {
        const hash = hashPair(token, turn);
        const axis = hash % dimensions;
        vector[axis] = (vector[axis] as number) + (hash & 1024 ? idf : -idf);
      }
    }
    normalise(vector);
    for (let axis = 0; axis < dimensions; axis += 1)
      all[axis] = (all[axis] as number) + (vector[axis] as number) / answers.length;
    return vector;
  });
  const meanings = new Float32Array(count * dimensions);
  // One pseudo-answer that departs in no direction: a feature seen once is not trusted fully.
  const seen = new Float32Array(count).fill(1);
  rows.forEach((row, text) => {
    const vector = vectors[text] as Float32Array;
    for (const id of row) {
      seen[id] = (seen[id] as number) + 1;
      const from = id * dimensions;
      for (let axis = 0; axis < dimensions; axis += 1)
        meanings[from + axis] =
          (meanings[from + axis] as number) + (vector[axis] as number) - (all[axis] as number);
    }
  });
  for (let at = 0; at < meanings.length; at += 1)
    meanings[at] = (meanings[at] as number) / (seen[Math.floor(at / dimensions)] as number);
  return meanings;
}

/** Inner products of every row of `dimensions` with a vector; four sums at a time, as this is where the time goes. */
export function dotProducts(rows: Float32Array, vector: Float32Array): Float32Array {
  const products = new Float32Array(rows.length / dimensions);
  for (let row = 0, from = 0; row < products.length; row += 1, from += dimensions) {
    let [first, second, third, fourth] = [0, 0, 0, 0];
    for (let axis = 0; axis < dimensions; axis += 4) {
      first += (rows[from + axis] as number) * (vector[axis] as number);
      second += (rows[from + axis + 1] as number) * (vector[axis + 1] as number);
      third += (rows[from + axis + 2] as number) * (vector[axis + 2] as number);
      fourth += (rows[from + axis + 3] as number) * (vector[axis + 3] as number);
    }
    products[row] = first + second + third + fourth;
  }
  return products;
}

/** Sum of the features' meanings, of length 1 (or 0). */
export function meaningOf(row: ArrayLike<number>, meanings: Float32Array): Float32Array {
  const sum = new Float32Array(dimensions);
  for (let index = 0; index < row.length; index += 1) {
    const from = (row[index] as number) * dimensions;
    for (let axis = 0; axis < dimensions; axis += 1)
      sum[axis] = (sum[axis] as number) + (meanings[from + axis] as number);
  }
  normalise(sum);
  return sum;
}

function normalise(vector: Float32Array): void {
  let squares = 1e-12;
  for (const value of vector) squares += value ** 2;
  const length = Math.sqrt(squares);
  for (let axis = 0; axis < vector.length; axis += 1) vector[axis] = (vector[axis] as number) / length;
}
