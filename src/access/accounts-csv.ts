import type { AssembleInput } from "./assemble.ts";
import { byRisk, clusterName, isFlagged } from "./assemble.ts";
import { csvCell, exactCsvCell } from "./csv-cell.ts";

/**
 * Every account by its real id, highest risk first, as CSV (RFC 4180): what the analyst acts on. It stays with them.
 * Numbers are unrounded; what does not apply is an empty cell. An id that a spreadsheet would take for a formula, or that
 * holds controls, is made harmless in `account` and stands exactly in `account_json`, the last column, else empty.
 */
export function accountsCsv({ findings, pseudonyms, kinds, settings }: AssembleInput): string {
  const { accounts, linkage } = findings;
  const { totals, scores, indicators, baselines } = accounts;
  const names = [...indicators.keys()];
  const head = [
    ..."account pseudonym kind requests first_time last_time active_days cluster risk probability flagged".split(
      " ",
    ),
    ...names,
    ...names.map((name) => `${name}_q`),
    "account_json",
  ];
  const rows = byRisk(accounts).map((account) => {
    const cluster = linkage?.clusterOf[account] ?? -1;
    return [
      csvCell(pseudonyms.nameOf(account)),
      pseudonyms.of(account),
      csvCell(kinds[account] ?? ""),
      totals.requests[account],
      new Date(totals.firstTime[account] ?? 0).toISOString(),
      new Date(totals.lastTime[account] ?? 0).toISOString(),
      totals.activeDays[account],
      cluster < 0 ? "" : clusterName(cluster),
      number(scores?.risk[account]),
      number(scores?.probability?.[account]),
      isFlagged(accounts, account, settings),
      ...names.map((name) => number(indicators.get(name)?.values[account])),
      ...names.map((name) => number(baselines.get(name)?.qValue[account])),
      exactCsvCell(pseudonyms.nameOf(account)),
    ];
  });
  return [head, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

const number = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? "" : String(value);
