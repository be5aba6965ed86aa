import type { Random } from "../../schema/random.ts";
import { between, pick, some } from "./draw.ts";
import { type Field, fields } from "./fields.ts";

/** Writes the next prompt of one account. */
export type PromptWriter = (random: Random) => string;

const openers = [
  "hi, can you help me with",
  "quick question about",
  "I'm stuck on",
  "what's the deal with",
  "could you explain",
  "my sister asked me about",
  "give me a short summary of",
  "I don't get",
  "what should I know about",
  "is it true what they say about",
  "need ideas for",
  "how do people usually deal with",
  "compare",
  "rewrite this so that it is friendlier:",
  "any tips on",
  "why does everyone talk about",
];
const details = [
  "",
  "in plain words please",
  "I only have ten minutes",
  "for a class on Monday",
  "we tried it last year and it went wrong",
  "keep it under 100 words",
  "I read something different yesterday",
  "my boss wants an answer by noon",
  "no jargon",
  "with an example from daily life",
  "and what it costs",
  "maybe as a list?",
];
const followUps = [
  "thanks! and what about",
  "ok but how does that fit with",
  "hm, not sure I follow. what has it to do with",
  "great, one more thing:",
  "can you make that shorter and mention",
  "and if it doesn't work with",
];
const sentences = [
  "It was moved to the new page last spring.",
  "Customers with a yearly plan need no form.",
  "The limit is checked once an hour.",
  "Ask the desk on the second floor first.",
  "This does not hold for orders from abroad.",
  "The older version is kept for two more years.",
  "Refunds go out within nine working days.",
  "See also the chapter on exceptions.",
];
const errors = [
  "TypeError: cannot read properties of undefined",
  "expected 3 arguments, got 2",
  "deadlock detected",
  "assertion failed: left == right",
  "connection reset by peer",
  "index out of range",
  "timeout after 5000 ms",
  "unexpected token in JSON",
];
const files = [
  "parser",
  "router",
  "session",
  "billing",
  "cache",
  "index",
  "queue",
  "auth",
  "report",
  "export",
];
const folders = ["src", "lib", "server", "app", "packages/core", "internal", "cmd", "tests"];
const identifiers = ["count", "user", "rows", "next", "total", "offset", "state", "value", "token", "item"];

const anyTerm = (field: Field, random: Random): string => pick(field.terms, random);

/** Somebody who talks: own fields, follow-up questions, typing as it comes. */
export function chatter(own: readonly Field[]): PromptWriter {
  let field = own[0] as Field;
  return (random) => {
    if (random() < 0.45)
      return `${pick(followUps, random)} ${anyTerm(field, random)}${random() < 0.5 ? "?" : ""}`;
    field = pick(own, random);
    const [first, second] = [anyTerm(field, random), anyTerm(field, random)];
    const object = first === second || random() < 0.6 ? first : `${first} and ${second}`;
    const detail = pick(details, random);
    return `${pick(openers, random)} ${object}${detail === "" ? "?" : `, ${detail}`}`;
  };
}

/** An agent that works in a code base: file names, errors, diffs. */
export function codingAgent(project: string): PromptWriter {
  return (random) => {
    const path = `${pick(folders, random)}/${pick(files, random)}_${pick(identifiers, random)}.ts`;
    const name = `${pick(identifiers, random)}${between(1, 40, random)}`;
    switch (between(0, 3, random)) {
      case 0:
        return `Tool result for run_tests in ${project}: ${path}:${between(1, 600, random)} ${pick(errors, random)} (${name}). Continue.`;
      case 1:
        return `Contents of ${path}:\nexport function ${name}(${pick(identifiers, random)}: number) {\n  return ${pick(identifiers, random)} + ${between(0, 9, random)};\n}\nApply the change and keep the types.`;
      case 2:
        return `The user asks: ${pick(["rename", "split", "test", "document", "speed up", "remove"], random)} ${name} in ${path}. Plan the edit.`;
      default:
        return `git diff in ${project}: - ${name} = ${between(0, 99, random)} + ${name} = ${between(0, 99, random)} in ${path}. Is this safe?`;
    }
  };
}

/** A product that looks its own documents up: one template, one field. */
export function retrieval(product: string, own: Field): PromptWriter {
  return (random) => {
    const context = Array.from(
      { length: between(2, 5, random) },
      () => `${anyTerm(own, random)}: ${pick(sentences, random)}`,
    ).join(" ");
    return `Answer for ${product} from the context alone. Context: ${context} Question: ${pick(openers, random)} ${anyTerm(own, random)}, ${pick(details, random)}?`;
  };
}

