import {
  descriptionWords,
  designWords,
  detectableWords,
  effectWords,
  endpointVerdictWords,
  findingVerdictWords,
  scoreWords,
  standWords,
} from "../../report/history-words.ts";
import { formatCount, formatP } from "../../report/numbers.ts";
import { visibleText } from "../../report/visible-text.ts";
import type { Caveat } from "../../schema/analysis.ts";
import type { EndpointChange, FindingChange, History, Look } from "../../schema/history.ts";
import { textTable, wrapped } from "../plan/text-table.ts";

const widest = 120;
const short = (text: string) => visibleText(text, { maxLength: 80 });
const shown = (text: string) => visibleText(text, { maxLength: 800 });

/** A history for a terminal: the runs, and look by look the endpoints and the findings. Without colour. */
export function renderHistory(history: History, columns: number): string {
  const width = Math.min(widest, Math.max(40, Math.floor(columns)));
  return [
    ...designWords(history).flatMap((words) => wrapped(shown(words), width)),
    "",
    ...rowsOrLines(
      ["#", "Run", "Started", "Origin", "Samples", "Targets", "Analysed"],
      history.runs.map((run, at) => [
        String(at + 1),
        short(run.run),
        run.createdAt.slice(0, 16).replace("T", " "),
        run.origin,
        run.samples === null ? "as given" : String(run.samples),
        String(run.targets),
        run.analysis === null ? "no" : run.analysis.createdAt.slice(0, 10),
      ]),
      width,
    ),
    ...caveatLines(history.caveats, width),
    ...history.looks.flatMap((look) => ["", ...renderLook(look, width)]),
    "",
    ...wrapped(legend, width),
  ].join("\n");
}

const legend =
  "Effect: how much less answers of different runs have in common than answers of one run, in percent (95 % interval of this test alone; below 0 by chance); with one answer a probe the squared shift of the mean answer. Detects: the effect that would have raised an alarm with probability 0.8, about. p: after Holm's correction; an alarm where it is at most the level. No alarm does not mean that nothing changed.";

function renderLook(look: Look, width: number): string[] {
  return [
    ...wrapped(
      `Look ${look.look}: ${short(look.earlier)} → ${short(look.later)} (level ${formatP(look.level)}; ${look.endpointTests} tests of endpoints, ${look.findingTests} of findings)`,
      width,
    ),
    "",
    ...endpointLines(look.endpoints, width),
    ...(look.added.length === 0 ? [] : wrapped(`New: ${shown(look.added.join(", "))}`, width)),
    ...(look.removed.length === 0 ? [] : wrapped(`Gone: ${shown(look.removed.join(", "))}`, width)),
    "",
    ...findingLines(look, width),
    ...caveatLines(look.caveats, width),
  ];
}

function endpointLines(endpoints: readonly EndpointChange[], width: number): string[] {
  if (endpoints.length === 0) return ["No target is in both runs."];
  const rows = endpoints.map((endpoint) => {
    const test = endpoint.tests.find((one) => one.test !== "outcomes" && one.pValue !== null);
    const name = short(endpoint.target);
    if (test === undefined) return [name, endpointVerdictWords[endpoint.verdict], "", "", "", ""];
    return [
      name,
      alarmWords(test),
      effectWords(test),
      detectableWords(test),
      test.adjustedP === null ? "" : formatP(test.adjustedP),
      formatCount(test.n),
    ];
  });
  const told = endpoints.filter(({ verdict }) => verdict !== "no-change-detected");
  return [
    ...rowsOrLines(["Endpoint", "Answers", "Effect", "Detects", "p", "Probes"], rows, width),
    ...wrapped(outcomeWords(endpoints), width),
    ...(told.length === 0 ? [] : [""]),
    ...told.flatMap((endpoint) => [
      ...wrapped(shown(endpoint.sentence), width),
      ...endpoint.configuration.flatMap(({ field, earlier, later }) =>
        indented(`${field}: ${short(earlier)} → ${short(later)}`, width),
      ),
      ...(endpoint.verdict === "endpoint-changed"
        ? descriptionWords(endpoint.description).flatMap(({ what, words }) =>
            indented(`${what}: ${shown(words)}`, width),
          )
        : []),
    ]),
    ...caveatLines(
      endpoints.flatMap(({ caveats }) => caveats),
      width,
    ),
  ];
}

