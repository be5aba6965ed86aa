import { createFeatureIndex } from "../views/feature-index.ts";
import type { TokenScan } from "../views/token-scan.ts";
import type { View } from "../views/view.ts";
import { type DocumentFrequency, inverseDocumentFrequency } from "./document-frequency.ts";
import { type HabitSums, habitSums } from "./habit-sums.ts";
import { type CountedResponse, eachModel, logCount, meanVectors } from "./mean-vectors.ts";
import { addSparseGram, packed } from "./sparse-gram.ts";

/** One response to a probe, scanned. Lists come grouped by model, models in ascending order. */
export interface ScannedResponse {
  readonly model: number;
  readonly scan: TokenScan;
}

/** Kernels of one view over all probes of a comparison. */
export interface ViewKernels {
  /**
   * Content kernel of one probe: k(a, b) = <mu_a, mu_b>, where mu_m is the mean over m's responses of the unit vector
   * with weights log(1 + tf) * idf, document frequencies counted within the probe. Self terms use distinct responses.
   * @param pairs - model pairs whose inner products response by response are wanted besides
   * @returns packed lower triangle (entries of absent models are 0), and one full matrix a pair, over the first
   *   model's responses and then the second's, row-major
   */
  readonly addProbe: (
    responses: readonly ScannedResponse[],
    pairs: readonly (readonly [number, number])[],
  ) => { kernel: Float64Array; grams: Float64Array[] };
  /** Cross-probe sums over all probes added so far; see `habitSums`. */
  readonly habit: (blockOf: Int32Array, leftOutBlocks: number) => HabitSums;
}

/**
 * @param modelCount - models of the comparison
 * @param rule - who votes in document frequencies
 */
export function createViewKernels(view: View, modelCount: number, rule: DocumentFrequency): ViewKernels {
  const index = createFeatureIndex(1 << 16);
  const probes: CountedResponse[][] = [];
  let localOf = new Int32Array(1 << 16).fill(-1);
  let scratch = new Float64Array(1 << 13);

  const countResponse = ({ model, scan }: ScannedResponse, inProbe: number[]): CountedResponse => {
    const ids: number[] = [];
    const counts: number[] = [];
    view.emit(scan, (feature) => {
      const id = index.add(feature);
      if (id >= seen.length) seen = enlarged(seen, id, 0);
      const at = seen[id] as number;
      if (at > 0) counts[at - 1] = Math.min((counts[at - 1] as number) + 1, 65535);
      else {
        ids.push(id);
        counts.push(1);
        seen[id] = ids.length;
      }
    });
    if (localOf.length < index.size()) localOf = enlarged(localOf, index.size(), -1);
    for (const id of ids) {
      seen[id] = 0;
      if ((localOf[id] as number) < 0) {
        localOf[id] = inProbe.length;
        inProbe.push(id);
      }
    }
    return {
      model,
      ids: new Int32Array(ids),
      counts: new Uint16Array(counts),
    };
  };
  let seen = new Int32Array(1 << 16);

  const addProbe: ViewKernels["addProbe"] = (scanned, pairs) => {
    const inProbe: number[] = [];
    const responses = scanned.map((response) => countResponse(response, inProbe));
    probes.push(responses);
    const size = inProbe.length;
    if (scratch.length < size) scratch = new Float64Array(size * 2);

    const votes = new Float64Array(size);
    let total = 0;
    eachModel(responses, (model, from, to) => {
      const vote = rule.voteOf[model] ?? 0;
      if (vote === 0) return;
      total += vote;
      for (let r = from; r < to; r++) {
        for (const id of (responses[r] as CountedResponse).ids) {
          const place = localOf[id] as number;
          votes[place] = (votes[place] as number) + vote / (to - from);
        }
      }
    });
    const idf = votes.map((held) => inverseDocumentFrequency(rule, held, total));

    const kernel = new Float64Array((modelCount * (modelCount + 1)) / 2);
    const vectors = meanVectors(responses, localOf, idf, scratch);
    for (const { model, self } of vectors) kernel[packed(model, model)] = self;
    addSparseGram(kernel, vectors, size);
    const grams = pairs.map(([a, b]) =>
      responseGram([...ofModel(responses, a), ...ofModel(responses, b)], localOf, idf, scratch),
    );
    for (const id of inProbe) localOf[id] = -1;
    return { kernel, grams };
  };

  return {
    addProbe,
    habit: (blockOf, leftOutBlocks) =>
      habitSums(probes, { modelCount, featureCount: index.size(), rule, blockOf, leftOutBlocks }),
  };
}

const ofModel = (responses: readonly CountedResponse[], model: number) =>
  responses.filter((response) => response.model === model);

/** Inner products of unit vectors, response by response, row-major. */
function responseGram(
  responses: readonly CountedResponse[],
  localOf: Int32Array,
  idf: Float64Array,
  scratch: Float64Array,
): Float64Array {
  const n = responses.length;
  const gram = new Float64Array(n * n);
  const vectors = responses.map(({ ids, counts }) => {
    let squares = 0;
    const weights = new Float64Array(ids.length);
    for (let i = 0; i < ids.length; i++) {
      weights[i] = logCount(counts[i] as number) * (idf[localOf[ids[i] as number] as number] as number);
      squares += (weights[i] as number) ** 2;
    }
    const norm = Math.sqrt(squares) || 1;
    return { ids, weights: weights.map((weight) => weight / norm) };
  });
  vectors.forEach((first, i) => {
    for (let f = 0; f < first.ids.length; f++)
      scratch[localOf[first.ids[f] as number] as number] = first.weights[f] as number;
    for (let j = i; j < n; j++) {
      const second = vectors[j] as (typeof vectors)[number];
      let product = 0;
      for (let f = 0; f < second.ids.length; f++)
        product +=
          (scratch[localOf[second.ids[f] as number] as number] as number) * (second.weights[f] as number);
      gram[i * n + j] = product;
      gram[j * n + i] = product;
    }
    for (const id of first.ids) scratch[localOf[id] as number] = 0;
  });
  return gram;
}

function enlarged(values: Int32Array, atLeast: number, filler: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(Math.max(values.length * 2, atLeast * 2)).fill(filler);
  longer.set(values);
  return longer;
}
