import { expect, it } from "vitest";
import {
  chunkProbes,
  chunksOf,
  createKernelChunks,
  kernelAt,
  kernelOf,
  withKernels,
} from "../../src/analysis/kernel-chunks.ts";
import { seededRandom } from "../../src/schema/random.ts";

const random = seededRandom(7);
const pairs = 10;
const probeCount = 2 * chunkProbes + 5;
const kernel = () => Float32Array.from({ length: pairs }, () => random());
const kernels = Array.from({ length: probeCount }, kernel);

it("gives every probe's kernel again, in whatever order they came", () => {
  const builder = createKernelChunks();
  for (let i = 0; i < probeCount; i++) {
    const p = (i * 37 + 100) % probeCount;
    builder.set(p, kernels[p] as Float32Array);
  }
  const built = builder.finish();
  expect(built).toEqual(chunksOf(kernels));
  expect(built.probeCount).toBe(probeCount);
  for (const [p, expected] of kernels.entries()) {
    expect(kernelOf(built, p)).toEqual(expected);
    expect(Array.from({ length: pairs }, (_, pair) => kernelAt(built, pair, p))).toEqual([...expected]);
  }
});

it("copies only the chunks of a variant in which a kernel is another", () => {
  const base = chunksOf(kernels);
  const changed = new Map([0, 3, probeCount - 1].map((p) => [p, kernel()]));
  const variant = withKernels(base, changed);
  expect(variant.chunks.map((chunk, at) => chunk === base.chunks[at])).toEqual([false, true, false]);
  expect(variant).toEqual(chunksOf(kernels.map((own, p) => changed.get(p) ?? own)));
  expect(base).toEqual(chunksOf(kernels));
  expect(withKernels(base, new Map()).chunks).toEqual(base.chunks);
});
