import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/schema/random.ts";
import { answerPrompt } from "../../src/zoo/answer-prompt.ts";
import { drawLab } from "../../src/zoo/lab.ts";
import type { LanguageModel } from "../../src/zoo/language-model.ts";
import { drawOtherLab, layCommonGround, planStudent, trainLab, trainOn } from "../../src/zoo/population.ts";
import { countWordTypes, tokenize } from "../../src/zoo/vocabulary.ts";

const ground = layCommonGround();

function answers(model: LanguageModel, prompt: string, count: number, seed: number): string[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () =>
    answerPrompt(model, ground.vocabulary, { prompt, random, maxTokens: 80 }),
  );
}

describe("a lab's corpus", () => {
  test.each([1, 2, 3])("has 10,000 word types and 100,000 tokens or more (seed %i)", (seed) => {
    const model = trainLab(ground, drawLab({ seed }), seed);
    expect(model.tokenCount).toBeGreaterThanOrEqual(100_000);
    const tokens = model.tokenTypes.map((id) => ground.vocabulary.tokens[id] ?? "");
    expect(countWordTypes(tokens)).toBeGreaterThanOrEqual(10_000);
  });

  test("is a function of the lab's seed", () => {
    const first = answers(trainLab(ground, drawLab({ seed: 7 }), 1), "Who made you?", 5, 1);
    expect(answers(trainLab(ground, drawLab({ seed: 7 }), 1), "Who made you?", 5, 1)).toEqual(first);
    expect(answers(trainLab(ground, drawLab({ seed: 8 }), 1), "Who made you?", 5, 1)).not.toEqual(first);
  });
});

describe("a student", () => {
  const teacher = drawLab({ seed: 40 });
  const own = drawOtherLab(41, [teacher]);

  test("gets its stated share of prompts and writes the rest itself", () => {
    const plan = planStudent({ lab: own, seed: 9, shares: [0.5, 0.25] });
    const [first, second] = plan.prompts.map(({ length }) => length);
    expect(second).toBe((first ?? 0) / 2);
    expect(plan.own.length).toBe(second);
  });

  test("is asked nothing that is excluded", () => {
    const before = planStudent({ lab: own, seed: 9, shares: [0.2] });
    const exclude = new Set(before.prompts[0]?.slice(0, 300));
    const after = planStudent({ lab: own, seed: 9, shares: [0.2], exclude });
    expect(after.prompts[0]?.filter((prompt) => exclude.has(prompt))).toEqual([]);
    expect(after.prompts[0]?.length).toBe(before.prompts[0]?.length);
  });

  test("learns from its teacher's text alone: its answers change when the text does, the teacher's never", () => {
    const master = trainLab(ground, teacher, 1);
    const prompt = "What should I call you?";
    const before = answers(master, prompt, 6, 3);
    const plan = planStudent({ lab: own, seed: 5, shares: [1] });
    const taught = (plan.prompts[0] ?? []).map((question) => ({
      prompt: question,
      answer: `Zebra ${question.length}.`,
    }));
    const student = trainOn(ground, taught);
    expect(answers(student, prompt, 6, 3).filter((text) => text.startsWith("Zebra")).length).toBeGreaterThan(
      3,
    );
    expect(answers(master, prompt, 6, 3)).toEqual(before);
    expect(before.some((text) => text.includes("Zebra"))).toBe(false);
  });
});

test("tokens join to the text they came from", () => {
  for (const text of [
    "",
    "A b.",
    "1. **Bold**\n- it's 3.5 %",
    "  two  spaces\t",
    "naïve – 雨 😀",
    "\ud800 lone",
  ])
    expect(tokenize(text).join("")).toBe(text);
});
