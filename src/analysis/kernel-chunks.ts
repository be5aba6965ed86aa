/** Probes of a chunk: enough that a loop over a pair's kernels runs through neighbouring numbers. A power of two. */
export const chunkProbes = 64;

/**
 * Kernels of all probes between all models, in chunks of 64 probes. Within a chunk the 64 kernels of a pair stand side by
 * side, for statistics read few pairs over all probes; within a probe they are the packed lower triangle of k_p(a, b).
 */
export interface KernelChunks {
  readonly probeCount: number;
  /** By chunk: k_p(a, b) at `packed(a, b) * 64 + p % 64`; places behind the last probe are 0. */
  readonly chunks: readonly Float32Array[];
}

/** Takes kernels as they are measured, one probe at a time and in any order. */
export interface KernelChunksBuilder {
  /** @param kernel - packed lower triangle, copied; as long for every probe */
  readonly set: (probe: number, kernel: Float32Array) => void;
  /** The chunks with every probe that was set; the builder must not be used after. */
  readonly finish: () => KernelChunks;
}

/** Chunks that are filled probe by probe: memory is that of the kernels, rounded up to whole chunks. */
export function createKernelChunks(): KernelChunksBuilder {
  const chunks: Float32Array[] = [];
  let probeCount = 0;
  return {
    set: (probe, kernel) => {
      const at = Math.floor(probe / chunkProbes);
      while (chunks.length <= at) chunks.push(new Float32Array(kernel.length * chunkProbes));
      put(chunks[at] as Float32Array, probe, kernel);
      probeCount = Math.max(probeCount, probe + 1);
    },
    finish: () => ({ probeCount, chunks }),
  };
}

/** Chunks of kernels that are there already, one a probe. */
export function chunksOf(kernels: readonly Float32Array[]): KernelChunks {
  const builder = createKernelChunks();
  for (const [probe, kernel] of kernels.entries()) builder.set(probe, kernel);
  return builder.finish();
}

/**
 * The kernels of a variant in which some probes' kernels are others. Chunks in which none is are shared with `base`, which is
 * not changed.
 * @param changed - packed lower triangle by probe; probes must be among those of `base`
 */
export function withKernels(base: KernelChunks, changed: ReadonlyMap<number, Float32Array>): KernelChunks {
  const chunks = [...base.chunks];
  for (const [probe, kernel] of changed) {
    const at = Math.floor(probe / chunkProbes);
    if (chunks[at] === base.chunks[at]) chunks[at] = (base.chunks[at] as Float32Array).slice();
    put(chunks[at] as Float32Array, probe, kernel);
  }
  return { probeCount: base.probeCount, chunks };
}

/** The kernel of a pair at a probe. @param pair - `packed(a, b)` */
export function kernelAt({ chunks }: KernelChunks, pair: number, probe: number): number {
  const chunk = chunks[Math.floor(probe / chunkProbes)] as Float32Array;
  return chunk[pair * chunkProbes + (probe % chunkProbes)] as number;
}

/** A copy of the packed lower triangle of one probe. */
export function kernelOf({ chunks }: KernelChunks, probe: number): Float32Array {
  const chunk = chunks[Math.floor(probe / chunkProbes)] as Float32Array;
  const kernel = new Float32Array(chunk.length / chunkProbes);
  for (let pair = 0, at = probe % chunkProbes; pair < kernel.length; pair++, at += chunkProbes)
    kernel[pair] = chunk[at] as number;
  return kernel;
}

function put(chunk: Float32Array, probe: number, kernel: Float32Array): void {
  for (let pair = 0, at = probe % chunkProbes; pair < kernel.length; pair++, at += chunkProbes)
    chunk[at] = kernel[pair] as number;
}
