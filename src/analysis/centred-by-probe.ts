import { type CentredSums, centredSums } from "./content-affinity.ts";
import type { KernelStack } from "./kernel-stack.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

const stacks = new WeakMap<KernelStack, KernelStack>();

/** The kernels with a block for each probe; made once, for it is asked for by every pair. */
export function probeBlocks(stack: KernelStack): KernelStack {
  const known = stacks.get(stack);
  if (known !== undefined) return known;
  const { probeCount } = stack.kernels;
  const blockOf = Int32Array.from({ length: probeCount }, (_, p) => p);
  const byProbe = { ...stack, blockOf, blockCount: probeCount };
  stacks.set(stack, byProbe);
  return byProbe;
}

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
  return centredSums(probeBlocks(measured.stack), a, b, excluded);
}
