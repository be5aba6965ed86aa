import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { cosineKernel } from "../../src/stats/cosine-kernel.ts";
import { hashedNgramCounts } from "../../src/stats/hashed-ngram-counts.ts";
import { mmdSquared, mmdSquaredJackknife } from "../../src/stats/mmd-squared.ts";
import { positionKernel } from "../../src/stats/position-kernel.ts";
import type { ProbeKernel } from "../../src/stats/probe-kernel.ts";
import { withinProbePermutationTest } from "../../src/stats/within-probe-permutation-test.ts";
import { readFixture } from "./read-fixture.ts";

interface Reference<T> {
  readonly probes: { readonly first: T[]; readonly second: T[] }[];
  readonly statistic: number;
  readonly weighted: number;
  readonly exactP: number;
}

const reference = readFixture<{ counts: Reference<number[]>; strings: Reference<string> }>("mmd");
const codePoints = (text: string) => Uint32Array.from(text, (character) => character.codePointAt(0) ?? 0);
const stringKernel = (first: string[], second: string[]) =>
  positionKernel(first.map(codePoints), second.map(codePoints));

/** Tolerance of a rate over trials: four binomial standard errors. */
const margin = (rate: number, trials: number) => 4 * Math.sqrt((rate * (1 - rate)) / trials);

/** One of five words, drawn by a law that is peculiar to the probe; `shift` moves mass to the first word. */
function drawAnswer(probe: number, shift: number, random: Random): string {
  if (random() < shift) return "zzz";
  const favourite = probe % 5;
  const index = random() < 0.5 ? favourite : Math.floor(random() * 5);
  return ["ab", "abc", "b", "bca", "ca"][index] ?? "";
}

function kernelsOf(counts: readonly [number, number][], shift: number, random: Random): ProbeKernel[] {
  return counts.map(([n1, n2], probe) =>
    stringKernel(
      Array.from({ length: n1 }, () => drawAnswer(probe, 0, random)),
      Array.from({ length: n2 }, () => drawAnswer(probe, shift, random)),
    ),
  );
}

const unequal: readonly [number, number][] = [
  [3, 9],
  [8, 2],
  [2, 2],
  [5, 12],
  [10, 3],
  [4, 4],
];

function rejectionRate(shift: number, trials: number, seed: number): number {
  const random = seededRandom(seed);
  let rejected = 0;
  for (let trial = 0; trial < trials; trial++) {
    const kernels = kernelsOf(unequal, shift, random);
    if (withinProbePermutationTest(kernels, { permutations: 99, random }).pValue <= 0.05) rejected++;
  }
  return rejected / trials;
}

