/** Where a spreadsheet would begin to compute: it trims, takes full-width signs for plain ones, and may part at semicolons. */
const formula = /(^|;)([\s'"]*[=+\-@|%＝＋－＠﹦﹢﹣﹫−⁼⁺⁻])/gu;
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * A text as a cell of a CSV file (RFC 4180) that an analyst may open in a spreadsheet: what would be taken for a formula
 * gets an apostrophe before it, and controls are written out as `\u{000d}`. Ids come from the log, whoever chose them.
 */
export function csvCell(text: string): string {
  const shown = harmless(text);
  return /[",]|^\s|\s$/u.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/**
 * The text itself for programs, empty where `csvCell` shows it as it is: a JSON string in which all but letters, digits
 * and spaces are written as `\u0000`, so that no spreadsheet finds a formula, a quote or a separator in it.
 */
export function exactCsvCell(text: string): string {
  if (harmless(text) === text) return "";
  const escaped = text.replace(
    /[^A-Za-z0-9 ]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"""${escaped}"""`;
}

const harmless = (text: string): string =>
  text
    .replace(formula, "$1'$2")
    .replace(hidden, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}}`);
