/** One response of a probe in one view. Lists of them come grouped by model, models in ascending order. */
export interface CountedResponse {
  /** Index of the model. */
  readonly model: number;
  /** Distinct features, as dense ids of the view. */
  readonly ids: Int32Array;
  /** Occurrences of each, at least 1. */
  readonly counts: Uint16Array;
}

/** A model's mean unit vector mu(m, p) at one probe, sparse. */
export interface MeanVector {
  readonly model: number;
  readonly ids: Int32Array;
  readonly weights: Float64Array;
  /** <mu, mu> as it is, including each response with itself. */
  readonly squaredNorm: number;
  /** <mu, mu> over distinct responses; where there is a single one, 1 (0 when it has no feature that weighs). */
  readonly self: number;
}

/** Calls `visit(responses, from, to)` for each model's run of responses. */
export function eachModel(
  responses: readonly CountedResponse[],
  visit: (model: number, from: number, to: number) => void,
): void {
  for (let from = 0; from < responses.length; ) {
    const { model } = responses[from] as CountedResponse;
    let to = from;
    while (to < responses.length && (responses[to] as CountedResponse).model === model) to++;
    visit(model, from, to);
    from = to;
  }
}

/**
 * Mean over each model's responses of the unit vector with weights log(1 + tf) * idf.
 *
 * @param localOf - place of a feature id in `idf`; negative leaves the feature out
 * @param idf - weight by place; 0 weighs nothing
 * @param scratch - zeros, at least as long as `idf`; zeros again afterwards
 * @returns vectors whose ids are places in `idf`
 */
export function meanVectors(
  responses: readonly CountedResponse[],
  localOf: Int32Array,
  idf: Float64Array,
  scratch: Float64Array,
): MeanVector[] {
  const vectors: MeanVector[] = [];
  const touched = new Int32Array(idf.length);
  eachModel(responses, (model, from, to) => {
    let length = 0;
    let nonEmpty = 0;
    for (let r = from; r < to; r++) {
      const { ids, counts } = responses[r] as CountedResponse;
      let squares = 0;
      for (let i = 0; i < ids.length; i++) {
        const place = localOf[ids[i] as number] as number;
        if (place < 0) continue;
        const weight = logCount(counts[i] as number) * (idf[place] as number);
        squares += weight * weight;
      }
      if (squares === 0) continue;
      nonEmpty++;
      const scale = 1 / (Math.sqrt(squares) * (to - from));
      for (let i = 0; i < ids.length; i++) {
        const place = localOf[ids[i] as number] as number;
        if (place < 0 || idf[place] === 0) continue;
        if (scratch[place] === 0) touched[length++] = place;
        scratch[place] =
          (scratch[place] as number) + logCount(counts[i] as number) * (idf[place] as number) * scale;
      }
    }
    const ids = touched.slice(0, length);
    const weights = new Float64Array(length);
    let squaredNorm = 0;
    for (let i = 0; i < length; i++) {
      const weight = scratch[ids[i] as number] as number;
      scratch[ids[i] as number] = 0;
      weights[i] = weight;
      squaredNorm += weight * weight;
    }
    const n = to - from;
    const self = n === 1 ? nonEmpty : (squaredNorm * n * n - nonEmpty) / (n * (n - 1));
    vectors.push({ model, ids, weights, squaredNorm, self });
  });
  return vectors;
}

const logCounts = Float64Array.from({ length: 256 }, (_, count) => Math.log1p(count));
/** log(1 + tf), from a table where it is asked for millions of times. */
export const logCount = (count: number) => (count < 256 ? (logCounts[count] as number) : Math.log1p(count));
