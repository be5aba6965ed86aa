import { featureReliability } from "./feature-reliability.ts";
import type { BlockHabits } from "./habit-collector.ts";
import { addSparseRows, type SparseRows } from "./row-sums.ts";
import { packed } from "./sparse-gram.ts";

/** Sums of one view for the habit affinity: everything but the division by the number of probe pairs. */
export interface HabitSums {
  /** Sum over probes p, q of different blocks of <delta(a,p), delta(b,q)>, packed. */
  readonly total: Float64Array;
  /** The same with each jackknife block left out in turn; empty when none was asked for. */
  readonly withoutBlock: readonly Float64Array[];
}

export interface HabitSumsOptions {
  readonly modelCount: number;
  readonly featureCount: number;
  /** Panel models, from which the reliability of features is estimated. */
  readonly panel: readonly number[];
  /** Probes of each block. */
  readonly blockSizes: readonly number[];
  /** How many blocks to leave out in turn; 0 for none. */
  readonly leftOutBlocks: number;
}

/** A feature of lower reliability is left out: it would weigh less than a hundredth of one that is wholly reliable. */
const fewestReliability = 0.1;

/**
 * Cross-block kernel of one view: sum over probes p, q of different blocks of <delta(a,p), delta(b,q)>, where delta is
 * the departure of a model's mean unit vector from the mean of all models present at that probe, and each feature is
 * multiplied by its reliability over the panel. Two strong models that agree because both are right on the same prompt
 * do not agree through it, nor do two that made up the same names in one story. Any common origin will do, for pairs are
 * re-centred on their own panel afterwards.
 *
 * With T the sums over all probes and B_k those over block k, it is <T, T> - sum_k <B_k, B_k>; and without block j,
 * <T - B_j, T - B_j> less the other blocks' own products.
 *
 * @param parts - by any number of collectors over disjoint sets of probes
 */
export function habitSums(parts: readonly BlockHabits[], options: HabitSumsOptions): HabitSums {
  const { modelCount, leftOutBlocks, blockSizes } = options;
  const width = modelCount + 1;
  const blocks = blockSizes.map((_, block) => {
    const ofBlock = parts.filter((part) => part.block === block).map(({ rows }) => rows);
    return ofBlock.length === 0 ? noRows : ofBlock.reduce(addSparseRows);
  });
  const reliable = reliableFeatures(blocks, options);
  const totals = new Float64Array(reliable.count * width);
  for (const rows of blocks) addRows(totals, rows, reliable, width);
  const gram = denseGram(totals, width);
  const ofBlocks = blocks.map((rows) => sparseGram(rows, reliable, width));
  const own = ofBlocks.reduce(
    (sum, block) => sum.map((value, at) => value + (block[at] as number)),
    gram.map(() => 0),
  );
  return {
    total: centred(
      gram.map((value, at) => value - (own[at] as number)),
      modelCount,
    ),
    withoutBlock: Array.from({ length: leftOutBlocks }, (_, block) => {
      const cross = crossProducts(totals, blocks[block] as SparseRows, reliable, width);
      const ofBlock = ofBlocks[block] as Float64Array;
      const rest = new Float64Array(gram.length);
      for (let a = 0; a < width; a++)
        for (let b = 0; b <= a; b++) {
          const at = packed(a, b);
          // <T - B, T - B> - (sum_k <B_k, B_k> - <B, B>)
          rest[at] =
            (gram[at] as number) -
            (cross[a * width + b] as number) -
            (cross[b * width + a] as number) -
            (own[at] as number) +
            2 * (ofBlock[at] as number);
        }
      return centred(rest, modelCount);
    }),
  };
}

const noRows: SparseRows = {
  features: new Int32Array(0),
  starts: new Int32Array(1),
  models: new Uint16Array(0),
  sums: new Float64Array(0),
};

/** Features that are reliable enough. */
interface ReliableFeatures {
  readonly count: number;
  /** By feature: its number among them, -1 for the others. */
  readonly placeOf: Int32Array;
  /** By feature: what its sums are multiplied by. */
  readonly weights: Float64Array;
}

