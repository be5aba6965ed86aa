import { matchPattern } from "../extract/answer-pattern.ts";
import { extractAnswer } from "../extract/extract-answer.ts";
import { cutText } from "../extract/plain-text.ts";
import type { CanarySlot } from "../schema/canary.ts";
import type { Answer } from "../schema/probe.ts";

/** How a slot is read, without what is planted in it. */
export type SlotReading = Pick<CanarySlot, "variants" | "pattern">;

/** The slot as the extractor of choices takes it. */
export function choiceOf({ variants }: SlotReading): Answer {
  return {
    kind: "choice",
    choices: Object.fromEntries(variants.map(({ value, aliases }) => [value, aliases])),
    examples: [],
  };
}

/**
 * The variant that a response names, in bounded time: as whole words in any case, or, where the slot has a pattern, what
 * the pattern's first group matches, sign by sign (list marks and quotation marks are no words).
 *
 * @returns the variant's value, or null where the response names none or several
 */
export function readVariant(text: string, slot: SlotReading): string | null {
  if (slot.pattern === undefined) return extractAnswer(text, choiceOf(slot));
  const found = matchPattern(slot.pattern, cutText(text))?.trim();
  if (found === undefined) return null;
  return (
    slot.variants.find(({ value, aliases }) => value === found || aliases.includes(found))?.value ?? null
  );
}
