import { setImmediate } from "node:timers/promises";
import { compare } from "../analysis/compare.ts";
import { canaryEvidence } from "../canary/canary-evidence.ts";
import { greenListEvidence } from "../canary/green-list/green-evidence.ts";
import { secretsOf } from "../canary/test-suspect.ts";
import { UsageError } from "../errors.ts";
import type { Analysis, SuspectAnalysis } from "../schema/analysis.ts";
import type { Calibration } from "../schema/calibration.ts";
import type { CanaryOpening, CanarySuspect } from "../schema/canary.ts";
import type { GreenOpening } from "../schema/green-list.ts";
import type { Labels } from "../schema/labels.ts";
import { readManifest } from "../store/manifest-file.ts";
import { readRecordedAnswers } from "../store/read-answers.ts";
import type { TargetSummary } from "../store/read-transcripts.ts";
import { threadedMeters } from "../workers/threaded-meters.ts";
import { testRun } from "./canary/test-run.ts";
import { compareRoles, type RoleFlags } from "./compare-roles.ts";
import { withMixtureCaveats } from "./mixture-caveats.ts";
import { runContents } from "./run-contents.ts";
import { withSelectionCaveats } from "./selection-caveats.ts";
import { withWithheldCaveat } from "./withheld-caveats.ts";

/** What `compareRun` is told besides the run folder. */
export interface CompareRunOptions {
  readonly flags: RoleFlags;
  /** Labels that go before the run's own. */
  readonly labels: Labels | null;
  readonly calibration: Calibration | null;
  readonly prior: number | null;
  readonly seed: number;
  readonly version: string;
  /** ISO time that the analysis carries. */
  readonly createdAt: string;
  readonly commands: readonly string[];
  /** Revealed canaries, tested on every suspect; none by default. */
  readonly canaries?: readonly (CanaryOpening | GreenOpening)[];
  /** Secrets that were ever committed, where it is more than the openings tell. */
  readonly secretsCommitted?: number | undefined;
  /** Counts of targets whose chains were verified already, by name; those of the others are made here. */
  readonly summaries?: ReadonlyMap<string, TargetSummary>;
}

/**
 * Compares a run folder: from what is on disk alone, never over the network.
 * @throws UsageError for a shard of a run, which is to be merged with the others first
 */
export async function compareRun(dir: string, options: CompareRunOptions): Promise<Analysis> {
  const manifest = await readManifest(dir);
  if (manifest.shard !== undefined) {
    const { index, count } = manifest.shard;
    throw new UsageError(
      "compare.shard",
      `${dir} is shard ${index} of ${count}: expected a whole run, for a part of the answers says less than it seems to; unite the shards first: congener merge SHARD... --run DIR (with --allow-gaps while some are missing)`,
    );
  }
  const labels = options.labels ?? manifest.labels;
  const roles = compareRoles(manifest, labels, options.flags);
  const compared = [
    ...new Set([
      roles.reference ?? "",
      ...roles.suspects,
      ...roles.controls,
      ...Object.values(roles.baselines),
    ]),
  ];
  const given = options.canaries ?? [];
  // A green list is found in the texts alone; it still counts among the secrets that are corrected for.
  const canaries =
    manifest.redaction === undefined ? given : given.filter(({ kind }) => kind === "canary-opening");
  const secretsCommitted =
    canaries.length === given.length
      ? options.secretsCommitted
      : Math.max(options.secretsCommitted ?? 1, secretsOf(given));
  // Before the long work: a run that never asked them is an error.
  const tested = canaries.length === 0 ? [] : await testRun(dir, canaries, roles, { secretsCommitted });
  const weighed = await compare({
    run: manifest.name,
    congenerVersion: options.version,
    createdAt: options.createdAt,
    seed: options.seed,
    miniature: manifest.origin === "demo",
    roles,
    ...(await runContents(dir, manifest, labels, { names: compared, summaries: options.summaries })),
    answers: () => readRecordedAnswers(dir, compared),
    calibration: options.calibration,
    calibrationReason:
      options.calibration === null ? "no calibration was asked for (--calibration none)" : null,
    prior: options.prior,
    stopping: manifest,
    commands: options.commands,
    meters: threadedMeters,
    pause: setImmediate,
  });
  const analysis = withWithheldCaveat(
    manifest,
    await withSelectionCaveats(dir, await withMixtureCaveats(dir, weighed)),
    given.length - canaries.length,
  );
  if (tested.length === 0) return analysis;
  return {
    ...analysis,
    suspects: analysis.suspects.map((suspect) => {
      const canary = tested.find((one) => one.suspect === suspect.name);
      return canary === undefined ? suspect : withCanaries(suspect, canary);
    }),
  };
}

function withCanaries(suspect: SuspectAnalysis, canary: CanarySuspect): SuspectAnalysis {
  const slots = canary.tests.length === 0 ? [] : [canaryEvidence(canary)];
  const { greenTests, ...rest } = canary;
  return {
    ...suspect,
    evidence: [...suspect.evidence, ...slots, ...greenListEvidence(canary)],
    // What was counted, thousands of entries, is for `canary verify`; an analysis holds the figures.
    canary:
      greenTests === undefined
        ? rest
        : { ...rest, greenTests: greenTests.map(({ counted: _counted, ...test }) => test) },
  };
}
