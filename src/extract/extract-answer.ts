import type { Answer } from "../schema/probe.ts";
import { matchPattern } from "./answer-pattern.ts";
import { withoutDeclining } from "./declined.ts";
import { extractChoice, parseChoice } from "./extract-choice.ts";
import { extractCode } from "./extract-code.ts";
import { extractNumber, parseNumber } from "./extract-number.ts";
import { extractName, extractWord } from "./extract-word.ts";
import { withoutInterjection } from "./interjections.ts";
import { category, cutText } from "./plain-text.ts";

function fromPattern(pattern: string, text: string, answer: Answer, language: string): string | null {
  const cut = cutText(text);
  // Patterns for any name or word would read one in "I'm sorry, but I can't".
  const opened = answer.kind === "name" || answer.kind === "word";
  const group = matchPattern(pattern, opened ? withoutDeclining(withoutInterjection(cut)) : cut);
  if (group === null) return null;
  if (answer.kind === "choice") return parseChoice(group, answer);
  if (answer.kind === "code") return extractCode(`\`\`\`\n${group}\n\`\`\``);
  if (answer.kind !== "number") return category(group);
  const value = parseNumber(group, language);
  const within = value !== null && value >= (answer.min ?? value) && value <= (answer.max ?? value);
  return within ? String(value === 0 ? 0 : value) : null;
}

/**
 * Category of a response: which choice, number, name, word or code it gives.
 *
 * Reads at most 20,000 characters of the text (start and end), so time is bounded whatever a model sends; never throws.
 * A probe's own `pattern` replaces the kind's reading and is run by a linear-time engine.
 *
 * @param text - the response, any length
 * @param answer - kind, choices, range and pattern of the probe
 * @param language - the probe's language tag: decimal comma, number words and word boundaries depend on it
 * @returns the category (lower case for names and words, plain decimal for numbers, the canonical name for choices), or
 *   null for `free` answers and where the text gives no answer or several
 */
export function extractAnswer(text: string, answer: Answer, language = "en"): string | null {
  if (answer.kind === "free") return null;
  if (answer.pattern !== undefined) return fromPattern(answer.pattern, text, answer, language);
  switch (answer.kind) {
    case "choice":
      return extractChoice(text, answer);
    case "number":
      return extractNumber(text, answer, language);
    case "name":
      return extractName(text, language);
    case "word":
      return extractWord(text, language);
    case "code":
      return extractCode(text);
  }
}
