import { InsufficientDataError } from "../../errors.ts";
import type { CountedChoice, GreenOpening, GreenTest } from "../../schema/green-list.ts";
import { clopperPearson } from "../../stats/clopper-pearson.ts";
import { commitmentHash } from "../commit.ts";
import { countChoices, otherKeysOf, scoreChoices } from "./score-green-list.ts";

/** A model's free texts. */
export interface GreenTexts {
  readonly name: string;
  readonly texts: readonly string[];
}

/** One green list with what suspect and controls wrote. */
export interface GreenAnswers {
  readonly opening: GreenOpening;
  readonly scope: GreenTest["scope"];
  readonly suspect: readonly string[];
  readonly controls: readonly GreenTexts[];
  /** What the models were asked. */
  readonly prompts: readonly string[];
}

const otherKeys = 19;
const intervalLevel = 0.95;

/**
 * Tests one green list on one suspect's texts, with controls' texts and other keys beside it. The p-value is not corrected
 * yet: `testSuspect` does it for secrets of both kinds together.
 *
 * @throws InsufficientDataError when the texts hold no choice that counts
 */
export function testGreenList(
  suspect: string,
  { opening, scope, prompts, ...answers }: GreenAnswers,
): GreenTest {
  const { sealed } = opening;
  const counted = countChoices(answers.suspect, sealed, { prompts });
  if (counted.length === 0)
    throw new InsufficientDataError(
      "canary.no-choices",
      `${suspect} uses no word of the list of ${sealed.name} in ${answers.suspect.length} answers: expected some hundreds of choices between its ${sealed.pairs.length} pairs; ask for longer answers, or read more with --all-answers`,
    );
  return {
    ...greenFiguresOf(opening, counted),
    answers: answers.suspect.length,
    ...(scope === "committed-prompts"
      ? { answersCommitted: sealed.prompts.length * sealed.samplesPerPrompt }
      : {}),
    scope,
    controls: answers.controls.map(({ name, texts }) => ({
      name,
      answers: texts.length,
      ...scoreChoices(countChoices(texts, sealed, { prompts }), sealed),
    })),
    counted,
  };
}

/** All that follows from an opening and the counted choices alone. */
export function greenFiguresOf(
  opening: GreenOpening,
  counted: readonly CountedChoice[],
): Omit<GreenTest, "answers" | "answersCommitted" | "scope" | "controls" | "counted"> {
  const { sealed, committedAt } = opening;
  const score = scoreChoices(counted, sealed);
  return {
    name: sealed.name,
    commitment: commitmentHash(opening),
    committedAt,
    contextWidth: sealed.contextWidth,
    pairs: sealed.pairs.length,
    level: sealed.level,
    ...score,
    adjustedPValue: score.pValue,
    interval: [...clopperPearson(score.green, score.choices, intervalLevel)],
    otherKeys: otherKeysOf(sealed.key, otherKeys).map(
      (key) => scoreChoices(counted, { ...sealed, key }).green,
    ),
  };
}
