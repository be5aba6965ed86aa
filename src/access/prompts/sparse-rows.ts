/** A matrix by rows (compressed sparse rows): the features of row r stand in starts[r] to starts[r + 1] - 1. */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  readonly starts: Int32Array;
  readonly features: Int32Array;
  readonly weights: Float32Array;
}

/** Packs rows, each scaled to unit length; a row without features stays empty. */
export function sparseRows(rows: readonly ReadonlyMap<number, number>[], columns: number): SparseRows {
  const starts = new Int32Array(rows.length + 1);
  for (const [row, entries] of rows.entries()) starts[row + 1] = (starts[row] as number) + entries.size;
  const features = new Int32Array(starts[rows.length] as number);
  const weights = new Float32Array(features.length);
  for (const [row, entries] of rows.entries()) {
    const length = Math.hypot(...entries.values()) || 1;
    let at = starts[row] as number;
    for (const [feature, weight] of entries) {
      features[at] = feature;
      weights[at++] = weight / length;
    }
  }
  return { rows: rows.length, columns, starts, features, weights };
}
