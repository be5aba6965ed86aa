import { enlarged } from "../views/enlarged.ts";

/** Sums by feature and model, without the zeros; features in ascending order, and models within each. */
export interface SparseRows {
  readonly features: Int32Array<ArrayBuffer>;
  /** Where each feature's entries begin; one more at the end. */
  readonly starts: Int32Array<ArrayBuffer>;
  readonly models: Uint16Array<ArrayBuffer>;
  readonly sums: Float64Array<ArrayBuffer>;
}

/** Where sums are added up. Row r of `width` numbers has `words` words of 32 bits each. */
export interface Rows {
  readonly values: Float64Array;
  /** One bit a model: whether anything was added to it. Most have nothing, and to look through them all would take long. */
  readonly touched: Int32Array;
}

/** Sums by feature and model: a row of `width` numbers for each feature that occurs. */
export interface RowSums {
  /** Words of 32 models in a row of `touched`. */
  readonly words: number;
  /** Makes room for so many new rows; what it returns holds until the next call. */
  readonly reserve: (more: number) => Rows;
  /** Row of a feature. Room must have been made for it. */
  readonly rowOf: (feature: number) => number;
  /** All sums; then there are none. Memory is kept for the next ones. */
  readonly take: () => SparseRows;
}

/** @param featureCount - features are numbered from 0 to featureCount - 1 */
export function createRowSums(featureCount: number, width: number): RowSums {
  const words = Math.ceil(width / 32);
  const places = new Int32Array(featureCount).fill(-1);
  let values = new Float64Array(0);
  let touched = new Int32Array(0);
  let rows = 0;
  return {
    words,
    reserve: (more) => {
      values = enlarged(values, (rows + more) * width);
      touched = enlarged(touched, (rows + more) * words);
      return { values, touched };
    },
    rowOf: (feature) => {
      const known = places[feature] as number;
      if (known >= 0) return known;
      places[feature] = rows;
      return rows++;
    },
    take: () => {
      const sparse = sparseRows({ values, touched: touched.subarray(0, rows * words) }, places, rows, width);
      places.fill(-1);
      values.fill(0, 0, rows * width);
      touched.fill(0, 0, rows * words);
      rows = 0;
      return sparse;
    },
  };
}

/** What was added to; `places` holds the row of each feature, -1 where it has none. */
function sparseRows({ values, touched }: Rows, places: Int32Array, rows: number, width: number): SparseRows {
  const words = Math.ceil(width / 32);
  let entries = 0;
  for (let word = 0; word < touched.length; word++)
    for (let bits = touched[word] as number; bits !== 0; bits &= bits - 1) entries++;
  const features = new Int32Array(rows);
  const starts = new Int32Array(rows + 1);
  const models = new Uint16Array(entries);
  const sums = new Float64Array(entries);
  let count = 0;
  let entry = 0;
  for (let feature = 0; feature < places.length; feature++) {
    const row = places[feature] as number;
    if (row < 0) continue;
    for (let word = 0; word < words; word++)
      for (let bits = touched[row * words + word] as number; bits !== 0; bits &= bits - 1) {
        const model = 32 * word + 31 - Math.clz32(bits & -bits);
        models[entry] = model;
        sums[entry] = values[row * width + model] as number;
        entry++;
      }
    features[count] = feature;
    count++;
    starts[count] = entry;
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
