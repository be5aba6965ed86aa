import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import {
  createViewMeter,
  type MeterFactory,
  type MeterResult,
  oneMeter,
  type ViewMeter,
} from "../analysis/view-meter.ts";
import type { ViewWorkerData, ViewWorkerMessage } from "./view-worker.ts";

/** Views by thread, so that both have about the same work: tokens and n-grams of whole responses are the long part. */
const ownViews = ["word", "closing"];
const otherViews = ["opening", "style"];
/** Batches a worker may lag behind before the reader waits for it: bounds what lies in its queue. */
const mostBatchesAhead = 4;

/**
 * Two meters, one of them in a worker thread. Where there is one processor only, or the worker is not built (sources
 * run without a build), one meter in this thread measures all views; the results are the same.
 */
export const threadedMeters: MeterFactory = (setup) => {
  const file = fileURLToPath(new URL("./view-worker.js", import.meta.url));
  if (availableParallelism() < 2 || !existsSync(file)) return oneMeter(setup);
  return [workerMeter(file, { names: otherViews, setup }), createViewMeter(ownViews, setup)];
};

function workerMeter(file: string, workerData: ViewWorkerData): ViewMeter {
  // Flags of the embedding process, as --input-type or --eval, are not for a worker's file.
  const worker = new Worker(file, { workerData, execArgv: [] });
  // A worker that waits must not keep a process alive that was told to end.
  worker.unref();
  let ahead = 0;
  let wake: (() => void) | null = null;
  let failure: Error | null = null;
  let settle: ((result: MeterResult | Error) => void) | null = null;
  worker.on("message", (message: "added" | MeterResult) => {
    if (message === "added") ahead--;
    else settle?.(message);
    wake?.();
  });
  worker.on("error", (error) => {
    failure = error;
    settle?.(error);
    wake?.();
  });
  const post = (message: ViewWorkerMessage) => worker.postMessage(message);
  return {
    add: async (probes) => {
      post({ probes });
      ahead++;
      while (ahead >= mostBatchesAhead && failure === null)
        await new Promise<void>((resolve) => {
          wake = resolve;
          worker.ref();
        });
      worker.unref();
      if (failure !== null) throw failure;
    },
    finish: async (blockOf, leftOutBlocks) => {
      if (failure !== null) throw failure;
      worker.ref();
      const result = await new Promise<MeterResult | Error>((resolve) => {
        settle = resolve;
        post({ blockOf, leftOutBlocks });
      });
      if (result instanceof Error) throw result;
      return result;
    },
    cancel: () => {
      void worker.terminate();
    },
  };
}
