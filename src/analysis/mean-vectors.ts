import { enlarged } from "../views/enlarged.ts";
import type { CountedResponses } from "./probe-counter.ts";

/**
 * Models' mean unit vectors mu(m, p) at one probe, sparse; models in ascending order. Arrays may be longer than what
 * they hold, and hold it until the next probe.
 */
export interface MeanVectors {
  readonly models: readonly number[];
  /** Where the entries of each vector begin; one more at the end. */
  readonly starts: readonly number[];
  /** By entry: a feature of the probe, each at most once a vector. */
  readonly ids: Int32Array;
  readonly weights: Float64Array;
  /** By vector: <mu, mu> as it is, including each response with itself. */
  readonly squaredNorms: readonly number[];
  /** By vector: <mu, mu> over distinct responses; where there is a single one, 1 (0 when it has no feature that weighs). */
  readonly selfTerms: readonly number[];
}

const logCounts = Float64Array.from({ length: 256 }, (_, count) => Math.log1p(count));
/** log(1 + tf), from a table where it is asked for millions of times. */
export const logCount = (count: number) => (count < 256 ? (logCounts[count] as number) : Math.log1p(count));

/**
 * A function from a counted probe to its mean vectors: the mean over each model's responses of the unit vector with
 * weights log(1 + tf) * idf.
 *
 * @returns takes idf by feature of the probe; features of idf 0 are left out
 */
export function createMeanVectors(): (probe: CountedResponses, idf: Float64Array) => MeanVectors {
  let ids = new Int32Array(1 << 12);
  let weights = new Float64Array(1 << 12);
  /** By feature: sum over a model's responses; zeros between calls. */
  let sums = new Float64Array(1 << 12);

  return (probe, idf) => {
    const { starts: responseStarts, ids: countedIds, counts } = probe;
    const models: number[] = [];
    const starts: number[] = [0];
    const squaredNorms: number[] = [];
    const selfTerms: number[] = [];
    ids = enlarged(ids, responseStarts[responseStarts.length - 1] as number);
    weights = enlarged(weights, ids.length);
    sums = enlarged(sums, probe.size);
    let end = 0;

    /** Appends a response's vector, times `factor`; returns its length before. */
    const append = (response: number, factor: number): number => {
      const first = end;
      const to = responseStarts[response + 1] as number;
      let squares = 0;
      for (let entry = responseStarts[response] as number; entry < to; entry++) {
        const id = countedIds[entry] as number;
        const idfOf = idf[id] as number;
        if (idfOf === 0) continue;
        const weight = logCount(counts[entry] as number) * idfOf;
        squares += weight * weight;
        ids[end] = id;
        weights[end] = weight;
        end++;
      }
      const scale = factor / Math.sqrt(squares);
      for (let entry = first; entry < end; entry++) weights[entry] = (weights[entry] as number) * scale;
      return squares;
    };

    for (let from = 0; from < probe.models.length; ) {
      const model = probe.models[from] as number;
      let to = from + 1;
      while (to < probe.models.length && probe.models[to] === model) to++;
      const n = to - from;
      const first = end;
      let nonEmpty = 0;
      if (n === 1) nonEmpty = append(from, 1) > 0 ? 1 : 0;
      else {
        // The entries of all responses stand one after another; they are added up into those of distinct features.
        for (let response = from; response < to; response++) if (append(response, 1 / n) > 0) nonEmpty++;
        for (let entry = first; entry < end; entry++) {
          const id = ids[entry] as number;
          sums[id] = (sums[id] as number) + (weights[entry] as number);
        }
        let last = first;
        for (let entry = first; entry < end; entry++) {
          const id = ids[entry] as number;
          if (sums[id] === 0) continue;
          ids[last] = id;
          weights[last] = sums[id] as number;
          sums[id] = 0;
          last++;
        }
        end = last;
      }
      let squaredNorm = 0;
      for (let entry = first; entry < end; entry++) squaredNorm += (weights[entry] as number) ** 2;
      models.push(model);
      starts.push(end);
      squaredNorms.push(squaredNorm);
      selfTerms.push(n === 1 ? nonEmpty : (squaredNorm * n * n - nonEmpty) / (n * (n - 1)));
      from = to;
    }
    return { models, starts, ids, weights, squaredNorms, selfTerms };
  };
}
