import { clopperPearson } from "../../src/stats/clopper-pearson.ts";
import { quantile } from "../../src/stats/quantile.ts";

/** One suspect and one reference under one perturbation. */
export interface Audit {
  readonly row: string;
  /** True for a student of the reference, false for an honest suspect. */
  readonly student: boolean;
  /** Fused log odds before bounding; null where not defined. */
  readonly score: number | null;
  /** Null where no finding was made (corpora). */
  readonly finding: string | null;
  /** Codes of the caveats that the report has. */
  readonly warnings: readonly string[];
}

/** One row of the robustness table; null where a row has no audits of that kind. */
export interface RobustnessRow {
  readonly row: string;
  readonly students: number;
  readonly honest: number;
  /** Share of students above the 99 % quantile of unperturbed honest suspects, and above that of this row's own. */
  readonly power: number | null;
  readonly powerOwnNull: number | null;
  /** Share of this row's honest suspects above the unperturbed quantile, with its 95 % Clopper-Pearson interval. */
  readonly falseAlarms: number | null;
  readonly falseAlarmInterval: readonly [number, number] | null;
  /** Share of students and of honest suspects that were found `derived`; null without findings. */
  readonly derivedStudents: number | null;
  readonly derivedHonest: number | null;
  /** Caveat codes with the share of the row's audits that have them. */
  readonly warnings: readonly (readonly [string, number])[];
}

export const baselineRow = "baseline";

/** Rows in the order of their first audit. @throws Error without a baseline of honest suspects */
export function tabulate(audits: readonly Audit[]): RobustnessRow[] {
  const scoresOf = (list: readonly Audit[]) => list.flatMap(({ score }) => score ?? []);
  const null0 = scoresOf(audits.filter(({ row, student }) => row === baselineRow && !student));
  if (null0.length === 0) throw new Error("no honest suspects at the baseline");
  const threshold = quantile(null0, 0.99);
  const share = (list: readonly Audit[], holds: (audit: Audit) => boolean) =>
    list.length === 0 ? null : list.filter(holds).length / list.length;
  const above = (value: number) => (audit: Audit) => audit.score !== null && audit.score > value;
  return [...new Set(audits.map(({ row }) => row))].map((row) => {
    const own = audits.filter((audit) => audit.row === row);
    const students = own.filter(({ student }) => student);
    const honest = own.filter(({ student }) => !student);
    const ownNull = scoresOf(honest);
    const derived = (list: readonly Audit[]) => {
      const found = list.filter(({ finding }) => finding !== null);
      return share(found, ({ finding }) => finding === "derived" || finding === "same-model");
    };
    const codes = [...new Set(own.flatMap(({ warnings }) => warnings))].sort();
    return {
      row,
      students: students.length,
      honest: honest.length,
      power: share(students, above(threshold)),
      powerOwnNull: ownNull.length === 0 ? null : share(students, above(quantile(ownNull, 0.99))),
      falseAlarms: share(honest, above(threshold)),
      falseAlarmInterval:
        honest.length === 0
          ? null
          : clopperPearson(honest.filter(above(threshold)).length, honest.length, 0.95),
      derivedStudents: derived(students),
      derivedHonest: derived(honest),
      warnings: codes.map(
        (code) => [code, share(own, ({ warnings }) => warnings.includes(code)) ?? 0] as const,
      ),
    };
  });
}

/** The table in Markdown. A code is a warning of a row where it is there at least 0.2 more often than at the baseline. */
export function robustnessTable(rows: readonly RobustnessRow[]): string {
  const baseline = new Map(rows.find(({ row }) => row === baselineRow)?.warnings);
  const number = (value: number | null) => (value === null ? "–" : value.toFixed(2));
  const lines = rows.map(({ row, warnings, falseAlarmInterval, ...of }) => {
    const said = warnings
      .filter(([code, share]) => row !== baselineRow && share - (baseline.get(code) ?? 0) >= 0.2)
      .map(([code, share]) => `\`${code}\` ${share.toFixed(2)}`);
    const interval = falseAlarmInterval?.map((end) => end.toFixed(2)).join("–");
    return [
      row,
      `${of.students} / ${of.honest}`,
      number(of.power),
      number(of.powerOwnNull),
      of.falseAlarms === null ? "–" : `${of.falseAlarms.toFixed(3)} (${interval})`,
      of.derivedStudents === null && of.derivedHonest === null
        ? "–"
        : `${number(of.derivedStudents)} / ${number(of.derivedHonest)}`,
      row === baselineRow
        ? `falsely: ${warnings.map(([code, share]) => `\`${code}\` ${share.toFixed(2)}`).join(", ") || "none"}`
        : said.join(", ") || "no",
    ];
  });
  return [
    [
      "perturbation of the suspect",
      "students / honest",
      "power",
      "power, own null",
      "false alarms",
      "`derived`: students / honest",
      "warns",
    ],
    ["---", "--:", "--:", "--:", "--:", "--:", "---"],
    ...lines,
  ]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
