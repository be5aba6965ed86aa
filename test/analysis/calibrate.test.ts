import { describe, expect, it } from "vitest";
import { clamp, fitCalibration } from "../../src/analysis/calibrate.ts";
import { fitFusion, fusedLogOdds } from "../../src/analysis/fit-fusion.ts";
import type { ScoredCorpus, ScoredPair } from "../../src/analysis/scored-pair.ts";
import { countSources } from "../../src/analysis/sources.ts";
import { InsufficientDataError } from "../../src/errors.ts";
import { calibrationSchema } from "../../src/schema/calibration.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { readFixture } from "../stats/read-fixture.ts";
import { gaussian } from "./vector-models.ts";

let serial = 0;
function pairOf(
  features: readonly number[] | null,
  distilled: boolean,
  more: Partial<ScoredPair> = {},
): ScoredPair {
  serial++;
  return {
    reference: `r${serial}`,
    suspect: `s${serial}`,
    relation: distilled ? "distilled" : "independent",
    teacher: distilled,
    cluster: distilled ? `cluster ${serial}` : null,
    referenceLab: `lab r${serial}`,
    suspectLab: `lab s${serial}`,
    features,
    ...more,
  };
}
const corpusOf = (pairs: readonly ScoredPair[], more: Partial<ScoredCorpus> = {}): ScoredCorpus => ({
  name: "synthetic",
  models: 2 * pairs.length,
  probes: 10,
  sha256: "0".repeat(64),
  samplesPerProbe: "one",
  background: { contentMean: 0.2, contentStandardDeviation: 0.05, habitSpread: 0.1 },
  pairs,
  ...more,
});
const options = (random: Random = seededRandom(1)) =>
  ({ name: "test", domain: "real-models", congenerVersion: "0", random }) as const;

/** Two independent Gaussian features of unit spread; only the means differ between the hypotheses. */
function gaussianPairs(counts: readonly [number, number], means: readonly [number, number], random: Random) {
  const of = (count: number, distilled: boolean) =>
    Array.from({ length: count }, () =>
      pairOf(
        means.map((mean) => gaussian(random) + (distilled ? mean : 0)),
        distilled,
      ),
    );
  return [...of(counts[0], true), ...of(counts[1], false)];
}

describe("fitted calibration", () => {
  it("is SciPy's: weights with a prior along a mix, classes and corpora of equal weight", () => {
    const { cases } = readFixture<{
      readonly cases: readonly {
        readonly features: readonly (readonly number[])[];
        readonly distilled: readonly boolean[];
        readonly corpus: readonly number[];
        readonly coefficients: readonly number[];
      }[];
    }>("fusion");
    for (const { features, distilled, corpus, coefficients } of cases) {
      const fit = fitFusion(
        features.map((row, i) => ({
          pair: pairOf(row, distilled[i] as boolean),
          corpus: corpus[i] as number,
        })),
      );
      coefficients.forEach((expected, i) => {
        expect(fit?.[i]).toBeCloseTo(expected, 5);
      });
    }
  });

  it("recovers the log likelihood ratio of Gaussian scores from many pairs, whatever the numbers of each kind", () => {
    // log LR = x1 + 3 x2 - 5 for means (1, 3) and 0: along the mix; or 2 x1 - 2 for means (2, 0), far from it.
    for (const [means, expected, within] of [
      [[1, 3], [-5, 1, 3], 0.25],
      [[2, 0], [-2, 2, 0], 0.15],
    ] as const) {
      const pairs = gaussianPairs([3000, 9000], means, seededRandom(31));
      const fit = fitFusion(pairs.map((pair) => ({ pair, corpus: 0 }))) ?? [];
      expected.forEach((value, i) => {
        expect(Math.abs((fit[i] as number) - value)).toBeLessThan(within);
      });
    }
  });

  it("keeps the weights near the mix where pairs are few, on either side of it", () => {
    const random = seededRandom(38);
    // Content alone tells the pairs apart, and eight of each kind say so.
    const few = gaussianPairs([8, 8], [2, 0], random);
    const many = gaussianPairs([2000, 2000], [2, 0], random);
    const weightsOf = (pairs: readonly ScoredPair[]) => {
      const [, content = 0, habit = 0] = fitFusion(pairs.map((pair) => ({ pair, corpus: 0 }))) ?? [];
      return { content, habit };
    };
    expect(weightsOf(few).content).toBeGreaterThan(0);
    expect(weightsOf(few).content).toBeLessThan(weightsOf(many).content);
    expect(Math.abs(weightsOf(many).habit)).toBeLessThan(0.15);
  });

  it("lets every corpus weigh the same: ten copies of one move nothing", () => {
    const random = seededRandom(32);
    const first = gaussianPairs([200, 300], [2, 1], random);
    const second = gaussianPairs([100, 150], [1, 1], random);
    const entries = (list: readonly ScoredPair[], corpus: number) => list.map((pair) => ({ pair, corpus }));
    const once = fitFusion([...entries(first, 0), ...entries(second, 1)]) ?? [];
    const tenfold = Array.from({ length: 10 }, () => second).flat();
    // Only the prior, against which pairs are counted, notices.
    const often = fitFusion([...entries(first, 0), ...entries(tenfold, 1)]) ?? [];
    const score = (fit: readonly number[]) => fusedLogOdds(fit, [1, 1]) - fusedLogOdds(fit, [0, 0]);
    expect(Math.abs(score(often) / score(once) - 1)).toBeLessThan(0.05);
    // Pooled as one corpus, the copies take over.
    const pooled = (list: readonly ScoredPair[]) => fitFusion(entries([...first, ...list], 0)) ?? [];
    expect(Math.abs(score(pooled(tenfold)) / score(pooled(second)) - 1)).toBeGreaterThan(0.05);
  });

  it("passes the schema, has finite metrics, and is the same for the same seed", () => {
    const corpora = [corpusOf(gaussianPairs([30, 60], [2, 1], seededRandom(33)))];
    const { calibration } = fitCalibration(corpora, options(seededRandom(5)));
    expect(calibrationSchema.parse(calibration)).toEqual(calibration);
    expect(fitCalibration(corpora, options(seededRandom(5))).calibration).toEqual(calibration);
    expect(calibration.metrics.auc).toBeGreaterThan(0.85);
    expect(calibration.metrics.cllr).toBeLessThan(0.6);
    expect(calibration.metrics.cllr).toBeGreaterThanOrEqual(calibration.metrics.cllrMin);
    expect(calibration.bootstrapCoefficients.length).toBe(200);
    const pav = calibration.pav.map(([, after]) => after);
    expect(pav).toEqual([...pav].sort((a, b) => a - b));
  });

  it("has a Cllr near 1 for scores that say nothing", () => {
    const { calibration } = fitCalibration(
      [corpusOf(gaussianPairs([150, 300], [0, 0], seededRandom(34)))],
      options(),
    );
    expect(Math.abs(calibration.metrics.cllr - 1)).toBeLessThan(0.05);
    expect(calibration.bounds.log10LR[1]).toBeLessThan(0.5);
    expect(calibration.bounds.log10LR[0]).toBeGreaterThan(-0.5);
  });

  it("refuses corpora of one and of several samples together, and one class alone", () => {
    const pairs = gaussianPairs([5, 5], [2, 1], seededRandom(35));
    expect(() =>
      fitCalibration([corpusOf(pairs), corpusOf(pairs, { samplesPerProbe: "several" })], options()),
    ).toThrow(InsufficientDataError);
    for (const kind of [true, false])
      expect(() =>
        fitCalibration([corpusOf(pairs.filter(({ teacher }) => teacher === kind))], options()),
      ).toThrow(/only one kind/);
    expect(() => fitCalibration([], options())).toThrow(InsufficientDataError);
  });
});

