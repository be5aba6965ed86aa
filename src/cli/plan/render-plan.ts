import { miniatureNotice } from "../../report/finding-words.ts";
import { formatCount, formatPercent } from "../../report/numbers.ts";
import { visibleText } from "../../report/visible-text.ts";
import { costWords, estimateWords, tokenWords } from "./amount-words.ts";
import { farthest } from "./find-design.ts";
import type { Plan, PlannedDesign } from "./plan-record.ts";
import { textTable, wrapped } from "./text-table.ts";

const show = (text: string) => visibleText(text, { maxLength: 200 });
const counted = (count: number, noun: string) => `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;

/** A plan for people: the question, the designs that answer it, and what is to be asked. @param columns - of the terminal */
export function renderPlan(plan: Plan, columns: number): string {
  const { question, pilot } = plan;
  const parts = [
    ...(pilot.miniature ? [[miniatureNotice], []] : []),
    [
      `Pilot: ${show(pilot.name)}, reference ${show(pilot.reference)}, ${counted(pilot.controls, "control")} of ${counted(pilot.controlLabs, "lab")}, ${counted(pilot.probes, "probe")}, ${counted(pilot.samples, "sample")} a probe.`,
      `Wanted: to detect with probability ${question.power} a suspect that answers ${formatPercent(question.fraction)} of the probes as the reference does, and an independent model with probability ${question.falseAlarms} at most.`,
    ],
    [],
  ];
  const text = (paragraphs: readonly string[]) =>
    paragraphs.flatMap((paragraph) => wrapped(paragraph, Math.min(columns, 110)));
  return [
    ...parts.flatMap((part) => (part.length === 0 ? [""] : text(part))),
    ...designTables(plan, columns),
    ...text(designNotes(plan)),
    "",
    ...text([askedHeading(plan)]),
    ...askedTable(plan, columns),
    ...text(askedNotes(plan)),
    ...plan.notes.flatMap((note) => ["", ...text([`Note: ${note}`])]),
  ].join("\n");
}

/** Two tables, for one would be too wide for eighty columns: what the designs detect, and what asking them takes. */
function designTables({ designs, leastSamples, question }: Plan, columns: number): string[] {
  const short = designs.some(({ probes }) => probes === null);
  const named = ({ samples }: PlannedDesign) => `${samples}${samples === leastSamples ? " *" : ""}`;
  const detecting = textTable(
    [
      "Samples",
      "Probes",
      "Detected",
      "Power",
      "False alarms",
      "Smallest",
      ...(short ? ["Extrapolated"] : []),
    ],
    designs.map((design) => [
      named(design),
      design.probes === null ? `> ${design.simulatedProbes}` : String(design.probes),
      design.rule === "likelihood-ratio" ? "LR > 10" : "by score",
      estimateWords(design.power),
      design.rule === "likelihood-ratio" ? estimateWords(design.falseAlarms) : String(question.falseAlarms),
      design.smallestDetectable === null ? "none" : formatPercent(design.smallestDetectable),
      ...(short ? [extrapolatedWords(design)] : []),
    ]),
    columns,
  );
  const taking = designs.flatMap((design) =>
    design.amounts === null
      ? []
      : [
          [
            named(design),
            String(design.probes),
            formatCount(design.amounts.requests),
            tokenWords(design.amounts.inputTokens),
            tokenWords(design.amounts.outputTokens),
            costWords(design.amounts),
          ],
        ],
  );
  if (taking.length === 0) return detecting;
  const head = ["Samples", "Probes", "Requests", "Tokens in", "Tokens out", "Cost"];
  return [...detecting, "", ...textTable(head, taking, columns), ""];
}

function extrapolatedWords({ extrapolatedProbes: ends }: PlannedDesign): string {
  if (ends === null) return "";
  return ends[0] === null ? "no number" : `${ends[0]} to ${ends[1] ?? "?"}`;
}

/** What the columns mean, and what would help where a design does not suffice. */
function designNotes(plan: Plan): string[] {
  const { designs, rules, question, pilot, asked, leastSamples } = plan;
  const suites = asked.suites.map(show).join(", ");
  const least = designs.find(({ samples }) => samples === leastSamples);
  const outside = designs.filter(({ probes, withinSuite }) => probes !== null && !withinSuite);
  return [
    "±: one standard error of the simulation. Smallest: share of answers that is detected with the power asked for.",
    ...rules.map(({ rule, why }) =>
      rule === "likelihood-ratio"
        ? `LR > 10: a likelihood ratio above 10; ${show(why)}.`
        : `By score: above ${formatPercent(1 - question.falseAlarms, 1)} of independent models; ${show(why)}. That is no finding of derived.`,
    ),
    ...(designs.some(({ probes }) => probes === null)
      ? [
          `Extrapolated, not simulated: how many probes of this kind would do, by formula, two standard errors either way, to ${farthest} times the pilot; "no number" where more probes alone would not do. More samples, more control labs and more telling probes help, too.`,
        ]
      : []),
    ...outside.map(
      ({ samples, probes }) =>
        `At ${counted(samples, "sample")} a probe, ${probes} probes are needed; ${suites} has ${asked.probes}: add a suite.`,
    ),
    least === undefined
      ? outside.length > 0
        ? `Not reached with the probes of ${suites}.`
        : `Not reached with the pilot's ${counted(pilot.probes, "probe")}.`
      : `* Fewest requests: ${least.probes} probes at ${counted(least.samples, "sample")} a probe, ${formatCount(least.amounts?.requests ?? 0)} requests to ${counted(asked.targets.length, "target")}.`,
  ];
}

