import type { ProbeKernel } from "./probe-kernel.ts";

/**
 * Cosine kernel of count vectors of two models' answers to one probe.
 *
 * Vectors are scaled to unit length, so long answers weigh no more than short ones. Two vectors of only zeros (answers
 * without a feature) count as alike, 1; with any other vector they have 0 in common.
 *
 * @param first - vectors of equal length; not modified
 * @param second - vectors of the same length; not modified
 * @throws RangeError when lengths differ or a count is not finite
 */
export function cosineKernel(first: readonly Float32Array[], second: readonly Float32Array[]): ProbeKernel {
  const vectors = [...first, ...second];
  const width = vectors[0]?.length ?? 0;
  const size = vectors.length;
  const unit = new Float32Array(size * width);
  const empty = vectors.map((vector, row) => {
    if (vector.length !== width)
      throw new RangeError(`Every vector must have ${width} counts, got one with ${vector.length}.`);
    const length = Math.sqrt(dot(vector, 0, 0, width));
    if (!Number.isFinite(length)) throw new RangeError("Counts must be finite numbers.");
    for (let column = 0; length > 0 && column < width; column++)
      unit[row * width + column] = (vector[column] as number) / length;
    return length === 0;
  });
  const values = new Float32Array(size * size);
  const products = new Float64Array(4);
  for (let row = 0; row < size; row++) {
    for (let start = 0; start < row; start += 4) {
      const count = Math.min(4, row - start);
      if (count === 4) dotWithFour(unit, row * width, start * width, width, products);
      else
        for (let next = 0; next < count; next++)
          products[next] = dot(unit, row * width, (start + next) * width, width);
      for (let next = 0; next < count; next++) {
        const other = start + next;
        const similarity = empty[row] && empty[other] ? 1 : (products[next] as number);
        values[row * size + other] = similarity;
        values[other * size + row] = similarity;
      }
    }
    values[row * size + row] = 1;
  }
  return { firstCount: first.length, secondCount: second.length, values };
}

/** Inner products of one vector with the four that begin at `right`: each of its values is loaded once for all four. */
function dotWithFour(
  values: Float32Array,
  left: number,
  right: number,
  width: number,
  products: Float64Array,
): void {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let index = 0; index < width; index++) {
    const value = values[left + index] as number;
    const at = right + index;
    first += value * (values[at] as number);
    second += value * (values[at + width] as number);
    third += value * (values[at + 2 * width] as number);
    fourth += value * (values[at + 3 * width] as number);
  }
  products[0] = first;
  products[1] = second;
  products[2] = third;
  products[3] = fourth;
}

function dot(values: Float32Array, left: number, right: number, width: number): number {
  let sum = 0;
  for (let index = 0; index < width; index++)
    sum += (values[left + index] as number) * (values[right + index] as number);
  return sum;
}
