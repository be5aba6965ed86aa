import { enlarged } from "../views/enlarged.ts";

/** Sums by feature and model, without the zeros; features in ascending order, and models within each. */
export interface SparseRows {
  readonly features: Int32Array<ArrayBuffer>;
  /** Where each feature's entries begin; one more at the end. */
  readonly starts: Int32Array<ArrayBuffer>;
  readonly models: Uint16Array<ArrayBuffer>;
  readonly sums: Float64Array<ArrayBuffer>;
}

/** Terms of sums by feature and model, in the order in which they come. */
export interface RowTerms {
  /** Makes room for so many more; earlier lists of columns are then forgotten. */
  readonly reserve: (more: number) => void;
  /** Adds a value to the sum of a feature in one column. Room must have been made for it. */
  readonly add: (feature: number, column: number, value: number) => void;
  /** Names a list of columns. */
  readonly columns: (columns: readonly number[]) => ColumnList;
  /** Adds a value to the sums of a feature in all columns of a list. Room must have been made for one term. */
  readonly addToAll: (feature: number, columns: ColumnList, value: number) => void;
  /** All sums; then there are none. Memory is kept for the next ones. */
  readonly take: () => SparseRows;
}

/** A list of columns that `RowTerms.columns` has named. */
export type ColumnList = number & { readonly list: unique symbol };

/** Terms that are held before they are added up: 8 MB. */
const mostTerms = 1 << 19;

/**
 * Terms are written one after another and sorted by feature in the end. Added at once to a matrix of features and models,
 * each of them would wait for a part of memory that no cache holds: sorting is twice as fast and takes less memory.
 *
 * @param featureCount - features are numbered from 0 to featureCount - 1
 * @param width - columns are numbered from 0 to width - 1
 */
export function createRowTerms(featureCount: number, width: number): RowTerms {
  let features = new Int32Array(0);
  /** A column or, from `width` on, a list of columns. */
  let columns = new Int32Array(0);
  let values = new Float64Array(0);
  let lists: (readonly number[])[] = [];
  let count = 0;
  let summed: SparseRows | null = null;
  const sort = createSorter(featureCount);
  const add = createRowAdder(featureCount, width);
  const sumUp = (): SparseRows => {
    const rows = add(sort({ features, columns, values, count }), lists);
    lists = [];
    count = 0;
    return summed === null ? rows : addSparseRows(summed, rows);
  };
  const append = (feature: number, column: number, value: number) => {
    features[count] = feature;
    columns[count] = column;
    values[count] = value;
    count++;
  };
  return {
    reserve: (more) => {
      if (count > 0 && count + more > mostTerms) summed = sumUp();
      features = enlarged(features, count + more);
      columns = enlarged(columns, count + more);
      values = enlarged(values, count + more);
    },
    add: append,
    columns: (list) => (lists.push(list) - 1 + width) as ColumnList,
    addToAll: append,
    take: () => {
      const rows = sumUp();
      summed = null;
      return rows;
    },
  };
}

interface Terms {
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** Terms in the order of their features; arrays hold it until the next call. */
interface SortedTerms extends Terms {
  /** By feature: where its terms begin; one more at the end. */
  readonly starts: Int32Array;
}

/** Sorts terms by feature (a counting sort). Memory is kept: fresh memory each time would cost more than the sorting. */
function createSorter(featureCount: number) {
  const starts = new Int32Array(featureCount + 2);
  let sortedColumns = new Int32Array(0);
  let sortedValues = new Float64Array(0);
  return (terms: Terms & { readonly features: Int32Array; readonly count: number }): SortedTerms => {
    const { features, columns, values, count } = terms;
    sortedColumns = enlarged(sortedColumns, count);
    sortedValues = enlarged(sortedValues, count);
    starts.fill(0);
    // Counted two places ahead, so that after sorting each start stands where it belongs.
    for (let term = 0; term < count; term++) {
      const at = (features[term] as number) + 2;
      starts[at] = (starts[at] as number) + 1;
    }
    for (let at = 2; at < starts.length; at++)
      starts[at] = (starts[at] as number) + (starts[at - 1] as number);
    for (let term = 0; term < count; term++) {
      const next = (features[term] as number) + 1;
      const at = starts[next] as number;
      starts[next] = at + 1;
      sortedColumns[at] = columns[term] as number;
      sortedValues[at] = values[term] as number;
    }
    return { starts, columns: sortedColumns, values: sortedValues };
  };
}

/** Adds up the terms of each feature. */
function createRowAdder(featureCount: number, width: number) {
  const features = new Int32Array(featureCount);
  const starts = new Int32Array(featureCount + 1);
  let models = new Uint16Array(0);
  let sums = new Float64Array(0);
  const row = new Float64Array(width);
  /** One bit a column: whether anything was added to it. */
  const touched = new Int32Array(Math.ceil(width / 32));
  const add = (column: number, value: number) => {
    row[column] = (row[column] as number) + value;
    touched[column >>> 5] = (touched[column >>> 5] as number) | (1 << (column & 31));
  };
  return (terms: SortedTerms, lists: readonly (readonly number[])[]): SparseRows => {
    let rowCount = 0;
    let end = 0;
    for (let feature = 0; feature < featureCount; feature++) {
      const from = terms.starts[feature] as number;
      const to = terms.starts[feature + 1] as number;
      if (from === to) continue;
      for (let term = from; term < to; term++) {
        const column = terms.columns[term] as number;
        const value = terms.values[term] as number;
        if (column < width) add(column, value);
        else for (const one of lists[column - width] as readonly number[]) add(one, value);
      }
      models = enlarged(models, end + width);
      sums = enlarged(sums, end + width);
      for (let word = 0; word < touched.length; word++) {
        for (let bits = touched[word] as number; bits !== 0; bits &= bits - 1) {
          const column = 32 * word + 31 - Math.clz32(bits & -bits);
          models[end] = column;
          sums[end] = row[column] as number;
          row[column] = 0;
          end++;
        }
        touched[word] = 0;
      }
      features[rowCount++] = feature;
      starts[rowCount] = end;
    }
    return {
      features: features.slice(0, rowCount),
      starts: starts.slice(0, rowCount + 1),
      models: models.slice(0, end),
      sums: sums.slice(0, end),
    };
  };
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
