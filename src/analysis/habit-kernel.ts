import { createFeatureIndex } from "../views/feature-index.ts";
import type { DocumentFrequency } from "./document-frequency.ts";
import { type BagOfModel, meanVectors } from "./mean-vectors.ts";
import { addSparseGram, packed } from "./sparse-gram.ts";

/** Probes in which a feature must occur, counted over all models' answers, to be a habit at all. */
const minRows = (rows: number) => Math.max(5, rows * 5e-4);

/** Sums of one view for the habit kernel: everything but the division by the number of probe pairs. */
export interface HabitSums {
  /** Sum over p != q of <mu(a,p), mu(b,q)> about a common origin, packed. */
  readonly total: Float64Array;
  /** The same with each jackknife block left out; empty when blocks were not asked for. */
  readonly withoutBlock: readonly Float64Array[];
}

/**
 * Cross-probe kernel of one view: sum over p != q of <delta(a,p), delta(b,q)>, where delta is the departure of a
 * model's mean unit vector from the panel's mean at that probe; idf over all probes (MEASURE: habit affinity). Two
 * strong models that agree because both are right on the same prompt do not agree through it.
 *
 * Feed every probe to `count`, then every probe again to `add`, then call `finish`.
 *
 * @param modelCount - models
 * @param rule - who votes in document frequencies
 * @param blocks - jackknife blocks to leave out in turn; 0 for none
 */
