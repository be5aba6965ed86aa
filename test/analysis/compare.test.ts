import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitCalibration } from "../../src/analysis/calibrate.ts";
import { type CompareInput, compare } from "../../src/analysis/compare.ts";
import { UsageError } from "../../src/errors.ts";
import { type Analysis, analysisSchema, type ModelSummary } from "../../src/schema/analysis.ts";
import type { Calibration } from "../../src/schema/calibration.ts";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { gaussian } from "./vector-models.ts";

/** A calibration of well separated Gaussian scores. */
function fitSynthetic(samplesPerProbe: "one" | "several"): Calibration {
  const random = seededRandom(101);
  const pairs = Array.from({ length: 120 }, (_, i) => {
    const distilled = i < 60;
    return {
      reference: `r${i}`,
      suspect: `s${i}`,
      relation: distilled ? ("distilled" as const) : ("independent" as const),
      teacher: distilled,
      cluster: distilled ? `c${i}` : null,
      referenceLab: `lab r${i}`,
      suspectLab: `lab s${i}`,
      features: [gaussian(random) + (distilled ? 5 : 0), gaussian(random) + (distilled ? 4 : 0)],
    };
  });
  return fitCalibration(
    [
      {
        name: "synthetic",
        models: 240,
        probes: 9,
        sha256: "0".repeat(64),
        samplesPerProbe,
        background: { contentMean: 0.2, contentStandardDeviation: 0.05, habitSpread: 0.1 },
        pairs,
      },
    ],
    { name: "synthetic", domain: "real-models", congenerVersion: "0", random },
  ).calibration;
}

const calibrations = { one: fitSynthetic("one"), several: fitSynthetic("several") };
const calibrationOf = (samplesPerProbe: "one" | "several" = "several") => calibrations[samplesPerProbe];

const summaryOf = (name: string, lab: string | null): ModelSummary => ({
  name,
  model: name,
  api: "recorded",
  baseURL: null,
  lab,
  role: "other",
  params: "{}",
  samples: 1,
  failed: 0,
  retried: 0,
  outcomes: { ok: 1, empty: 0, truncated: 0, refused: 0, filtered: 0, malformed: 0 },
  servedModels: [],
  outputTokens: null,
  lines: 1,
  headHash: "0".repeat(64),
});

const controls = Array.from({ length: 12 }, (_, i) => `ctl${String.fromCharCode(97 + i)}`);
const suspects = ["student", "stranger", "mirror", "silent"];

/** Which of 40 words a model says by habit. */
const habitsOf = (model: string) => {
  const random = seededRandom([...model].reduce((sum, letter) => 31 * sum + letter.charCodeAt(0), 7) % 1e6);
  return Array.from({ length: 8 }, () => Math.floor(random() * 40));
};
const habits = new Map(["reference", ...suspects, ...controls].map((name) => [name, habitsOf(name)]));

/** Words that a model prefers by habit, words of its own by prompt, and words of anybody. */
function answer(model: string, probe: number, random: Random, ownHabits = false): string {
  const draw = (kinds: number) => Math.floor(random() * kinds);
  return Array.from({ length: 24 }, (_, i) => {
    const kind = draw(4);
    if (kind === 0) return ownHabits ? `${model}habit${draw(8)}` : `habit${habits.get(model)?.[draw(8)]}`;
    if (kind === 1) return `${model}p${probe}w${draw(6)}`;
    return kind === 2 ? `the${i % 3 === 0 ? "," : ""}` : `common${draw(40)}`;
  }).join(" ");
}

