import { type AnswerCounts, answerTestFor, testAnswers } from "../../analysis/history/answer-change.ts";
import { judgeEndpoints, type TestedEndpoint } from "../../analysis/history/judge-endpoints.ts";
import { permutationsFor } from "../../analysis/history/look-levels.ts";
import { outcomesDiffer, type SharedOutcomes, testOutcomes } from "../../analysis/history/outcome-change.ts";
import { targetDifferences } from "../../analysis/history/target-differences.ts";
import { UsageError } from "../../errors.ts";
import type { Caveat } from "../../schema/analysis.ts";
import type { ChangeTest, EndpointChange } from "../../schema/history.ts";
import { targetHash } from "../../schema/identity.ts";
import { seededRandom } from "../../schema/random.ts";
import { nativeSha256 } from "../../store/native-sha256.ts";
import { describeEndpoint } from "./describe-endpoint.ts";
import type { HistoryFolder } from "./history-run.ts";
import { countingRepeats, type RepeatCount, sharedAnswers } from "./shared-answers.ts";
import type { TargetRecords } from "./target-records.ts";

/** Two runs that are looked at together. */
export interface LookRuns {
  readonly look: number;
  readonly level: number;
  readonly earlier: HistoryFolder;
  readonly later: HistoryFolder;
  /** Targets whose URL may differ: the user says that it is one endpoint. */
  readonly moved: ReadonlySet<string>;
}

/** Whether a target of both runs is one endpoint, configured alike. */
export function isOneEndpoint({ earlier, later, moved }: LookRuns, target: string): boolean {
  const [before, now] = [earlier.targets.get(target), later.targets.get(target)];
  if (before === undefined || now === undefined) return false;
  const anywhere = (one: typeof now) => targetHash({ ...one, baseURL: null });
  return before.hash === now.hash || (moved.has(target) && anywhere(before) === anywhere(now));
}

export interface EndpointOptions {
  readonly targets: readonly string[];
  readonly seed: number;
}

/** What will be tested of one target, decided from counts alone. */
interface Planned {
  readonly endpoint: TestedEndpoint;
  readonly answers: "answers" | "answer-shift" | null;
  readonly outcomes: readonly SharedOutcomes[] | null;
}

/** Tests every target that both runs asked; corrected over the look. */
export async function lookAtEndpoints(runs: LookRuns, options: EndpointOptions): Promise<EndpointChange[]> {
  const planned: Planned[] = [];
  for (const target of options.targets) planned.push(await planTarget(runs, target));
  const tests = planned.reduce(
    (sum, { answers, outcomes }) => sum + (answers === null ? 0 : 1) + (outcomes === null ? 0 : 1),
    0,
  );
  const endpoints: TestedEndpoint[] = [];
  for (const { endpoint, answers, outcomes } of planned) {
    const { target } = endpoint;
    const permutations = permutationsFor(runs.level, tests);
    const design = (test: string) => ({
      level: runs.level,
      tests,
      permutations,
      // By what is tested, not by its place: a test is drawn alike whatever stands beside it.
      random: seededRandom(seedOf(`${options.seed}|${runs.look}|${target}|${test}`)),
    });
    const done: ChangeTest[] = [];
    const repeats: RepeatCount = { repeated: 0, of: 0 };
    if (answers !== null) {
      const shared = countingRepeats(sharedAnswers(runs.earlier, runs.later, target), repeats);
      done.push(await testAnswers(shared, answers, design("answers")));
    }
    if (outcomes !== null) done.push(testOutcomes(outcomes, design("outcomes")));
    endpoints.push({
      ...endpoint,
      tests: [...done, ...endpoint.tests],
      caveats: [...endpoint.caveats, ...repeatCaveats(target, repeats)],
    });
  }
  return judgeEndpoints(endpoints, runs.level);
}

const seedOf = (text: string) => Number.parseInt(nativeSha256(text).slice(0, 8), 16);

