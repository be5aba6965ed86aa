import type { ClaimedNames } from "./claimed-names.ts";
import {
  closings,
  contrast,
  firstPerson,
  identityQuestions,
  makerCues,
  otherwise,
  otherwiseAfter,
  selfCues,
  supposed,
  verbFinal,
  workAfter,
} from "./identity-phrases.ts";
import { normaliseText, stripMarkup } from "./plain-text.ts";
import { isUnspaced, wordsOf } from "./words.ts";

const reach = 160;
const cueGap = 60;
const mostMatches = 40;
const sentenceEnd = /[.!?؟।](?=\s|$)|[。！？\n;；]/gu;

/**
 * Whether an answer says that its author is, or is made by, the bearer of one of the names: "I am ChatGPT", "trained by
 * OpenAI", "我是由OpenAI开发的", or nothing but the name. Denials and comparisons ("I am not ChatGPT", "like ChatGPT") do
 * not count. Time is bounded: at most 20,000 characters and 40 mentions are read, each within its sentence.
 *
 * It reads some twenty languages by their common phrases; in others it sees only short answers.
 */
export function claimsIdentity(text: string, { pattern }: ClaimedNames): boolean {
  const normal = stripMarkup(normaliseText(text)).trim();
  const words = wordsOf(normal, "en", 7).length;
  const short = isUnspaced(normal) ? [...normal].length <= 20 : words <= 6;
  let seen = 0;
  for (const match of normal.matchAll(pattern)) {
    if (seen++ === mostMatches) return false;
    const before = afterLastEnd(normal.slice(Math.max(0, match.index - reach), match.index));
    const rest = normal.slice(match.index + match[0].length, match.index + match[0].length + 80);
    const after = rest.slice(0, rest.search(sentenceEnd) >= 0 ? rest.search(sentenceEnd) : rest.length);
    if (otherwiseAfter.test(after)) continue;
    if (short && lastMatch(before, new RegExp(selfCues, "giu")) === null && !otherwise.test(lastPart(before)))
      return true;
    if (claimsBefore(before, after) || (workAfter.test(after) && !otherwise.test(before.slice(-cueGap))))
      return true;
  }
  return false;
}

function claimsBefore(before: string, after: string): boolean {
  const self = lastMatch(before, new RegExp(selfCues, "giu"));
  const maker = lastMatch(before, new RegExp(makerCues, "giu"));
  if (self !== null) {
    const between = before.slice(self.end);
    const own = lastPart(between);
    if (!otherwise.test(own) && !supposed.test(before.slice(Math.max(0, self.start - 30), self.start))) {
      if (own.length <= cueGap && (!verbFinal.test(before.slice(self.start)) || closings.test(after)))
        return true;
      if (maker !== null && maker.start >= self.end - 12 && before.length - maker.end <= cueGap) return true;
    }
    return false;
  }
  if (maker === null || before.length - maker.end > cueGap) return false;
  const lead = before.slice(0, maker.start);
  return (
    (firstPerson.test(lead) || wordsOf(lead, "en", 9).length <= 8) &&
    !otherwise.test(lastPart(lead)) &&
    !otherwise.test(before.slice(maker.end))
  );
}

/** The text since the end of the last sentence in it. */
function afterLastEnd(text: string): string {
  let end = 0;
  for (const match of text.matchAll(sentenceEnd)) end = match.index + match[0].length;
  return text.slice(end);
}

/** The text since the last word of contrast: what "not A but B" says of B. */
function lastPart(text: string): string {
  return text.slice(lastMatch(text, contrast)?.end ?? 0);
}

function lastMatch(text: string, pattern: RegExp): { start: number; end: number } | null {
  let found: { start: number; end: number } | null = null;
  for (const match of text.matchAll(pattern))
    found = { start: match.index, end: match.index + match[0].length };
  return found;
}

/** Whether a probe asks who the model is: by its family, or by its prompt. Reads at most 2,000 characters. */
export function asksIdentity(probe: { readonly family: string; readonly prompt: string }): boolean {
  return (
    /identity/i.test(probe.family) || identityQuestions.test(normaliseText(probe.prompt.slice(0, 2_000)))
  );
}
