import { featureReliability } from "./feature-reliability.ts";
import type { BlockHabits } from "./habit-collector.ts";
import { createRowSums, type SparseRows } from "./row-sums.ts";
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
  const { modelCount, featureCount, leftOutBlocks, blockSizes } = options;
  const width = modelCount + 1;
  const blocks = blockSizes.map((_, block) =>
    merged(
      parts.filter((part) => part.block === block).map(({ rows }) => rows),
      featureCount,
      width,
    ),
  );
  const { features, weights } = reliableFeatures(blocks, options);
  const placeOf = new Int32Array(featureCount).fill(-1);
  features.forEach((feature, place) => {
    placeOf[feature] = place;
  });
  const totals = new Float64Array(features.length * width);
  const weighted = blocks.map((rows) => weightedRows(rows, placeOf, weights));
  for (const rows of weighted) addRows(totals, rows, width);
  const gram = denseGram(totals, width);
  const ofBlocks = weighted.map((rows) => sparseGram(rows, width));
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
      const cross = crossProducts(totals, weighted[block] as SparseRows, width);
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

/** Sums of one block, whoever collected them. */
function merged(parts: readonly SparseRows[], featureCount: number, width: number): SparseRows {
  if (parts.length === 1) return parts[0] as SparseRows;
  const sums = createRowSums(featureCount, width);
  for (const rows of parts) sums.addAll(rows);
  return sums.toSparse();
}

/** Features that are reliable enough, with their weights. */
function reliableFeatures(
  blocks: readonly SparseRows[],
  { featureCount, panel, blockSizes }: HabitSumsOptions,
): { features: number[]; weights: Float64Array } {
  const reliability = featureReliability(blocks, { featureCount, panel, blockSizes });
  const features = [...reliability.keys()].filter((f) => (reliability[f] as number) >= fewestReliability);
  return { features, weights: Float64Array.from(features, (f) => reliability[f] as number) };
}

/** The rows of the features that have a place, times the weights. */
function weightedRows(rows: SparseRows, placeOf: Int32Array, weights: Float64Array): SparseRows {
  const kept = [...rows.features.keys()].filter((f) => (placeOf[rows.features[f] as number] as number) >= 0);
  const starts = new Int32Array(kept.length + 1);
  kept.forEach((f, i) => {
    starts[i + 1] = (starts[i] as number) + (rows.starts[f + 1] as number) - (rows.starts[f] as number);
  });
  const models = new Uint16Array(starts[kept.length] as number);
  const sums = new Float64Array(models.length);
  kept.forEach((f, i) => {
    const weight = weights[placeOf[rows.features[f] as number] as number] as number;
    let at = starts[i] as number;
    for (let entry = rows.starts[f] as number; entry < (rows.starts[f + 1] as number); entry++) {
      models[at] = rows.models[entry] as number;
      sums[at] = weight * (rows.sums[entry] as number);
      at++;
    }
  });
  const features = Int32Array.from(kept, (f) => placeOf[rows.features[f] as number] as number);
  return { features, starts, models, sums };
}

function addRows(into: Float64Array, { features, starts, models, sums }: SparseRows, width: number): void {
  for (let f = 0; f < features.length; f++) {
    const row = (features[f] as number) * width;
    for (let entry = starts[f] as number; entry < (starts[f + 1] as number); entry++) {
      const at = row + (models[entry] as number);
      into[at] = (into[at] as number) + (sums[entry] as number);
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

/** Packed inner products of the columns of sparse rows. */
function sparseGram({ features, starts, models, sums }: SparseRows, width: number): Float64Array {
  const gram = new Float64Array((width * (width + 1)) / 2);
  for (let f = 0; f < features.length; f++) {
    const from = starts[f] as number;
    for (let i = from; i < (starts[f + 1] as number); i++) {
      const weight = sums[i] as number;
      // Models come in ascending order.
      const base = packed(models[i] as number, 0);
      for (let j = from; j <= i; j++) {
        const at = base + (models[j] as number);
        gram[at] = (gram[at] as number) + weight * (sums[j] as number);
      }
    }
  }
  return gram;
}

/** <part of one model, all of another>, row-major. */
function crossProducts(all: Float64Array, part: SparseRows, width: number): Float64Array {
  const { features, starts, models, sums } = part;
  const cross = new Float64Array(width * width);
  for (let f = 0; f < features.length; f++) {
    const row = (features[f] as number) * width;
    for (let i = starts[f] as number; i < (starts[f + 1] as number); i++) {
      const weight = sums[i] as number;
      const base = (models[i] as number) * width;
      for (let a = 0; a < width; a++)
        cross[base + a] = (cross[base + a] as number) + weight * (all[row + a] as number);
    }
  }
  return cross;
}
