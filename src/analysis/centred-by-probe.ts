import { type CentredSums, centredSums } from "./content-affinity.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

/**
 * Centred kernels of two models probe by probe: `centredSums` with a block for each probe, so that one pass serves
 * several quantities on the same probes and several ways of cutting probes into blocks. `probes` is 1 where a probe
 * counts, else 0, and the kernels are then 0.
 */
export function centredByProbe(
  measured: MeasuredAnswers,
  a: number,
  b: number,
  excluded: readonly number[],
): CentredSums {
  const count = measured.probes.length;
  const blockOf = Int32Array.from({ length: count }, (_, p) => p);
  return centredSums({ ...measured.stack, blockOf, blockCount: count }, a, b, excluded);
}
