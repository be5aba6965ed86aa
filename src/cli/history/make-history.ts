import { levelOfLook } from "../../analysis/history/look-levels.ts";
import { UsageError } from "../../errors.ts";
import type { Caveat } from "../../schema/analysis.ts";
import { statisticVersion } from "../../schema/calibration.ts";
import type { History, HistoryRun, Look } from "../../schema/history.ts";
import { type LookRuns, lookAtEndpoints } from "./endpoint-look.ts";
import { lookAtFindings } from "./finding-look.ts";
import { type HistoryFolder, openRuns } from "./history-run.ts";

export interface HistoryOptions {
  readonly cwd: string;
  readonly runs: readonly string[];
  /** Only these targets are tested; undefined for all. */
  readonly targets?: readonly string[] | undefined;
  /** Every later run against this one, instead of each against the one before. */
  readonly since?: string | undefined;
  /** Targets that are one endpoint though their URL differs. */
  readonly moved?: readonly string[] | undefined;
  readonly alpha: number;
  readonly seed: number;
  readonly version: string;
  readonly note: (text: string) => void;
}

/**
 * Compares runs over time, two at a time: only their records and one probe's answers are held at once. Looks that are
 * there already come out the same when later runs are added.
 *
 * @throws UsageError for fewer than two runs, one named twice, a shard, an unknown target or a wrong `alpha`
 */
export async function makeHistory(options: HistoryOptions): Promise<History> {
  const { alpha, seed } = options;
  if (!(alpha > 0 && alpha < 1))
    throw new UsageError("history.alpha", `--alpha must lie between 0 and 1, got ${alpha}`);
  const folders = await openRuns(options.cwd, options.runs);
  const pairs = pairsOf(folders, options.since);
  const names = new Set(folders.flatMap(({ targets }) => [...targets.keys()]));
  for (const name of [...(options.targets ?? []), ...(options.moved ?? [])])
    if (!names.has(name))
      throw new UsageError(
        "history.unknown-target",
        `no target ${name} in any of the runs: expected one of ${[...names].slice(0, 12).join(", ")}${names.size > 12 ? ", ..." : ""}`,
      );

  const looks: Look[] = [];
  for (const [at, [earlier, later]] of pairs.entries()) {
    const bothDemos = [earlier, later].every(({ manifest }) => manifest.origin === "demo");
    const runs: LookRuns = {
      look: at + 1,
      level: levelOfLook(alpha, at + 1),
      earlier,
      later,
      // A demo's servers have other ports each time.
      moved: new Set(bothDemos ? later.targets.keys() : options.moved),
    };
    looks.push(await lookAt(runs, options, pairs.length));
    // Records of a run are kept for the next look, if it takes part in that.
    const next: readonly HistoryFolder[] = pairs[at + 1] ?? [];
    for (const folder of [earlier, later]) if (!next.includes(folder)) folder.forget();
  }
  return {
    schemaVersion: 1,
    congenerVersion: options.version,
    statisticVersion,
    seed,
    alpha,
    design: options.since === undefined ? "consecutive" : "baseline",
    errorControl: `If no endpoint ever changes, the probability of any endpoint alarm, in all looks there will ever be, is at most ${alpha}: look t is given ${alpha} * 6 / (pi² t²), shared by Holm's procedure among its tests. Findings have the same guarantee of their own, as far as their jackknife holds. Runs added later change no earlier look.`,
    targets: options.targets === undefined ? null : [...options.targets],
    runs: folders.map(runOf),
    looks,
    caveats: orderCaveats(folders, options),
  };
}

/** Which runs are looked at together, in the order of looks. */
function pairsOf(
  folders: readonly HistoryFolder[],
  since: string | undefined,
): (readonly [HistoryFolder, HistoryFolder])[] {
  if (since === undefined)
    return folders.slice(1).map((later, at) => [folders[at] as HistoryFolder, later] as const);
  const at = folders.findIndex(({ run, dir }) => run === since || dir === since);
  if (at === -1)
    throw new UsageError(
      "history.since",
      `--since ${since} is none of the runs: expected one of ${folders.map(({ run }) => run).join(", ")}`,
    );
  const baseline = folders[at] as HistoryFolder;
  const pairs = folders.slice(at + 1).map((later) => [baseline, later] as const);
  if (pairs.length === 0)
    throw new UsageError(
      "history.since",
      `--since ${since} is the latest of the runs: expected one that others follow`,
    );
  return pairs;
}

