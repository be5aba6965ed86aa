import { mean, sampleStandardDeviation } from "simple-statistics";
import type { BlockHabits } from "./habit-collector.ts";
import { createRowSums, type RowSums, type SparseRows } from "./row-sums.ts";
import { packed } from "./sparse-gram.ts";

/** Sums for the habit affinity: everything but the division by the number of probe pairs. */
export interface HabitSums {
  /** Sum over p != q of <delta(a,p), delta(b,q)>, packed. */
  readonly total: Float64Array;
  /** The same with each jackknife block left out in turn; empty when none was asked for. */
  readonly withoutBlock: readonly Float64Array[];
}

/**
 * Cross-probe kernel of one view: sum over p != q of <delta(a,p), delta(b,q)>, where delta is the departure of a
 * model's mean unit vector from the mean of all models present at that probe, and idf is counted over all probes
 * (docs/method.md). Two strong models that agree because both are right on the same prompt do not agree
 * through it. Any common origin will do, for pairs are re-centred on their own panel afterwards.
 *
 * A block is left out by what it takes away: <S - B, S - B> = <S, S> - <S, B> - <B, S> + <B, B>, where the sums B of a
 * block have few entries.
 *
 * @param parts - by any number of collectors over disjoint sets of probes
 * @param options.leftOutBlocks - how many blocks to leave out in turn; 0 for none
 */
export function habitSums(
  parts: readonly BlockHabits[],
  options: { readonly modelCount: number; readonly featureCount: number; readonly leftOutBlocks: number },
): HabitSums {
  const { modelCount, featureCount, leftOutBlocks } = options;
  const width = modelCount + 1;
  const all = createRowSums(featureCount, width, featureCount);
  const sameProbe = new Float64Array((modelCount * (modelCount + 1)) / 2);
  for (const part of parts) {
    all.addAll(part.rows);
    part.sameProbe.forEach((value, at) => {
      sameProbe[at] = (sameProbe[at] as number) + value;
    });
  }
  const gram = rowGram(all.values(), width);
  return {
    total: centred(gram, sameProbe, modelCount),
    withoutBlock: Array.from({ length: leftOutBlocks }, (_, block) => {
      const own = parts.filter((part) => part.block === block);
      const merged = createRowSums(featureCount, width);
      for (const { rows } of own) merged.addAll(rows);
      return centred(
        gramWithout(gram, all, own.length === 1 ? (own[0] as BlockHabits).rows : merged.toSparse(), width),
        sameProbe.map((value, at) =>
          own.reduce((rest, part) => rest - (part.sameProbe[at] as number), value),
        ),
        modelCount,
      );
    }),
  };
}

/** Takes off the origins, which are the last vector, and the products within probes. */
function centred(gram: Float64Array, sameProbe: Float64Array, modelCount: number): Float64Array {
  const sums = new Float64Array(sameProbe.length);
  const origin = packed(modelCount, modelCount);
  for (let a = 0; a < modelCount; a++) {
    for (let b = 0; b <= a; b++) {
      const at = packed(a, b);
      sums[at] =
        (gram[at] as number) -
        (gram[packed(modelCount, a)] as number) -
        (gram[packed(modelCount, b)] as number) +
        (gram[origin] as number) -
        (sameProbe[at] as number);
    }
  }
  return sums;
}

/** Packed inner products of the columns of a matrix of `width` columns, row-major; four rows at a time. */
function rowGram(values: Float64Array, width: number): Float64Array {
  const gram = new Float64Array((width * (width + 1)) / 2);
  const rows = Math.floor(values.length / width);
  const whole = rows - (rows % 4);
  for (let row = 0; row < whole; row += 4) {
    const first = row * width;
    const second = first + width;
    const third = second + width;
    const fourth = third + width;
    let at = 0;
    for (let a = 0; a < width; a++) {
      const [w, x] = [values[first + a] as number, values[second + a] as number];
      const [y, z] = [values[third + a] as number, values[fourth + a] as number];
      for (let b = 0; b <= a; b++) {
        gram[at] =
          (gram[at] as number) +
          (w * (values[first + b] as number) +
            x * (values[second + b] as number) +
            y * (values[third + b] as number) +
            z * (values[fourth + b] as number));
        at++;
      }
    }
  }
  for (let row = whole; row < rows; row++) {
    let at = 0;
    for (let a = 0; a < width; a++) {
      const weight = values[row * width + a] as number;
      for (let b = 0; b <= a; b++) {
        gram[at] = (gram[at] as number) + weight * (values[row * width + b] as number);
        at++;
      }
    }
  }
  return gram;
}

/** Inner products of the columns of `all` without those of `part`. */
function gramWithout(gram: Float64Array, all: RowSums, part: SparseRows, width: number): Float64Array {
  const { features, starts, models, sums } = part;
  const values = all.values();
  const rest = gram.slice();
  /** <part of one model, all of another>, row-major. */
  const cross = new Float64Array(width * width);
  for (let f = 0; f < features.length; f++) {
    const row = all.rowOf(features[f] as number);
    const from = starts[f] as number;
    const to = starts[f + 1] as number;
    for (let i = from; i < to; i++) {
      const weight = sums[i] as number;
      const base = (models[i] as number) * width;
      for (let a = 0; a < width; a++)
        cross[base + a] = (cross[base + a] as number) + weight * (values[row + a] as number);
      for (let j = from; j <= i; j++) {
        const at = packed(models[i] as number, models[j] as number);
        rest[at] = (rest[at] as number) + weight * (sums[j] as number);
      }
    }
  }
  for (let a = 0; a < width; a++)
    for (let b = 0; b <= a; b++) {
      const at = packed(a, b);
      rest[at] = (rest[at] as number) - (cross[a * width + b] as number) - (cross[b * width + a] as number);
    }
  return rest;
}

/** Adds up habit sums. */
export function addHabits(parts: readonly HabitSums[]): HabitSums {
  const added = (vectors: readonly Float64Array[]) =>
    (vectors[0] as Float64Array).map((_, at) =>
      vectors.reduce((sum, vector) => sum + (vector[at] as number), 0),
    );
  return {
    total: added(parts.map(({ total }) => total)),
    withoutBlock: (parts[0]?.withoutBlock ?? []).map((_, block) =>
      added(parts.map((part) => part.withoutBlock[block] as Float64Array)),
    ),
  };
}

/**
 * Habit sums of a view, divided by its panel's mean centred self term. A view gives nothing where that mean is not
 * above twice its standard error over the panel: divided by what chance left of it, noise would be all that counts.
 */
export function scaledHabits({ total, withoutBlock }: HabitSums, panel: readonly number[]): HabitSums {
  const value = (a: number, b: number) => total[packed(a, b)] as number;
  const means = panel.map((i) => mean(panel.map((j) => value(i, j))));
  const selfTerms = panel.map((i, at) => value(i, i) - 2 * (means[at] as number) + mean(means));
  const scale = panel.length < 2 ? 0 : mean(selfTerms);
  const error = panel.length < 2 ? 0 : sampleStandardDeviation(selfTerms) / Math.sqrt(panel.length);
  const scaled = (values: Float64Array) =>
    values.map((sum) => (scale > 2 * error && scale > 0 ? sum / scale : 0));
  return { total: scaled(total), withoutBlock: withoutBlock.map(scaled) };
}
