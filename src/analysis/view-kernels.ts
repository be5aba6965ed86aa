import { enlarged } from "../views/enlarged.ts";
import { type DocumentFrequency, inverseDocumentFrequency } from "./document-frequency.ts";
import { createMeanVectors, logCount } from "./mean-vectors.ts";
import type { CountedProbe } from "./probe-counter.ts";
import { addSparseGram, createTransposition, packed } from "./sparse-gram.ts";

/** Content kernels of one probe in some views. */
export interface ContentKernels {
  /** Packed lower triangle of k(a, b); entries of absent models are 0. */
  readonly kernel: Float64Array;
  /** By model: <mu, mu>, each response with itself included; 0 where it is absent. */
  readonly squaredNorms: Float64Array;
  /** One full matrix a pair asked for, over the first model's responses and then the second's, row-major. */
  readonly grams: readonly Float64Array[];
}

export interface ContentSetup {
  readonly modelCount: number;
  readonly rule: DocumentFrequency;
  /** Model pairs whose inner products response by response are wanted besides. */
  readonly pairs: readonly (readonly [number, number])[];
}

/**
 * A function that gives the content kernels of a probe in one view: k(a, b) = <mu_a, mu_b>, where mu_m is the mean over
 * m's responses of the unit vector with weights log(1 + tf) * idf, document frequencies counted within the probe. Self
 * terms use distinct responses.
 */
export function createContentKernels(setup: ContentSetup): (probe: CountedProbe) => ContentKernels {
  const { modelCount, rule, pairs } = setup;
  const meanVectors = createMeanVectors();
  const transposed = createTransposition();
  let idf = new Float64Array(1 << 12);
  return (probe) => {
    const { size, votes } = probe;
    idf = enlarged(idf, size);
    const total = [...new Set(probe.models)].reduce((sum, model) => sum + (rule.voteOf[model] ?? 0), 0);
    for (let id = 0; id < size; id++) idf[id] = inverseDocumentFrequency(rule, votes[id] as number, total);
    const kernel = new Float64Array((modelCount * (modelCount + 1)) / 2);
    const vectors = meanVectors(probe, idf);
    addSparseGram(kernel, transposed(vectors, size), size);
    const squaredNorms = new Float64Array(modelCount);
    vectors.models.forEach((model, v) => {
      kernel[packed(model, model)] = vectors.selfTerms[v] as number;
      squaredNorms[model] = vectors.squaredNorms[v] as number;
    });
    return { kernel, squaredNorms, grams: pairs.map((pair) => responseGram(probe, idf, pair)) };
  };
}

/** Inner products of unit vectors, response by response, row-major. */
function responseGram(probe: CountedProbe, idf: Float64Array, pair: readonly [number, number]): Float64Array {
  const { models, starts, ids, counts } = probe;
  const responses = pair.flatMap((wanted) => models.flatMap((model, r) => (model === wanted ? [r] : [])));
  const n = responses.length;
  const gram = new Float64Array(n * n);
  const dense = new Float64Array(probe.size);
  const vectors = responses.map((r) => {
    const from = starts[r] as number;
    const to = starts[r + 1] as number;
    const weights = new Float64Array(to - from);
    let squares = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight = logCount(counts[from + i] as number) * (idf[ids[from + i] as number] as number);
      weights[i] = weight;
      squares += weight * weight;
    }
    const norm = Math.sqrt(squares) || 1;
    return { ids: ids.subarray(from, to), weights: weights.map((weight) => weight / norm) };
  });
  vectors.forEach((first, i) => {
    for (let f = 0; f < first.ids.length; f++) dense[first.ids[f] as number] = first.weights[f] as number;
    for (let j = i; j < n; j++) {
      const second = vectors[j] as (typeof vectors)[number];
      let product = 0;
      for (let f = 0; f < second.ids.length; f++)
        product += (dense[second.ids[f] as number] as number) * (second.weights[f] as number);
      gram[i * n + j] = product;
      gram[j * n + i] = product;
    }
    for (const id of first.ids) dense[id] = 0;
  });
  return gram;
}