/** A benchmark in one template over many fields: the same items again for every model and setting. */
export function evaluator(items: number, asksSteps: boolean, random: Random): PromptWriter {
  const shift = between(0, 10_000, random);
  let at = 0;
  return () => {
    const item = (at++ % items) + shift;
    const field = fields[item % fields.length] as Field;
    const [first = "", second = "", third = ""] = [0, 3, 5].map(
      (step) => field.terms[(Math.floor(item / fields.length) + step) % field.terms.length],
    );
    return `Question ${item}: which of these matters most for ${first} when ${second} changes by ${(item * 37) % 91} %? A) ${first} B) ${second} C) ${third} D) none of them\n${asksSteps ? "Think step by step, then answer with one letter." : "Answer with one letter."}`;
  };
}

/** Somebody who studies models: small grids by hand, repeated with other settings. */
export function researcher(own: readonly Field[]): PromptWriter {
  return (random) => {
    const field = pick(own, random);
    return pick(
      [
        `Complete: "The most surprising thing about ${anyTerm(field, random)} is"`,
        `Name one ${pick(["property", "cause", "example", "critic"], random)} of ${anyTerm(field, random)}. One word.`,
        `Rate from 1 to ${pick([5, 7, 10], random)} how sure you are: ${anyTerm(field, random)} depends on ${anyTerm(field, random)}.`,
        `Translate "${anyTerm(field, random)}" and say which word you avoided.`,
      ],
      random,
    );
  };
}

const tasks = [
  "a competition problem",
  "an exam question",
  "a worked example",
  "a case study",
  "a tricky counterexample",
  "a multi-step exercise",
  "a code challenge",
  "a tutorial with solutions",
];
const levels = ["introductory", "intermediate", "advanced", "expert"];

/** One cell of the grid that a campaign walks: field x word x task x level. */
export interface GridCell {
  readonly field: string;
  readonly term: string;
  readonly task: string;
  readonly level: string;
  /** How often the grid was walked before: a later walk asks for another variant. */
  readonly lap: number;
}

/** The grid of one campaign: what it asks about, where it begins, how it goes on, and in which words. */
export interface Grid {
  readonly fields: readonly Field[];
  readonly tasks: readonly string[];
  readonly start: number;
  /** Coprime to the number of cells, so that every cell is visited once. */
  readonly step: number;
  /** Number of the wording of `templated`. */
  readonly wording: number;
}

/** Draws a grid: most fields, most tasks, any beginning; campaigns that know nothing of each other differ in all of them. */
export function drawGrid(random: Random): Grid {
  const chosen = some(fields, between(32, fields.length, random), random);
  const asked = some(tasks, between(5, tasks.length, random), random);
  const size = cellsOf(chosen, asked);
  let step = between(Math.floor(0.4 * size), Math.floor(0.6 * size), random);
  while (commonDivisor(step, size) > 1) step++;
  const start = between(0, size - 1, random);
  return { fields: chosen, tasks: asked, start, step, wording: between(0, wordings.length - 1, random) };
}

const cellsOf = (chosen: readonly Field[], asked: readonly string[]) =>
  chosen.length * 8 * asked.length * levels.length;

const commonDivisor = (first: number, second: number): number =>
  second === 0 ? first : commonDivisor(second, first % second);

/** The cell at a place of the walk; neighbours are of different fields, as a loop over a shuffled list gives them. */
export function gridCell(grid: Grid, place: number): GridCell {
  const size = cellsOf(grid.fields, grid.tasks);
  const at = (grid.start + place * grid.step) % size;
  const field = grid.fields[at % grid.fields.length] as Field;
  const rest = Math.floor(at / grid.fields.length);
  return {
    field: field.name,
    term: field.terms[rest % 8] as string,
    task: grid.tasks[Math.floor(rest / 8) % grid.tasks.length] as string,
    level: levels[Math.floor(rest / (8 * grid.tasks.length)) % levels.length] as string,
    lap: Math.floor(place / size),
  };
}

const wordings = [
  ({ field, term, task, level, lap }: GridCell) =>
    `You are an expert in ${field}. Write ${task} at ${level} level about ${term}, variant ${lap + 1}, then solve it. Show your reasoning step by step before the final answer.`,
  ({ field, term, task, level, lap }: GridCell) =>
    `Act as a lecturer of ${field} with long experience. Prepare ${task} on ${term} for ${level} students, number ${lap + 1}, together with its full solution, and explain every step of your reasoning on the way.`,
  ({ field, term, task, level, lap }: GridCell) =>
    `Subject: ${field}. Subtopic: ${term}. Difficulty: ${level}. Generate ${task} of this kind (set ${lap + 1}) and answer it completely; think step by step and put the result on the last line.`,
  ({ field, term, task, level, lap }: GridCell) =>
    `For our collection on ${field} we need ${task} dealing with ${term}. It should be ${level} (series ${lap + 1}). First state it in full, then reason step by step towards the answer and check the answer once more.`,
];

/** The naive way: one template with slots, steps asked for each time. */
export const templated = (cell: GridCell, wording: number): string =>
  (wordings[wording % wordings.length] as (cell: GridCell) => string)(cell);

