import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type MeterFactory, type MeterSetup, oneMeter, type ProbeMeter } from "../analysis/view-meter.ts";
import { buffersOf } from "./buffers-of.ts";
import type { MeterCall } from "./view-worker.ts";

/** More threads than these would wait for the one that reads. */
const mostThreads = 8;

/**
 * Meters in worker threads, one a processor. Where there is one processor only, or the worker is not built (sources run
 * without a build), one meter in this thread measures all; the results are the same.
 */
export const threadedMeters: MeterFactory = (setup) => {
  const file = fileURLToPath(new URL("./view-worker.js", import.meta.url));
  const threads = Math.min(availableParallelism(), mostThreads);
  if (threads < 2 || !existsSync(file)) return oneMeter(setup);
  return Array.from({ length: threads }, () => workerMeter(file, { ...setup, meters: threads }));
};

/** A meter in a thread of its own. */
function workerMeter(file: string, setup: MeterSetup): ProbeMeter {
  // Flags of the embedding process, as --input-type or --eval, are not for a worker's file.
  const worker = new Worker(file, { workerData: setup, execArgv: [] });
  // A worker that waits must not keep a process alive that was told to end.
  worker.unref();
  let failure: Error | null = null;
  /** Calls under way; answers come in their order. */
  const waiting: { resolve: (result: never) => void; reject: (error: Error) => void }[] = [];
  worker.on("message", (result: unknown) => {
    waiting.shift()?.resolve(result as never);
    if (waiting.length === 0) worker.unref();
  });
  worker.on("error", (error) => {
    failure = error;
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  const call =
    <Name extends MeterCall["name"]>(name: Name) =>
    (...parameters: Parameters<ProbeMeter[Name]>) =>
      new Promise<never>((resolve, reject) => {
        if (failure !== null) return reject(failure);
        waiting.push({ resolve, reject });
        worker.ref();
        // Blocks come from a meter and are of no more use here; whatever else is sent may go to other meters as well.
        const given = name === "habitSums" ? buffersOf(parameters[0]) : [];
        worker.postMessage({ name, parameters } satisfies MeterCall, given);
      });
  return {
    content: call("content"),
    sketches: call("sketches"),
    filter: call("filter"),
    startCounting: call("startCounting"),
    count: call("count"),
    countKept: call("countKept"),
    counts: call("counts"),
    startHabits: call("startHabits"),
    habits: call("habits"),
    habitsKept: call("habitsKept"),
    habitBlocks: call("habitBlocks"),
    habitSums: call("habitSums"),
    close: () => {
      void worker.terminate();
    },
  };
}
