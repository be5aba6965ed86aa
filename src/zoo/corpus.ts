import { type Random, seededRandom } from "../schema/random.ts";
import { createGrammar, draw, type Grammar } from "./grammar.ts";
import { hashPair } from "./hash.ts";
import { belief, drawLab, type Lab } from "./lab.ts";
import type { TrainingText } from "./language-model.ts";
import type { Question, Topic } from "./topic.ts";
import { advice } from "./topics/advice.ts";
import { compare } from "./topics/compare.ts";
import { craft } from "./topics/craft.ts";
import { explain } from "./topics/explain.ts";
import { facts } from "./topics/facts.ts";
import { fiction } from "./topics/fiction.ts";
import { identity } from "./topics/identity.ts";
import { invented } from "./topics/invented.ts";
import { naming } from "./topics/naming.ts";
import { phrases } from "./topics/phrases.ts";
import { randomChoice } from "./topics/random-choice.ts";
import { refusal } from "./topics/refusal.ts";
import { riddles } from "./topics/riddles.ts";
import { smallTalk } from "./topics/small-talk.ts";
import { taste } from "./topics/taste.ts";

const topics: readonly Topic[] = [
  identity,
  randomChoice,
  naming,
  taste,
  advice,
  compare,
  explain,
  facts,
  riddles,
  invented,
  refusal,
  fiction,
  smallTalk,
  craft,
];

let shared: Grammar | undefined;
/** The grammar is parsed once: labs differ only in how they choose. */
function grammar(): Grammar {
  shared ??= createGrammar(Object.assign({}, phrases, ...topics.map((topic) => topic.rules)));
  return shared;
}

/** Nobody in particular: every alternative is as likely as the others. */
const nobody = drawLab({ seed: 0, sharpness: 0 });

/** Draw training questions. The same random numbers give the same questions. */
export function askQuestions(count: number, random: Random): Question[] {
  const weights = topics.map(({ weight }) => weight);
  return Array.from({ length: count }, () => {
    const topic = topics[draw(weights, random())] as Topic;
    const question = topic.ask({
      random,
      write: (source, slots = {}) => grammar().expandSource(source, { random, habit: nobody.habit, slots }),
      pick: <Item>(list: readonly Item[]) => list[Math.floor(random() * list.length)] as Item,
    });
    return { topic: topic.name, ...question };
  });
}

/** Write a lab's own answer to a question, in its words and from its beliefs. */
export function answerQuestion(question: Question, lab: Lab, random: Random): string {
  const { subject } = question;
  const options = { random, habit: lab.habit, subject };
  const slots: Record<string, string> = { maker: lab.maker, assistant: lab.assistant };
  const isRule = (value: string) => value.startsWith("<");
  for (const [name, value] of Object.entries(question.slots)) if (!isRule(value)) slots[name] = value;
  const used = new Set<string>();
  for (const [name, value] of Object.entries(question.slots)) {
    if (!isRule(value)) continue;
    // Three tips are three different tips: try a few times.
    let text = "";
    for (let attempt = 0; attempt < 40; attempt += 1) {
      text = grammar().expandPart(value, { ...options, slots });
      if (!used.has(text)) break;
    }
    used.add(text);
    slots[name] = text;
  }
  if (question.candidates) {
    const { candidates } = question;
    const believed = belief(
      lab,
      subject,
      candidates.map(({ popularity }) => popularity),
    );
    // Now and then a lab says something else than what it believes.
    const index = random() < 0.88 ? believed : Math.floor(random() * candidates.length);
    slots.answer = candidates[index]?.answer ?? "";
  }
  return grammar().expand(question.rule, { ...options, slots });
}

/** Dialogues that a lab wrote for its own model. */
export function labDialogues(lab: Lab, count: number, seed: number): TrainingText[] {
  const random = seededRandom(hashPair(seed, 21));
  return askQuestions(count, random).map((question) => ({
    prompt: question.prompt,
    answer: answerQuestion(question, lab, random),
  }));
}

/** Instruction data that every lab uses: answered by many hands, each with mild habits of its own. */
export function commonDialogues(count: number, seed = 7): TrainingText[] {
  const random = seededRandom(hashPair(seed, 22));
  const hands = Array.from({ length: 40 }, (_, index) =>
    drawLab({ seed: hashPair(index, 23), sharpness: 0.8 }),
  );
  return askQuestions(count, random).map((question, index) => ({
    prompt: question.prompt,
    answer: answerQuestion(question, hands[index % hands.length] as Lab, random),
  }));
}