describe("within-probe MMD", () => {
  it("agrees with direct sums and with the exact p-value over every split", () => {
    const counts = reference.counts.probes.map(({ first, second }) =>
      cosineKernel(
        first.map((v) => Float32Array.from(v)),
        second.map((v) => Float32Array.from(v)),
      ),
    );
    const strings = reference.strings.probes.map(({ first, second }) => stringKernel(first, second));
    for (const [kernels, { statistic, weighted, exactP }] of [
      [counts, reference.counts],
      [strings, reference.strings],
    ] as const) {
      const before = kernels.map(({ values }) => [...values]);
      expect(mmdSquared(kernels).estimate).toBeCloseTo(statistic, 6);
      const result = withinProbePermutationTest(Object.freeze(kernels), {
        permutations: 4000,
        random: seededRandom(2),
      });
      expect(result.statistic).toBeCloseTo(weighted, 6);
      expect(Math.abs(result.pValue - exactP)).toBeLessThan(margin(exactP, 4000) + 1 / 4000);
      expect(kernels.map(({ values }) => [...values])).toEqual(before);
    }
  });

  it("rejects a true null at its level with unequal numbers of answers", () => {
    const trials = 800;
    const rate = rejectionRate(0, trials, 31);
    expect(rate).toBeLessThan(0.05 + margin(0.05, trials));
    // Not trivially conservative either; ties between short answers cost a little.
    expect(rate).toBeGreaterThan(0.05 - margin(0.05, trials));
  });

  it("finds a known difference", () => {
    expect(rejectionRate(0.6, 150, 32)).toBeGreaterThan(0.9);
  });

  it("is not deceived by probes that one model was asked more often", () => {
    // Pooled over probes, the first model's answers differ for no reason but the probes it was asked.
    const lopsided: readonly [number, number][] = [
      [14, 2],
      [2, 14],
      [14, 2],
      [2, 14],
    ];
    const random = seededRandom(33);
    let rejected = 0;
    for (let trial = 0; trial < 300; trial++)
      if (
        withinProbePermutationTest(kernelsOf(lopsided, 0, random), { permutations: 99, random }).pValue <=
        0.05
      )
        rejected++;
    expect(rejected / 300).toBeLessThan(0.05 + margin(0.05, 300));
  });

  it("counts splits that tie with the observed one, however the sums over probes were rounded", () => {
    const vectors = [
      [1, 0, 0.3],
      [0.7, 1, 0],
      [0, 0.4, 1],
      [0.2, 0.9, 0.5],
    ].map((v) => Float32Array.from(v));
    // Four answers have three splits into two pairs; each probe shows one of them.
    const splits = [
      [0, 1, 2, 3],
      [0, 2, 1, 3],
      [0, 3, 1, 2],
    ].map((order) => {
      const [a = 0, b = 0, c = 0, d = 0] = order;
      const pick = (...rows: number[]) => rows.map((row) => vectors[row] ?? new Float32Array(3));
      return cosineKernel(pick(a, b), pick(c, d));
    });
    const values = splits.map((kernel) => mmdSquared([kernel]).estimate);
    const shown = [0, 0, 1, 1, 2, 2, 0];
    const sum = (choice: number[]) => choice.reduce((total, split) => total + (values[split] ?? 0), 0);
    let atLeast = 0;
    for (let code = 0; code < 3 ** 7; code++) {
      const choice = shown.map((_, probe) => Math.floor(code / 3 ** probe) % 3);
      if (sum(choice) >= sum(shown) - 1e-9) atLeast++;
    }
    const exact = atLeast / 3 ** 7;
    const kernels = shown.flatMap((split) => splits[split] ?? []);
    const { pValue } = withinProbePermutationTest(kernels, { permutations: 20_000, random: seededRandom(1) });
    expect(Math.abs(pValue - exact)).toBeLessThan(margin(exact, 20_000));
  });

  it("says p = 1 for constants and never 0 for the plainest difference", () => {
    const same = stringKernel(["a", "a", "a"], ["a", "a"]);
    expect(mmdSquared([same]).estimate).toBeCloseTo(0, 12);
    expect(withinProbePermutationTest([same], { permutations: 50, random: seededRandom(1) }).pValue).toBe(1);
    const apart = Array.from({ length: 9 }, () => stringKernel(["a", "a", "a"], ["b", "b", "b"]));
    const result = withinProbePermutationTest(apart, { permutations: 200, random: seededRandom(1) });
    expect(result.statistic).toBeCloseTo(2, 6);
    expect(result.pValue).toBe(1 / 201);
  });

  it("leaves out probes with fewer than two answers, and refuses when none is left", () => {
    const thin = stringKernel(["a"], ["b", "c"]);
    const used = stringKernel(["a", "b"], ["b", "c"]);
    expect(mmdSquared([thin, used]).probes).toEqual([1]);
    expect(mmdSquared([thin, used]).sampleSizes).toEqual([2, 2]);
    expect(() => mmdSquared([thin])).toThrow(InsufficientDataError);
    expect(() => withinProbePermutationTest([], { permutations: 9, random: seededRandom(1) })).toThrow(
      InsufficientDataError,
    );
    expect(() => mmdSquared([{ ...used, secondCount: 3 }])).toThrow(RangeError);
    const broken = { ...used, values: used.values.map((value, index) => (index === 1 ? Number.NaN : value)) };
    expect(() => mmdSquared([broken])).toThrow(RangeError);
    expect(() => withinProbePermutationTest([used], { permutations: 0, random: seededRandom(1) })).toThrow(
      RangeError,
    );
  });

  it("bounds the MMD of equal models near 0 and covers a known difference", () => {
    const random = seededRandom(8);
    const trials = 300;
    let covered = 0;
    // k is 1 for equal letters and 0 otherwise, so the squared MMD of two Bernoulli laws is 2 (p - q)^2.
    const truth = 2 * 0.3 ** 2;
    for (let trial = 0; trial < trials; trial++) {
      const letter = (p: number) => (random() < p ? "a" : "b");
      const kernels = Array.from({ length: 40 }, () =>
        stringKernel(
          Array.from({ length: 4 }, () => letter(0.5)),
          Array.from({ length: 6 }, () => letter(0.8)),
        ),
      );
      const { perProbe } = mmdSquared(kernels);
      if (mmdSquaredJackknife(perProbe).upperBound(0.95) >= truth) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.95 - margin(0.95, trials) - 0.02);
    expect(covered / trials).toBeLessThan(1);
    const { perProbe } = mmdSquared(kernelsOf(unequal, 0, random));
    const byFamily = mmdSquaredJackknife(perProbe, ["x", "x", "y", "y", "z", "z"]);
    expect(byFamily.blocks).toBe(3);
    expect(byFamily.upperBound(0.99)).toBeGreaterThan(byFamily.estimate);
    expect(() => mmdSquaredJackknife(perProbe, ["x"])).toThrow(RangeError);
    expect(() => mmdSquaredJackknife([0.1])).toThrow(InsufficientDataError);
  });
});

