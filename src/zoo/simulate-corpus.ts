import type { Labels, Pair } from "../schema/labels.ts";
import type { Probe } from "../schema/probe.ts";
import { type Random, seededRandom } from "../schema/random.ts";
import { answerPrompt, chatPrompt, textOf } from "./answer-prompt.ts";
import { hashPair, hashText } from "./hash.ts";
import type { Lab } from "./lab.ts";
import type { LanguageModel } from "./language-model.ts";
import {
  type CommonGround,
  drawOtherLab,
  layCommonGround,
  planStudent,
  trainLab,
  trainOn,
} from "./population.ts";
import { endToken } from "./vocabulary.ts";

/** A row as corpora of recorded answers have it. */
export interface CorpusRow {
  readonly model: string;
  readonly prompt_id: string;
  readonly prompt: string;
  readonly sample: number;
  readonly response: string;
}

export interface SimulateOptions {
  readonly seed: number;
  readonly probes: readonly Probe[];
  /** Samples a probe, 5 by default. */
  readonly samples?: number;
  /** Independent labs, each with one model; they are the panel. 15 by default. */
  readonly labs?: number;
  /** Students, each of a lab outside the panel; teachers are different labs of the panel. 3 by default. */
  readonly students?: number;
  /** Range of the share of a student's dialogues that comes from its teacher. */
  readonly fractions?: readonly [number, number];
  /** Share of students that also learn from a second teacher (at half the first one's share), 0.2 by default. */
  readonly secondTeacher?: number;
  /** Kept between corpora to save its half second; made when absent. */
  readonly ground?: CommonGround;
}

export interface SimulatedCorpus {
  readonly name: string;
  readonly labels: Labels & { readonly panel: string[]; readonly pairs: Pair[] };
  readonly rows: readonly CorpusRow[];
}

/**
 * Simulate a labelled corpus of the shape of the demo: labs drawn from the generator, students really trained on their
 * teachers' answers, all of them asked the probes. Everything is in-process: students' training data is drawn straight
 * from the teacher's distribution, which is what the HTTP server serves.
 *
 * Answers that were cut off or are empty get no row: only complete answers enter a similarity.
 *
 * A student's `cluster` is its own lab's data lineage, one a student. Pairs: each student with its teacher (`distilled`,
 * `teacher: true`; a second teacher without it), each student with the other labs, and every two labs (`independent`).
 */
export function simulateCorpus(options: SimulateOptions): SimulatedCorpus {
  const {
    seed,
    probes,
    samples = 5,
    labs: labCount = 15,
    students = 3,
    fractions = [0.15, 1],
    secondTeacher = 0.2,
  } = options;
  const ground = options.ground ?? layCommonGround();
  const random = seededRandom(hashPair(seed, 41));
  const labs: Lab[] = [];
  while (labs.length < labCount) labs.push(drawOtherLab(hashPair(seed, 100 + labs.length), labs));
  const models = new Map<string, LanguageModel>();
  const families: Record<string, string> = {};
  labs.forEach((lab, index) => {
    models.set(lab.slug, trainLab(ground, lab, hashPair(seed, 200 + index)));
    families[lab.slug] = lab.slug;
  });
  const panel = labs.map(({ slug }) => slug);
  const pairs: Pair[] = [];
  const order = shuffle(panel, random);
  const all = [...labs];
  for (let student = 0; student < students; student += 1) {
    const lab = drawOtherLab(hashPair(seed, 300 + student), all);
    all.push(lab);
    const teacher = order[student % order.length] as string;
    const second = random() < secondTeacher ? (order[(student + 1) % order.length] as string) : null;
    const fraction = fractions[0] + (fractions[1] - fractions[0]) * random();
    const shares = second === null ? [fraction] : [(2 * fraction) / 3, fraction / 3];
    const plan = planStudent({ lab, seed: hashPair(seed, 400 + student), shares });
    const taught = [teacher, second].flatMap((name, index) => {
      const model = name === null ? undefined : models.get(name);
      return model === undefined
        ? []
        : (plan.prompts[index] ?? []).map((prompt) => ({
            prompt,
            answer: answerPrompt(model, ground.vocabulary, { prompt, random, maxTokens: 120 }),
          }));
    });
    const name = `${lab.slug}-student`;
    models.set(name, trainOn(ground, [...plan.own, ...taught]));
    families[name] = lab.slug;
    const evidence = `simulated: ${Math.round(100 * (shares[0] ?? 0))} % of its dialogues`;
    pairs.push({
      reference: teacher,
      suspect: name,
      relation: "distilled",
      cluster: `zoo-${seed}/${lab.slug}`,
      teacher: true,
      evidence,
    });
    if (second !== null)
      pairs.push({
        reference: second,
        suspect: name,
        relation: "distilled",
        cluster: `zoo-${seed}/${lab.slug}`,
      });
    for (const other of panel)
      if (other !== teacher && other !== second)
        pairs.push({ reference: other, suspect: name, relation: "independent" });
  }
  panel.forEach((reference, index) => {
    for (const suspect of panel.slice(index + 1)) pairs.push({ reference, suspect, relation: "independent" });
  });
  const name = `zoo-${seed}`;
  const rows = [...models].flatMap(([model, trained]) =>
    probes.flatMap((probe) => askProbe(trained, ground, { model, probe, samples, seed })),
  );
  return { name, labels: { name, families, panel, pairs }, rows };
}

function askProbe(
  trained: LanguageModel,
  ground: CommonGround,
  options: { readonly model: string; readonly probe: Probe; readonly samples: number; readonly seed: number },
): CorpusRow[] {
  const { model, probe, samples, seed } = options;
  const { max_tokens: limit, temperature = 1 } = probe.params;
  const random = seededRandom(hashText(`${model}|${probe.id}`, seed));
  const prompt = probe.messages ? chatPrompt(probe.messages) : (probe.prefix ?? "");
  const given = probe.messages ? trained.condition(prompt) : trained.conditionOnText(prompt);
  const context = probe.messages ? [] : ground.vocabulary.lookup(prompt);
  return Array.from({ length: samples }, (_, sample) => sample).flatMap((sample) => {
    const tokens = given.sample({
      random,
      maxTokens: typeof limit === "number" ? limit : 80,
      temperature: Number(temperature),
      context,
    });
    const response = textOf(tokens, ground.vocabulary);
    const complete = tokens.at(-1)?.id === endToken && response.trim() !== "";
    return complete ? [{ model, prompt_id: probe.id, prompt, sample, response }] : [];
  });
}

function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
