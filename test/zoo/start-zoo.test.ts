import { execFile } from "node:child_process";
import { promisify } from "node:util";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { affinityOf, centredSums } from "../../src/analysis/content-affinity.ts";
import { excludedFor } from "../../src/analysis/content-score.ts";
import { measureAnswers } from "../../src/analysis/measure-answers.ts";
import { startZoo, type Zoo, type ZooProgress } from "../../src/zoo/start-zoo.ts";

/** The same questions in two wordings, none of them the demo suite's. */
const wordings: readonly (readonly [string, string])[] = [
  ["Which name do you go by?", "What do people call you? Tell me."],
  [
    "Choose any whole number up to 100. Just the number.",
    "Think of a number below a hundred, please. Only the number.",
  ],
  ["Select an animal at random. One word only.", "Give me some random creature. In one word, please."],
  ["Suggest a first name for a sailor in a tale.", "What would you name a sailor in a short story?"],
  ["What would be a fitting name for a bakery?", "My new bakery needs a good name."],
  [
    "Make up the opening line of a novel about a storm.",
    "Give me the first sentence of a tale about a storm.",
  ],
  ["Compose a short poem about snow.", "Write a few lines of verse about snow."],
  ["How do I save money?", "What are some ways to save more money?"],
  ["Give me some tips for an interview.", "How can I prepare for an interview? Any advice?"],
  ["Which book do you like best?", "Do you have a favourite book, and why?"],
  ["Would you rather have tea or coffee?", "Tea or coffee: which is better?"],
  ["Is homework useful?", "What do you think: homework is useful?"],
  ["Explain gravity to me.", "What is gravity, in simple terms?"],
  ["What is hope like?", "Find an image for hope."],
  ["How do a lake and an ocean differ?", "Compare a lake with an ocean."],
  ["Who was the composer Ludo Brandt of Ulm?", "Tell me about the life of a composer called Ludo Brandt."],
  ["What will the stock market do next week?", "Can you predict the stock market for next year?"],
  ["I feel lonely today.", "Today I am sad and lonely."],
  ["Many thanks, that helped!", "Thanks a lot, you have been helpful."],
  ["Name three birds.", "List some birds for me."],
];
let zoo: Zoo;
const progress: ZooProgress[] = [];

beforeAll(async () => {
  zoo = await startZoo({
    seed: 5,
    controls: 6,
    suitePrompts: wordings.flat(),
    onProgress: (step) => progress.push(step),
  });
});
afterAll(() => zoo.close());

/** Content affinities with the reference, by model, of answers to one wording under arbitrary probe ids. */
async function affinities(wording: 0 | 1, nameOf: (index: number) => string): Promise<Map<string, number>> {
  const answers = await Promise.all(
    wordings.map(async (pair, index) => ({
      probe: nameOf(index),
      family: nameOf(index),
      prompt: pair[wording],
      answers: new Map(
        await Promise.all(zoo.labs.map(async (lab) => [lab.name, await ask(lab, pair[wording])] as const)),
      ),
    })),
  );
  const panel = zoo.labs.flatMap(({ role }, index) => (role === "control" ? [index] : []));
  const measured = await measureAnswers(answers, {
    models: zoo.labs.map(({ name, lab }) => ({ name, lab })),
    panel,
  });
  return new Map(
    zoo.labs.slice(1).map(({ name }, index) => {
      const sums = centredSums(measured.stack, index + 1, 0, excludedFor(measured, [index + 1, 0]));
      return [name, affinityOf(sums) ?? Number.NaN];
    }),
  );
}

async function ask(lab: Zoo["labs"][number], content: string): Promise<string[]> {
  const client = new OpenAI({ apiKey: "none", baseURL: lab.baseURL, maxRetries: 0 });
  const { choices } = await client.chat.completions.create({
    model: lab.model,
    messages: [{ role: "user", content }],
    n: 5,
    max_tokens: 100,
  });
  return choices.flatMap(({ message, finish_reason }) =>
    finish_reason === "stop" && message.content ? [message.content] : [],
  );
}

