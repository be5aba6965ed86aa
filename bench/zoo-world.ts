import type { ModelSummary } from "../src/schema/analysis.ts";
import type { ProbeAnswers } from "../src/schema/corpus.ts";
import type { Probe } from "../src/schema/probe.ts";
import { seededRandom } from "../src/schema/random.ts";
import { answerPrompt, chatPrompt, textOf } from "../src/zoo/answer-prompt.ts";
import { hashPair, hashText } from "../src/zoo/hash.ts";
import type { Lab } from "../src/zoo/lab.ts";
import type { LanguageModel } from "../src/zoo/language-model.ts";
import { type CommonGround, drawOtherLab, planStudent, trainLab, trainOn } from "../src/zoo/population.ts";
import { endToken } from "../src/zoo/vocabulary.ts";

/** A trained model of a simulated world, and who made it. */
export interface WorldModel {
  readonly name: string;
  readonly lab: Lab;
  readonly weights: LanguageModel;
}

/** Probe id -> texts of the complete answers, in sample order. */
export type Answers = ReadonlyMap<string, readonly string[]>;

/** How a model is asked; the probes' own parameters where nothing is said. */
export interface Asking {
  readonly samples: number;
  readonly seed: number;
  readonly temperature?: number;
  readonly system?: string;
}

/**
 * One independent world of the zoo: labs are drawn from its seed, and models are trained when they are asked for.
 * Nothing is shared with another world but the common web that all labs read.
 */
export function createWorld(seed: number, ground: CommonGround, probes: readonly Probe[]) {
  const labs: Lab[] = [];
  let trained = 0;
  const newLab = (): Lab => {
    const lab = drawOtherLab(hashPair(seed, 1000 + labs.length), labs);
    labs.push(lab);
    return lab;
  };
  const nextSeed = () => hashPair(seed, 2000 + trained++);

  /** A model of a lab of its own, or another version of a known lab's. */
  const independent = (name: string, lab: Lab = newLab()): WorldModel => ({
    name,
    lab,
    weights: trainLab(ground, lab, nextSeed()),
  });

  /** A student of one or several teachers, of a lab of its own; the suite's prompts are not among what it learns. */
  const student = (
    name: string,
    teachers: readonly { readonly teacher: WorldModel; readonly share: number }[],
  ): WorldModel => {
    const lab = newLab();
    const start = nextSeed();
    const random = seededRandom(hashPair(start, 1));
    const exclude = new Set(
      probes.map(({ messages, prefix }) => (messages ? chatPrompt(messages) : (prefix ?? ""))),
    );
    const plan = planStudent({ lab, seed: start, shares: teachers.map(({ share }) => share), exclude });
    const taught = teachers.flatMap(({ teacher }, index) =>
      (plan.prompts[index] ?? []).map((prompt) => ({
        prompt,
        answer: answerPrompt(teacher.weights, ground.vocabulary, { prompt, random, maxTokens: 120 }),
      })),
    );
    return { name, lab, weights: trainOn(ground, [...plan.own, ...taught]) };
  };

  /** All complete answers of a model; what was cut off by the token limit or is empty is left out, as in a run. */
  const ask = (model: WorldModel, how: Asking): Answers =>
    new Map(
      probes.map((probe): [string, string[]] => {
        const { max_tokens: limit, temperature } = probe.params;
        const random = seededRandom(hashText(`${model.name}|${probe.id}`, hashPair(seed, how.seed)));
        const system = how.system === undefined ? [] : [{ role: "system", content: how.system }];
        const given = probe.messages
          ? model.weights.condition(chatPrompt([...system, ...probe.messages]))
          : model.weights.conditionOnText(probe.prefix ?? "");
        const context = probe.messages ? [] : ground.vocabulary.lookup(probe.prefix ?? "");
        const texts = Array.from({ length: how.samples }, () => {
          const tokens = given.sample({
            random,
            maxTokens: typeof limit === "number" ? limit : 80,
            temperature: how.temperature ?? Number(temperature ?? 1),
            context,
          });
          return tokens.at(-1)?.id === endToken ? textOf(tokens, ground.vocabulary) : "";
        });
        return [probe.id, texts.filter((text) => text.trim() !== "")];
      }),
    );
  return { independent, student, ask };
}

/** Answers by model as `compare` reads them. */
export function probeAnswers(
  probes: readonly Probe[],
  byModel: ReadonlyMap<string, Answers>,
): ProbeAnswers[] {
  return probes.map(({ id, family, messages, prefix, answer, language }) => ({
    probe: id,
    family,
    prompt: messages ? chatPrompt(messages) : (prefix ?? ""),
    answer,
    language,
    answers: new Map([...byModel].map(([name, answers]) => [name, answers.get(id) ?? []])),
  }));
}

/** A model of a bench as an analysis names it. */
export const summaryOf = (name: string, lab: string | null, params = "{}"): ModelSummary => ({
  name,
  model: name,
  api: "recorded",
  baseURL: null,
  lab,
  role: "other",
  params,
  samples: 0,
  failed: 0,
  retried: 0,
  outcomes: { ok: 0, empty: 0, truncated: 0, refused: 0, filtered: 0, malformed: 0 },
  servedModels: [],
  outputTokens: null,
  lines: 0,
  headHash: "0".repeat(64),
});
