import { commonWords } from "./common-words.ts";
import { maskPersonal } from "./mask-personal.ts";
import { promptWords, wordList } from "./prompt-words.ts";
import { fitFrame } from "./template-frame.ts";

/** Words of a family, for the analyst's eyes. */
export interface TemplateExcerpt {
  readonly text: string;
  readonly slots: readonly (readonly string[])[];
}

const readWords = 150;
const longest = 400;
const longestValue = 60;
const valuesShown = 5;

/**
 * Shows a family by its frame, in lower case and without punctuation, slots as `[1]`, `[2]` ..., with some of their values;
 * personal data are masked in each before words are taken apart.
 *
 * @param texts - prompts of one family, at least one; a bounded sample of them will do
 */
export function templateExcerpt(texts: readonly string[]): TemplateExcerpt {
  const masked = texts.map(maskPersonal);
  const members = masked.map((text) => promptWords(text, readWords).masked);
  const frame = fitFrame(members, 1);
  if (frame === null) return { text: (masked[0] ?? "").slice(0, longest), slots: [] };
  const values = frame.slots.map(() => new Set<string>());
  let shown: string[] | null = null;
  for (const [member, words] of members.entries()) {
    const { first, second } = commonWords(frame.words, words);
    // Only a member that holds the whole frame shows what stands where.
    if (first.length < frame.words.length) continue;
    const own = wordList(masked[member] ?? "", readWords);
    const text: string[] = [];
    for (let gap = 0; gap <= second.length; gap++) {
      const between = own.slice(gap === 0 ? 0 : (second[gap - 1] as number) + 1, second[gap]).join(" ");
      const slot = frame.slots.indexOf(gap);
      if (slot >= 0) {
        text.push(`[${slot + 1}]`);
        if (between !== "" && (values[slot] as Set<string>).size < valuesShown)
          values[slot]?.add(between.slice(0, longestValue));
      } else if (between !== "") text.push("…");
      if (gap < second.length) text.push(own[second[gap] as number] as string);
    }
    shown ??= text;
  }
  return { text: (shown ?? []).join(" ").slice(0, longest), slots: values.map((held) => [...held].sort()) };
}