const alarmWords = ({ alarm }: { readonly alarm: boolean }) => (alarm ? "ALARM" : "no alarm");

/** Outcome tests in one sentence; those with an alarm are told by their endpoint's own. */
function outcomeWords(endpoints: readonly EndpointChange[]): string {
  const tests = endpoints.flatMap((endpoint) =>
    endpoint.tests.flatMap((test) =>
      test.test === "outcomes" && test.pValue !== null ? [{ endpoint, test }] : [],
    ),
  );
  if (tests.length === 0)
    return "Outcomes (refused, truncated ...): no probe had two different ones, so nothing was tested.";
  const alarms = tests.filter(({ test }) => test.alarm);
  const smallest = Math.min(...tests.map(({ test }) => test.adjustedP ?? 1));
  return `Outcomes (refused, truncated ...): ${
    alarms.length === 0
      ? `no alarm in ${tests.length} tests, smallest p ${formatP(smallest)}`
      : `ALARM for ${alarms.map(({ endpoint, test }) => `${short(endpoint.target)} (${effectWords(test)} without a usable answer, p ${formatP(test.adjustedP ?? 1)})`).join(", ")}; ${tests.length} tests`
  }.`;
}

/** A table where it fits, else a paragraph a row. */
function rowsOrLines(head: readonly string[], rows: readonly (readonly string[])[], width: number): string[] {
  const [heading = ""] = textTable(head, rows, width);
  if (!heading.startsWith(`${head[0]}:`)) return textTable(head, rows, width);
  return rows.flatMap(([first = "", ...cells]) => {
    const parts = cells.flatMap((cell, at) =>
      cell === "" ? [] : [`${(head[at + 1] ?? "").toLowerCase()} ${cell}`],
    );
    return wrapped(`${first}: ${parts.join("; ")}`, width - 2).map((line, at) =>
      at === 0 ? line : `  ${line}`,
    );
  });
}

function findingLines({ findings, findingsReason }: Look, width: number): string[] {
  if (findings.length === 0)
    return wrapped(`Findings were not compared: ${shown(findingsReason ?? "no reason recorded")}.`, width);
  const rows = findings.map((one) => [
    short(one.suspect),
    findingVerdictWords[one.verdict],
    scoreWords(one.score),
    one.score.adjustedP === null ? "" : formatP(one.score.adjustedP),
    standWords(one.earlier),
    standWords(one.later),
  ]);
  const told = findings.filter(({ verdict }) => verdict !== "no-change-detected");
  return [
    ...rowsOrLines(["Suspect", "Finding", "Score change", "p", "Earlier", "Later"], rows, width),
    ...(told.length === 0 ? [] : [""]),
    ...told.flatMap((one) => wrapped(shown(one.sentence), width)),
    ...otherwiseLines(findings, width),
  ];
}

/** What was not as before, said once for all suspects it holds for. */
function otherwiseLines(findings: readonly FindingChange[], width: number): string[] {
  const rows = new Map<string, string[]>();
  for (const { suspect, otherwise } of findings)
    for (const { what, earlier, later } of otherwise) {
      const row = `${what}: ${earlier} → ${later}`;
      rows.set(row, [...(rows.get(row) ?? []), suspect]);
    }
  if (rows.size === 0) return [];
  return [
    "",
    "Not as it was in the earlier run:",
    ...[...rows].flatMap(([row, suspects]) =>
      indented(
        suspects.length === findings.length ? shown(row) : `${shown(row)} (${shown(suspects.join(", "))})`,
        width,
      ),
    ),
  ];
}

/** Caveats, each kind once. */
function caveatLines(caveats: readonly Caveat[], width: number): string[] {
  const byCode = new Map<string, Caveat[]>();
  for (const caveat of caveats) byCode.set(caveat.code, [...(byCode.get(caveat.code) ?? []), caveat]);
  return [...byCode.values()].flatMap(([first, ...rest]) =>
    first === undefined
      ? []
      : [
          "",
          ...wrapped(
            `Caveat: ${shown(first.message)}${rest.length === 0 ? "" : ` (And ${rest.length} more of this kind.)`} ${shown(first.advice)}`,
            width,
          ),
        ],
  );
}

const indented = (text: string, width: number) => wrapped(text, width - 2).map((line) => `  ${line}`);
