import type { ConcurrencyControl } from "../../sampling/concurrency-control.ts";
import type { Spending } from "../../sampling/spending.ts";
import type { RunProgress } from "../../schema/progress.ts";
import {
  readControl,
  removeControl,
  removeLeftovers,
  transcriptBytes,
  writeProgress,
} from "../../store/progress-file.ts";
import { pauseSeconds, type RunTally } from "./run-tally.ts";

/** What other processes see of a run while it goes on, and what they may ask of it. */
export interface LiveRun {
  /** The run folder is ours: from now on its progress is told about once a second, and its control file obeyed. */
  start(): void;
  /** Tells the last state. @param ended - why the session ended */
  end(ended: string): Promise<void>;
}

const tickMs = 1_000;

/** @param options.now - milliseconds that never go backwards */
export function createLiveRun(
  dir: string,
  options: {
    readonly pid: number;
    readonly tally: RunTally;
    readonly spending: () => Spending | null;
    readonly concurrency: ConcurrencyControl;
    /** Outcomes recorded before this session, by target. */
    readonly outcomesBefore: ReadonlyMap<string, RunProgress["targets"][number]["outcomes"]>;
    /** Samples answered in batches before this session, by target; missing is none. */
    readonly inBatchesBefore: ReadonlyMap<string, number>;
    readonly command: string | null;
    readonly date: () => Date;
    readonly now: () => number;
    readonly onConcurrency: (concurrency: number) => void;
  },
): LiveRun {
  const { tally, concurrency } = options;
  const startedAt = options.date().toISOString();
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  let busy = false;

  const progress = (ended: string | null, bytes: ReadonlyMap<string, number>): RunProgress => {
    const spending = options.spending();
    const costs = spending?.byTarget();
    return {
      schemaVersion: 1,
      pid: options.pid,
      startedAt,
      updatedAt: options.date().toISOString(),
      ended,
      concurrency: concurrency.current(),
      requests: tally.requests(),
      budgetUSD: spending?.budgetUSD ?? null,
      command: options.command,
      targets: tally.targets().map((target) => ({
        name: target.name,
        planned: target.planned,
        recorded: target.recorded,
        inBatches: (options.inBatchesBefore.get(target.name) ?? 0) + target.inBatches,
        failed: target.failed,
        outcomes: summed(options.outcomesBefore.get(target.name) ?? {}, target.outcomes),
        perSecond: target.rate.perSecond(options.now()),
        costUSD: costs?.get(target.name)?.costUSD ?? null,
        estimatedSamples: costs?.get(target.name)?.spent.estimatedSamples ?? 0,
        unsureAttempts: costs?.get(target.name)?.spent.unsureAttempts ?? 0,
        lastError: target.lastError?.slice(0, 500) ?? null,
        pausedUntil: ended === null ? momentAfter(pauseSeconds(target, options.now()), options.date()) : null,
        ended: target.ended?.slice(0, 500) ?? null,
        bytes: bytes.get(target.name) ?? null,
      })),
    };
  };

  const tick = async () => {
    const wanted = await readControl(dir);
    if (wanted !== null && wanted !== concurrency.current()) {
      concurrency.set(wanted);
      options.onConcurrency(wanted);
    }
    await writeProgress(dir, progress(null, new Map()));
  };

  return {
    start() {
      // Whether others can watch is no reason to stop asking: the store says so itself when a disk is full.
      try {
        removeLeftovers(dir);
      } catch {
        // As below.
      }
      working = writeProgress(dir, progress(null, new Map())).catch(() => {});
      timer = setInterval(() => {
        if (busy) return;
        busy = true;
        working = working
          .then(tick)
          .catch(() => {})
          .finally(() => {
            busy = false;
          });
      }, tickMs);
      timer.unref();
    },
    async end(ended) {
      if (timer === undefined) return;
      clearInterval(timer);
      await working;
      try {
        const bytes = new Map<string, number>();
        for (const { name } of tally.targets()) bytes.set(name, await transcriptBytes(dir, name));
        await writeProgress(dir, progress(ended, bytes));
        await removeControl(dir);
      } catch {
        // As above.
      }
    },
  };
}

/** The last moment that a date can hold, in milliseconds since 1970. */
const lastMoment = 8.64e15;

/** The moment so many seconds after a date; null for no seconds. */
function momentAfter(seconds: number, date: Date): string | null {
  if (seconds <= 0) return null;
  return new Date(Math.min(lastMoment, date.getTime() + seconds * 1000)).toISOString();
}

function summed(
  before: RunProgress["targets"][number]["outcomes"],
  now: RunProgress["targets"][number]["outcomes"],
): RunProgress["targets"][number]["outcomes"] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])] as (keyof typeof before)[];
  return Object.fromEntries(
    names.map((name) => [name, (before[name] ?? 0) + (now[name] ?? 0)]),
  ) as typeof before;
}
