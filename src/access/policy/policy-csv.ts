import type { PolicyDecision } from "../../schema/access.ts";
import { bySeverity, type Decisions } from "./make-policy.ts";

const head = ["subject", "id", "kind", "action", "requests_per_hour", "reason"];

/**
 * Every decision as CSV (RFC 4180), allowed accounts too. Ids come from the log, whoever chose them: what a spreadsheet
 * would take for a formula gets an apostrophe before it, and controls are written out. `policy.json` has ids as they are.
 */
export function policyCsv({ accounts, clusters }: Decisions): string {
  const rows = [...bySeverity(clusters), ...bySeverity(accounts)].map(rowOf);
  return [head, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

const rowOf = ({ subject, id, kind, action, requestsPerHour, reason }: PolicyDecision): string[] => [
  subject,
  field(id),
  field(kind),
  action,
  requestsPerHour === null ? "" : String(requestsPerHour),
  field(reason),
];

/** Where a spreadsheet would begin to compute: it trims, takes full-width signs for plain ones, and may part at semicolons. */
const formula = /(^|;)([\s'"]*[=+\-@|%＝＋－＠﹦﹢﹣﹫−⁼⁺⁻])/gu;
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

function field(text: string): string {
  const shown = text
    .replace(formula, "$1'$2")
    .replace(hidden, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}}`);
  return /[",]|^\s|\s$/u.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