async function planTarget(runs: LookRuns, target: string): Promise<Planned> {
  const { earlier, later } = runs;
  const [first, second] = [await earlier.records(target), await later.records(target)];
  const [before, now] = [earlier.targets.get(target), later.targets.get(target)];
  if (before === undefined || now === undefined) throw new RangeError(`both runs must hold ${target}`);
  refuseSharedLines(earlier, later, target, [first, second]);
  const configuration = targetDifferences(before, now);
  const sameEndpoint = isOneEndpoint(runs, target);
  const keys = [...second.strata.keys()].filter((key) => first.strata.has(key));
  const counts = keys.map(
    (key): AnswerCounts => [
      first.strata.get(key)?.outcomes.ok ?? 0,
      second.strata.get(key)?.outcomes.ok ?? 0,
    ],
  );
  const outcomes = keys.map((key) => ({
    earlier: first.strata.get(key)?.outcomes ?? {},
    later: second.strata.get(key)?.outcomes ?? {},
  }));
  const redacted = first.redacted || second.redacted;
  const reason = !sameEndpoint
    ? "it is configured otherwise than in the earlier run"
    : sameSource(earlier, later)
      ? "both runs were imported from the same file"
      : keys.length === 0
        ? "no probe was asked in both runs with the same wording"
        : null;
  const test = reason === null && !redacted ? answerTestFor(counts) : null;
  const why =
    reason ??
    (redacted
      ? "its answers are redacted"
      : `too few probes have answers in both runs (${keys.length} shared; two answers each, or six probes with one, are needed)`);
  return {
    answers: test,
    outcomes: reason === null && outcomesDiffer(outcomes) ? outcomes : null,
    endpoint: {
      target,
      model: { earlier: before.model, later: now.model },
      configuration,
      tests: test === null ? [notApplicable(why, counts)] : [],
      description: describeEndpoint(first, second),
      caveats: caveatsOf(target, [first, second], { moved: sameEndpoint && before.hash !== now.hash }),
    },
  };
}

function notApplicable(reason: string, counts: readonly AnswerCounts[]): ChangeTest {
  const sum = (side: 0 | 1) => counts.reduce((total, pair) => total + pair[side], 0);
  return {
    test: "answers",
    nullHypothesis: "at each probe, the answers of both runs are draws of one distribution",
    method: "none",
    statistic: null,
    statisticName: "none",
    effect: null,
    effectName: "none",
    interval: null,
    intervalLevel: null,
    pValue: null,
    adjustedP: null,
    alarm: false,
    permutations: null,
    smallestP: null,
    detectable: null,
    n: counts.length,
    nUnit: "probes and wordings",
    samples: { earlier: sum(0), later: sum(1) },
    reason,
  };
}

/** Runs of which one is a copy or an extension of the other hold the same answers: comparing these says nothing. */
function refuseSharedLines(
  earlier: HistoryFolder,
  later: HistoryFolder,
  target: string,
  [first, second]: readonly [TargetRecords, TargetRecords],
): void {
  let common = 0;
  for (const salt of second.salts) if (first.salts.has(salt)) common++;
  if (common > 0)
    throw new UsageError(
      "history.shared-lines",
      `${later.run} and ${earlier.run} hold ${common} answers of ${target} that are the same recorded lines: expected runs that were asked separately; name only one of a run and its copy, extension or merge`,
    );
}

/** Share of repeated answers from which the runs are hardly two draws. */
const manyRepeated = 0.8;

function repeatCaveats(target: string, { repeated, of }: RepeatCount): Caveat[] {
  if (of === 0 || repeated / of < manyRepeated) return [];
  return [
    {
      code: "repeated-answers",
      message: `${repeated} of ${of} answers of ${target} are word for word those of the same number in the earlier run: a fixed seed, a cache, temperature 0, or the same recordings.`,
      advice:
        "Such runs are not two independent draws: the test then hardly sees a small change. Ask without a seed, past the cache.",
    },
  ];
}

const sameSource = (earlier: HistoryFolder, later: HistoryFolder) => {
  const hashes = new Set(earlier.manifest.sources.map(({ sha256 }) => sha256));
  return later.manifest.sources.some(({ sha256 }) => hashes.has(sha256));
};

function caveatsOf(
  target: string,
  [first, second]: readonly [TargetRecords, TargetRecords],
  { moved }: { readonly moved: boolean },
): Caveat[] {
  const caveats: Caveat[] = [];
  if (moved)
    caveats.push({
      code: "moved-endpoint",
      message: `${target} was asked at another URL than before; it counts as one endpoint because --moved says so, or because both runs are demos.`,
      advice: "Make sure that both URLs are meant to serve the same model.",
    });
  if (first.answered !== null && second.answered !== null && second.answered.from <= first.answered.to)
    caveats.push({
      code: "overlapping-times",
      message: `Answers of ${target} in the later run began before those of the earlier run had ended.`,
      advice: "A change between the runs is then blurred; compare runs that follow each other.",
    });
  const names = ({ servedModels }: TargetRecords) => [...servedModels.keys()].sort().join(", ");
  if (names(first) !== names(second) && first.servedModels.size > 0 && second.servedModels.size > 0)
    caveats.push({
      code: "served-model-changed",
      message: `${target} said it served ${names(first)}, and now says ${names(second)}.`,
      advice: "What an endpoint says of itself is no measurement; read it beside the test of its answers.",
    });
  return caveats;
}
