import { describe, expect, it } from "vitest";
import {
  createIdentityClaimCollector,
  type IdentityClaims,
  identityClaims,
  type NamedModel,
} from "../../src/analysis/identity-claims.ts";
import { evidenceSchema } from "../../src/schema/analysis.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { fisherExact } from "../../src/stats/fisher-exact.ts";
import { holm } from "../../src/stats/holm.ts";
import { stratifiedFisherExact } from "../../src/stats/stratified-fisher-exact.ts";
import { labsOf, observedModels } from "./observed-models.ts";

const labs = labsOf([1, 1, 2, 1]);
const names = labs.map((_, index) => `model-${index}`);
/** The reference is OpenAI's; the last control is so by its name only. */
const models = names.map((name, index) => ({
  name,
  model: index === 1 ? "gpt-4o" : `thing-${index}`,
  lab: labs[index] as string,
}));

function collect(
  rows: readonly { probe: string; language?: string; prompt?: string; answers: Record<number, string[]> }[],
  of: readonly NamedModel[] = models,
): IdentityClaims {
  const collector = createIdentityClaimCollector(of, 1);
  for (const { probe, language = "en", prompt = "Who made you?", answers } of rows)
    collector.add({
      probe,
      family: "imported",
      language,
      prompt,
      answers: new Map(Object.entries(answers).map(([model, texts]) => [`model-${model}`, texts])),
    });
  return collector.finish();
}

const other = "I was made by Somebody Else.";
const claim = "I was made by OpenAI.";
const controls = { 2: [other, other], 3: [other], 4: [claim, other], 5: [other], 6: [other, other] };

describe("identity claims", () => {
  it("counts claims by language and probe, and tests answers and models each at their level", async () => {
    const measured = await observedModels(labs, 2);
    const claims = collect([
      { probe: "en", answers: { 0: [claim, claim, other], 1: [claim], ...controls } },
      {
        probe: "zh",
        language: "zh",
        prompt: "你是谁?",
        answers: { 0: ["我是ChatGPT。"], 1: ["我是ChatGPT。"], ...controls },
      },
      { probe: "colour", prompt: "Which colour do you like?", answers: { 0: [claim], ...controls } },
    ]);
    const line = identityClaims(measured, 0, 1, claims);
    expect(evidenceSchema.safeParse(line).success).toBe(true);
    expect(line.n).toBe(2);
    expect(line.statistic).toBeCloseTo((2 / 3 + 1) / 2, 12);
    // Lab 2 has a model with a claim in half of its answers and one without any.
    expect(line.effect).toBeCloseTo((2 / 3 + 1) / 2 - 0.25 / 4, 12);
    expect(line.pValue).toBeCloseTo(1 / 5, 12);
    const strata = [
      { first: [2, 1], second: [1, 7] },
      { first: [1, 0], second: [1, 7] },
    ] as const;
    const probes = holm(strata.map(({ first, second }) => fisherExact(first, second, "greater").pValue));
    const rows = line.table.map(
      ({ scope, language, probe, suspectClaims, panelClaims, panelAnswers, adjustedP }) => [
        scope,
        language,
        probe,
        suspectClaims,
        panelClaims,
        panelAnswers,
        adjustedP,
      ],
    );
    expect(rows).toEqual([
      ["all", "en zh", null, 3, 2, 16, stratifiedFisherExact(strata).pValue],
      ["language", "en", null, 2, 1, 8, probes[0]],
      ["language", "zh", null, 1, 1, 8, probes[1]],
      ["probe", "en", "en", 2, 1, 8, probes[0]],
      ["probe", "zh", "zh", 1, 1, 8, probes[1]],
    ]);
    expect(line.summary).toMatch(/weak evidence/);
    expect(line.caveats.map(({ code }) => code)).toContain("identity-claims-are-weak");
  });

  it("holds its level where labs differ in how often they claim it, and finds one that always does", async () => {
    const many = labsOf([1, 4, ...new Array<number>(18).fill(1)]);
    const measured = await observedModels(many, 3);
    const random = seededRandom(41);
    const run = (suspectRate: number | null) => {
      const habit = new Map(many.map((lab) => [lab, random() < 0.3 ? random() / 2 : 0]));
      const counts = new Map(
        many.map((lab, model) => {
          const rate = model === 0 && suspectRate !== null ? suspectRate : (habit.get(lab) as number);
          const answers = 5 + (model % 3) * 5;
          const claimed = Array.from({ length: answers }, () => random() < rate).filter(Boolean).length;
          return [model, { claims: claimed, answers }] as const;
        }),
      );
      const probes = ["a", "b", "c"].map((id) => ({ id, language: "en", counts }));
      const { names: ofReference } = collect([]);
      return identityClaims(measured, 0, 1, { names: ofReference, probes, namesakes: new Set([1]) });
    };
    const trials = 400;
    const lines = Array.from({ length: trials }, () => run(null));
    const share = (count: number) => count / trials;
    const rejected = share(lines.filter(({ pValue }) => (pValue ?? 1) <= 0.05).length);
    expect(rejected).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / trials));
    // Answers alone would reject far more often: this is why the line's p is not theirs.
    expect(
      share(lines.filter(({ table }) => (table[0]?.adjustedP as number) <= 0.05).length),
    ).toBeGreaterThan(0.1);
    const found = Array.from({ length: 40 }, () => run(1)).filter(({ pValue }) => (pValue ?? 1) <= 0.05);
    expect(found.length).toBeGreaterThan(36);
  });

  it("leaves out models that rightly bear the names", async () => {
    const measured = await observedModels(labs, 2);
    const kin = models.map((model, index) =>
      index === 6 || index === 0 ? { ...model, model: "chatgpt" } : model,
    );
    const rows = [{ probe: "a", answers: { 0: [claim], 1: [claim], ...controls, 6: [claim] } }];
    expect(collect(rows, kin).namesakes).toEqual(new Set([0, 1, 6]));
    expect(identityClaims(measured, 0, 1, collect(rows, kin)).reason).toMatch(/such a claim is true/);
    const withKin = kin.map((model, index) => (index === 0 ? (models[0] as (typeof models)[number]) : model));
    expect(identityClaims(measured, 0, 1, collect(rows, withKin)).table[0]?.panelClaims).toBe(1);
  });

  it("does not apply without such probes, answers or names, with reasons; no claim is p = 1", async () => {
    const measured = await observedModels(labs, 2);
    const reason = (claims: IdentityClaims) => identityClaims(measured, 0, 1, claims).reason;
    expect(reason(collect([]))).toMatch(/no probe asks/);
    expect(reason(collect([{ probe: "a", answers: { 0: [other], 2: [other] } }]))).toMatch(/two controls/);
    const nameless = models.map((model, index) =>
      index === 1 ? { name: "model-1", model: "m", lab: null } : model,
    );
    expect(reason(collect([{ probe: "a", answers: { 0: [other], ...controls } }], nameless))).toMatch(
      /is a name/,
    );
    const silent = collect([{ probe: "a", answers: { 0: [other], 1: [other], 2: [other], 3: [other] } }]);
    expect(identityClaims(measured, 0, 1, silent)).toMatchObject({ pValue: 1, statistic: 0, effect: 0 });
  });
});
