import type { CountedChoice, GreenSealed } from "../../schema/green-list.ts";
import { sha256Hex } from "../../schema/identity.ts";
import { binomialUpperTail } from "../../stats/binomial-upper-tail.ts";
import { createChoiceFinder } from "./find-choices.ts";
import { createGreenDraw } from "./green-side.ts";

/** What the test needs of a secret or an opening. */
export type GreenReading = Pick<GreenSealed, "key" | "contextWidth" | "pairs">;

/** One model's texts under one key. */
export interface GreenScore {
  /** Choices counted. */
  readonly choices: number;
  readonly green: number;
  /** P(Bin(choices, 1/2) >= green); 1 where there is no choice. */
  readonly pValue: number;
}

const keyOf = (pair: number, context: string) => `${pair}\n${context}`;

/**
 * What a model's texts prefer, each (context, pair) once: the word used more often there; as often is no preference, and
 * does not count.
 *
 * Why once: after the same words the same word is green, by one toss of the coin. A text with one turn of phrase a hundred
 * times would be a hundred hits or none, which no binomial knows of; an untaught model would then be "found" every other
 * time.
 *
 * @param options.prompts - texts that the model was shown: what stands in them it may have copied, so that is left out
 * @returns in the order of pairs and contexts; the key has no part in it
 * @see Sander et al. (2024), arXiv:2402.14904, section 4, for scoring each watermark window once
 */
export function countChoices(
  texts: Iterable<string>,
  sealed: Pick<GreenReading, "contextWidth" | "pairs">,
  options: { readonly prompts?: Iterable<string> } = {},
): CountedChoice[] {
  const find = createChoiceFinder(sealed);
  const shown = new Set<string>();
  for (const prompt of options.prompts ?? [])
    for (const { pair, context } of find(prompt)) shown.add(keyOf(pair, context));
  const counts = new Map<string, { readonly pair: number; readonly context: string; lead: number }>();
  for (const text of texts)
    for (const { pair, context, chosen } of find(text)) {
      const key = keyOf(pair, context);
      if (shown.has(key)) continue;
      const count = counts.get(key) ?? { pair, context, lead: 0 };
      count.lead += chosen === 0 ? 1 : -1;
      counts.set(key, count);
    }
  return [...counts.values()]
    .filter(({ lead }) => lead !== 0)
    .map(({ pair, context, lead }): CountedChoice => ({ context, pair, chosen: lead > 0 ? 0 : 1 }))
    .sort((a, b) => a.pair - b.pair || (a.context < b.context ? -1 : 1));
}

/**
 * Scores choices under a key by the exact upper tail of the binomial distribution.
 *
 * Null: the texts are independent of the key. Then, given the texts, each counted choice is green by a fair coin of its own,
 * because the key is drawn uniformly and tosses anew for each context: a model that always says "big" has the green word in
 * half of the contexts, so how popular the words of a pair are does not matter, and green is Bin(choices, 1/2) whatever the
 * model. No control and no calibration is needed.
 *
 * @param choices - each (context, pair) at most once, as `countChoices` gives them
 */
export function scoreChoices(choices: readonly CountedChoice[], { key, pairs }: GreenReading): GreenScore {
  const draw = createGreenDraw(key);
  let green = 0;
  for (const { context, pair, chosen } of choices) {
    const words = pairs[pair];
    if (words !== undefined && draw(context, words).green === chosen) green++;
  }
  return { choices: choices.length, green, pValue: binomialUpperTail(green, choices.length, 1 / 2) };
}

/** Keys that nobody ever used, made of the secret one: what they find in the same choices is what chance finds. */
export const otherKeysOf = (key: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => sha256Hex(`congener-other-key|${key}|${index}`));
