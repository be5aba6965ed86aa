import { visibleText } from "../../report/visible-text.ts";
import type { BackendMixture } from "../../schema/backend-mixture.ts";
import type { DoctorReport, IdentityPage, ParameterFinding } from "../../schema/doctor.ts";
import { wrapped } from "../plan/text-table.ts";

const show = (text: string, maxLength = 300) => visibleText(text, { maxLength });
const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const round = (ms: number) => `${Math.round(ms)} ms`;

const verdictWords: Readonly<Record<ParameterFinding["verdict"], string>> = {
  accepted: "accepted",
  rejected: "rejected",
  "no-effect": "without effect",
  unknown: "unknown",
};
/** Rows that are no parameters have words of their own. */
const otherWords: Readonly<Record<string, Partial<Record<ParameterFinding["verdict"], string>>>> = {
  key: { accepted: "needed", "no-effect": "not needed" },
  "model name": { accepted: "checked", "no-effect": "not checked" },
};
/** Below this many columns the reason goes on lines of its own. */
const narrow = 76;

/** One target's report for people. Everything that a server said is made visible text. @param columns - of the terminal */
export function renderDoctor(report: DoctorReport, columns: number): string {
  const width = Math.max(40, Math.min(columns, 120));
  const { target, api, baseURL, model, error } = report;
  const lines = [`${show(target)}: ${show(model)} at ${show(baseURL ?? `${api}'s own address`)} (${api})`];
  const indented = (text: string, indent = 2) =>
    wrapped(text, width - indent).map((line) => " ".repeat(indent) + line);
  if (error !== null)
    lines.push(...indented(`not measured further (${error.errorClass}): ${show(error.message, 600)}`));
  lines.push(...indented(summary(report)));
  lines.push(...report.parameters.flatMap((finding) => findingLines(finding, width)));
  const pages = report.pages.filter(({ facts }) => Object.keys(facts).length > 0);
  lines.push(...pages.flatMap((page) => indented(pageWords(page))));
  lines.push(
    ...report.notes.flatMap(({ message, advice }) => indented(`note: ${show(message, 600)}; ${advice}`)),
  );
  if (report.mixture !== undefined) lines.push(...mixtureLines(report.mixture, indented));
  if (report.yaml !== null)
    lines.push(
      "  suggested, in place of the same target:",
      ...report.yaml.split("\n").map((line) => `    ${line}`),
    );
  return lines.join("\n");
}

function summary({ requests, latency, servedModels, systemFingerprints, providers }: DoctorReport): string {
  const named = (label: string, values: readonly string[]) =>
    values.length === 0
      ? []
      : [
          `${label} ${values
            .slice(0, 6)
            .map((value) => show(value, 80))
            .join(", ")}`,
        ];
  return [
    counted(requests, "request"),
    ...(latency === null ? [] : [`median ${round(latency.medianMs)}`]),
    ...named("served as", servedModels),
    ...named("fingerprint", systemFingerprints),
    ...named("host", providers),
  ].join("; ");
}

function findingLines({ parameter, verdict, why }: ParameterFinding, width: number): string[] {
  const word = otherWords[parameter]?.[verdict] ?? verdictWords[verdict];
  const head = `  ${parameter.padEnd(22)}${word.padEnd(16)}`;
  const reason = show(why, 400);
  if (width < narrow) return [head.trimEnd(), ...wrapped(reason, width - 4).map((line) => `    ${line}`)];
  const [first = "", ...rest] = wrapped(reason, width - head.length);
  return [head + first, ...rest.map((line) => " ".repeat(head.length) + line)];
}

function pageWords({ path, facts }: IdentityPage): string {
  const said = Object.entries(facts).map(
    ([name, value]) =>
      `${name} ${typeof value === "number" ? Number(value.toPrecision(7)) : show(String(value), 120)}`,
  );
  return `${path} says: ${said.join(", ")}`;
}

function mixtureLines(
  mixture: BackendMixture,
  indented: (text: string, indent?: number) => string[],
): string[] {
  const p = (value: number | null) => (value === null ? "" : value.toPrecision(2));
  const applying = mixture.tests.filter(({ pValue }) => pValue !== null);
  const { latency } = mixture.composition;
  return [
    ...indented(`backends: ${show(mixture.sentence, 900)}`),
    ...(latency === null
      ? []
      : indented(
          `latency in two clusters: ${latency.map(({ count, medianMs }) => `${count} answers at ${round(medianMs)}`).join(", ")}`,
          4,
        )),
    ...applying.flatMap(({ test, pValue, adjustedPValue, share, answers }) =>
      indented(
        `${test.padEnd(16)} p ${p(pValue)}, Holm ${p(adjustedPValue)}, ${answers} answers${share === null ? "" : `, share of variance ${share.toFixed(3)}`}`,
        4,
      ),
    ),
  ];
}
