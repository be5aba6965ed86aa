import type { FeatureBag } from "../views/feature-bag.ts";

/** One response of a probe, in one view. Lists of them come grouped by model, models in ascending order. */
export interface BagOfModel {
  /** Index of the model. */
  readonly model: number;
  readonly bag: FeatureBag;
}

/** A model's mean unit vector mu(m, p) at one probe, sparse. */
export interface MeanVector {
  readonly model: number;
  readonly ids: readonly number[];
  readonly weights: readonly number[];
  /** <mu, mu> over distinct responses; 1 when there is a single one. */
  readonly self: number;
}

/**
 * Mean over each model's responses of the unit vector with weights log(1 + tf) * idf.
 *
 * @param idsOf - per bag, the id of each of its features; a negative id is left out
 * @param idf - by id; a feature with idf 0 weighs nothing
 * @param scratch - zeros, at least as long as `idf`; zeros again afterwards
 */
export function meanVectors(
  bags: readonly BagOfModel[],
  idsOf: readonly Int32Array[],
  idf: Float64Array,
  scratch: Float64Array,
): MeanVector[] {
  const vectors: MeanVector[] = [];
  for (let start = 0; start < bags.length; ) {
    const { model } = bags[start] as BagOfModel;
    let end = start;
    while (end < bags.length && (bags[end] as BagOfModel).model === model) end++;
    const touched: number[] = [];
    let nonEmpty = 0;
    for (let r = start; r < end; r++) {
      const { counts } = (bags[r] as BagOfModel).bag;
      const ids = idsOf[r] as Int32Array;
      let norm = 0;
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i] as number;
        if (id >= 0) norm += (logCount(counts[i] as number) * (idf[id] as number)) ** 2;
      }
      if (norm === 0) continue;
      nonEmpty++;
      const scale = 1 / (Math.sqrt(norm) * (end - start));
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i] as number;
        if (id < 0 || idf[id] === 0) continue;
        if (scratch[id] === 0) touched.push(id);
        scratch[id] = (scratch[id] as number) + logCount(counts[i] as number) * (idf[id] as number) * scale;
      }
    }
    let squares = 0;
    const weights = touched.map((id) => {
      const weight = scratch[id] as number;
      scratch[id] = 0;
      squares += weight * weight;
      return weight;
    });
    const n = end - start;
    vectors.push({
      model,
      ids: touched,
      weights,
      self: n === 1 ? 1 : (squares * n * n - nonEmpty) / (n * (n - 1)),
    });
    start = end;
  }
  return vectors;
}

const logCounts = Float64Array.from({ length: 256 }, (_, count) => Math.log1p(count));
const logCount = (count: number) => (count < 256 ? (logCounts[count] as number) : Math.log1p(count));