describe("leave one cluster out", () => {
  const many = (count: number, features: readonly number[], distilled: boolean, more: Partial<ScoredPair>) =>
    Array.from({ length: count }, () => pairOf(features, distilled, more));
  const rest = () => [
    ...Array.from({ length: 6 }, (_, i) => pairOf([1 + i / 10, 0], true)),
    ...Array.from({ length: 6 }, (_, i) => pairOf([-1 - i / 10, 0], false)),
  ];

  it("leaves the pair's cluster out in every corpus: with it, the sign would be the other one", () => {
    const odd = many(40, [-4, 0], true, { cluster: "odd" });
    const elsewhere = many(40, [-4, 0], true, { cluster: "odd" });
    const corpora = [corpusOf([...rest(), ...odd]), corpusOf([...rest(), ...elsewhere])];
    const all = corpora.flatMap(({ pairs }, corpus) => pairs.map((pair) => ({ pair, corpus })));
    const leaky = fusedLogOdds(fitFusion(all) ?? [], [-4, 0]);
    expect(leaky).toBeGreaterThan(0);
    const { leftOutLog10LR } = fitCalibration(corpora, options());
    for (const pair of [...odd, ...elsewhere]) expect(leftOutLog10LR.get(pair)).toBeLessThan(-1);
  });

  it("leaves out every pair of the suspect's lab: with them, the sign would be the other one", () => {
    const own = many(40, [4, 0], false, { suspectLab: "prolific" });
    const corpora = [corpusOf([...rest(), ...own])];
    const leaky = fusedLogOdds(
      fitFusion([...rest(), ...own].map((pair) => ({ pair, corpus: 0 }))) ?? [],
      [4, 0],
    );
    expect(leaky).toBeLessThan(0);
    const { leftOutLog10LR } = fitCalibration(corpora, options());
    for (const pair of own) expect(leftOutLog10LR.get(pair)).toBeGreaterThan(1);
  });

  it("leaves out the same unrelated pairs listed the other way round", () => {
    const own = many(40, [4, 0], false, { suspectLab: "prolific" });
    const mirrored = own.map((pair) => ({
      ...pair,
      reference: pair.suspect,
      suspect: pair.reference,
      referenceLab: pair.suspectLab,
      suspectLab: pair.referenceLab,
    }));
    const { leftOutLog10LR } = fitCalibration([corpusOf([...rest(), ...own, ...mirrored])], options());
    for (const pair of own) expect(leftOutLog10LR.get(pair)).toBeGreaterThan(1);
  });

  it("has no LR for a pair without features", () => {
    const missing = pairOf(null, true);
    const { leftOutLog10LR } = fitCalibration([corpusOf([...rest(), missing])], options());
    expect(leftOutLog10LR.get(missing)).toBeNull();
  });

  it("says so when leaving out the only cluster leaves nothing to judge by", () => {
    const single = [pairOf([1, 0], true, { cluster: "only" }), ...rest().slice(6)];
    expect(() => fitCalibration([corpusOf(single)], options())).toThrow(InsufficientDataError);
  });
});

