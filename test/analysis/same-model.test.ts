import { describe, expect, it } from "vitest";
import { measureAnswers } from "../../src/analysis/measure-answers.ts";
import { sameModel } from "../../src/analysis/same-model.ts";
import { evidenceSchema } from "../../src/schema/analysis.ts";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";

const models = ["reference", "suspect", "c1", "c2", "c3"];

/** Three words: two habits of the model's own at this probe, and one by chance. */
function answer(model: string, probe: number, random: Random): string {
  const draw = (kinds: number) => Math.floor(random() * kinds);
  return `${model}${probe}x${draw(4)} ${model}y${draw(3)} any${draw(6)}`;
}

/**
 * @param from - whose distribution a model answers from, with what probability (else from its own)
 */
async function line(options: {
  readonly probes: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly suspectFrom: number;
  readonly random: Random;
}) {
  const { probes, counts, suspectFrom, random } = options;
  const answers = Array.from(
    { length: probes },
    (_, p): ProbeAnswers => ({
      probe: `probe-${p}`,
      family: `family-${p % 10}`,
      prompt: "",
      answers: new Map(
        models.map((model) => [
          model,
          Array.from({ length: counts[model] ?? counts.others ?? 2 }, () =>
            answer(model === "suspect" && random() < suspectFrom ? "reference" : model, p, random),
          ),
        ]),
      ),
    }),
  );
  const measured = await measureAnswers(answers, {
    models: models.map((name) => ({ name, lab: name })),
    panel: [2, 3, 4],
    pairs: [[1, 0]],
  });
  return sameModel(measured, 1, 0, { grams: measured.grams[0] ?? [], random });
}

describe("same model", () => {
  it("has uniform p-values for one distribution at unequal numbers of samples", async () => {
    const random = seededRandom(41);
    const trials = 200;
    const pValues: number[] = [];
    for (let trial = 0; trial < trials; trial++) {
      const result = await line({ probes: 10, counts: { suspect: 2, reference: 5 }, suspectFrom: 1, random });
      pValues.push(result.line.pValue ?? Number.NaN);
    }
    for (const level of [0.05, 0.25, 0.5, 0.75]) {
      const rate = pValues.filter((p) => p <= level).length / trials;
      expect(Math.abs(rate - level), `level ${level}`).toBeLessThan(
        3 * Math.sqrt((level * (1 - level)) / trials),
      );
    }
  });

  it("claims equivalence for the reference served again, given enough samples, and says so plainly", async () => {
    const result = await line({
      probes: 40,
      counts: { others: 25 },
      suspectFrom: 1,
      random: seededRandom(42),
    });
    expect(result.claim).toBe(true);
    expect(result.line.reason).toBeNull();
    expect(result.line.summary).toMatch(/equivalent/);
    expect(evidenceSchema.safeParse(result.line).success).toBe(true);
    const [low, high] = result.line.interval ?? [1, 0];
    expect(low).toBeLessThanOrEqual(result.line.effect as number);
    expect(high).toBeGreaterThanOrEqual(result.line.effect as number);
    expect(result.line.level).toBeCloseTo(0.98, 12);
  });

  it("does not claim equivalence for want of data: few samples of one distribution", async () => {
    const result = await line({
      probes: 10,
      counts: { others: 2 },
      suspectFrom: 1,
      random: seededRandom(43),
    });
    expect(result.line.pValue).toBeGreaterThan(0.01);
    expect(result.claim).toBe(false);
    expect(result.line.summary).toMatch(/not distinguished/);
  });

  it.each([0.5, 0])(
    "rejects a suspect that answers as the reference with probability %f",
    async (suspectFrom) => {
      const result = await line({
        probes: 20,
        counts: { others: 12 },
        suspectFrom,
        random: seededRandom(44),
      });
      expect(result.claim).toBe(false);
      expect(result.line.pValue).toBeLessThanOrEqual(0.01);
      expect(result.line.summary).toMatch(/differ/);
    },
  );

  it.each([
    ["suspect", { suspect: 1, others: 5 }, /two or more samples a probe from suspect and reference/],
    ["reference", { reference: 1, others: 5 }, /two or more samples a probe from suspect and reference/],
    ["controls", { c1: 1, c2: 1, c3: 1, others: 5 }, /no control has two or more samples/],
  ])("does not apply at one sample a probe of the %s, and says why", async (_, counts, why) => {
    const result = await line({ probes: 12, counts, suspectFrom: 1, random: seededRandom(45) });
    expect(result.claim).toBe(false);
    expect(result.line).toMatchObject({ statistic: null, pValue: null, interval: null });
    expect(result.line.reason).toMatch(why);
    expect(evidenceSchema.safeParse(result.line).success).toBe(true);
  });

  it("claims nothing where everybody gives one answer: no control differs from the reference either", async () => {
    const answers = Array.from(
      { length: 12 },
      (_, p): ProbeAnswers => ({
        probe: `probe-${p}`,
        family: `family-${p}`,
        prompt: "",
        answers: new Map(models.map((model) => [model, ["Yes.", "Yes.", "Yes."]])),
      }),
    );
    const measured = await measureAnswers(answers, {
      models: models.map((name) => ({ name, lab: name })),
      panel: [2, 3, 4],
      pairs: [[1, 0]],
    });
    const result = sameModel(measured, 1, 0, { grams: measured.grams[0] ?? [], random: seededRandom(46) });
    expect(result.claim).toBe(false);
    expect(result.line.pValue).toBe(1);
  });
});
