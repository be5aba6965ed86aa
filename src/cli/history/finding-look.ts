import {
  type ComparedFinding,
  changedOtherwise,
  judgeFindings,
  sharedSuspects,
} from "../../analysis/history/finding-change.ts";
import { noScoreChange, scoreChange } from "../../analysis/history/score-change.ts";
import { measureAnswers } from "../../analysis/measure-answers.ts";
import { samplesPerProbe } from "../../analysis/score-corpus.ts";
import type { Analysis, Caveat, SuspectAnalysis } from "../../schema/analysis.ts";
import { type Calibration, statisticVersion } from "../../schema/calibration.ts";
import type { FindingChange, ScoreChange } from "../../schema/history.ts";
import { threadedMeters } from "../../workers/threaded-meters.ts";
import { isOneEndpoint, type LookRuns } from "./endpoint-look.ts";
import type { HistoryFolder } from "./history-run.ts";
import { pairedAnswers, sharedCounts } from "./paired-answers.ts";

/** Findings of a look, or why there are none. */
export interface FindingsLook {
  readonly findings: FindingChange[];
  readonly reason: string | null;
  readonly caveats: Caveat[];
}

type Suspects = readonly { readonly earlier: SuspectAnalysis; readonly later: SuspectAnalysis }[];

/** Compares what both runs' analyses say of the suspects that they share. */
export async function lookAtFindings(
  runs: LookRuns,
  onMeasure: () => void = () => {},
): Promise<FindingsLook> {
  const { earlier, later, level } = runs;
  const [before, now] = [earlier.analysis, later.analysis];
  const none = (reason: string): FindingsLook => ({ findings: [], reason, caveats: [] });
  if (before === null || now === null) {
    const missing = [earlier, later].filter(({ analysis }) => analysis === null).map(({ run }) => run);
    return none(
      `no analysis in ${missing.join(" and ")}: make one with congener compare ${missing[0] ?? "RUN"}`,
    );
  }
  const suspects = sharedSuspects(before, now);
  if (suspects.length === 0)
    return none(
      before.reference === now.reference
        ? "the two analyses share no suspect"
        : `the reference is ${before.reference} in one run and ${now.reference} in the other`,
    );
  const scores = await scoreChanges(runs, suspects, { before, now, onMeasure });
  const compared = suspects.map((pair, at): ComparedFinding => {
    const used = [pair.later.name, now.reference, ...pair.later.panel];
    return {
      ...pair,
      reference: now.reference,
      score: scores[at] ?? noScoreChange("it was not computed"),
      otherwise: changedOtherwise(
        before,
        now,
        pair,
        used.filter(
          (name) => earlier.targets.has(name) && later.targets.has(name) && !isOneEndpoint(runs, name),
        ),
      ),
    };
  });
  return {
    findings: judgeFindings(compared, level),
    reason: null,
    caveats: [...(await staleCaveats(earlier, before)), ...(await staleCaveats(later, now))],
  };
}

/** Scores of all shared suspects from one measurement of each run. */
async function scoreChanges(
  { earlier, later }: LookRuns,
  suspects: Suspects,
  options: { readonly before: Analysis; readonly now: Analysis; readonly onMeasure: () => void },
): Promise<ScoreChange[]> {
  const { before, now, onMeasure } = options;
  const none = (reason: string) => suspects.map(() => noScoreChange(reason));
  const { reference } = now;
  const panel = [...new Set(now.roles.controls)].filter((name) => before.roles.controls.includes(name));
  const names = [...new Set([reference, ...suspects.map((pair) => pair.later.name), ...panel])];
  const missing = names.find((name) => !earlier.targets.has(name) || !later.targets.has(name));
  if (missing !== undefined)
    return none(`${missing} is not a target of both runs, though their analyses name it`);
  for (const folder of [earlier, later])
    for (const name of names)
      if ((await folder.records(name)).redacted) return none(`answers in ${folder.run} are redacted`);

  const calibration = calibrationOf(now);
  const most = calibration?.samplesPerProbe === "one" ? 1 : Number.POSITIVE_INFINITY;
  const shared = await sharedCounts([earlier, later], names, most);
  if (shared.probes === 0) return none("no probe has answers in both runs with the same wording");
  onMeasure();
  const labs = new Map(now.reportData.models.map(({ name, lab }) => [name, lab]));
  const measure = (folder: HistoryFolder) =>
    measureAnswers(
      {
        [Symbol.asyncIterator]: () => pairedAnswers(folder, names, shared, later.probes),
      },
      {
        models: names.map((name) => ({ name, lab: labs.get(name) ?? null })),
        panel: panel.map((name) => names.indexOf(name)),
        habitJackknife: true,
        meters: threadedMeters,
      },
    );
  const measured = { earlier: await measure(earlier), later: await measure(later) };
  // One calibrated at several samples does not hold where both runs share one.
  const usable =
    calibration?.samplesPerProbe === "several" && samplesPerProbe(measured.later) === "one"
      ? null
      : calibration;
  return suspects.map((pair) =>
    scoreChange(
      measured,
      { suspect: names.indexOf(pair.later.name), reference: names.indexOf(reference) },
      usable,
    ),
  );
}

/** The later run's calibration, used for both; null where it is of other statistics than these. */
function calibrationOf(analysis: Analysis): Calibration | null {
  const { calibration } = analysis.reportData;
  return calibration?.statisticVersion === statisticVersion ? calibration : null;
}

/** An analysis of fewer or other answers than the run now holds. */
async function staleCaveats(folder: HistoryFolder, analysis: Analysis): Promise<Caveat[]> {
  const stale: string[] = [];
  for (const { name, headHash, lines } of analysis.reportData.models) {
    if (lines === 0 || !folder.targets.has(name)) continue;
    if ((await folder.records(name)).head !== headHash) stale.push(name);
  }
  if (stale.length === 0) return [];
  return [
    {
      code: "stale-analysis",
      message: `The analysis of ${folder.run} was made from other answers than the run now holds (${stale.slice(0, 5).join(", ")}${stale.length > 5 ? ", ..." : ""}).`,
      advice: `Make it again: congener compare ${folder.run}`,
    },
  ];
}
