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
  // At temperature 0 most answers are repeats: each text is compared once.
  const kindOf = new Map<string, number>();
  const distinct: Uint32Array[] = [];
  const kinds = answers.map((answer) => {
    const text = answer.join();
    const kind = kindOf.get(text) ?? distinct.length;
    if (kind === distinct.length) distinct.push(answer);
    kindOf.set(text, kind);
    return kind;
  });
  const similarities = similaritiesOf(distinct);
  const values = new Float32Array(answers.length ** 2);
  kinds.forEach((kind, row) => {
    kinds.forEach((other, column) => {
      values[row * answers.length + column] = similarities[kind * distinct.length + other] as number;
    });
  });
  return { firstCount: first.length, secondCount: second.length, values };
}

/** Kernel of answers that all differ, row-major and symmetric. */
function similaritiesOf(answers: readonly Uint32Array[]): Float32Array {
  const size = answers.length;
  const values = countMatches(answers);
  answers.forEach((answer, row) => {
    values[row * size + row] = 1;
    for (let column = 0; column < row; column++) {
      const matches = values[row * size + column] as number;
      const scale = Math.sqrt(answer.length * (answers[column] as Uint32Array).length);
      const similarity = matches === 0 ? 0 : matches / scale;
      values[row * size + column] = similarity;
      values[column * size + row] = similarity;
    }
  });
  return values;
}

/**
 * Matching positions of each pair, below the diagonal. Position by position, each answer is met only with the earlier
 * ones that have the same symbol there, which are few: comparing all pairs takes ten times as long.
 */
function countMatches(answers: readonly Uint32Array[]): Float32Array {
  const size = answers.length;
  const counts = new Float32Array(size * size);
  const longest = answers.reduce((length, answer) => Math.max(length, answer.length), 0);
  const previous = new Int32Array(size);
  for (let position = 0; position < longest; position++) {
    const latest = new Map<number, number>();
    for (let row = 0; row < size; row++) {
      const symbol = answers[row]?.[position];
      if (symbol === undefined) continue;
      previous[row] = latest.get(symbol) ?? -1;
      latest.set(symbol, row);
      for (let other = previous[row] as number; other >= 0; other = previous[other] as number) {
        const cell = row * size + other;
        counts[cell] = (counts[cell] as number) + 1;
      }
    }
  }
  return counts;
}
