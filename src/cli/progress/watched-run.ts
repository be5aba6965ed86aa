import { pid } from "node:process";
import { createConcurrencyControl } from "../../sampling/concurrency-control.ts";
import type { SampleRunOptions } from "../../sampling/sample-run.ts";
import type { SamplingResult } from "../../sampling/sampling-events.ts";
import type { Spending } from "../../sampling/spending.ts";
import type { CliContext } from "../context.ts";
import { openSpending, type RunOutlook } from "../money/run-outlook.ts";
import { createSamplingProgress } from "../sampling-progress.ts";
import { createLiveRun } from "./live-run.ts";

/** A run that is shown on the terminal, told to other processes and kept within its budget. */
export interface WatchedRun {
  /** What `sampleRun` needs for it. */
  readonly options: Pick<SampleRunOptions, "onEvent" | "spendingOf" | "concurrency">;
  /** Waits for the sampling and ends the display, whatever happens. */
  during(sampling: Promise<SamplingResult>): Promise<SamplingResult>;
  /** What follows the cost; null before the first request. */
  spending(): Spending | null;
}

export function watchedRun(
  outlook: RunOutlook,
  about: {
    readonly budgetUSD: number | null;
    readonly limits: { readonly concurrency: number };
    readonly argv: { readonly quiet: boolean };
    /** The command that goes on with the run. */
    readonly command: string;
    readonly context: CliContext;
  },
): WatchedRun {
  let spending: Spending | null = null;
  const concurrency = createConcurrencyControl(about.limits.concurrency);
  const progress = createSamplingProgress(about.context, {
    quiet: about.argv.quiet,
    spending: () => spending,
  });
  const live = createLiveRun(outlook.dir, {
    pid,
    tally: progress.tally,
    spending: () => spending,
    concurrency,
    outcomesBefore: new Map([...outlook.works].map(([name, { outcomes }]) => [name, outcomes])),
    inBatchesBefore: new Map([...outlook.works].map(([name, { inBatches }]) => [name, inBatches.recorded])),
    command: about.command,
    date: () => new Date(),
    now: () => performance.now(),
    onConcurrency: (now) => progress.say(`concurrency is ${now} from now on`),
  });
  return {
    options: {
      concurrency,
      spendingOf: async (recorded) => {
        spending = await openSpending(outlook, about.budgetUSD, recorded);
        return spending;
      },
      onEvent: (event) => {
        progress.onEvent(event);
        if (event.type === "started") live.start();
      },
    },
    async during(sampling) {
      let ended = "error";
      try {
        const result = await sampling;
        ended = result.stopReason ?? result.status;
        return result;
      } finally {
        progress.stop();
        await live.end(ended);
      }
    },
    spending: () => spending,
  };
}