describe("bounds and sources", () => {
  it("caps at 1 + min(n1, n0), and keeps within the empirical bounds", () => {
    const random = seededRandom(36);
    // Twelve clusters of four students each, far from 200 unrelated pairs among 16 labs.
    const distilled = Array.from({ length: 48 }, (_, i) =>
      pairOf([6 + gaussian(random), 0], true, { cluster: `c${i % 12}`, suspectLab: `student ${i % 12}` }),
    );
    const unrelated = Array.from({ length: 200 }, (_, i) =>
      pairOf([gaussian(random), 0], false, {
        referenceLab: `lab ${i % 16}`,
        suspectLab: `lab ${(i + 1 + (Math.floor(i / 16) % 7)) % 16}`,
      }),
    );
    const { calibration } = fitCalibration([corpusOf([...distilled, ...unrelated])], options());
    expect(calibration.sources.distilledClusters).toBe(12);
    expect(calibration.sources.unrelatedPairs).toBe(8);
    expect(calibration.bounds.log10SourceCap).toBeCloseTo(Math.log10(9), 12);
    const [low, high] = calibration.bounds.log10LR;
    const elub = calibration.bounds.elubLog10LR ?? [-9, 9];
    expect(high).toBe(Math.min(Math.log10(9), elub[1]));
    expect(low).toBe(Math.max(-Math.log10(9), elub[0]));
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
    expect(Math.max(...calibration.distilledLog10LR)).toBeGreaterThan(high);
  });

  it("clamps without ever changing an order", () => {
    const bounds = [-0.9, 1.2] as const;
    const values = [-Infinity, -5, -0.9, -0.1, 0, 1.19, 1.2, 7, Infinity];
    const clamped = values.map((value) => clamp(value, bounds));
    expect(clamped).toEqual([-0.9, -0.9, -0.9, -0.1, 0, 1.19, 1.2, 1.2, 1.2]);
    expect(clamped).toEqual([...clamped].sort((a, b) => a - b));
  });

  const unrelatedBetween = (...edges: readonly (readonly [string, string])[]) =>
    countSources([
      corpusOf(
        edges.map(([referenceLab, suspectLab]) => pairOf([0, 0], false, { referenceLab, suspectLab })),
      ),
    ]).unrelatedPairs;

  it("counts unrelated pairs in which no lab occurs twice", () => {
    expect(unrelatedBetween(["a", "b"], ["a", "c"], ["a", "d"], ["e", "a"])).toBe(1);
    expect(unrelatedBetween(["b", "c"], ["a", "b"], ["c", "d"])).toBe(2);
    expect(unrelatedBetween(["a", "a"])).toBe(0);
    expect(unrelatedBetween(["a", "b"], ["b", "a"], ["c", "d"], ["a", "b"])).toBe(2);
  });

  it("never counts more than the largest such set, and at least half of it", () => {
    const random = seededRandom(37);
    const largest = (edges: readonly (readonly [string, string])[]): number => {
      const [edge, ...others] = edges;
      if (edge === undefined) return 0;
      const [a, b] = edge;
      const without = others.filter((other) => !other.includes(a) && !other.includes(b));
      return Math.max(largest(others), a === b ? 0 : 1 + largest(without));
    };
    for (let trial = 0; trial < 60; trial++) {
      const lab = () => String.fromCharCode(97 + Math.floor(random() * 8));
      const edges = Array.from({ length: 1 + Math.floor(random() * 12) }, () => [lab(), lab()] as const);
      const best = largest(edges);
      const counted = unrelatedBetween(...edges);
      expect(counted).toBeLessThanOrEqual(best);
      expect(counted).toBeGreaterThanOrEqual(best / 2);
    }
  });

  it("counts clusters and teacher labs over corpora, one of a name once, pre-named teachers only", () => {
    const student = { cluster: "lineage", referenceLab: "teacher" };
    const sources = countSources([
      corpusOf([
        pairOf([1, 0], true, student),
        pairOf([2, 0], true, { ...student, teacher: false, cluster: "x" }),
      ]),
      corpusOf([pairOf([3, 0], true, student), pairOf(null, true, { cluster: "unmeasured" })]),
    ]);
    expect(sources).toMatchObject({ distilledClusters: 1, teacherLabs: 1, clusterNames: ["lineage"] });
    expect(sources.representatives.length).toBe(1);
  });
});
