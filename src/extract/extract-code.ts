import { cutText } from "./plain-text.ts";

/** Longest code that is returned, in UTF-16 units. */
const codeLength = 4_000;

/**
 * Code of an answer: its first fenced block, else its first code span, else the whole text when a line looks like code.
 * Trailing spaces and blank lines are dropped, so that equal code is an equal category. Null when there is none.
 */
export function extractCode(text: string): string | null {
  const cut = cutText(text)
    .replace(/\r\n?/g, "\n")
    .replace(/\p{Surrogate}/gu, "");
  const fences = [...cut.matchAll(/^ {0,8}(?:```|~~~)[^\n]{0,200}$/gm)];
  const [open, close] = fences;
  let code: string;
  if (open !== undefined) code = cut.slice(open.index + open[0].length, close?.index);
  else
    code =
      /`([^`\n]{1,500})`/.exec(cut)?.[1] ??
      (/[;{}]$|^(?:def|import|from|const|let|function|class|#include|SELECT)\b|=>|\breturn\b|\w\(.{0,200}\)$/m.test(
        cut,
      )
        ? cut
        : "");
  const tidy = code
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n")
    .slice(0, codeLength)
    .replace(/\p{Surrogate}/gu, "");
  return tidy.trim() === "" ? null : tidy;
}