describe("the zoo", () => {
  test("has one reference, the controls asked for, and four suspects of different origins", () => {
    const count = (role: string) => zoo.labs.filter((lab) => lab.role === role).length;
    expect([count("reference"), count("control"), count("suspect")]).toEqual([1, 6, 4]);
    expect(zoo.labs.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["reference", "distilled-high", "distilled-low", "honest", "re-served"]),
    );
    expect(new Set(zoo.labs.map(({ name }) => name)).size).toBe(11);
    expect(new Set(zoo.labs.map(({ lab }) => lab)).size).toBe(11);
    expect(zoo.labs.find(({ name }) => name === "distilled-high")).toMatchObject({
      origin: "distilled",
      fraction: 0.8,
    });
  });

  test("serves the re-served model at an address and under a name of its own", () => {
    const [reference] = zoo.labs;
    const again = zoo.labs.find(({ name }) => name === "re-served");
    expect(again?.baseURL).not.toBe(reference?.baseURL);
    expect(again?.model).not.toBe(reference?.model);
  });

  test("never trains students on the suite's prompts", () => {
    const suite = new Set(wordings.flat());
    expect(zoo.trainingPrompts.size).toBeGreaterThan(1000);
    expect([...zoo.trainingPrompts].filter((prompt) => suite.has(prompt))).toEqual([]);
  });

  test("tells how far it is", () => {
    const last = (stage: string) => progress.filter((step) => step.stage === stage).at(-1);
    expect(last("train")).toEqual({ stage: "train", done: 11, total: 11 });
    expect(last("harvest")?.done).toBe(last("harvest")?.total);
  });

  test.each([0, 1] as const)(
    "affinities keep their order whatever the probes are called (wording %i)",
    async (wording) => {
      const found = await affinities(wording, (index) =>
        wording === 0 ? `renamed.${index}` : `x${index * 7}.y`,
      );
      const controls = zoo.labs
        .filter(({ role }) => role === "control")
        .map(({ name }) => found.get(name) ?? Number.NaN);
      const of = (name: string) => found.get(name) ?? Number.NaN;
      const highest = Math.max(...controls);
      expect(of("distilled-high")).toBeGreaterThan(highest + 0.15);
      expect(of("distilled-high")).toBeGreaterThan(of("distilled-low"));
      expect(of("re-served")).toBeGreaterThan(of("distilled-high"));
      expect(of("distilled-low")).toBeGreaterThan(of("honest"));
      expect(of("honest")).toBeLessThan(highest + 0.15);
    },
  );
});

test("a closed zoo accepts no connection, and closing twice is fine", async () => {
  const small = await startZoo({ seed: 6, controls: 3, fractions: { high: 0.05, low: 0.02 } });
  const [reference] = small.labs;
  await small.close();
  await small.close();
  await expect(ask(reference as Zoo["labs"][number], "Hello")).rejects.toThrow(/connection/i);
});

test("a process that closed its zoo ends by itself", async () => {
  const script = `
    import { startZoo } from ${JSON.stringify(new URL("../../src/zoo/start-zoo.ts", import.meta.url).href)};
    const zoo = await startZoo({ controls: 3, fractions: { high: 0.02, low: 0.01 } });
    await zoo.close();
    console.log("closed " + zoo.labs.length);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "-e", script],
    { timeout: 50_000 },
  );
  expect(stdout.trim()).toBe("closed 8");
});

test("a port that is taken is the system's error, and nothing stays open", async () => {
  const port = Number(new URL(zoo.labs[0]?.baseURL ?? "").port);
  await expect(startZoo({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("refuses too few controls and impossible fractions", async () => {
  await expect(startZoo({ controls: 2 })).rejects.toThrow(/3 or more controls/);
  await expect(startZoo({ fractions: { high: 1.2, low: 0.1 } })).rejects.toThrow(/fraction/);
});
