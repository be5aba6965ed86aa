import { visibleText } from "../../report/visible-text.ts";
import type { AccessAnalysis, AccountRecord } from "../../schema/access.ts";
import { wrapped } from "../plan/text-table.ts";

/** Accounts that the summary names; the report has all. */
const shownAccounts = 5;

/**
 * What a scan says in a terminal: what was read, how much is found, and the highest risks with their strongest reasons.
 * Kinds come from the log and are shown harmlessly.
 */
export function summaryLines(analysis: AccessAnalysis, columns: number): string[] {
  const { log, settings, flaggedAccounts, clusterCount } = analysis;
  const left = [
    ...(log.badRows > 0 ? [`${count(log.badRows)} unusable`] : []),
    ...(log.duplicates ? [`${count(log.duplicates)} duplicates`] : []),
    ...(log.outsidePeriod > 0 ? [`${count(log.outsidePeriod)} outside the period`] : []),
    ...(log.clock.beforeEarliest + log.clock.inFuture > 0
      ? [`${count(log.clock.beforeEarliest + log.clock.inFuture)} of an impossible time`]
      : []),
  ];
  const named = analysis.accounts.filter(({ flagged }) => flagged).slice(0, shownAccounts);
  const first =
    named.length < flaggedAccounts && named.length > 0 ? `; the first ${count(named.length)}:` : "";
  return [
    `${count(log.usedRows)} requests of ${count(log.accounts)} accounts, ${minute(log.firstTime)} to ${minute(log.lastTime)} UTC`,
    ...(left.length > 0 ? [`${count(log.rows)} rows read; left out: ${left.join(", ")}`] : []),
    `${count(flaggedAccounts)} accounts above risk ${settings.riskThreshold}, ${count(clusterCount)} clusters${first}`,
  ]
    .flatMap((line) => wrapped(line, columns))
    .concat(named.flatMap((account) => accountLines(account, columns)));
}

/** What the log or its measures leave open, for the notes. */
export function summaryNotes({ log, off, caveats }: AccessAnalysis, columns: number): string[] {
  return [
    ...log.badRowSample
      .slice(0, 3)
      .map(({ file, line, reason }) => `unusable: ${file}${line === null ? "" : `:${line}`}: ${reason}`),
    ...off.map(({ step, reason }) => `off: ${step}: ${reason}`),
    ...caveats.map(({ message, advice }) => `note: ${message}${/[.]$/.test(message) ? "" : ";"} ${advice}`),
  ].flatMap((text) => indented(visibleText(text, { maxLength: 2000 }), columns, ""));
}

/**
 * An account in two lines at most: as many of its reasons as fit, strongest first, and how many there are besides. What
 * is typical of its kind, effect and q stand in the report.
 */
export function accountLines({ account, kind, risk, reasons }: AccountRecord, columns: number): string[] {
  const head = `${account} ${visibleText(kind, { maxLength: 40 })}, risk ${risk?.toFixed(2) ?? "?"}`;
  const values = reasons.map((reason) =>
    (reason.split("; ")[0] ?? "").replace(/ against a threshold of (\S+)$/, " (threshold $1)"),
  );
  for (let shown = values.length; shown > 0; shown--) {
    const rest = values.length - shown;
    const more = rest > 0 ? `; and ${count(rest)} more` : "";
    const lines = indented(`${head}: ${values.slice(0, shown).join("; ")}${more}`, columns, "  ");
    if (lines.length <= 2) return lines;
  }
  return indented(`${head}: ${count(values.length)} reasons`, columns, "  ").slice(0, 2);
}

/** Text in lines of the terminal, those after the first two characters further in. */
function indented(text: string, columns: number, indent: string): string[] {
  return wrapped(text, columns - indent.length - 2).map(
    (line, at) => `${indent}${at === 0 ? "" : "  "}${line}`,
  );
}

const count = (value: number): string => value.toLocaleString("en-US");
const minute = (iso: string | null): string => (iso === null ? "?" : iso.slice(0, 16).replace("T", " "));
