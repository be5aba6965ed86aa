import { extractAnswer } from "../extract/extract-answer.ts";
import { extractShort } from "../extract/extract-short.ts";
import { category } from "../extract/plain-text.ts";
import type { RecordedAnswers } from "../schema/corpus.ts";
import type { RecordedAnswer, WithheldAnswer } from "../schema/withheld-answer.ts";
import { asksWho } from "./identity-claims.ts";

/** Answers to one probe as categories. */
export interface ClosedProbe {
  /** Place of the probe among all probes that were read. */
  readonly index: number;
  readonly id: string;
  /** Category of the right answer; null where none is known. */
  readonly correct: string | null;
  /** Model index -> category -> how many of its answers; answers that cannot be read are left out. */
  readonly counts: ReadonlyMap<number, ReadonlyMap<string, number>>;
}

/** What of a probe says how its answers are read. */
type Reading = Pick<RecordedAnswers, "answer" | "language">;

const isStated = ({ answer }: Reading) => answer !== undefined && answer.kind !== "free";

/** Category of an answer where the probe says how it is read; null where it has none. */
export function statedCategory(text: string, { answer, language = "en" }: Reading): string | null {
  return answer === undefined ? null : extractAnswer(text, answer, language);
}

/** Category of the probe's right answer; null where none is known. */
export function correctCategory(reading: Reading): string | null {
  const right = isStated(reading) ? reading.answer?.correct : undefined;
  return right === undefined ? null : (statedCategory(String(right), reading) ?? category(String(right)));
}

/**
 * The answer as a category where the probe does not say how it is read; undefined where it is not short. What counts when
 * it is decided if the probe is closed is whether it is short as English text.
 */
export function shortAnswer(text: string, { language = "en" }: Reading): WithheldAnswer["short"] {
  const short = { counts: extractShort(text) !== null, category: extractShort(text, language) };
  return short.counts || short.category !== null ? short : undefined;
}

/** Share of the controls' answers that must be short for a probe without a stated kind to count as closed. */
const shortShare = 0.9;

/**
 * Reads the categories of closed answers while the answers stream by; texts are not kept.
 *
 * A probe is closed when it says how its answer is read (choice, number, name, word, code). One that does not, as in
 * recorded corpora, counts as closed when on average at least 90 % of a control's answers are of at most three words:
 * the controls alone decide, so that the suspect's manner cannot choose the probes.
 *
 * @param names - of all models, in the order of their indices
 * @param panel - indices of the controls
 */
export function createClosedAnswerCollector(names: readonly string[], panel: readonly number[]) {
  const probes: ClosedProbe[] = [];
  let index = -1;
  const add = (item: RecordedAnswers) => {
    const { probe, answers } = item;
    index++;
    // Who a model says it is belongs to another line, and siblings agree on it because it is true.
    if (asksWho(item)) return;
    const stated = isStated(item);
    if (!stated && !controlsAnswerShortly(answers)) return;
    const read = (answer: RecordedAnswer) => (stated ? categoryOf(answer, item) : shortOf(answer, item));
    const counts = new Map<number, Map<string, number>>();
    names.forEach((name, model) => {
      const ofModel = new Map<string, number>();
      for (const one of answers.get(name) ?? []) {
        const found = read(one);
        if (found !== null) ofModel.set(found, (ofModel.get(found) ?? 0) + 1);
      }
      if (ofModel.size > 0) counts.set(model, ofModel);
    });
    const correct = item.withheld === undefined ? correctCategory(item) : item.withheld.correct;
    probes.push({ index, id: probe, correct, counts });
  };
  const controlsAnswerShortly = (answers: RecordedAnswers["answers"]) => {
    const shares = panel.flatMap((model) => {
      const own = answers.get(names[model] ?? "") ?? [];
      if (own.length === 0) return [];
      return [own.filter(isShort).length / own.length];
    });
    return shares.length >= 2 && shares.reduce((sum, share) => sum + share, 0) >= shortShare * shares.length;
  };
  return { add, finish: (): readonly ClosedProbe[] => probes };
}

function categoryOf(answer: RecordedAnswer, reading: Reading): string | null {
  return typeof answer === "string" ? statedCategory(answer, reading) : (answer.category ?? null);
}

function shortOf(answer: RecordedAnswer, { language = "en" }: Reading): string | null {
  return typeof answer === "string" ? extractShort(answer, language) : (answer.short?.category ?? null);
}

function isShort(answer: RecordedAnswer): boolean {
  return typeof answer === "string" ? extractShort(answer) !== null : answer.short?.counts === true;
}
