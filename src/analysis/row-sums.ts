import { enlarged } from "../views/enlarged.ts";

/** Sums by feature and model, without the zeros; features in ascending order, and models within each. */
export interface SparseRows {
  readonly features: Int32Array<ArrayBuffer>;
  /** Where each feature's entries begin; one more at the end. */
  readonly starts: Int32Array<ArrayBuffer>;
  readonly models: Uint16Array<ArrayBuffer>;
  readonly sums: Float64Array<ArrayBuffer>;
}

/** Sums by feature and model: a row of `width` numbers for each feature that occurs. */
export interface RowSums {
  /** Makes room for so many new rows; returns the numbers of all rows, which hold until the next call. */
  readonly reserve: (more: number) => Float64Array;
  /** Where the row of a feature begins. Room must have been made for it. */
  readonly rowOf: (feature: number) => number;
  /** All sums; then there are none. Memory is kept for the next ones. */
  readonly take: () => SparseRows;
}

/** @param featureCount - features are numbered from 0 to featureCount - 1 */
export function createRowSums(featureCount: number, width: number): RowSums {
  const places = new Int32Array(featureCount).fill(-1);
  let values = new Float64Array(0);
  let rows = 0;
  return {
    reserve: (more) => {
      values = enlarged(values, (rows + more) * width);
      return values;
    },
    rowOf: (feature) => {
      const known = places[feature] as number;
      if (known >= 0) return known;
      const row = rows * width;
      places[feature] = row;
      rows++;
      return row;
    },
    take: () => {
      const sparse = nonZero(values, places, rows, width);
      places.fill(-1);
      values.fill(0, 0, rows * width);
      rows = 0;
      return sparse;
    },
  };
}

/** What is not zero of `rows` rows; the row of each feature begins at its place, -1 where it has none. */
function nonZero(values: Float64Array, places: Int32Array, rows: number, width: number): SparseRows {
  let entries = 0;
  for (let at = 0; at < rows * width; at++) entries += values[at] === 0 ? 0 : 1;
  const features = new Int32Array(rows);
  const starts = new Int32Array(rows + 1);
  // One place more than needed: what is behind the last entry is written, too.
  const models = new Uint16Array(entries + 1);
  const sums = new Float64Array(entries + 1);
  let row = 0;
  let entry = 0;
  for (let feature = 0; feature < places.length; feature++) {
    const from = places[feature] as number;
    if (from < 0) continue;
    for (let model = 0; model < width; model++) {
      const sum = values[from + model] as number;
      // Written in any case and kept or not: zeros come at random, and a branch would be guessed wrong.
      models[entry] = model;
      sums[entry] = sum;
      entry += sum === 0 ? 0 : 1;
    }
    features[row] = feature;
    row++;
    starts[row] = entry;
  }
  return { features, starts, models, sums };
}

const none = 2 ** 31;

/** Sums of two, feature by feature and model by model. */
export function addSparseRows(first: SparseRows, second: SparseRows): SparseRows {
  const most =
    (first.starts[first.features.length] as number) + (second.starts[second.features.length] as number);
  const features = new Int32Array(first.features.length + second.features.length);
  const starts = new Int32Array(features.length + 1);
  const models = new Uint16Array(most);
  const sums = new Float64Array(most);
  let [f, g, row, entry] = [0, 0, 0, 0];
  while (f < first.features.length || g < second.features.length) {
    // Past the end of a list its feature counts as higher than any.
    const feature = Math.min(first.features[f] ?? none, second.features[g] ?? none);
    const inFirst = first.features[f] === feature;
    const inSecond = second.features[g] === feature;
    let i = first.starts[f] as number;
    let j = second.starts[g] as number;
    const iEnd = inFirst ? (first.starts[f + 1] as number) : i;
    const jEnd = inSecond ? (second.starts[g + 1] as number) : j;
    while (i < iEnd || j < jEnd) {
      const a = i < iEnd ? (first.models[i] as number) : none;
      const b = j < jEnd ? (second.models[j] as number) : none;
      models[entry] = Math.min(a, b);
      let sum = 0;
      if (a <= b) sum += first.sums[i++] as number;
      if (b <= a) sum += second.sums[j++] as number;
      sums[entry++] = sum;
    }
    if (inFirst) f++;
    if (inSecond) g++;
    features[row++] = feature;
    starts[row] = entry;
  }
  return { features: features.slice(0, row), starts: starts.slice(0, row + 1), models, sums };
}
