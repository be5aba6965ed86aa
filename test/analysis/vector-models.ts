import { contiguousRuns } from "../../src/analysis/jackknife-blocks.ts";
import { createKernelStack } from "../../src/analysis/kernel-stack.ts";
import type { MeasuredAnswers } from "../../src/analysis/measured-answers.ts";
import { packed } from "../../src/analysis/sparse-gram.ts";
import type { Random } from "../../src/schema/random.ts";

/** A standard normal number (Box-Muller). */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export const gaussianVector = (dimension: number, random: Random) =>
  Float64Array.from({ length: dimension }, () => gaussian(random));

/**
 * Measured answers as if each model's mean vector at each probe were the one given: for simulations of many trials, in
 * which texts would only cost time. Kernels are inner products divided by the dimension; one sample a probe; habits in
 * one view, all features alike.
 */
export function measuredFromVectors(options: {
  readonly labs: readonly (string | null)[];
  readonly panel: readonly number[];
  readonly vectors: readonly (readonly Float64Array[])[];
  readonly habitJackknife?: boolean;
}): MeasuredAnswers {
  const { labs, panel, vectors } = options;
  const modelCount = labs.length;
  const size = (modelCount * (modelCount + 1)) / 2;
  const dimension = vectors[0]?.[0]?.length ?? 1;
  const dot = (x: Float64Array, y: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
    return sum / dimension;
  };
  const pairs = (value: (a: number, b: number) => number) => {
    const matrix = new Float64Array(size);
    for (let a = 0; a < modelCount; a++) for (let b = 0; b <= a; b++) matrix[packed(a, b)] = value(a, b);
    return matrix;
  };
  const kernels = vectors.map((ofProbe) =>
    pairs((a, b) => dot(ofProbe[a] as Float64Array, ofProbe[b] as Float64Array)),
  );
  const blocks = contiguousRuns(vectors.length);
  // Over pairs of probes of different blocks.
  const habitOver = (left: number) => {
    const size = modelCount * dimension;
    const sumOf = Array.from({ length: blocks.blockCount }, () => new Float64Array(size));
    const all = new Float64Array(size);
    vectors.forEach((ofProbe, p) => {
      if (blocks.blockOf[p] === left) return;
      const ofBlock = sumOf[blocks.blockOf[p] as number] as Float64Array;
      ofProbe.forEach((vector, m) => {
        vector.forEach((value, i) => {
          const at = m * dimension + i;
          ofBlock[at] = (ofBlock[at] as number) + value;
          all[at] = (all[at] as number) + value;
        });
      });
    });
    const of = (sums: Float64Array, m: number) => sums.subarray(m * dimension, (m + 1) * dimension);
    return pairs((a, b) =>
      sumOf.reduce((rest, sums) => rest - dot(of(sums, a), of(sums, b)), dot(of(all, a), of(all, b))),
    );
  };
  return {
    models: labs.map((lab, m) => ({ name: `model-${m}`, lab })),
    probes: vectors.map((_, p) => ({ id: `probe-${p}`, family: "one" })),
    blocks,
    stack: createKernelStack({
      modelCount,
      panel,
      kernels: kernels.map((kernel) => Float32Array.from(kernel)),
      present: new Uint8Array(vectors.length * modelCount).fill(1),
      blockOf: blocks.blockOf,
      blockCount: blocks.blockCount,
    }),
    habits: [
      {
        total: habitOver(-1),
        withoutBlock: options.habitJackknife
          ? Array.from({ length: blocks.blockCount }, (_, block) => habitOver(block))
          : [],
      },
    ],
    sampleCounts: new Uint16Array(vectors.length * modelCount).fill(1),
    grams: [],
  };
}