export function createHabitKernel(modelCount: number, rule: DocumentFrequency, blocks: number) {
  const index = createFeatureIndex(1 << 20);
  let rowCounts = new Uint32Array(1 << 19);
  let votes = new Float32Array(1 << 19);
  let rows = 0;
  let totalVotes = 0;
  let prepared: {
    keptOf: Int32Array;
    idf: Float64Array;
    sums: Float64Array[];
    blockSums: Float64Array[][];
    scratch: Float64Array;
  } | null = null;
  const size = (modelCount * (modelCount + 1)) / 2;
  const sameProbe = new Float64Array(size);
  const sameProbeOfBlock = Array.from({ length: blocks }, () => new Float64Array(size));

  const count = (bags: readonly BagOfModel[]) => {
    const sampleCount = new Int32Array(modelCount);
    for (const { model } of bags) (sampleCount[model] as number)++;
    for (let m = 0; m < modelCount; m++) {
      if ((sampleCount[m] as number) === 0) continue;
      rows++;
      totalVotes += rule.voteOf[m] ?? 0;
    }
    for (const { model, bag } of bags) {
      const vote = (rule.voteOf[model] ?? 0) / (sampleCount[model] as number);
      for (const feature of bag.features) {
        const id = index.add(feature);
        if (id >= rowCounts.length) {
          const longerCounts = new Uint32Array(rowCounts.length * 2);
          longerCounts.set(rowCounts);
          rowCounts = longerCounts;
          const longerVotes = new Float32Array(votes.length * 2);
          longerVotes.set(votes);
          votes = longerVotes;
        }
        rowCounts[id] = (rowCounts[id] as number) + 1;
        votes[id] = (votes[id] as number) + vote;
      }
    }
  };

  const prepare = () => {
    const keptOf = new Int32Array(index.size()).fill(-1);
    const idf: number[] = [];
    const least = minRows(rows);
    for (let id = 0; id < keptOf.length; id++) {
      if ((rowCounts[id] as number) < least) continue;
      const weight = Math.log((totalVotes + 1) / ((votes[id] as number) + 1));
      if (weight <= 0) continue;
      keptOf[id] = idf.length;
      idf.push(weight);
    }
    const vectors = (n: number) => Array.from({ length: n }, () => new Float64Array(idf.length));
    prepared = {
      keptOf,
      idf: Float64Array.from(idf),
      // The last vector holds the origins.
      sums: vectors(modelCount + 1),
      blockSums: Array.from({ length: blocks }, () => vectors(modelCount + 1)),
      scratch: new Float64Array(idf.length),
    };
    return prepared;
  };

  const add = (bags: readonly BagOfModel[], block: number) => {
    const { keptOf, idf, sums, blockSums, scratch } = prepared ?? prepare();
    const idsOf = bags.map(({ bag }) =>
      Int32Array.from(bag.features, (feature) => keptOf[index.find(feature)] ?? -1),
    );
    const vectors = meanVectors(bags, idsOf, idf, scratch);
    const matrix = new Float64Array(size);
    addSparseGram(matrix, vectors, idf.length);
    // The origin is the mean over all models present: any common origin will do, pairs are re-centred on their panel.
    const origin = new Float64Array(idf.length);
    for (const { model, ids, weights } of vectors) {
      let self = 0;
      for (let i = 0; i < ids.length; i++) {
        const weight = weights[i] as number;
        self += weight * weight;
        origin[ids[i] as number] = (origin[ids[i] as number] as number) + weight / vectors.length;
      }
      matrix[packed(model, model)] = self;
    }
    const present = vectors.map(({ model }) => model);
    const meanOf = new Float64Array(modelCount);
    let grand = 0;
    for (const a of present) {
      let sum = 0;
      for (const b of present) sum += matrix[packed(a, b)] as number;
      meanOf[a] = sum / present.length;
      grand += sum / present.length ** 2;
    }
    const inBlock = sameProbeOfBlock[block];
    for (const a of present) {
      for (const b of present) {
        if (b > a) continue;
        const at = packed(a, b);
        const centred = (matrix[at] as number) - (meanOf[a] as number) - (meanOf[b] as number) + grand;
        sameProbe[at] = (sameProbe[at] as number) + centred;
        if (inBlock) inBlock[at] = (inBlock[at] as number) + centred;
      }
    }
    const originIds = [...new Set(vectors.flatMap(({ ids }) => ids))];
    const originWeights = originIds.map((id) => origin[id] as number);
    for (const into of [sums, blockSums[block]]) {
      if (!into) continue;
      for (const { model, ids, weights } of vectors) addSparse(into[model], ids, weights);
      // Every model's sum loses the origins of all probes at the end; one that is absent here gets this one back now.
      for (let model = 0; model < modelCount; model++)
        if (!present.includes(model)) addSparse(into[model], originIds, originWeights);
      addSparse(into[modelCount], originIds, originWeights);
    }
  };

  const finish = (): HabitSums => {
    const { sums, blockSums } = prepared ?? prepare();
    for (const vectors of [sums, ...blockSums]) {
      const origins = vectors.pop() as Float64Array;
      for (const vector of vectors)
        for (let id = 0; id < vector.length; id++)
          vector[id] = (vector[id] as number) - (origins[id] as number);
    }
    const total = new Float64Array(size);
    for (let a = 0; a < modelCount; a++) {
      for (let b = 0; b <= a; b++)
        total[packed(a, b)] = dot(sums[a], sums[b]) - (sameProbe[packed(a, b)] as number);
    }
    const withoutBlock = blockSums.map((ofBlock, block) => {
      const left = new Float64Array(size);
      const rest = sums.map((sum, model) => sum.map((value, id) => value - (ofBlock[model]?.[id] ?? 0)));
      for (let a = 0; a < modelCount; a++) {
        for (let b = 0; b <= a; b++) {
          const at = packed(a, b);
          left[at] = dot(rest[a], rest[b]) - (sameProbe[at] as number) + (sameProbeOfBlock[block]?.[at] ?? 0);
        }
      }
      return left;
    });
    return { total, withoutBlock };
  };

  return { count, add, finish };
}

function addSparse(into: Float64Array | undefined, ids: readonly number[], weights: readonly number[]): void {
  if (!into) return;
  for (let i = 0; i < ids.length; i++)
    into[ids[i] as number] = (into[ids[i] as number] as number) + (weights[i] as number);
}

function dot(first: Float64Array | undefined, second: Float64Array | undefined): number {
  if (!first || !second) return 0;
  let sum = 0;
  for (let i = 0; i < first.length; i++) sum += (first[i] as number) * (second[i] as number);
  return sum;
}
