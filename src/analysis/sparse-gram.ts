import { enlarged } from "../views/enlarged.ts";
import type { MeanVectors } from "./mean-vectors.ts";

/** Index of entry (a, b) in a packed symmetric matrix. */
export function packed(a: number, b: number): number {
  return a >= b ? (a * (a + 1)) / 2 + b : (b * (b + 1)) / 2 + a;
}

/** Vectors by feature: who holds it and with what weight. Arrays hold it until the next call. */
export interface Holders {
  /** By feature: where its entries begin; one more at the end. */
  readonly starts: Int32Array;
  /** By entry: a model that holds the feature, in ascending order. */
  readonly models: Int32Array;
  readonly weights: Float64Array;
}

/** A function that turns vectors by model into lists by feature; ids run from 0 to size - 1. */
export function createTransposition(): (vectors: MeanVectors, size: number) => Holders {
  let starts = new Int32Array(1 << 12);
  let models = new Int32Array(1 << 12);
  let weights = new Float64Array(1 << 12);
  return (vectors, size) => {
    const { ids, weights: weightOf } = vectors;
    const total = vectors.starts[vectors.starts.length - 1] as number;
    starts = enlarged(starts, size + 2);
    models = enlarged(models, total);
    weights = enlarged(weights, total);
    starts.fill(0, 0, size + 2);
    // Counted two places ahead, so that after writing every list each start stands where it belongs.
    for (let entry = 0; entry < total; entry++) {
      const at = (ids[entry] as number) + 2;
      starts[at] = (starts[at] as number) + 1;
    }
    for (let id = 2; id < size + 2; id++) starts[id] = (starts[id] as number) + (starts[id - 1] as number);
    for (let v = 0; v < vectors.models.length; v++) {
      const model = vectors.models[v] as number;
      const to = vectors.starts[v + 1] as number;
      for (let entry = vectors.starts[v] as number; entry < to; entry++) {
        const next = (ids[entry] as number) + 1;
        const at = starts[next] as number;
        starts[next] = at + 1;
        models[at] = model;
        weights[at] = weightOf[entry] as number;
      }
    }
    return { starts, models, weights };
  };
}

/**
 * Adds the inner products of every two distinct models' vectors to a packed matrix, feature by feature: only the
 * models that hold a feature are paired, so the work is models x models, never responses x responses.
 */
export function addSparseGram(
  matrix: Float64Array,
  { starts, models, weights }: Holders,
  size: number,
): void {
  for (let id = 0; id < size; id++) {
    const from = starts[id] as number;
    const to = starts[id + 1] as number;
    for (let i = from + 1; i < to; i++) {
      const weight = weights[i] as number;
      const model = models[i] as number;
      const row = (model * (model + 1)) / 2;
      for (let j = from; j < i; j++) {
        const at = row + (models[j] as number);
        matrix[at] = (matrix[at] as number) + weight * (weights[j] as number);
      }
    }
  }
}
