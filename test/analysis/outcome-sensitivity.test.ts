import { describe, expect, it } from "vitest";
import { fitCalibration } from "../../src/analysis/calibrate.ts";
import { type CompareInput, compare } from "../../src/analysis/compare.ts";
import { type Evidence, evidenceSchema, type ModelSummary } from "../../src/schema/analysis.ts";
import type { OutcomeCounts, ProbeAnswers } from "../../src/schema/corpus.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { gaussian } from "./vector-models.ts";

const random = seededRandom(61);
const calibration = fitCalibration(
  [
    {
      name: "synthetic",
      models: 240,
      probes: 9,
      sha256: "0".repeat(64),
      samplesPerProbe: "several",
      background: { contentMean: 0.2, contentStandardDeviation: 0.05, habitSpread: 0.1 },
      pairs: Array.from({ length: 120 }, (_, i) => ({
        reference: `r${i}`,
        suspect: `s${i}`,
        relation: i < 60 ? ("distilled" as const) : ("independent" as const),
        teacher: i < 60,
        cluster: i < 60 ? `c${i}` : null,
        referenceLab: `lab r${i}`,
        suspectLab: `lab s${i}`,
        features: [gaussian(random) + (i < 60 ? 5 : 0), gaussian(random) + (i < 60 ? 4 : 0)],
      })),
    },
  ],
  { name: "synthetic", domain: "real-models", congenerVersion: "0", random },
).calibration;

const controls = Array.from({ length: 10 }, (_, i) => `control${i}`);
const names = ["reference", "suspect", ...controls];
const summaryOf = (name: string): ModelSummary => ({
  ...{
    name,
    model: name,
    api: "recorded",
    baseURL: null,
    lab: `lab of ${name}`,
    role: "other",
    params: "{}",
  },
  ...{
    samples: 1,
    failed: 0,
    retried: 0,
    servedModels: [],
    outputTokens: null,
    lines: 1,
    headHash: "0".repeat(64),
  },
  outcomes: { ok: 1, empty: 0, truncated: 0, refused: 0, filtered: 0, malformed: 0 },
});

/** Which of 40 words a model says by habit. */
const habits = new Map(
  names.map((name) => [name, Array.from({ length: 8 }, () => Math.floor(random() * 40))]),
);

const text = (model: string, probe: number, draws: Random) =>
  Array.from({ length: 24 }, () => {
    const kind = Math.floor(draws() * 3);
    const word = Math.floor(draws() * 8);
    return kind === 0
      ? `habit${habits.get(model)?.[word]}`
      : kind === 1
        ? `${model}p${probe}w${word}`
        : `common${word}`;
  }).join(" ");

/** The suspect answers as the reference does at probes or samples that `copies` names, else in its own words. */
async function sensitivity(
  copies: (probe: number, sample: number) => boolean,
  options: {
    readonly retried?: ReadonlySet<number>;
    readonly outcomes?: (model: string, probe: number) => OutcomeCounts;
    readonly calibrated?: boolean;
  } = {},
): Promise<{ line: Evidence; codes: string[]; reads: number }> {
  const draws = seededRandom(62);
  const answers = Array.from(
    { length: 20 },
    (_, p): ProbeAnswers => ({
      probe: `p${p}`,
      family: `f${p % 10}`,
      prompt: `Question ${p}?`,
      answers: new Map(
        names.map((name) => [
          name,
          [0, 1, 2, 3].map((i) => text(name === "suspect" && copies(p, i) ? "reference" : name, p, draws)),
        ]),
      ),
      ...(options.retried === undefined ? {} : { retried: new Map([["suspect", options.retried]]) }),
    }),
  );
  let reads = 0;
  const input: CompareInput = {
    ...{
      run: "synthetic",
      congenerVersion: "0",
      createdAt: "2026-01-01T00:00:00.000Z",
      seed: 1,
      miniature: false,
    },
    roles: { reference: "reference", suspects: ["suspect"], controls, baselines: {} },
    models: names.map(summaryOf),
    answers: () => {
      reads++;
      return answers;
    },
    outcomes: new Map(
      names.map((name) => [
        name,
        new Map(answers.map(({ probe }, p) => [probe, options.outcomes?.(name, p) ?? { ok: 4 }])),
      ]),
    ),
    ...{ suites: [], sources: [], prior: null, commands: [], calibrationReason: null },
    calibration: options.calibrated === false ? null : calibration,
  };
  const suspect = (await compare(input)).suspects[0];
  const line = suspect?.evidence.find((one) => one.line === "outcome-sensitivity");
  if (suspect === undefined || line === undefined) throw new Error("no line");
  expect(evidenceSchema.safeParse(line).success).toBe(true);
  return { line, codes: suspect.caveats.map(({ code }) => code), reads };
}

describe("sensitivity to retried and missing samples", () => {
  it("does not apply where nothing was retried or missing", async () => {
    const { line, reads } = await sensitivity(() => false);
    expect(line).toMatchObject({ statistic: null, n: 0, table: [] });
    expect(line.reason).toMatch(/no sample was retried/);
    expect(reads).toBe(1);
  });

  it("finds a likelihood ratio that hangs on retried samples alone", async () => {
    const { line, codes, reads } = await sensitivity((_, sample) => sample < 3, {
      retried: new Set([0, 1, 2]),
    });
    const [all, without] = line.table as { log10LR: number; samples: string; probes: number | null }[];
    expect(all?.log10LR).toBeGreaterThan(1);
    expect(without?.log10LR).toBeLessThan(0);
    expect(without?.probes).toBe(20);
    expect(line.effect).toBeCloseTo((all?.log10LR ?? 0) - (without?.log10LR ?? 0), 12);
    expect(codes).toContain("sensitive-to-retried");
    expect(reads).toBe(1);
  });

  it("finds one that hangs on probes that were not always answered", async () => {
    const { line, codes } = await sensitivity((probe) => probe % 2 === 0, {
      outcomes: (model, probe) =>
        model === "suspect" && probe % 2 === 0 ? { ok: 4, refused: 2 } : { ok: 4 },
    });
    expect(line.table[1]).toMatchObject({ probes: 10 });
    expect(line.table[1]?.log10LR).toBeLessThan(0);
    expect(codes).toContain("sensitive-to-incomplete");
  });

  it("is quiet where the ratio stays on its side, and about refusals of controls", async () => {
    const { line, codes } = await sensitivity(() => true, { retried: new Set([1]) });
    expect(line.effect).toBeLessThan(0.5);
    expect(codes.filter((code) => code.startsWith("sensitive-to"))).toEqual([]);
    const { reads } = await sensitivity(() => false, {
      outcomes: (model) => (model === "control0" ? { ok: 4, refused: 1 } : { ok: 4 }),
    });
    expect(reads).toBe(1);
  });

  it("says that the ratio is not defined where too little is left", async () => {
    const { line, codes } = await sensitivity(() => true, {
      outcomes: (model) => (model === "reference" ? { ok: 4, truncated: 1 } : { ok: 4 }),
    });
    expect(line.table[1]).toMatchObject({ log10LR: null, probes: 0 });
    expect(line.summary).toMatch(/not defined/);
    expect(codes).toContain("sensitive-to-incomplete");
    const uncalibrated = await sensitivity(() => true, { retried: new Set([1]), calibrated: false });
    expect(uncalibrated.line.reason).toBe("there is no likelihood ratio");
    expect(uncalibrated.reads).toBe(1);
  });
});
