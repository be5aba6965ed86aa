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
  for (let row = 0; row < size; row++) {
    values[row * size + row] = 1;
    for (let other = 0; other < row; other++) {
      const similarity = empty[row] && empty[other] ? 1 : dot(unit, row * width, other * width, width);
      values[row * size + other] = similarity;
      values[other * size + row] = similarity;
    }
  }
  return { firstCount: first.length, secondCount: second.length, values };
}

function dot(values: Float32Array, left: number, right: number, width: number): number {
  let even = 0;
  let odd = 0;
  let index = 0;
  for (; index + 3 < width; index += 4) {
    even +=
      (values[left + index] as number) * (values[right + index] as number) +
      (values[left + index + 2] as number) * (values[right + index + 2] as number);
    odd +=
      (values[left + index + 1] as number) * (values[right + index + 1] as number) +
      (values[left + index + 3] as number) * (values[right + index + 3] as number);
  }
  for (; index < width; index++) even += (values[left + index] as number) * (values[right + index] as number);
  return even + odd;
}
