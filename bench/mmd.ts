/**
 * Time of the within-probe MMD permutation test on 500 + 500 answers of 1,000 characters, beside a naive version that
 * computes the kernel anew for each relabelling. Run: npm run bench:mmd
 */
import { seededRandom } from "../src/schema/random.ts";
import { cosineKernel } from "../src/stats/cosine-kernel.ts";
import { hashedNgramCounts } from "../src/stats/hashed-ngram-counts.ts";
import { mmdSquared } from "../src/stats/mmd-squared.ts";
import { positionKernel } from "../src/stats/position-kernel.ts";
import type { ProbeKernel } from "../src/stats/probe-kernel.ts";
import { withinProbePermutationTest } from "../src/stats/within-probe-permutation-test.ts";

const permutations = 1000;
const naivePermutations = 3;
const characters = 1000;
const random = seededRandom(1);
const words = Array.from({ length: 3000 }, () =>
  Array.from({ length: 2 + Math.floor(random() * 8) }, () =>
    String.fromCharCode(97 + Math.floor(random() * 26)),
  ).join(""),
);

/** Words by a skewed law; the second model's is a little flatter. */
function answer(skew: number): string {
  let text = "";
  while (text.length < characters) text += `${words[Math.floor(words.length * random() ** skew)]} `;
  return text.slice(0, characters);
}

const countNgrams = (text: string) => hashedNgramCounts(Array.from(text), { sizes: [1, 2, 3] });
const codePoints = (text: string) => Uint32Array.from(text, (character) => character.codePointAt(0) ?? 0);

const kernels: Record<string, (first: string[], second: string[]) => ProbeKernel> = {
  "hashed character 1-3-grams": (first, second) =>
    cosineKernel(first.map(countNgrams), second.map(countNgrams)),
  "matching positions": (first, second) => positionKernel(first.map(codePoints), second.map(codePoints)),
};

/** Fisher-Yates within each probe, then everything from the texts again. */
function naiveRelabelling(
  probes: readonly { first: string[]; second: string[] }[],
  kernel: (first: string[], second: string[]) => ProbeKernel,
): number {
  const relabelled = probes.map(({ first, second }) => {
    const pooled = [...first, ...second];
    for (let index = pooled.length - 1; index > 0; index--) {
      const other = Math.floor(random() * (index + 1));
      [pooled[index], pooled[other]] = [pooled[other] as string, pooled[index] as string];
    }
    return kernel(pooled.slice(0, first.length), pooled.slice(first.length));
  });
  return mmdSquared(relabelled).estimate;
}

const seconds = (from: number) => (performance.now() - from) / 1000;

for (const probeCount of [1, 50]) {
  const each = 500 / probeCount;
  const probes = Array.from({ length: probeCount }, () => ({
    first: Array.from({ length: each }, () => answer(2)),
    second: Array.from({ length: each }, () => answer(1.97)),
  }));
  for (const [name, kernel] of Object.entries(kernels)) {
    const start = performance.now();
    const computed = probes.map(({ first, second }) => kernel(first, second));
    const kernelSeconds = seconds(start);
    const result = withinProbePermutationTest(computed, { permutations, random });
    const total = seconds(start);
    const naiveStart = performance.now();
    for (let index = 0; index < naivePermutations; index++) naiveRelabelling(probes, kernel);
    const naive = (seconds(naiveStart) / naivePermutations) * permutations;
    console.log(
      `${probeCount} probe(s) of ${each}+${each} answers, ${characters} characters, ${name}: ` +
        `${total.toFixed(2)} s (kernel ${kernelSeconds.toFixed(2)} s) for ${permutations} permutations, p = ${result.pValue.toPrecision(2)}; ` +
        `naive ${naive.toFixed(0)} s (from ${naivePermutations} permutations), ${(naive / total).toFixed(0)} times as long`,
    );
  }
}
