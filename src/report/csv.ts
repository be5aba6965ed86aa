import type { Analysis, Evidence, SuspectAnalysis } from "../schema/analysis.ts";
import { byRole } from "./by-role.ts";
import { visibleText } from "./visible-text.ts";

type Cell = string | number | boolean | null;
/** A table of a report: its name, headings and rows. */
export interface CsvTable {
  readonly name: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * Tables of an analysis as CSV (RFC 4180: commas, CRLF, quotes doubled), by table name: `findings`, `evidence`,
 * `affinities`, `families`, `leave-one-control-out`, `leave-one-family-out`, `exhibits`, `exhibit-counts`, `matrix`, `tree`,
 * `models`, `caveats`.
 * Numbers are unrounded; unknown is an empty cell. A text that a spreadsheet would take for a formula gets an
 * apostrophe before it, and what cannot be seen is written out.
 */
export function renderCsv(analysis: Analysis): Record<string, string> {
  const tables = [
    findings(analysis),
    evidence(analysis),
    affinities(analysis),
    families(analysis),
    leaveOneControlOut(analysis),
    leaveOneFamilyOut(analysis),
    exhibits(analysis),
    exhibitCounts(analysis),
    matrix(analysis),
    tree(analysis),
    models(analysis),
    caveats(analysis),
  ];
  return Object.fromEntries(tables.map((table) => [table.name, toCsv(table)]));
}

/** RFC 4180 text of a table, harmless to a spreadsheet. */
export function toCsv(table: CsvTable): string {
  return [table.head, ...table.rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(value: Cell): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const text = visibleText(value, { maxLength: 20_000 });
  const guarded = text.replace(formula, "$1'$2");
  return /[",\r\n]|^\s|\s$/u.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/**
 * Where a spreadsheet would begin to compute: it trims, and takes full-width and small signs for plain ones. In many
 * countries it parts cells at semicolons, and then no quote keeps them together.
 */
const formula = /(^|;)([\s'"]*[=+\-@|%＝＋－＠﹦﹢﹣﹫−⁼⁺⁻])/gu;

const bounds = (interval: readonly [number, number] | null): [Cell, Cell] =>
  interval === null ? [null, null] : [interval[0], interval[1]];

function findings({ reference, suspects }: Analysis): CsvTable {
  return {
    name: "findings",
    head: [
      ..."reference suspect lab finding reason log10_lr at_upper_bound log10_lr_low log10_lr_high bound_low bound_high".split(
        " ",
      ),
      ..."log10_lr_reason verbal content content_low content_high habit habit_low habit_high shared_departure".split(
        " ",
      ),
      ..."shared_departure_low shared_departure_high sentence".split(" "),
    ],
    rows: suspects.map((one) => [
      reference,
      one.name,
      one.lab,
      one.finding,
      one.reason,
      one.log10LR,
      one.atUpperBound,
      ...bounds(one.log10LRInterval),
      ...bounds(one.log10LRBound),
      one.log10LRReason,
      one.verbal,
      one.contentAffinity.estimate,
      ...bounds(one.contentAffinity.interval),
      one.habitAffinity.estimate,
      ...bounds(one.habitAffinity.interval),
      one.sharedDepartureRatio.estimate,
      ...bounds(one.sharedDepartureRatio.interval),
      one.sentence,
    ]),
  };
}

const linesOf = (suspect: SuspectAnalysis): Evidence[] => {
  const all = [suspect.sameModel, suspect.rankAmongControls, ...suspect.evidence];
  return all.filter((line, at) => all.findIndex((other) => other.line === line.line) === at);
};

function evidence({ suspects }: Analysis): CsvTable {
  return {
    name: "evidence",
    head: [
      ..."suspect line null_hypothesis method statistic effect effect_name effect_low effect_high level p_value".split(
        " ",
      ),
      ..."e_value n n_unit reason summary".split(" "),
    ],
    rows: suspects.flatMap((one) =>
      linesOf(one).map((line) => [
        one.name,
        line.line,
        line.nullHypothesis,
        line.method,
        line.statistic,
        line.effect,
        line.effectName,
        ...bounds(line.interval),
        line.level,
        line.pValue,
        line.eValue,
        line.n,
        line.nUnit,
        line.reason,
        line.summary,
      ]),
    ),
  };
}

function affinities({ suspects }: Analysis): CsvTable {
  const rows = suspects.flatMap((one) =>
    (["content", "habit"] as const).flatMap((kind) => {
      const affinity = one[`${kind}Affinity`];
      return [
        [one.name, kind, one.name, "suspect", one.lab, affinity.estimate, ...bounds(affinity.interval)],
        ...affinity.controls.map((control) => [
          ...[one.name, kind, control.name, "control", control.lab, control.estimate, null, null],
        ]),
      ];
    }),
  );
  return { name: "affinities", head: "suspect affinity model role lab estimate low high".split(" "), rows };
}

function families({ reportData }: Analysis): CsvTable {
  const rows = Object.entries(reportData.families).flatMap(([suspect, list]) =>
    list.map((one) => [suspect, one.family, one.probes, one.share, one.affinity]),
  );
  return { name: "families", head: ["suspect", "family", "probes", "share", "affinity"], rows };
}

function leaveOneControlOut({ reportData }: Analysis): CsvTable {
  const rows = Object.entries(reportData.leaveOneControlOut).flatMap(([suspect, list]) =>
    list.map((one) => [suspect, one.name, one.log10LR]),
  );
  return { name: "leave-one-control-out", head: ["suspect", "left_out", "log10_lr"], rows };
}

function leaveOneFamilyOut({ reportData }: Analysis): CsvTable {
  const rows = Object.entries(reportData.leaveOneFamilyOut ?? {}).flatMap(([suspect, { families: list }]) =>
    list.map((one) => [suspect, one.family, one.probes, one.log10LR]),
  );
  return { name: "leave-one-family-out", head: ["suspect", "left_out", "probes", "log10_lr"], rows };
}

/** A row for each tip (with its place) and each merge; a part is the `id` of a row. */
function tree({ reportData }: Analysis): CsvTable {
  const { tips, merges } = reportData.modelTree ?? { tips: [], merges: [] };
  return {
    name: "tree",
    head: ["id", "model", "first_part", "second_part", "distance", "support"],
    rows: [
      ...tips.map((tip, id) => [id, tip, null, null, 0, null]),
      ...merges.map(({ parts, distance, support }, at) => [
        tips.length + at,
        null,
        ...parts,
        distance,
        support,
      ]),
    ],
  };
}

function exhibits({ reportData }: Analysis): CsvTable {
  const rows = Object.entries(reportData.exhibits).flatMap(([suspect, list]) =>
    list.map((one) => [
      ...[suspect, one.phrase, one.view, one.probe, one.prompt, one.suspect.count, one.suspect.of],
      ...[one.reference.count, one.reference.of, one.share, one.suspectExcerpt, one.referenceExcerpt],
    ]),
  );
  return {
    name: "exhibits",
    head: "suspect phrase view probe prompt suspect_count suspect_of reference_count reference_of share suspect_excerpt reference_excerpt".split(
      " ",
    ),
    rows,
  };
}

function exhibitCounts({ reportData }: Analysis): CsvTable {
  const rows = Object.entries(reportData.exhibits).flatMap(([suspect, list]) =>
    list.flatMap((one) =>
      one.controls.map((control) => [
        suspect,
        one.phrase,
        one.probe,
        control.name,
        control.count,
        control.of,
      ]),
    ),
  );
  return { name: "exhibit-counts", head: ["suspect", "phrase", "probe", "control", "count", "of"], rows };
}

function matrix({ reportData }: Analysis): CsvTable {
  const { names, content } = reportData.matrix;
  return {
    name: "matrix",
    head: ["model", ...names],
    rows: names.map((name, row) => [name, ...names.map((_, column) => content[row]?.[column] ?? null)]),
  };
}

function models({ reportData }: Analysis): CsvTable {
  const outcomes = Object.keys(
    reportData.models[0]?.outcomes ?? {},
  ) as (keyof Analysis["reportData"]["models"][number]["outcomes"])[];
  return {
    name: "models",
    head: [
      ..."name role lab api base_url model params samples failed retried".split(" "),
      ...outcomes,
      ..."served_models output_tokens lines head_hash".split(" "),
    ],
    rows: byRole(reportData.models).map((one) => [
      ...[
        one.name,
        one.role,
        one.lab,
        one.api,
        one.baseURL,
        one.model,
        one.params,
        one.samples,
        one.failed,
        one.retried,
      ],
      ...outcomes.map((outcome) => one.outcomes[outcome]),
      ...[one.servedModels.join(" "), one.outputTokens, one.lines, one.headHash],
    ]),
  };
}

function caveats(analysis: Analysis): CsvTable {
  const rows = [
    ...analysis.caveats.map((one) => ["", one.code, one.message, one.advice]),
    ...analysis.suspects.flatMap((suspect) =>
      [...suspect.caveats, ...linesOf(suspect).flatMap((line) => line.caveats)].map((one) => [
        ...[suspect.name, one.code, one.message, one.advice],
      ]),
    ),
  ];
  return { name: "caveats", head: ["suspect", "code", "message", "advice"], rows };
}
