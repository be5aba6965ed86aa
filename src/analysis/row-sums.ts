import { enlarged } from "../views/enlarged.ts";

/** Sums by feature and model, without the zeros; features in ascending order. */
export interface SparseRows {
  readonly features: Int32Array<ArrayBuffer>;
  /** Where each feature's entries begin; one more at the end. */
  readonly starts: Int32Array<ArrayBuffer>;
  readonly models: Uint16Array<ArrayBuffer>;
  readonly sums: Float64Array<ArrayBuffer>;
}

/** Sums by feature and model: a row of `width` numbers for each feature that occurs. */
export interface RowSums {
  /** Where the row of a feature begins in `values()`, which may move when a row is new. */
  readonly rowOf: (feature: number) => number;
  readonly values: () => Float64Array;
  readonly addAll: (rows: SparseRows) => void;
  readonly toSparse: () => SparseRows;
}

/** What is not zero is written here before one knows how much it is, in whatever sums. */
let foundModels = new Uint16Array(1 << 12);
let foundSums = new Float64Array(1 << 12);

/**
 * @param featureCount - features are numbered from 0 to featureCount - 1
 * @param expectedRows - how many of them will occur, as far as one knows
 */
export function createRowSums(featureCount: number, width: number, expectedRows = 1 << 8): RowSums {
  const places = new Int32Array(featureCount).fill(-1);
  let values = new Float64Array(expectedRows * width);
  let rows = 0;
  const rowOf = (feature: number): number => {
    const known = places[feature] as number;
    if (known >= 0) return known;
    const row = rows * width;
    if (row + width > values.length) values = enlarged(values, row + width);
    places[feature] = row;
    rows++;
    return row;
  };
  return {
    rowOf,
    values: () => values,
    addAll: ({ features, starts, models, sums }) => {
      for (let f = 0; f < features.length; f++) {
        const row = rowOf(features[f] as number);
        const to = starts[f + 1] as number;
        for (let entry = starts[f] as number; entry < to; entry++) {
          const at = row + (models[entry] as number);
          values[at] = (values[at] as number) + (sums[entry] as number);
        }
      }
    },
    toSparse: () => {
      const features = new Int32Array(rows);
      const starts = new Int32Array(rows + 1);
      let entry = 0;
      let row = 0;
      for (let feature = 0; feature < featureCount; feature++) {
        const from = places[feature] as number;
        if (from < 0) continue;
        foundModels = enlarged(foundModels, entry + width);
        foundSums = enlarged(foundSums, entry + width);
        for (let model = 0; model < width; model++) {
          const sum = values[from + model] as number;
          // Written in any case and kept or not: zeros come at random, and a branch would be guessed wrong.
          foundModels[entry] = model;
          foundSums[entry] = sum;
          entry += sum === 0 ? 0 : 1;
        }
        features[row] = feature;
        row++;
        starts[row] = entry;
      }
      return { features, starts, models: foundModels.slice(0, entry), sums: foundSums.slice(0, entry) };
    },
  };
}
