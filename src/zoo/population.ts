import { seededRandom } from "../schema/random.ts";
import { askQuestions, commonDialogues, labDialogues } from "./corpus.ts";
import { hashPair } from "./hash.ts";
import { drawLab, type Lab } from "./lab.ts";
import {
  type LanguageModel,
  poolTexts,
  type TokenPool,
  type TrainingText,
  trainLanguageModel,
} from "./language-model.ts";
import { createVocabulary, type Vocabulary } from "./vocabulary.ts";
import { writeWorld } from "./world.ts";

/** Dialogues in a lab's own training data, and in the instruction data that all labs use. */
export const dialogueCount = 4000;
const commonCount = 400;

/** What every lab trains on besides its own data. */
export interface CommonGround {
  readonly vocabulary: Vocabulary;
  readonly pools: readonly TokenPool[];
}

/** Tokenise the common web and the common instructions; the same in every zoo. */
export function layCommonGround(): CommonGround {
  const vocabulary = createVocabulary();
  return {
    vocabulary,
    pools: [
      poolTexts(writeWorld(), vocabulary, "pages"),
      poolTexts(commonDialogues(commonCount), vocabulary),
    ],
  };
}

/** Train a model of its own on the common ground and some dialogues; nothing of another model's counts is used. */
export function trainOn(ground: CommonGround, dialogues: readonly TrainingText[]): LanguageModel {
  return trainLanguageModel([...ground.pools, poolTexts(dialogues, ground.vocabulary)], ground.vocabulary);
}

/** Draw a lab that shares neither name nor assistant with `others`. */
export function drawOtherLab(seed: number, others: readonly Lab[], knowledge?: number): Lab {
  for (let attempt = 0; ; attempt += 1) {
    const lab = drawLab({ seed: hashPair(seed, attempt), ...(knowledge === undefined ? {} : { knowledge }) });
    if (
      attempt > 200 ||
      !others.some((other) => other.slug === lab.slug || (attempt < 40 && other.assistant === lab.assistant))
    )
      return lab;
  }
}

/** A lab's own model. */
export function trainLab(ground: CommonGround, lab: Lab, seed: number): LanguageModel {
  return trainOn(ground, labDialogues(lab, dialogueCount, seed));
}

export interface StudentOptions {
  /** The student's own lab, which wrote the rest of its training data. */
  readonly lab: Lab;
  readonly seed: number;
  /** Shares of the training dialogues that come from teachers' answers; they add up to at most 1. */
  readonly shares: readonly number[];
  /** Prompts that must not be used: those of the suite. */
  readonly exclude?: ReadonlySet<string>;
}

/**
 * Plan a student's training data: the prompts to ask each teacher, and the lab's own dialogues.
 * Prompts are drawn from the same broad kinds as any lab's, never from `exclude`.
 */
export function planStudent(options: StudentOptions): {
  readonly prompts: readonly (readonly string[])[];
  readonly own: readonly TrainingText[];
} {
  const { lab, seed, shares, exclude } = options;
  const random = seededRandom(hashPair(seed, 31));
  const prompts = shares.map((share) => {
    const wanted = Math.round(share * dialogueCount);
    const kept: string[] = [];
    while (kept.length < wanted)
      for (const { prompt } of askQuestions(wanted - kept.length, random))
        if (!exclude?.has(prompt)) kept.push(prompt);
    return kept;
  });
  const rest = dialogueCount - prompts.reduce((sum, list) => sum + list.length, 0);
  return { prompts, own: labDialogues(lab, Math.max(rest, 0), hashPair(seed, 32)) };
}
