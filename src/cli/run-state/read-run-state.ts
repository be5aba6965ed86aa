import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { PriceList } from "../../config/prices.ts";
import { openBatches } from "../../sampling/batch/open-batches.ts";
import { plannedCounts } from "../../sampling/planned-counts.ts";
import { recordedWork } from "../../sampling/recorded-work.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { RunProgress, TargetProgressRecord } from "../../schema/progress.ts";
import type { Outcome } from "../../schema/transcript.ts";
import { lockFileName, lockOwner } from "../../store/lock.ts";
import { readManifest } from "../../store/manifest-file.ts";
import { readProgress, transcriptBytes } from "../../store/progress-file.ts";
import { costOfWork } from "../money/cost-of-work.ts";
import { secondsLeft } from "../progress/sample-rate.ts";

/** How a run stands. */
export type RunStatus =
  /** A process is at work on it. */
  | "running"
  /** It ended before all was recorded, and can go on. */
  | "stopped"
  | "complete"
  /** Its process is gone without having said so; it can go on. */
  | "crashed";

/** How far one target has come. */
export interface TargetState {
  readonly name: string;
  readonly planned: number;
  readonly recorded: number;
  /** Of those recorded, how many were answered in batches of the provider's batch API. */
  readonly inBatches: number;
  readonly failed: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** Null while nothing is running, or nothing came yet. */
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
  /** US dollars; null where the price is unknown. */
  readonly costUSD: number | null;
  readonly estimatedSamples: number;
  readonly unsureAttempts: number;
  readonly lastError: string | null;
  /** Until when nothing is asked, for the server asked to wait; null where it goes on, or nothing is running. */
  readonly pausedUntil: string | null;
  readonly ended: string | null;
}

/** A batch at the provider. */
export interface OpenBatchState {
  readonly target: string;
  /** The provider's name for it; null when it is not known whether it was submitted. */
  readonly batchId: string | null;
  readonly requests: number;
  /** ISO moment of its submission, or of the attempt at it. */
  readonly since: string;
}

/** What `congener status --json` prints. */
export interface RunState {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly origin: Manifest["origin"];
  readonly status: RunStatus;
  /** The process that works on it; null where none does. */
  readonly process: { readonly pid: number; readonly host: string; readonly since: string | null } | null;
  readonly createdAt: string;
  /** When the running process last told its progress, else when the manifest was last written. */
  readonly updatedAt: string;
  /** Why the last session ended, where it said so. */
  readonly ended: string | null;
  readonly concurrency: number | null;
  readonly budgetUSD: number | null;
  readonly planned: number;
  readonly recorded: number;
  readonly inBatches: number;
  /** Batches that are neither collected nor given up. */
  readonly openBatches: readonly OpenBatchState[];
  readonly failed: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
  /** US dollars of the targets whose price is known; null where none is. */
  readonly costUSD: number | null;
  /** Targets whose price is unknown. */
  readonly unpriced: readonly string[];
  /** The command that goes on with the run, where a session left it. */
  readonly command: string | null;
  readonly targets: readonly TargetState[];
}

/**
 * How a run stands: as its process tells while one is at work, as the last session left it where nothing was written since,
 * else counted from its files. Writes nothing and takes no lock.
 * @throws StoreError when there is no run, or a line is damaged
 */
