import type { ProbeKernel } from "./probe-kernel.ts";

/**
 * Position-match kernel of two models' answers to one probe: k(x, y) = #{i: x_i = y_i} / sqrt(|x| |y|).
 *
 * Only positions that both answers have are compared: what lies beyond the end of an answer never counts as agreement,
 * so that two short answers are not alike for being short. Two empty answers count as alike, 1.
 *
 * @param first - answers as code points or token ids, of any length; not modified
 * @param second - likewise; not modified
 * @see Gao, Liang & Guestrin (2025), arXiv:2410.20247; there padding matches padding, here it does not
 */
export function positionKernel(first: readonly Uint32Array[], second: readonly Uint32Array[]): ProbeKernel {
  const answers = [...first, ...second];
  const size = answers.length;
  const values = new Float32Array(size * size);
  answers.forEach((answer, row) => {
    values[row * size + row] = 1;
    for (let column = 0; column < row; column++) {
      const similarity = matchShare(answer, answers[column] as Uint32Array);
      values[row * size + column] = similarity;
      values[column * size + row] = similarity;
    }
  });
  return { firstCount: first.length, secondCount: second.length, values };
}

function matchShare(left: Uint32Array, right: Uint32Array): number {
  if (left.length === 0 && right.length === 0) return 1;
  const shared = Math.min(left.length, right.length);
  let matches = 0;
  for (let index = 0; index < shared; index++) if (left[index] === right[index]) matches++;
  return matches === 0 ? 0 : matches / Math.sqrt(left.length * right.length);
}
