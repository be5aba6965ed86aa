import type { MeanVector } from "./mean-vectors.ts";

/** Index of entry (a, b) in a packed symmetric matrix. */
export function packed(a: number, b: number): number {
  return a >= b ? (a * (a + 1)) / 2 + b : (b * (b + 1)) / 2 + a;
}

/**
 * Adds the inner products of every two distinct models' vectors to a packed matrix, feature by feature: only the
 * models that hold a feature are paired, so the work is models x models, never responses x responses.
 *
 * @param size - ids run from 0 to size - 1
 */
export function addSparseGram(matrix: Float64Array, vectors: readonly MeanVector[], size: number): void {
  const starts = new Uint32Array(size + 1);
  let total = 0;
  for (const { ids } of vectors) {
    total += ids.length;
    for (const id of ids) (starts[id + 1] as number)++;
  }
  for (let id = 0; id < size; id++) starts[id + 1] = (starts[id + 1] as number) + (starts[id] as number);
  const place = starts.slice();
  const models = new Uint32Array(total);
  const weights = new Float64Array(total);
  for (const vector of vectors) {
    for (let i = 0; i < vector.ids.length; i++) {
      const id = vector.ids[i] as number;
      const at = place[id] as number;
      place[id] = at + 1;
      models[at] = vector.model;
      weights[at] = vector.weights[i] as number;
    }
  }
  for (let id = 0; id < size; id++) {
    const from = starts[id] as number;
    const to = starts[id + 1] as number;
    for (let i = from + 1; i < to; i++) {
      const weight = weights[i] as number;
      const model = models[i] as number;
      // Vectors come in ascending order of their models, so j's model is below i's.
      const row = (model * (model + 1)) / 2;
      for (let j = from; j < i; j++) {
        const at = row + (models[j] as number);
        matrix[at] = (matrix[at] as number) + weight * (weights[j] as number);
      }
    }
  }
}