export async function readRunState(
  dir: string,
  prices: readonly PriceList[],
  date = new Date(),
): Promise<RunState> {
  const manifest = await readManifest(dir);
  const owner = lockOwner(dir);
  const progress = await readProgress(dir);
  const running = owner !== null && owner.alive !== false;
  const live = running && progress !== null && progress.pid === owner.pid && progress.ended === null;
  const targets: TargetState[] = [];
  for (const target of manifest.targets) {
    const told = progress?.targets.find(({ name }) => name === target.name);
    const fresh = told !== undefined && (live || (await isAsTold(dir, told)));
    if (fresh) targets.push(toldState(told, live ? date : null));
    else {
      const work = await recordedWork(dir, manifest, target);
      const planned =
        manifest.origin === "imported"
          ? work.recorded
          : [...plannedCounts(manifest, target.name).values()].reduce((sum, count) => sum + count, 0);
      targets.push({
        name: target.name,
        planned,
        recorded: work.recorded,
        inBatches: work.inBatches.recorded,
        failed: work.failed,
        outcomes: work.outcomes,
        perSecond: null,
        secondsLeft: null,
        costUSD: costOfWork(target, work, prices),
        estimatedSamples: work.spent.estimatedSamples,
        unsureAttempts: work.spent.unsureAttempts,
        lastError: work.lastError,
        pausedUntil: null,
        ended: null,
      });
    }
  }
  return {
    schemaVersion: 1,
    name: manifest.name,
    origin: manifest.origin,
    status: running
      ? "running"
      : owner !== null || manifest.status === "started"
        ? "crashed"
        : manifest.status,
    process: running
      ? {
          pid: owner.pid,
          host: owner.host,
          since: live ? progress.startedAt : await changedAt(join(dir, lockFileName)),
        }
      : null,
    createdAt: manifest.createdAt,
    updatedAt: live ? progress.updatedAt : manifest.updatedAt,
    ended: live || running ? null : (progress?.ended ?? null),
    concurrency: live ? progress.concurrency : null,
    budgetUSD: progress?.budgetUSD ?? null,
    openBatches: await openBatchStates(dir, manifest),
    ...totals(targets, live ? progress.targets.map(({ name }) => name) : []),
    command: progress?.command ?? null,
    targets,
  };
}

async function openBatchStates(dir: string, { targets }: Manifest): Promise<OpenBatchState[]> {
  const open = await openBatches(
    dir,
    targets.map(({ name }) => name),
  );
  return open.map(({ target, batchId, requests, submittedAt, intendedAt }) => ({
    target,
    batchId,
    requests: requests.length,
    since: submittedAt ?? intendedAt,
  }));
}

/** Whether a target's file is as long as it was when a session ended. */
async function isAsTold(dir: string, { name, bytes }: TargetProgressRecord): Promise<boolean> {
  return bytes !== null && bytes === (await transcriptBytes(dir, name));
}

/** @param live - now, where its process is at work; else null */
function toldState(told: RunProgress["targets"][number], live: Date | null): TargetState {
  const { bytes: _bytes, ...state } = told;
  const open = told.ended === null ? Math.max(0, told.planned - told.recorded - told.failed) : 0;
  return {
    ...state,
    perSecond: live === null ? null : told.perSecond,
    pausedUntil: live === null ? null : told.pausedUntil,
    secondsLeft:
      live === null ? null : secondsLeft(open, told.perSecond, pauseSeconds(told.pausedUntil, live)),
  };
}

const pauseSeconds = (until: string | null, now: Date) =>
  until === null ? 0 : Math.max(0, Date.parse(until) - now.getTime()) / 1000;

/** @param asked - the targets that a session asks now: the others take no time */
function totals(targets: readonly TargetState[], asked: readonly string[]) {
  const sum = (of: (target: TargetState) => number) =>
    targets.reduce((total, target) => total + of(target), 0);
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const target of targets)
    for (const [name, count] of Object.entries(target.outcomes) as [Outcome, number][])
      outcomes[name] = (outcomes[name] ?? 0) + count;
  const rates = targets.flatMap(({ perSecond }) => perSecond ?? []);
  const times = targets.filter(({ name }) => asked.includes(name)).map((target) => target.secondsLeft);
  const unpriced = targets.filter(({ costUSD }) => costUSD === null).map(({ name }) => name);
  return {
    planned: sum(({ planned }) => planned),
    recorded: sum(({ recorded }) => recorded),
    inBatches: sum(({ inBatches }) => inBatches),
    failed: sum(({ failed }) => failed),
    outcomes,
    perSecond: rates.length === 0 ? null : rates.reduce((total, rate) => total + rate, 0),
    // The slowest target counts.
    secondsLeft:
      times.length === 0 || times.some((time) => time === null)
        ? null
        : times.reduce<number>((most, time) => Math.max(most, time ?? 0), 0),
    costUSD: unpriced.length === targets.length ? null : sum(({ costUSD }) => costUSD ?? 0),
    unpriced,
  };
}

async function changedAt(path: string): Promise<string | null> {
  return stat(path).then(
    ({ mtime }) => mtime.toISOString(),
    () => null,
  );
}
