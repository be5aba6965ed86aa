import { describe, expect, it } from "vitest";
import { decideFinding, type FindingInput } from "../../src/analysis/finding.ts";
import { verbalStep } from "../../src/analysis/ladder.ts";
import type { Calibration } from "../../src/schema/calibration.ts";

function calibrationWith(options: { cap?: number; clusters?: number; unrelated?: number } = {}): Calibration {
  const { cap = 2, clusters = 40, unrelated = 60 } = options;
  return {
    schemaVersion: 1,
    statisticVersion: "1",
    congenerVersion: "0",
    name: "test",
    domain: "real-models",
    samplesPerProbe: "one",
    corpora: [],
    features: ["contentScore", "habitScore"],
    intercept: 0,
    weights: [1, 1],
    background: { contentMean: 0.2, contentStandardDeviation: 0.05, habitSpread: 0.1 },
    bootstrapCoefficients: [],
    sources: { distilledClusters: clusters, unrelatedPairs: unrelated, teacherLabs: 3, clusterNames: [] },
    bounds: { log10LR: [-cap, cap], log10SourceCap: cap, elubLog10LR: null },
    metrics: { cllr: 0.4, cllrMin: 0.3, auc: 0.9, misleadingUnrelated: 0, misleadingDistilled: 0 },
    distilledLog10LR: [1.5],
    unrelatedLog10LR: [-1],
    pav: [],
  };
}

const base: FindingInput = {
  suspect: "acme-chat",
  reference: "claude",
  sameModel: false,
  log10LR: 1.6,
  interval: [1.2, 1.9],
  atUpperBound: false,
  missing: null,
  controlLabs: 12,
  calibration: calibrationWith(),
  outOfDomain: false,
  power: { power: 0.9, effect: "a middle student", reason: null },
};
const low = { log10LR: -0.5, interval: [-1, 0.4] } as const;

/** Input, finding and reason code of every branch. */
const branches: [string, Partial<FindingInput>, string, string][] = [
  ["equivalent answers", { sameModel: true }, "same-model", "equivalent-answers"],
  [
    "equivalent answers before anything else",
    { sameModel: true, log10LR: null, interval: null, calibration: null },
    "same-model",
    "equivalent-answers",
  ],
  [
    "no LR, with a reason",
    {
      log10LR: null,
      interval: null,
      missing: { code: "no-answers", clause: "acme-chat has no usable answer" },
    },
    "inconclusive",
    "no-answers",
  ],
  ["no LR, without a reason", { log10LR: null, interval: null }, "inconclusive", "no-likelihood-ratio"],
  ["no interval", { interval: null }, "inconclusive", "no-likelihood-ratio"],
  ["no calibration", { calibration: null }, "inconclusive", "no-likelihood-ratio"],
  ["a cap of 10", { calibration: calibrationWith({ cap: 1 }) }, "inconclusive", "calibration-cannot-reach"],
  ["an interval above 10", {}, "derived", "lr-above-ten"],
  ["... at the cap", { atUpperBound: true, log10LR: 2, interval: [1.1, 2] }, "derived", "lr-above-ten"],
  ["... but nine control labs", { controlLabs: 9 }, "inconclusive", "few-control-labs"],
  ["... but nine clusters", { calibration: calibrationWith({ clusters: 9 }) }, "inconclusive", "few-sources"],
  [
    "... but nine unrelated",
    { calibration: calibrationWith({ unrelated: 9 }) },
    "inconclusive",
    "few-sources",
  ],
  ["... but out of domain", { outOfDomain: true }, "inconclusive", "calibration-domain"],
  [
    "exactly ten labs and sources",
    { controlLabs: 10, calibration: calibrationWith({ clusters: 10, unrelated: 10 }) },
    "derived",
    "lr-above-ten",
  ],
  ["an interval from exactly 10 on", { interval: [1, 1.9] }, "inconclusive", "lr-interval-includes-ten"],
  ["an interval that includes 10", { interval: [0.2, 1.9] }, "inconclusive", "lr-interval-includes-ten"],
  ["an interval up to exactly 10", { ...low, interval: [-1, 1] }, "inconclusive", "lr-interval-includes-ten"],
  ["an interval below 10 with power", low, "not-distinguished", "lr-below-ten-with-power"],
  [
    "... with power of exactly 0.8",
    { ...low, power: { ...base.power, power: 0.8 } },
    "not-distinguished",
    "lr-below-ten-with-power",
  ],
  ["... with less power", { ...low, power: { ...base.power, power: 0.79 } }, "inconclusive", "low-power"],
  [
    "... with unknown power",
    { ...low, power: { ...base.power, power: null, reason: "no sources" } },
    "inconclusive",
    "power-unknown",
  ],
  ["... but out of domain", { ...low, outOfDomain: true }, "inconclusive", "calibration-domain"],
  ["... with few control labs", { ...low, controlLabs: 4 }, "not-distinguished", "lr-below-ten-with-power"],
];

describe("finding", () => {
  it.each(branches)("%s", (_, change, finding, reason) => {
    const result = decideFinding({ ...base, ...change });
    expect(result).toMatchObject({ finding, reason });
    expect(result.sentence).toContain("acme-chat");
    expect(result.sentence).toMatch(/\.$/);
    expect(result.sentence).not.toMatch(/NaN|Infinity|undefined|null/);
    expect(result.notExcluded.length).toBeGreaterThan(0);
    expect([result.sentence, ...result.notExcluded].join(" ")).not.toMatch(/\bpro(of|ves?|ven)\b/i);
    if (finding !== "same-model") expect(result.sentence).not.toMatch(/\bsame\b/i);
  });

  it("says at least at the cap, and about elsewhere", () => {
    expect(decideFinding({ ...base, atUpperBound: true, log10LR: 2 }).sentence).toMatch(
      /are at least 100 times as probable/,
    );
    expect(decideFinding(base).sentence).toMatch(
      /are about 40 times as probable .*\(95 % interval 16 times to 79 times\)/,
    );
  });

  it("states power and effect in a sentence that distinguishes nothing", () => {
    const { sentence } = decideFinding({ ...base, ...low });
    expect(sentence).toMatch(/not distinguished/);
    expect(sentence).toContain("a middle student");
    expect(sentence).toContain("0.90");
  });

  it("always names the other direction and a common teacher for derived", () => {
    const { notExcluded } = decideFinding(base);
    expect(notExcluded.join(" ")).toMatch(/third model.*other direction/);
  });
});

describe("verbal ladder", () => {
  it("steps by powers of ten and keeps its direction", () => {
    expect([0, 0.99, 1, 2, 3, 4, 6, 40].map(verbalStep)).toEqual([
      "weak support for derived",
      "weak support for derived",
      "moderate support for derived",
      "moderately strong support for derived",
      "strong support for derived",
      "very strong support for derived",
      "extremely strong support for derived",
      "extremely strong support for derived",
    ]);
    expect(verbalStep(-1.5)).toBe("moderate support for independent");
  });
});

it("calls a ratio at a bound of its calibration cut: at least, or at most; and a power of 1 no certainty", () => {
  const sentence = (input: Partial<FindingInput>) => decideFinding({ ...base, ...input }).sentence;
  expect(sentence({ log10LR: 2, interval: [0.5, 2], atUpperBound: true })).toContain("is at least 100 times");
  const floor = sentence({
    log10LR: -2,
    interval: [-2, 0],
    power: { power: 1, effect: "a student", reason: null },
  });
  expect(floor).toContain("at most 1/100 times as probable");
  expect(floor).toContain("with probability above 0.99");
  expect(sentence(low)).toContain("about 1/3.2 times as probable");
});
