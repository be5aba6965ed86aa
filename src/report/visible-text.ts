/** How much of a foreign text is shown, and whether its line breaks and tabs stay. */
export interface VisibleTextOptions {
  /** UTF-16 units of the source that are shown, at least 1; default 400. */
  readonly maxLength?: number;
  /** Keeps line feeds and tabs (for preformatted blocks); otherwise a line break shows as `⏎`. Default false. */
  readonly keepLines?: boolean;
}

/** More combining marks in a row than any script needs: the rest would paint over neighbouring lines. */
const maxMarks = 6;

/**
 * What a reader cannot see or what steers the medium: controls, format characters (bidi, zero-width, tags), line
 * separators, lone surrogates, private use, noncharacters, ignorable fillers, characters whose glyph is blank (a braille
 * cell, a musical note head, a Khitan filler). The two signs that this function itself writes are escaped too, so that an escape on the page is never the model's own text.
 */
const hidden =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}\u{16FE4}⟨⏎]/gu;
/** The selector that makes a pictograph colourful is ordinary in answers, and one alone carries no message. */
const ordinarySelector = /\p{Extended_Pictographic}$/u;
const excessMarks = new RegExp(`(\\p{M}{${maxMarks}})(\\p{M}+)`, "gu");

/**
 * Shows hostile text as it is, harmlessly: every character that is invisible, reorders text or steers a terminal is
 * written out as `⟨U+202E⟩`, and what is longer than the bound ends in a mark that says how much was cut.
 *
 * The escape is unambiguous (`⟨` itself becomes `⟨U+27E8⟩`) and takes time bounded by `maxLength`, not by the text.
 * It makes text safe to *look at*; each format still does its own quoting (HTML entities, CSV quotes, Markdown).
 *
 * @param text - any string, lone surrogates included
 * @returns well-formed text; one line unless `keepLines`
 */
export function visibleText(text: string, options: VisibleTextOptions = {}): string {
  const { maxLength = 400, keepLines = false } = options;
  const end = cutPosition(text, maxLength);
  const shown = text
    .slice(0, end)
    .replace(/\r\n/g, "\n")
    .replace(hidden, (character, at: number, whole: string) =>
      character === "\uFE0F" && ordinarySelector.test(whole.slice(Math.max(0, at - 2), at))
        ? character
        : escapeCharacter(character, keepLines),
    )
    .replace(excessMarks, (_run, kept: string, rest: string) => `${kept}⟨${[...rest].length} more marks⟩`);
  const rest = text.length - end;
  return rest === 0 ? shown : `${shown}… ⟨cut: ${rest} more⟩`;
}

/** Where to cut so that no surrogate pair is torn. */
function cutPosition(text: string, maxLength: number): number {
  if (text.length <= maxLength) return text.length;
  const last = text.charCodeAt(maxLength - 1);
  const next = text.charCodeAt(maxLength);
  const torn = last >= 0xd800 && last < 0xdc00 && next >= 0xdc00 && next < 0xe000;
  return torn ? maxLength - 1 : maxLength;
}

function escapeCharacter(character: string, keepLines: boolean): string {
  if (character === "\n") return keepLines ? "\n" : "⏎";
  if (character === "\t" && keepLines) return "\t";
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