function inputOf(
  options: Partial<CompareInput> & {
    readonly samples?: number;
    readonly probes?: number;
    /** Habits in words that no other model ever says. */
    readonly ownHabits?: boolean;
  } = {},
): CompareInput {
  const { samples = 6, probes = 24, ownHabits = false, ...overrides } = options;
  const random = seededRandom(102);
  const names = ["reference", ...suspects, ...controls];
  const answers = Array.from(
    { length: probes },
    (_, p): ProbeAnswers => ({
      probe: `probe-${p}`,
      family: `family-${p % 12}`,
      prompt: `Question ${p}?`,
      answers: new Map(
        names.flatMap((name) => {
          if (name === "silent") return [];
          const source = () =>
            name === "mirror" || (name === "student" && random() < 0.7) ? "reference" : name;
          return [
            [name, Array.from({ length: samples }, () => answer(source(), p, random, ownHabits))] as const,
          ];
        }),
      ),
    }),
  );
  return {
    run: "synthetic",
    congenerVersion: "0",
    createdAt: "2026-01-01T00:00:00.000Z",
    seed: 7,
    miniature: false,
    roles: { reference: "reference", suspects, controls, baselines: {} },
    models: names.map((name) => summaryOf(name, `lab of ${name}`)),
    answers: () => answers,
    outcomes: new Map(
      names.map((name) => [
        name,
        new Map(
          answers.map(({ probe }) => [probe, name === "silent" ? { refused: samples } : { ok: samples }]),
        ),
      ]),
    ),
    suites: [],
    sources: [],
    calibration: calibrationOf(),
    calibrationReason: null,
    prior: null,
    commands: [],
    ...overrides,
  };
}

