import { RE2JS } from "re2js";

/** Characters a pattern is run on: enough for a closed answer, and linear time keeps it well below a second. */
const patternTextLength = 4_000;

const compiled = new Map<string, RE2JS | null>();

function compile(pattern: string): RE2JS {
  return RE2JS.compile(pattern, RE2JS.MULTILINE);
}

/** Why a pattern (RE2 syntax, `^` and `$` at line ends) does not compile, in one line, or null when it does. */
export function patternError(pattern: string): string | null {
  try {
    compile(pattern);
    return null;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ");
  }
}

/** Instructions that a valid pattern compiles to: matching takes time proportional to them and to the text. */
export function patternSize(pattern: string): number {
  return compile(pattern).programSize();
}

/**
 * First group (else the whole) of the first match of an RE2 pattern, in time linear in text and pattern; null when it
 * does not match or does not compile. Only the first 4,000 characters are searched.
 */
export function matchPattern(pattern: string, text: string): string | null {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    expression = patternError(pattern) === null ? compile(pattern) : null;
    if (compiled.size >= 500) compiled.clear();
    compiled.set(pattern, expression);
  }
  if (expression === null) return null;
  const matcher = expression.matcher(text.slice(0, patternTextLength));
  if (!matcher.find()) return null;
  return (matcher.groupCount() > 0 ? matcher.group(1) : matcher.group()) ?? null;
}
