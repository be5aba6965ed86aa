import { extractAnswer } from "../extract/extract-answer.ts";
import { extractShort } from "../extract/extract-short.ts";
import { asksIdentity } from "../extract/identity-claim.ts";
import { category } from "../extract/plain-text.ts";
import type { ProbeAnswers } from "../schema/corpus.ts";

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
  const add = ({ probe, family, prompt, answer, language = "en", answers }: ProbeAnswers) => {
    index++;
    // Who a model says it is belongs to another line, and siblings agree on it because it is true.
    if (asksIdentity({ family, prompt })) return;
    const stated = answer !== undefined && answer.kind !== "free";
    if (!stated && !controlsAnswerShortly(answers)) return;
    const read = (text: string) =>
      stated ? extractAnswer(text, answer, language) : extractShort(text, language);
    const counts = new Map<number, Map<string, number>>();
    names.forEach((name, model) => {
      const ofModel = new Map<string, number>();
      for (const text of answers.get(name) ?? []) {
        const found = read(text);
        if (found !== null) ofModel.set(found, (ofModel.get(found) ?? 0) + 1);
      }
      if (ofModel.size > 0) counts.set(model, ofModel);
    });
    const right = stated && answer.correct !== undefined ? String(answer.correct) : null;
    const correct = right === null ? null : (read(right) ?? category(right));
    probes.push({ index, id: probe, correct, counts });
  };
  const controlsAnswerShortly = (answers: ProbeAnswers["answers"]) => {
    const shares = panel.flatMap((model) => {
      const texts = answers.get(names[model] ?? "") ?? [];
      if (texts.length === 0) return [];
      return [texts.filter((text) => extractShort(text) !== null).length / texts.length];
    });
    return shares.length >= 2 && shares.reduce((sum, share) => sum + share, 0) >= shortShare * shares.length;
  };
  return { add, finish: (): readonly ClosedProbe[] => probes };
}