function reliableFeatures(
  blocks: readonly SparseRows[],
  { featureCount, panel, blockSizes }: HabitSumsOptions,
): ReliableFeatures {
  const weights = featureReliability(blocks, { featureCount, panel, blockSizes });
  const placeOf = new Int32Array(featureCount).fill(-1);
  let count = 0;
  for (let feature = 0; feature < featureCount; feature++)
    if ((weights[feature] as number) >= fewestReliability) placeOf[feature] = count++;
  return { count, placeOf, weights };
}

/** Adds the weighted rows of reliable features to a matrix of `width` columns, row-major. */
function addRows(
  into: Float64Array,
  { features, starts, models, sums }: SparseRows,
  { placeOf, weights }: ReliableFeatures,
  width: number,
): void {
  for (let f = 0; f < features.length; f++) {
    const feature = features[f] as number;
    if ((placeOf[feature] as number) < 0) continue;
    const weight = weights[feature] as number;
    const row = (placeOf[feature] as number) * width;
    for (let entry = starts[f] as number; entry < (starts[f + 1] as number); entry++) {
      const at = row + (models[entry] as number);
      into[at] = (into[at] as number) + weight * (sums[entry] as number);
    }
  }
}

/** Takes off the origins, which are the last column. */
function centred(gram: Float64Array, modelCount: number): Float64Array {
  const sums = new Float64Array((modelCount * (modelCount + 1)) / 2);
  const origin = packed(modelCount, modelCount);
  for (let a = 0; a < modelCount; a++) {
    for (let b = 0; b <= a; b++) {
      const at = packed(a, b);
      sums[at] =
        (gram[at] as number) -
        (gram[packed(modelCount, a)] as number) -
        (gram[packed(modelCount, b)] as number) +
        (gram[origin] as number);
    }
  }
  return sums;
}

/** Packed inner products of the columns of a matrix of `width` columns, row-major. */
function denseGram(values: Float64Array, width: number): Float64Array {
  const gram = new Float64Array((width * (width + 1)) / 2);
  for (let row = 0; row < values.length; row += width) {
    let at = 0;
    for (let a = 0; a < width; a++) {
      const weight = values[row + a] as number;
      if (weight === 0) at += a + 1;
      else
        for (let b = 0; b <= a; b++) {
          gram[at] = (gram[at] as number) + weight * (values[row + b] as number);
          at++;
        }
    }
  }
  return gram;
}

/** Packed inner products of the columns of the weighted rows of reliable features. */
function sparseGram(
  { features, starts, models, sums }: SparseRows,
  { placeOf, weights }: ReliableFeatures,
  width: number,
): Float64Array {
  const gram = new Float64Array((width * (width + 1)) / 2);
  const row = new Float64Array(width);
  for (let f = 0; f < features.length; f++) {
    const feature = features[f] as number;
    if ((placeOf[feature] as number) < 0) continue;
    const weight = weights[feature] as number;
    const from = starts[f] as number;
    const length = (starts[f + 1] as number) - from;
    for (let i = 0; i < length; i++) {
      const sum = weight * (sums[from + i] as number);
      row[i] = sum;
      // Models come in ascending order.
      const model = models[from + i] as number;
      const base = (model * (model + 1)) / 2;
      for (let j = 0; j <= i; j++) {
        const at = base + (models[from + j] as number);
        gram[at] = (gram[at] as number) + sum * (row[j] as number);
      }
    }
  }
  return gram;
}

/** <weighted part of one model, all of another>, row-major. */
function crossProducts(
  all: Float64Array,
  { features, starts, models, sums }: SparseRows,
  { placeOf, weights }: ReliableFeatures,
  width: number,
): Float64Array {
  const cross = new Float64Array(width * width);
  for (let f = 0; f < features.length; f++) {
    const feature = features[f] as number;
    if ((placeOf[feature] as number) < 0) continue;
    const row = (placeOf[feature] as number) * width;
    for (let i = starts[f] as number; i < (starts[f + 1] as number); i++) {
      const sum = (weights[feature] as number) * (sums[i] as number);
      const base = (models[i] as number) * width;
      for (let a = 0; a < width; a++)
        cross[base + a] = (cross[base + a] as number) + sum * (all[row + a] as number);
    }
  }
  return cross;
}
