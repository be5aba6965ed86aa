import { expect, test } from "vitest";
import { affinityOf, centredSums } from "../../src/analysis/content-affinity.ts";
import { excludedFor } from "../../src/analysis/content-score.ts";
import { measureAnswers } from "../../src/analysis/measure-answers.ts";
import { labelsSchema } from "../../src/schema/labels.ts";
import { probeSchema } from "../../src/schema/probe.ts";
import { layCommonGround } from "../../src/zoo/population.ts";
import { type SimulateOptions, simulateCorpus } from "../../src/zoo/simulate-corpus.ts";

const prompts = [
  "Recommend a city you love.",
  "Invent a surname for a thief.",
  "What is a good name for a dog?",
  "Give me a few tips to bake bread.",
  "Describe trust with an image.",
  "Write the first line of a story about snow.",
  "Hello!",
  "Is my parcel late?",
  "Explain the tides.",
  "What is your maker's name?",
  "Pick a card.",
  "Write a slogan for a lamp.",
];
const probes = prompts.map((content, index) =>
  probeSchema.parse({
    id: `p${index}`,
    family: `f${index % 6}`,
    messages: [{ role: "user", content }],
    params: { max_tokens: 90 },
  }),
);
const options: SimulateOptions = {
  seed: 77,
  probes,
  samples: 4,
  labs: 6,
  students: 2,
  fractions: [0.6, 0.9],
  secondTeacher: 0,
};

const ground = layCommonGround();
const corpus = simulateCorpus({ ...options, ground });

test("labels say who taught whom, and every row belongs to a labelled model and a probe", () => {
  const { labels, rows } = corpus;
  expect(labelsSchema.parse(labels)).toEqual(labels);
  const taught = labels.pairs.filter(({ relation }) => relation === "distilled");
  expect(taught.length).toBe(2);
  expect(new Set(taught.map(({ cluster }) => cluster)).size).toBe(2);
  expect(new Set(taught.map(({ reference }) => reference)).size).toBe(2);
  expect(taught.every(({ teacher, suspect }) => teacher === true && !labels.panel.includes(suspect))).toBe(
    true,
  );
  expect(labels.pairs.length).toBe(2 + 2 * 5 + (6 * 5) / 2);
  const models = new Set(rows.map(({ model }) => model));
  expect(models).toEqual(new Set(Object.keys(labels.families)));
  expect(new Set(rows.map(({ prompt_id }) => prompt_id))).toEqual(new Set(probes.map(({ id }) => id)));
  expect(rows.every(({ response, sample }) => response.trim() !== "" && sample >= 0 && sample < 4)).toBe(
    true,
  );
});

test("is a function of its seed; raw prefixes are continued", () => {
  const prefix = probeSchema.parse({
    id: "prefix",
    family: "prefix",
    prefix: "The answer is",
    params: { max_tokens: 60 },
  });
  const small = { ...options, probes: [prefix], labs: 2, students: 1, samples: 8, ground };
  const first = simulateCorpus(small);
  expect(first.rows.length).toBeGreaterThan(3);
  expect(simulateCorpus({ ...small, ground: layCommonGround() })).toEqual(first);
  expect(simulateCorpus({ ...small, seed: 78 }).rows).not.toEqual(first.rows);
});

test("students are nearer their teachers than any other pair is", async () => {
  const names = Object.keys(corpus.labels.families);
  const models = names.map((name) => ({ name, lab: corpus.labels.families[name] ?? null }));
  const answers = probes.map(({ id, family }) => {
    const byModel = new Map<string, string[]>();
    for (const { prompt_id, model, response } of corpus.rows)
      if (prompt_id === id) byModel.set(model, [...(byModel.get(model) ?? []), response]);
    return { probe: id, family, prompt: "", answers: byModel };
  });
  const measured = await measureAnswers(answers, {
    models,
    panel: corpus.labels.panel.map((name) => names.indexOf(name)),
  });
  const affinity = (pair: { reference: string; suspect: string }) => {
    const [a, b] = [names.indexOf(pair.suspect), names.indexOf(pair.reference)];
    return affinityOf(centredSums(measured.stack, a, b, excludedFor(measured, [a, b]))) ?? Number.NaN;
  };
  const of = (relation: string) =>
    corpus.labels.pairs.filter((pair) => pair.relation === relation).map(affinity);
  expect(Math.min(...of("distilled"))).toBeGreaterThan(Math.max(...of("independent")));
});