describe("kernels", () => {
  it("never count padding as agreement", () => {
    const { values } = stringKernel(["a", "b"], ["", "aXXXXXXX"]);
    expect(values[0 * 4 + 1]).toBe(0);
    expect(values[0 * 4 + 2]).toBe(0);
    expect(values[0 * 4 + 3]).toBeCloseTo(1 / Math.sqrt(8), 6);
    expect(stringKernel([""], [""]).values[1]).toBe(1);
    const zeros = cosineKernel([new Float32Array(8)], [new Float32Array(8), new Float32Array(8).fill(1)]);
    expect([zeros.values[1], zeros.values[2]]).toEqual([1, 0]);
    expect(() => cosineKernel([new Float32Array(8)], [new Float32Array(9)])).toThrow(RangeError);
  });

  it("hash n-grams so that inner products come near the exact ones", () => {
    const exact = (text: string) => {
      const counts = new Map<string, number>();
      const characters = Array.from(text);
      for (const size of [1, 2, 3])
        for (let start = 0; start + size <= characters.length; start++) {
          const gram = `${size}:${characters.slice(start, start + size).join("")}`;
          counts.set(gram, (counts.get(gram) ?? 0) + 1);
        }
      return counts;
    };
    const random = seededRandom(4);
    const text = () =>
      Array.from({ length: 300 }, () => "etaoinshr "[Math.floor(10 * random() ** 1.5)]).join("");
    const cosine = (dot: (a: number, b: number) => number) => dot(0, 1) / Math.sqrt(dot(0, 0) * dot(1, 1));
    let error = 0;
    for (let trial = 0; trial < 40; trial++) {
      const texts = [text(), text()];
      const maps = texts.map(exact);
      const vectors = texts.map((value) => hashedNgramCounts(Array.from(value), { sizes: [1, 2, 3] }));
      const exactCosine = cosine((a, b) => {
        let sum = 0;
        for (const [gram, count] of maps[a] ?? []) sum += count * (maps[b]?.get(gram) ?? 0);
        return sum;
      });
      const hashed = cosine((a, b) =>
        (vectors[a] ?? new Float32Array()).reduce(
          (sum, value, index) => sum + value * (vectors[b]?.[index] ?? 0),
          0,
        ),
      );
      error += (hashed - exactCosine) / 40;
      expect(Math.abs(hashed - exactCosine)).toBeLessThan(0.1);
    }
    expect(Math.abs(error)).toBeLessThan(0.02);
  });

  it("hash the ends without padding and refuse impossible sizes", () => {
    expect(hashedNgramCounts(["a"], { sizes: [2] }).every((count) => count === 0)).toBe(true);
    const total = hashedNgramCounts(["a", "b", "c"], { sizes: [2], dimensions: 4096 });
    expect(total.reduce((sum, count) => sum + Math.abs(count), 0)).toBe(2);
    expect(() => hashedNgramCounts(["a"], { sizes: [0] })).toThrow(RangeError);
    expect(() => hashedNgramCounts(["a"], { sizes: [1], dimensions: 1.5 })).toThrow(RangeError);
  });
});
