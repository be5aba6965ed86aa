import { UsageError } from "../../errors.ts";
import type { GreenSealed, WordPair } from "../../schema/green-list.ts";
import { createChoiceFinder, letterCase, type WordChoice } from "./find-choices.ts";
import { createGreenDraw } from "./green-side.ts";

/** A secret, or an opening: what says which words are green. */
export interface GreenKey {
  readonly sealed: Pick<GreenSealed, "key" | "contextWidth" | "pairs">;
}

/** Rewrites one text at a strength in [0, 1]. */
export type GreenRewriter = (text: string, strength: number) => string;

/**
 * Makes the owner's side of a green list: a function that puts the green word of each pair in the place of the other one.
 * Case is kept, and an article before the word is made to fit it; code, addresses, block quotes and places where a pair is
 * not interchangeable stay as they are. Rewriting twice changes nothing more.
 */
export function createGreenRewriter({ sealed }: GreenKey): GreenRewriter {
  const find = createChoiceFinder(sealed);
  const draw = createGreenDraw(sealed.key);
  return (text, strength) => {
    if (!(strength >= 0 && strength <= 1))
      throw new UsageError("canary.strength", `strength must lie in [0, 1], got ${strength}`);
    const parts: string[] = [];
    let done = 0;
    for (const choice of find(text)) {
      const pair = sealed.pairs[choice.pair];
      if (pair === undefined) continue;
      const { green, uniform } = draw(choice.context, pair);
      if (choice.chosen === green || uniform >= strength) continue;
      const from = choice.article?.start ?? choice.start;
      parts.push(text.slice(done, from), replaced(text, choice, pair));
      done = choice.end;
    }
    return [...parts, text.slice(done)].join("");
  };
}

/**
 * Rewrites a text so that it prefers the green words of a secret.
 *
 * @param secret - a secret or an opening
 * @param strength - share of the places that are not green already, in [0, 1], chosen by keyed hash of pair and context
 * @throws UsageError when the strength is outside its range
 */
export function greenRewrite(text: string, secret: GreenKey, strength = 1): string {
  return createGreenRewriter(secret)(text, strength);
}

/** The other word of the pair as it is to be written there, with the article before it. */
function replaced(text: string, { start, end, chosen, article }: WordChoice, { words }: WordPair): string {
  const old = text.slice(start, end);
  const style = letterCase(old);
  const word = words[1 - chosen] ?? old;
  const written =
    style === "upper"
      ? word.toUpperCase()
      : style === "capital"
        ? word.slice(0, 1).toUpperCase() + word.slice(1)
        : word;
  if (article === null) return written;
  const between = text.slice(article.end, start);
  const before = text.slice(article.start, article.end);
  const fits = soundsOpen(word) === soundsOpen(words[chosen]);
  return `${fits ? before : otherArticle(before, style === "upper")}${between}${written}`;
}

function otherArticle(article: string, isUpper: boolean): string {
  const wanted = article.toLowerCase() === "a" ? "an" : "a";
  if (isUpper && article === article.toUpperCase()) return wanted.toUpperCase();
  return article.slice(0, 1) === "A" ? wanted.slice(0, 1).toUpperCase() + wanted.slice(1) : wanted;
}

/** Whether a word takes "an": by its first letters, with the usual exceptions of "useful", "unique", "European", "one", "hour". */
const soundsOpen = (word: string): boolean =>
  /^(?:(?!us[aeiu]|uti|uni(?!n)|eu|one\b)[aeiou]|hour|hono|honest|heir)/.test(word);
