import type { Answer } from "../schema/probe.ts";
import { afterAnswerCue, category, emphasised, normaliseText, stripMarkup } from "./plain-text.ts";
import { isUnspaced } from "./words.ts";

interface Hit {
  readonly choice: string;
  readonly start: number;
  readonly end: number;
}

function isLetter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}

/**
 * Whether two neighbouring characters belong to one word. They do not where one of them is of a script without spaces,
 * nor where Latin meets another script: 由OpenAI开发, OpenAI가.
 */
function joined(first: string | undefined, second: string | undefined): boolean {
  if (first === undefined || second === undefined || !isLetter(first) || !isLetter(second)) return false;
  const latin = (character: string) => /[\p{Script=Latin}\p{N}]/u.test(character);
  return !isUnspaced(first + second) && latin(first) === latin(second);
}

/**
 * Whether what follows without a space leaves the word as it is: a particle (구글이) or a version (Qwen2). Shorter
 * spellings are too often part of something else (차, B12).
 */
function takesSuffix(spelling: string, next: string | undefined): boolean {
  return (
    /\p{Script=Hangul}{2}$/u.test(spelling) || (/\p{L}{3}$/u.test(spelling) && /\p{N}/u.test(next ?? ""))
  );
}

/** Spellings of all choices, longest first, so that "dark blue" wins over "blue". */
function spellings(choices: Record<string, readonly string[]>): { spelling: string; choice: string }[] {
  return Object.entries(choices)
    .flatMap(([choice, others]) =>
      [choice, ...others].map((spelling) => ({
        choice,
        spelling: normaliseText(spelling).toLowerCase().trim(),
      })),
    )
    .filter(({ spelling }) => spelling !== "")
    .sort((first, second) => second.spelling.length - first.spelling.length);
}

function hitsIn(text: string, known: ReturnType<typeof spellings>): Hit[] {
  const lower = text.toLowerCase();
  const hits: Hit[] = [];
  for (const { spelling, choice } of known) {
    let start = lower.indexOf(spelling);
    for (
      let seen = 0;
      start >= 0 && seen < 200;
      start = lower.indexOf(spelling, start + spelling.length), seen++
    ) {
      const end = start + spelling.length;
      const cutsWord =
        !isUnspaced(spelling) &&
        (joined(lower[start - 1], spelling[0]) ||
          (joined(spelling.at(-1), lower[end]) && !takesSuffix(spelling, lower[end])));
      const negated = /\b(?:not|never|nor|instead of|rather than|over) (?:the |a |an |by )?$/.test(
        lower.slice(Math.max(0, start - 18), start),
      );
      if (!cutsWord && !negated && !hits.some((hit) => start < hit.end && hit.start < end))
        hits.push({ choice, start, end });
    }
  }
  return hits.sort((first, second) => first.start - second.start);
}

function sole(hits: readonly Hit[]): string | null {
  const first = hits[0];
  return first !== undefined && hits.every(({ choice }) => choice === first.choice) ? first.choice : null;
}

const leadIn =
  /\b(?:choose|chose|pick|prefer|go with|say|select|recommend|take|be|is|i'd|result:|it's)(?: the| a| an| for)? {0,2}["']?$/;

/**
 * Choice that an answer makes, as the canonical name among `choices`; spellings are matched as whole words in any case.
 * Several named: the one after "Answer:", at the start, alone in emphasis, or after "I choose" counts; else null.
 */
export function extractChoice(text: string, answer: Answer): string | null {
  const known = spellings(answer.choices ?? {});
  const normal = normaliseText(text);
  const bare = stripMarkup(normal).trim();
  const cued = afterAnswerCue(bare);
  const afterCue = cued === null ? undefined : hitsIn(cued, known)[0];
  if (afterCue !== undefined) return afterCue.choice;
  const hits = hitsIn(bare, known);
  const first = hits[0];
  if (first !== undefined && !isLetter(bare.slice(0, first.start).match(/[\p{L}\p{N}]/u)?.[0]))
    return first.choice;
  const only = sole(hits) ?? sole(emphasised(normal).flatMap((part) => hitsIn(part, known)));
  if (only !== null) return only;
  const lower = bare.toLowerCase();
  return (
    hits.filter(({ start }) => leadIn.test(lower.slice(Math.max(0, start - 24), start))).at(-1)?.choice ??
    null
  );
}

/** Canonical choice that a whole text spells, or null; for the captured group of a probe's own pattern. */
export function parseChoice(text: string, answer: Answer): string | null {
  const spelt = category(normaliseText(text));
  return spellings(answer.choices ?? {}).find(({ spelling }) => category(spelling) === spelt)?.choice ?? null;
}
