import stringWidth from "string-width";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * A text in lines of at most so many columns of a terminal: broken at spaces, and within a word only where it is longer
 * than a line, never within a character or the marks on it. Spaces at a break are dropped; an indent is no place to break.
 *
 * @param text - without control characters
 * @param columns - at least 10 are used
 * @returns at least one line
 */
export function foldLine(text: string, columns: number): string[] {
  const width = Math.max(10, columns);
  const lines: string[] = [];
  let line = "";
  let used = 0;
  const next = () => {
    lines.push(line.trimEnd());
    line = "";
    used = 0;
  };
  const add = (part: string, partWidth: number) => {
    line += part;
    used += partWidth;
  };
  for (const [, gap = "", word = ""] of text.matchAll(/( *)([^ ]*)/g)) {
    const fits = used + gap.length + stringWidth(word) <= width;
    if (!fits && line.trim() !== "") next();
    else add(gap.slice(0, width - 1), Math.min(gap.length, width - 1));
    for (const piece of fits ? [word] : graphemes.segment(word)) {
      const part = typeof piece === "string" ? piece : piece.segment;
      const partWidth = stringWidth(part);
      if (used + partWidth > width && line !== "") next();
      add(part, partWidth);
    }
  }
  return [...lines, line.trimEnd()];
}
