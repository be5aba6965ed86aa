import type { Analysis, SuspectAnalysis } from "../../schema/analysis.ts";
import type { FindingChange, ScoreChange } from "../../schema/history.ts";
import { canonicalJson } from "../../schema/identity.ts";
import { holm } from "../../stats/holm.ts";

/** What differs besides the answers. */
export type Otherwise = FindingChange["otherwise"][number];

/** A finding in two runs before the look's tests are seen together. */
export interface ComparedFinding {
  readonly earlier: SuspectAnalysis;
  readonly later: SuspectAnalysis;
  readonly reference: string;
  readonly score: ScoreChange;
  readonly otherwise: readonly Otherwise[];
}

/** Suspects that both analyses weigh against the same reference. */
export function sharedSuspects(
  earlier: Analysis,
  later: Analysis,
): { readonly earlier: SuspectAnalysis; readonly later: SuspectAnalysis }[] {
  if (earlier.reference !== later.reference) return [];
  return later.suspects.flatMap((suspect) => {
    const before = earlier.suspects.find(({ name }) => name === suspect.name);
    return before === undefined ? [] : [{ earlier: before, later: suspect }];
  });
}

/**
 * What is not as it was in how two findings were made: a finding that differs with one of these need not be a change of
 * any model. Names as in the analysis; how the targets were configured comes from the manifests.
 *
 * @param configured - targets of the comparison that are configured otherwise
 */
export function changedOtherwise(
  earlier: Analysis,
  later: Analysis,
  suspects: { readonly earlier: SuspectAnalysis; readonly later: SuspectAnalysis },
  configured: readonly string[],
): Otherwise[] {
  const row = (what: string, first: string, second: string): Otherwise[] =>
    first === second ? [] : [{ what, earlier: first, later: second }];
  const suites = ({ reportData }: Analysis) =>
    reportData.suites
      .map(({ name, version, hash }) => `${name} ${version} (${hash.slice(0, 12)})`)
      .sort()
      .join(", ");
  const calibration = ({ reportData: { calibration: used } }: Analysis) =>
    used === null ? "none" : canonicalJson(used);
  const calibrationName = ({ reportData: { calibration: used } }: Analysis) =>
    used === null ? "none" : `${used.name} (statistic version ${used.statisticVersion})`;
  const panel = (suspect: SuspectAnalysis) => [...suspect.panel].sort();
  const [panelBefore, panelNow] = [panel(suspects.earlier), panel(suspects.later)];
  const only = (one: readonly string[], other: readonly string[]) =>
    one.filter((name) => !other.includes(name)).join(", ") || "none";
  return [
    ...row("suite", suites(earlier), suites(later)),
    ...(panelBefore.join("\n") === panelNow.join("\n")
      ? []
      : [
          {
            what: "panel",
            earlier: `${panelBefore.length} controls; not in the later: ${only(panelBefore, panelNow)}`,
            later: `${panelNow.length} controls; not in the earlier: ${only(panelNow, panelBefore)}`,
          },
        ]),
    ...(calibration(earlier) === calibration(later)
      ? []
      : [{ what: "calibration", earlier: calibrationName(earlier), later: calibrationName(later) }]),
    ...row("statistic version", earlier.statisticVersion, later.statisticVersion),
    ...row("seed", String(earlier.seed), String(later.seed)),
    ...row("baseline", suspects.earlier.baseline ?? "none", suspects.later.baseline ?? "none"),
    ...row(
      "samples",
      samplesOf(earlier, [suspects.earlier.name, earlier.reference]),
      samplesOf(later, [suspects.later.name, later.reference]),
    ),
    ...(configured.length === 0
      ? []
      : [
          {
            what: "configuration",
            earlier: `as it was of ${configured.join(", ")}`,
            later: "another URL, model or parameters",
          },
        ]),
  ];
}

const samplesOf = (analysis: Analysis, names: readonly string[]) =>
  names
    .map((name) => analysis.reportData.models.find((model) => model.name === name)?.samples ?? 0)
    .join(" and ");

/** Corrects the score changes of a look together by Holm's procedure and says what each comes to. */
export function judgeFindings(findings: readonly ComparedFinding[], level: number): FindingChange[] {
  const known = findings.flatMap(({ score }) => score.pValue ?? []);
  const adjusted = known.length === 0 ? [] : holm(known);
  let next = 0;
  return findings.map((one) => {
    const adjustedP = one.score.pValue === null ? null : (adjusted[next++] as number);
    const score = { ...one.score, adjustedP, alarm: adjustedP !== null && adjustedP <= level };
    const verdict = verdictOf(one, score);
    return {
      suspect: one.later.name,
      reference: one.reference,
      earlier: standOf(one.earlier),
      later: standOf(one.later),
      score,
      otherwise: [...one.otherwise],
      verdict,
      sentence: sentenceOf(one, score, verdict),
    };
  });
}

const standOf = (suspect: SuspectAnalysis): FindingChange["earlier"] => {
  const { finding, reason, log10LR, log10LRInterval, log10LRBound, log10LRReason } = suspect;
  return { finding, reason, log10LR, log10LRInterval, log10LRBound, log10LRReason };
};

function verdictOf({ earlier, later }: ComparedFinding, score: ScoreChange): FindingChange["verdict"] {
  const other = earlier.finding !== later.finding;
  if (score.alarm) return other ? "finding-changed" : "score-changed";
  if (!other) return "no-change-detected";
  return score.pValue === null ? "not-known" : "not-beyond-sampling";
}

function sentenceOf(
  { earlier, later, otherwise }: ComparedFinding,
  score: ScoreChange,
  verdict: FindingChange["verdict"],
): string {
  const words = `${earlier.finding} to ${later.finding}`;
  const shared = `on the ${score.probes} probes and ${score.controls.length} controls that both runs share`;
  const what = [...new Set(otherwise.map((one) => one.what))].join(", ");
  const besides =
    otherwise.length === 0 ? "" : ` Besides, this is not as it was: ${what}; the finding depends on it.`;
  switch (verdict) {
    case "finding-changed":
      return `The finding on ${later.name} changed from ${words}, and its score ${shared} changed by more than sampling explains.${besides}`;
    case "score-changed":
      return `The finding on ${later.name} is ${later.finding} in both runs, but its score ${shared} changed by more than sampling explains.${besides}`;
    case "not-beyond-sampling":
      return otherwise.length === 0
        ? `The finding on ${later.name} went from ${words}, but no change of its score ${shared} was detected: sampling alone may have moved it.`
        : `The finding on ${later.name} went from ${words}, but no change of its score ${shared} was detected, and this is not as it was: ${what}. That is no sign that any model changed.`;
    case "not-known":
      return `The finding on ${later.name} went from ${words}; whether that is more than sampling cannot be said: ${score.reason ?? "no reason recorded"}.${otherwise.length === 0 ? "" : ` This is not as it was: ${what}; a finding that differs with it is no sign that any model changed.`}`;
    case "no-change-detected":
      return `The finding on ${later.name} is ${later.finding} in both runs${score.pValue === null ? `; its score was not compared: ${score.reason ?? "no reason recorded"}` : `, and no change of its score ${shared} was detected`}.${besides}`;
  }
}