function askedHeading({ asked }: Plan): string {
  const whose =
    asked.from === "configuration"
      ? `The configured run ${show(asked.name)}`
      : `Asking all of ${show(asked.name)} again`;
  return `${whose}: ${asked.suites.map(show).join(", ")}, ${counted(asked.probes, "probe")} at ${counted(asked.samples, "sample")} to ${counted(asked.targets.length, "target")}.`;
}

/** Nothing where no configuration names the targets and no price is known: then the sums say all. */
function askedTable({ asked }: Plan, columns: number): string[] {
  if (asked.from === "pilot" && asked.costUSD === null) return [];
  const rows = asked.targets.map(({ name, requests, inputTokens, outputTokens, costUSD, price }) => [
    visibleText(name, { maxLength: 40 }),
    formatCount(requests),
    tokenWords(inputTokens),
    tokenWords(outputTokens),
    costWords({ costUSD, unpriced: [] }),
    price === null ? "unknown" : `$${price.input} / $${price.output}, ${price.checked ?? "no date"}`,
  ]);
  return textTable(
    ["Target", "Requests", "Tokens in", "Tokens out", "Cost", "Price in / out"],
    rows,
    columns,
  );
}

function askedNotes({ asked, priceFiles, pilot }: Plan): string[] {
  const used = [...new Set(asked.targets.flatMap(({ price }) => price?.file ?? []))];
  const recorded = asked.recorded > 0 ? ` (${formatCount(asked.recorded)} are recorded already)` : "";
  const smallest = asked.power?.smallestDetectable ?? null;
  return [
    `In all ${formatCount(asked.requests)} requests${recorded}, retries on top; tokens in ${tokenWords(asked.inputTokens)}, out ${tokenWords(asked.outputTokens)}; cost ${costWords(asked)}.`,
    asked.minutesAtLeast === null
      ? "Time: unknown; no limit of requests or tokens a minute and no latency of a pilot says."
      : `Time: at least ${counted(Math.max(1, Math.ceil(asked.minutesAtLeast)), "minute")}.`,
    ...(used.length === 0
      ? []
      : [
          `Prices: US dollars a million tokens with the day of their last check, from ${used.map(show).join(", ")}; they may have changed.`,
        ]),
    ...(asked.unpriced.length === 0
      ? []
      : [
          `Price unknown, which is not 0: ${listed(asked.unpriced)}. Name it in a file with --prices, of the form of ${show(priceFiles.at(-1) ?? "")}.`,
        ]),
    asked.power === null
      ? `What it detects was not simulated: ${show(asked.powerReason ?? "")}.`
      : `What it detects${pilot.miniature ? " in the miniature" : ""}: power ${estimateWords(asked.power.power)}; ${smallest === null ? "no share of answers with the power asked for" : `${formatPercent(smallest)} of answers or more with the power asked for`}.`,
  ];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 6).map(show).join(", ");
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown;
}