const publicPrompts = [
  (term: string, aspect: string) =>
    `I want you to act as a patient teacher of ${term}. Explain ${aspect} in three short paragraphs, then ask me one question to see whether I understood it.`,
  (term: string, aspect: string) =>
    `Ignore the usual introductions and get straight to the point: list the five most common mistakes about ${aspect} when people deal with ${term}, one line each.`,
  (term: string, aspect: string) =>
    `You will be my editor from now on. Draft a newsletter paragraph on ${term} with a focus on ${aspect}, keep a warm tone and end with a call to action.`,
  (term: string, aspect: string) =>
    `Play the devil's advocate for a moment: what are the strongest arguments against ${aspect} of ${term}, and which of them would convince a sceptical reader most?`,
  (term: string, aspect: string) =>
    `Create a weekly plan for somebody who wants to learn ${term} from scratch and cares mainly about ${aspect}; twenty minutes a day, with a small test on Sunday.`,
  (term: string, aspect: string) =>
    `Pretend that we are in a job interview about ${term}. Ask me a question on ${aspect}, wait for my answer, rate it from one to ten and tell me how to improve.`,
  (term: string, aspect: string) =>
    `Turn the following keywords into a clear checklist that a busy person can follow without further help: ${term}, ${aspect}. Use at most seven items in plain words.`,
  (term: string, aspect: string) =>
    `Write a comparison in the form of a table with pros and cons, aimed at beginners, of two ways to handle ${aspect} where ${term} is concerned, and recommend one.`,
];
const aspects = ["the costs", "the first steps", "the risks", "the history", "the tools", "the vocabulary"];

/**
 * Somebody who got a prompt from a public collection and fills it in now and then: strangers use the same one, some prompts
 * many of them, some only two or three. The rest is the person's own.
 */
export function withPublicPrompt(own: readonly Field[], rest: PromptWriter, random: Random): PromptWriter {
  const prompt = publicPrompts[Math.floor(publicPrompts.length * random() ** 2)] as (
    term: string,
    aspect: string,
  ) => string;
  return (r) => (r() < 0.35 ? prompt(anyTerm(pick(own, r), r), pick(aspects, r)) : rest(r));
}

const begins = [
  ({ field, term }: GridCell) => `As a seasoned specialist in ${field}, consider ${term} thoroughly.`,
  ({ field, term }: GridCell) => `Imagine a demanding ${field} seminar that has turned to ${term}.`,
  ({ field, term }: GridCell) =>
    `I would like a rigorous yet accessible treatment of ${term} within ${field}.`,
  ({ field, term }: GridCell) =>
    `Drawing on best practice in ${field}, please examine ${term} comprehensively.`,
  ({ field, term }: GridCell) => `Our reading group in ${field} is exploring ${term} in considerable depth.`,
  ({ field, term }: GridCell) => `Take on the role of a ${field} mentor guiding a student through ${term}.`,
];
const middles = [
  ({ task, level }: GridCell) => `Develop ${task} suitable for an ${level} audience.`,
  ({ task, level }: GridCell) =>
    `Please craft ${task}, pitched at ${level} level, that is original and self-contained.`,
  ({ task, level }: GridCell) =>
    `Could you put together ${task} (${level}) covering the essential subtleties?`,
  ({ task, level }: GridCell) =>
    `Provide ${task} whose difficulty is clearly ${level}, including common pitfalls.`,
  ({ task, level }: GridCell) => `What would ${task} look like for somebody at an ${level} stage?`,
];
const ends = [
  "Walk through each stage of your thinking in detail, and conclude with a concise summary.",
  "Elaborate on every intermediate step, highlighting the underlying principles.",
  "Ensure that the argument unfolds logically, justifying each transition carefully.",
  "Reason it through carefully before committing to a final answer.",
  "Please lay out the complete derivation, then reflect on alternative approaches.",
  "Explain your reasoning as you would to a thoughtful colleague.",
];

/** The same cell as another model would put it: other words each time, longer, evenly polished. */
export function paraphrased(cell: GridCell, random: Random): string {
  return `${pick(begins, random)(cell)} ${pick(middles, random)(cell)} ${pick(ends, random)}`;
}

/** The same cell in the manner of ordinary talk. */
export function disguised({ term, task, level }: GridCell, random: Random): string {
  const ask = pick(["could you make up", "can you give me", "I'd love", "need", "pls write"], random);
  const steps =
    random() < 0.6
      ? `, ${pick(["show the steps", "and explain your reasoning", "how did you get there?"], random)}`
      : "";
  return `${pick(["hey,", "hi,", "so,", "ok", ""], random)} ${ask} ${task} on ${term}, ${pick(["kind of", "about", ""], random)} ${level}${steps}`
    .replace(/\s+/g, " ")
    .trim();
}
