import type { PolicyDecision } from "../../schema/access.ts";
import { csvCell } from "../csv-cell.ts";
import { bySeverity, type Decisions } from "./make-policy.ts";

const head = ["subject", "id", "kind", "action", "requests_per_hour", "reason"];

/**
 * Every decision as CSV (RFC 4180), allowed accounts too, harmless to a spreadsheet: see `csvCell`. `policy.json` has ids
 * as they are.
 */
export function policyCsv({ accounts, clusters }: Decisions): string {
  const rows = [...bySeverity(clusters), ...bySeverity(accounts)].map(rowOf);
  return [head, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

const rowOf = ({ subject, id, kind, action, requestsPerHour, reason }: PolicyDecision): string[] => [
  subject,
  csvCell(id),
  csvCell(kind),
  action,
  requestsPerHour === null ? "" : String(requestsPerHour),
  csvCell(reason),
];