/** Everything that an analysis must be whatever it was made from. */
function check(analysis: Analysis): void {
  expect(analysisSchema.parse(analysis)).toEqual(analysis);
  const walk = (value: unknown, path: string): void => {
    if (typeof value === "number") expect(Number.isFinite(value), path).toBe(true);
    else if (value === undefined) throw new Error(`${path} is undefined`);
    else if (typeof value === "object" && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
  };
  walk(analysis, "analysis");
  expect(JSON.stringify(analysis)).not.toMatch(/\bNaN\b|Infinity/);
  for (const suspect of analysis.suspects) {
    if (suspect.log10LR === null) {
      expect(suspect.log10LRReason).not.toBeNull();
      expect(suspect.finding === "inconclusive" || suspect.finding === "same-model").toBe(true);
    } else {
      const [low, high] = suspect.log10LRInterval ?? [1, 0];
      const [least, most] = suspect.log10LRBound ?? [1, 0];
      expect(least <= low && low <= suspect.log10LR && suspect.log10LR <= high && high <= most).toBe(true);
    }
    for (const estimate of [suspect.contentAffinity, suspect.habitAffinity, suspect.sharedDepartureRatio])
      expect(estimate.estimate === null).toBe(estimate.reason !== null);
  }
}

const bySuspect = (analysis: Analysis, name: string) => {
  const found = analysis.suspects.find((suspect) => suspect.name === name);
  if (found === undefined) throw new Error(`no suspect ${name}`);
  return found;
};

describe("compare", () => {
  it("tells a student, a stranger, a re-served reference and a silent model apart", async () => {
    const analysis = await compare(inputOf({ prior: 0.5 }));
    check(analysis);
    expect(bySuspect(analysis, "student")).toMatchObject({ finding: "derived", reason: "lr-above-ten" });
    expect(bySuspect(analysis, "mirror")).toMatchObject({
      finding: "same-model",
      reason: "equivalent-answers",
    });
    expect(bySuspect(analysis, "silent")).toMatchObject({
      finding: "inconclusive",
      reason: "no-answers",
      log10LR: null,
      posterior: null,
    });
    const stranger = bySuspect(analysis, "stranger");
    expect(stranger.finding).toBe("not-distinguished");
    expect(stranger.log10LR).toBeLessThan(0);
    expect(stranger.posterior?.posterior).toBeLessThan(0.5);
    expect(bySuspect(analysis, "student").posterior?.posterior).toBeGreaterThan(0.9);
    expect(analysis.reportData.exhibits.student?.[0]?.phrase).toMatch(/reference/);
    const shares = analysis.reportData.families.student ?? [];
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  });

  // Without panel models that share its habits nothing is left of a model's but what all outside the panel have in common.
  it("does not take a stranger for a student where no model has a habit of another", async () => {
    const stranger = bySuspect(await compare(inputOf({ ownHabits: true })), "stranger");
    expect(stranger.finding).not.toBe("derived");
  });

  it("is the same, byte for byte, for the same input, and without the other suspects", async () => {
    const first = JSON.stringify(await compare(inputOf()));
    expect(JSON.stringify(await compare(inputOf()))).toBe(first);
    const alone = await compare(
      inputOf({ roles: { reference: "reference", suspects: ["student"], controls, baselines: {} } }),
    );
    const together = bySuspect(JSON.parse(first) as Analysis, "student");
    const only = bySuspect(alone, "student");
    expect(only.contentAffinity).toEqual(together.contentAffinity);
    expect(only.contentScore).toEqual(together.contentScore);
    // Which features are frequent enough to be habits is counted over all models, so this may move a little.
    expect(
      Math.abs((only.habitAffinity.estimate as number) - (together.habitAffinity.estimate as number)),
    ).toBeLessThan(0.02);
    expect(only.finding).toBe(together.finding);
  });

  it("uses a calibration of one sample on first samples only, and says so; not the reverse", async () => {
    const one = await compare(inputOf({ calibration: calibrationOf("one") }));
    check(one);
    expect(bySuspect(one, "stranger").caveats.map(({ code }) => code)).toContain("first-samples-only");
    const single = await compare(inputOf({ samples: 1 }));
    check(single);
    expect(bySuspect(single, "stranger")).toMatchObject({ log10LR: null, finding: "inconclusive" });
    expect(bySuspect(single, "stranger").log10LRReason).toMatch(/several samples/);
    expect(bySuspect(single, "stranger").sameModel.reason).toMatch(/two or more samples/);
  });

  it("finds nothing without a calibration or with one of another population", async () => {
    const none = await compare(inputOf({ calibration: null, calibrationReason: "none was given" }));
    check(none);
    expect(bySuspect(none, "student")).toMatchObject({ finding: "inconclusive", reason: "no-calibration" });
    const other = await compare(inputOf({ miniature: true }));
    check(other);
    for (const name of ["student", "stranger"])
      expect(bySuspect(other, name)).toMatchObject({ finding: "inconclusive", reason: "calibration-domain" });
  });

  const withControls = (count: number) => ({
    roles: { reference: "reference", suspects, controls: controls.slice(0, count), baselines: {} },
  });

  it("refuses two controls, and takes three without saying more than they bear", async () => {
    await expect(compare(inputOf(withControls(2)))).rejects.toThrow(UsageError);
    await expect(
      compare(
        inputOf({
          roles: {
            reference: "reference",
            suspects,
            controls: ["ctla", "ctla", "ctlb"],
            baselines: {},
          },
        }),
      ),
    ).rejects.toThrow(/at least 3 .* got 2/);
    const three = await compare(inputOf(withControls(3)));
    check(three);
    for (const name of ["student", "stranger", "silent"])
      expect(bySuspect(three, name).finding).toBe("inconclusive");
    const student = bySuspect(three, "student");
    // How far unrelated models' habits agree takes four: a pair of controls is centred on two others.
    expect(student.habitAffinity.estimate).toBeNull();
    expect(student.log10LR).toBeNull();
    expect(student.caveats.map(({ code }) => code)).toContain("few-controls");
    const four = await compare(inputOf(withControls(4)));
    check(four);
    expect(bySuspect(four, "student").log10LR).not.toBeNull();
    expect(bySuspect(four, "student").finding).toBe("inconclusive");
  });

  it("counts only controls that answered towards the ten labs", async () => {
    const input = inputOf();
    const answers = [...(input.answers() as ProbeAnswers[])].map((probe) => ({
      ...probe,
      answers: new Map([...probe.answers].filter(([name]) => !/^ctl[d-l]$/.test(name))),
    }));
    const analysis = await compare({ ...input, answers: () => answers });
    check(analysis);
    const student = bySuspect(analysis, "student");
    expect(student.panel).toEqual(controls.slice(0, 3));
    expect(student.finding).toBe("inconclusive");
    expect(student.caveats.map(({ message }) => message).join()).toMatch(/Only 3 control labs/);
    const dead = answers.map((probe) => ({
      ...probe,
      answers: new Map([...probe.answers].filter(([name]) => name !== "ctla")),
    }));
    expect(bySuspect(await compare({ ...input, answers: () => dead }), "student")).toMatchObject({
      finding: "inconclusive",
      reason: "too-few-controls",
    });
  });

  it("refuses a run without a reference and a role without a target", async () => {
    const roles = { reference: null, suspects, controls, baselines: {} };
    await expect(compare(inputOf({ roles }))).rejects.toThrow(UsageError);
    await expect(compare(inputOf({ roles: { ...roles, reference: "nobody" } }))).rejects.toThrow(
      /No target nobody/,
    );
  });

  it("takes a baseline, a suspect among the controls and models of unknown lab", async () => {
    const input = inputOf();
    const analysis = await compare({
      ...input,
      models: input.models.map((model) => (model.name === "ctlb" ? { ...model, lab: null } : model)),
      roles: {
        reference: "reference",
        suspects: ["student", "ctla"],
        controls: [...controls, "student"],
        baselines: { student: "stranger" },
      },
    });
    check(analysis);
    expect(bySuspect(analysis, "student").baseline).toBe("stranger");
    expect(bySuspect(analysis, "ctla").panel).not.toContain("ctla");
    expect(bySuspect(analysis, "student").panel).not.toContain("student");
    expect(bySuspect(analysis, "student").caveats.map(({ code }) => code)).toContain(
      "controls-of-unknown-lab",
    );
  });

  it.each([0, 0.001, 1])("turns a prior of %f into a posterior that is a number", async (prior) => {
    const analysis = await compare(inputOf({ prior, probes: 12 }));
    check(analysis);
    const posterior = bySuspect(analysis, "student").posterior?.posterior as number;
    expect(posterior).toBeGreaterThanOrEqual(prior);
    expect(posterior).toBeLessThanOrEqual(1);
  });

  it("never says NaN whatever the answers are", async () => {
    const calibration = calibrationOf();
    const text = fc.oneof(
      fc.constantFrom("", "Yes.", "\n", " ", "No", "the", "\ud800", "中文", "Yes.\n\nNo"),
      fc.string({ unit: "binary", maxLength: 40 }),
    );
    const names = ["reference", "student", "silent", "ctla", "ctlb", "ctlc", "ctld"];
    const probe = fc.array(fc.array(text, { maxLength: 3 }), {
      minLength: names.length,
      maxLength: names.length,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(probe, { maxLength: 6 }),
        fc.boolean(),
        fc.constantFrom<"one" | "several" | "none">("one", "several", "none"),
        async (cells, alike, kind) => {
          const answers = cells.map(
            (byModel, p): ProbeAnswers => ({
              probe: `p${p}`,
              family: `f${p}`,
              prompt: "Yes or no?",
              answers: new Map(
                names.flatMap((name, m) => {
                  const texts = byModel[alike ? 0 : m] ?? [];
                  return texts.length > 0 ? [[name, texts] as const] : [];
                }),
              ),
            }),
          );
          check(
            await compare(
              inputOf({
                probes: 1,
                roles: {
                  reference: "reference",
                  suspects: ["student", "silent"],
                  controls: names.slice(3),
                  baselines: {},
                },
                answers: () => answers,
                outcomes: new Map(),
                calibration: kind === "none" ? null : { ...calibration, samplesPerProbe: kind },
                calibrationReason: kind === "none" ? "none" : null,
                prior: 0.5,
              }),
            ),
          );
        },
      ),
      { numRuns: 150, seed: 4 },
    );
  });

  it.each([
    ["identical answers by everybody", () => "Exactly this."],
    ["one word by everybody", () => "Yes"],
    ["empty answers by everybody", () => ""],
    ["a word of its own by each model", (model: string) => model],
  ])("stays inconclusive or equivalent, with numbers that are numbers: %s", async (_, textOf) => {
    const input = inputOf();
    const answers = [...(input.answers() as ProbeAnswers[])].map((probe) => ({
      ...probe,
      answers: new Map([...probe.answers].map(([name, texts]) => [name, texts.map(() => textOf(name))])),
    }));
    const analysis = await compare({ ...input, answers: () => answers });
    check(analysis);
    for (const { finding } of analysis.suspects)
      expect(["inconclusive", "not-distinguished"]).toContain(finding);
  });
});
