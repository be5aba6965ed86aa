import { centredByProbe } from "./centred-by-probe.ts";
import { excludedFor } from "./content-score.ts";
import type { JackknifeBlocks } from "./jackknife-blocks.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { packed } from "./sparse-gram.ts";

/** Sums of centred kernels between some models, by jackknife block; pairs are packed as a lower triangle. */
export interface DepartureGrams {
  readonly blocks: readonly { readonly sums: Float64Array; readonly probes: Int32Array }[];
  /** The mean centred kernel of every pair without one block (-1 for none); NaN where no probe is left. */
  readonly meansWithout: (leftOut: number) => number[][];
}

/**
 * Inner products of the departures of `members`, per probe, for each way of cutting probes into blocks.
 *
 * Every entry c(a,b) is centred on the panel of `measured` without the labs of a and of b: a model is thus compared by a
 * mean that neither it nor its lab is in, and each entry is an unbiased estimate of the inner product of two departures
 * from one and the same population mean. The price is that the matrix need not be positive semi-definite. Diagonals are
 * over distinct samples (1 where there is one). Each entry is a mean over the probes that its two models share.
 * O(members^2 x probes).
 *
 * @param out - panel models that centre no entry
 */
export function departureGrams(
  measured: MeasuredAnswers,
  members: readonly number[],
  out: readonly number[],
  cuts: readonly JackknifeBlocks[],
): DepartureGrams[] {
  const k = members.length;
  const size = (k * (k + 1)) / 2;
  const grams = cuts.map(({ blockCount }) =>
    Array.from({ length: blockCount }, () => ({
      sums: new Float64Array(size),
      probes: new Int32Array(size),
    })),
  );
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      const [a, b] = [members[i] as number, members[j] as number];
      const { between, probes } = centredByProbe(measured, a, b, [
        ...new Set([...excludedFor(measured, [a, b]), ...out]),
      ]);
      const at = packed(i, j);
      cuts.forEach(({ blockOf }, cut) => {
        for (let p = 0; p < between.length; p++) {
          const block = grams[cut]?.[blockOf[p] as number];
          if (probes[p] === 0 || block === undefined) continue;
          block.sums[at] = (block.sums[at] as number) + (between[p] as number);
          block.probes[at] = (block.probes[at] as number) + 1;
        }
      });
    }
  }
  return grams.map((blocks) => ({ blocks, meansWithout: (leftOut) => meansOf(blocks, k, leftOut) }));
}

function meansOf(blocks: DepartureGrams["blocks"], k: number, leftOut: number): number[][] {
  const size = (k * (k + 1)) / 2;
  const sums = new Float64Array(size);
  const probes = new Int32Array(size);
  blocks.forEach((block, index) => {
    if (index === leftOut) return;
    for (let at = 0; at < size; at++) {
      sums[at] = (sums[at] as number) + (block.sums[at] as number);
      probes[at] = (probes[at] as number) + (block.probes[at] as number);
    }
  });
  const mean = (at: number) => (sums[at] as number) / (probes[at] as number);
  return Array.from({ length: k }, (_, i) => Array.from({ length: k }, (_, j) => mean(packed(i, j))));
}
