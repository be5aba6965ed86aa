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

/** What stands before a choice that is not made; at most two words may come between. */
const deniedBefore = new RegExp(
  "(?:(?<!\\p{L})(?:not|never|neither|nor|without|nicht|weder|noch|kein\\p{L}{0,2}|pas|ni|jamais|tampoco|non|né|não|nem|niet|geen|noch|inte|ikke|nie|ani|не|ни|ні|ani|ούτε|δεν)|n't)" +
    "(?: (?!(?:but|sondern|sino|mais|mas|ma|aber|maar|men|utan|но|а|ale|але)(?!\\p{L}))[\\p{L}']{1,12}){0,2} $|(?<!\\p{L})(?:no|than|over|unlike|instead of|rather than|statt|anstatt|au lieu de|en vez de|em vez de|invece di|вместо) (?:the |a |an |by |le |la |el |il |der |die |das )?$|不是|不选|而不是|非$",
  "u",
);
/** What stands after it where denial comes last. */
const deniedAfter = /^(?:では?な|じゃな|より|ではあり|가 아니|이 아니|보다|말고| değil| नहीं| nicht\b)/u;

/** After "no" it is no answer to a question of yes or no. */
const noun = /^ (?:such|way|doubt|longer|matter|one|idea|clear|definitive|single|right|wrong|information)\b/;

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
      const negated =
        deniedBefore.test(lower.slice(Math.max(0, start - 40), start)) ||
        deniedAfter.test(lower.slice(end, end + 12)) ||
        (spelling === "no" && noun.test(lower.slice(end, end + 14)));
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
  /\b(?:choose|chose|pick|prefer|go with|say|select|recommend|take|be|is|i'd|result:|it's|so|therefore|thus|hence|wähle|nehme|also|choisis|prends|elijo|prefiero|scelgo|escolho|prefiro|kies|wybieram|выбираю|обираю|seçerim|pilih|chọn)(?: the| a| an| for| das| die| den| le| la| el| il| o)? {0,2}["']?$|(?:选择?|選擇?|選び)$/u;
/** Between two choices that are named side by side. */
const sideBySide =
  /^\s*(?:,|\/|&|and|or|und|oder|et|ou|y|o|e|en|of|og|och|i|lub|и|или|та|або|ve|veya|dan|atau|và|hoặc|和|与|與|或|还是|還是|と|か|や)\s*$/u;

/**
 * Choice that an answer makes, as the canonical name among `choices`; spellings are matched as whole words in any case.
 * Several named: the one after "Answer:", the first before a mark, alone in emphasis, after "I choose" or "so", or at the
 * start unless the next stands beside it; else null.
 */
export function extractChoice(text: string, answer: Answer): string | null {
  const known = spellings(answer.choices ?? {});
  const normal = normaliseText(text);
  const bare = stripMarkup(normal).trim();
  const cued = afterAnswerCue(bare);
  const afterCue = cued === null ? undefined : hitsIn(cued, known)[0];
  if (afterCue !== undefined) return afterCue.choice;
  const hits = hitsIn(bare, known);
  const [first] = hits;
  if (first === undefined) return null;
  const opens = !isLetter(bare.slice(0, first.start).match(/[\p{L}\p{N}]/u)?.[0]);
  if (opens && /^["')\]]{0,2} ?(?:[.!,;:(\n。！，、-]|$)/u.test(bare.slice(first.end)) && !beside(bare, hits))
    return first.choice;
  const only = sole(hits) ?? sole(emphasised(normal).flatMap((part) => hitsIn(part, known)));
  if (only !== null) return only;
  const lower = bare.toLowerCase();
  const introduced = hits.filter(({ start }) => leadIn.test(lower.slice(Math.max(0, start - 24), start)));
  return introduced.at(-1)?.choice ?? (opens && !beside(lower, hits) ? first.choice : null);
}

/** Whether the first choice is named in one breath with another: "tea and coffee", "yes, no". */
function beside(text: string, [first, ...others]: readonly Hit[]): boolean {
  const next = others.find(({ choice }) => choice !== first?.choice);
  return first !== undefined && next !== undefined && sideBySide.test(text.slice(first.end, next.start));
}

/** Canonical choice that a whole text spells, or null; for the captured group of a probe's own pattern. */
export function parseChoice(text: string, answer: Answer): string | null {
  const spelt = category(normaliseText(text));
  return spellings(answer.choices ?? {}).find(({ spelling }) => category(spelling) === spelt)?.choice ?? null;
}
