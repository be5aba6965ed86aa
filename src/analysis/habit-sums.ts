import type { DocumentFrequency } from "./document-frequency.ts";
import { type CountedResponse, eachModel, meanVectors } from "./mean-vectors.ts";
import { addSparseGram, packed } from "./sparse-gram.ts";

/** In how many answers, over all models and probes, a feature must occur to be a habit at all. */
const minRows = (rows: number) => Math.max(5, rows * 5e-4);

/** Sums of one view for the habit affinity: everything but the division by the number of probe pairs. */
export interface HabitSums {
  /** Sum over p != q of <delta(a,p), delta(b,q)>, packed. */
  readonly total: Float64Array;
  /** The same with each jackknife block left out in turn; empty when none was asked for. */
  readonly withoutBlock: readonly Float64Array[];
}

export interface HabitOptions {
  readonly modelCount: number;
  readonly featureCount: number;
  readonly rule: DocumentFrequency;
  /** Jackknife block of each probe. */
  readonly blockOf: Int32Array;
  /** How many blocks to leave out in turn; 0 for none. */
  readonly leftOutBlocks: number;
}

/**
 * Cross-probe kernel of one view: sum over p != q of <delta(a,p), delta(b,q)>, where delta is the departure of a
 * model's mean unit vector from the mean of all models present at that probe, and idf is counted over all probes
 * (docs/method.md). Two strong models that agree because both are right on the same prompt do not agree
 * through it. Any common origin will do, for pairs are re-centred on their own panel afterwards.
 *
 * @param probes - per probe, its counted responses
 */
export function habitSums(probes: readonly (readonly CountedResponse[])[], options: HabitOptions): HabitSums {
  const { modelCount, leftOutBlocks, blockOf } = options;
  const { placeOf, idf } = habitWeights(probes, options);
  const scratch = new Float64Array(idf.length);
  const size = (modelCount * (modelCount + 1)) / 2;
  // The last vector holds the origins, which are taken off all models at the end.
  const newSums = () => Array.from({ length: modelCount + 1 }, () => new Float64Array(idf.length));
  const sums = newSums();
  const blockSums = Array.from({ length: leftOutBlocks }, newSums);
  const sameProbe = new Float64Array(size);
  const sameProbeOfBlock = Array.from({ length: leftOutBlocks }, () => new Float64Array(size));

  probes.forEach((responses, p) => {
    const vectors = meanVectors(responses, placeOf, idf, scratch);
    const matrix = new Float64Array(size);
    addSparseGram(matrix, vectors, idf.length);
    for (const { model, squaredNorm } of vectors) matrix[packed(model, model)] = squaredNorm;
    const block = blockOf[p] as number;
    addCentred(
      matrix,
      vectors.map(({ model }) => model),
      modelCount,
      [sameProbe, sameProbeOfBlock[block]],
    );

    const absent = new Set(Array.from({ length: modelCount }, (_, model) => model));
    for (const { model } of vectors) absent.delete(model);
    const share = 1 / Math.max(1, vectors.length);
    for (const into of [sums, blockSums[block]]) {
      if (!into) continue;
      for (const { model, ids, weights } of vectors) {
        addSparse(into[model] as Float64Array, ids, weights, 1);
        addSparse(into[modelCount] as Float64Array, ids, weights, share);
        // A model that is absent here must not lose this probe's origin at the end.
        for (const missing of absent) addSparse(into[missing] as Float64Array, ids, weights, share);
      }
    }
  });

  for (const vectors of [sums, ...blockSums]) {
    const origins = vectors.pop() as Float64Array;
    for (const vector of vectors)
      for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) - (origins[i] as number);
  }
  const withoutBlock = blockSums.map((ofBlock, block) => {
    const rest = sums.map((sum, model) => sum.map((value, i) => value - (ofBlock[model]?.[i] as number)));
    return products(rest, (at) => (sameProbe[at] as number) - (sameProbeOfBlock[block]?.[at] as number));
  });
  return { total: products(sums, (at) => sameProbe[at] as number), withoutBlock };
}

/** Features frequent enough to be habits, with idf = ln((votes in all + 1) / (votes + 1)) over the panel's answers. */
function habitWeights(
  probes: readonly (readonly CountedResponse[])[],
  { featureCount, rule }: HabitOptions,
): { placeOf: Int32Array; idf: Float64Array } {
  const rowsOf = new Uint32Array(featureCount);
  const votesOf = new Float64Array(featureCount);
  let rows = 0;
  let votes = 0;
  for (const responses of probes) {
    eachModel(responses, (model, from, to) => {
      rows++;
      const vote = rule.voteOf[model] ?? 0;
      votes += vote;
      for (let r = from; r < to; r++) {
        for (const id of (responses[r] as CountedResponse).ids) {
          rowsOf[id] = (rowsOf[id] as number) + 1;
          votesOf[id] = (votesOf[id] as number) + vote / (to - from);
        }
      }
    });
  }
  const placeOf = new Int32Array(featureCount).fill(-1);
  const idf: number[] = [];
  for (let id = 0; id < featureCount; id++) {
    if ((rowsOf[id] as number) < minRows(rows)) continue;
    const weight = Math.log((votes + 1) / ((votesOf[id] as number) + 1));
    if (weight <= 0) continue;
    placeOf[id] = idf.length;
    idf.push(weight);
  }
  return { placeOf, idf: Float64Array.from(idf) };
}

/** Adds <mu_a - origin, mu_b - origin> for the models present, where the origin is their mean. */
function addCentred(
  matrix: Float64Array,
  present: readonly number[],
  modelCount: number,
  into: readonly (Float64Array | undefined)[],
): void {
  const means = new Float64Array(modelCount);
  let grand = 0;
  for (const a of present) {
    let sum = 0;
    for (const b of present) sum += matrix[packed(a, b)] as number;
    means[a] = sum / present.length;
    grand += sum / present.length ** 2;
  }
  for (const a of present) {
    for (const b of present) {
      if (b > a) continue;
      const at = packed(a, b);
      const centred = (matrix[at] as number) - (means[a] as number) - (means[b] as number) + grand;
      for (const target of into) if (target) target[at] = (target[at] as number) + centred;
    }
  }
}

function addSparse(into: Float64Array, ids: Int32Array, weights: Float64Array, factor: number): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    into[id] = (into[id] as number) + factor * (weights[i] as number);
  }
}

/** Packed inner products of all vectors, less the same-probe terms. */
function products(vectors: readonly Float64Array[], sameProbe: (at: number) => number): Float64Array {
  const matrix = new Float64Array((vectors.length * (vectors.length + 1)) / 2);
  for (let a = 0; a < vectors.length; a++) {
    const first = vectors[a] as Float64Array;
    for (let b = 0; b <= a; b++) {
      const second = vectors[b] as Float64Array;
      let sum = 0;
      for (let i = 0; i < first.length; i++) sum += (first[i] as number) * (second[i] as number);
      const at = packed(a, b);
      matrix[at] = sum - sameProbe(at);
    }
  }
  return matrix;
}