async function lookAt(runs: LookRuns, options: HistoryOptions, looks: number): Promise<Look> {
  const { look, level, earlier, later } = runs;
  const wanted = (name: string) => options.targets === undefined || options.targets.includes(name);
  const [before, now] = [[...earlier.targets.keys()], [...later.targets.keys()]];
  const targets = now.filter((name) => wanted(name) && earlier.targets.has(name));
  options.note(`Look ${look} of ${looks}: ${earlier.run} and ${later.run}, ${targets.length} targets ...`);
  const endpoints = await lookAtEndpoints(runs, {
    targets,
    seed: options.seed,
  });
  const { findings, reason, caveats } = await lookAtFindings(runs, () =>
    options.note("  measuring what both runs share ..."),
  );
  return {
    look,
    earlier: earlier.run,
    later: later.run,
    level,
    endpointTests: endpoints.reduce(
      (sum, { tests }) => sum + tests.filter(({ pValue }) => pValue !== null).length,
      0,
    ),
    findingTests: findings.filter(({ score }) => score.pValue !== null).length,
    endpoints,
    added: now.filter((name) => wanted(name) && !earlier.targets.has(name)),
    removed: before.filter((name) => wanted(name) && !later.targets.has(name)),
    findings,
    findingsReason: reason,
    caveats: [...caveats, ...reachCaveats(endpoints, level)],
  };
}

/** Tests whose smallest p cannot pass Holm's first threshold. */
function reachCaveats(endpoints: Look["endpoints"], level: number): Caveat[] {
  const tests = endpoints.flatMap((endpoint) =>
    endpoint.tests.filter(({ pValue }) => pValue !== null).map((test) => ({ endpoint, test })),
  );
  const out = tests.filter(({ test }) => (test.smallestP ?? 0) > level / tests.length);
  if (out.length === 0) return [];
  const names = [...new Set(out.map(({ endpoint }) => endpoint.target))];
  return [
    {
      code: "level-out-of-reach",
      message: `No p-value of ${names.join(", ")} can be as small as this look asks for at first (${(level / tests.length).toPrecision(2)}): there are too few answers to relabel.`,
      advice: "Ask more probes or samples, or test fewer targets (--target).",
    },
  ];
}

function runOf({ run, manifest, analysis }: HistoryFolder): HistoryRun {
  return {
    run,
    name: manifest.name,
    createdAt: manifest.createdAt,
    origin: manifest.origin,
    congenerVersion: manifest.congenerVersion,
    seed: manifest.seed,
    samples: manifest.samples,
    suites: manifest.suites.map(({ name, version, hash, probes }) => ({
      name,
      version,
      hash,
      probes: probes.length,
    })),
    targets: manifest.targets.length,
    analysis:
      analysis === null
        ? null
        : {
            createdAt: analysis.createdAt,
            statisticVersion: analysis.statisticVersion,
            seed: analysis.seed,
          },
  };
}

function orderCaveats(folders: readonly HistoryFolder[], options: HistoryOptions): Caveat[] {
  const caveats: Caveat[] = [];
  if (folders.some(({ run }, at) => run !== options.runs[at]))
    caveats.push({
      code: "reordered",
      message:
        "The runs were not named in the order in which they were started; they are shown in that order.",
      advice: "Where only imports tell the time, import in the order in which the answers were given.",
    });
  if (folders.some(({ manifest }) => manifest.origin === "imported"))
    caveats.push({
      code: "imported-times",
      message: "An imported run counts from when it was imported, not from when its answers were given.",
      advice: "Make sure that the order of the runs is that of their answers.",
    });
  if (options.since === undefined && folders.length > 2)
    caveats.push({
      code: "slow-drift",
      message: "Each run is compared with the one before: a change in many small steps may never be seen.",
      advice:
        "Compare with a fixed run instead (--since RUN), and decide which before looking: the guarantee is for one of the two.",
    });
  return caveats;
}
