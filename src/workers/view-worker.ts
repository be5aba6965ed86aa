import { parentPort, workerData } from "node:worker_threads";
import { createProbeMeter, type MeterSetup, type ProbeMeter } from "../analysis/view-meter.ts";
import { buffersOf } from "./buffers-of.ts";

/** What the main thread asks: a call of a meter's function. */
export interface MeterCall {
  readonly name: Exclude<keyof ProbeMeter, "close">;
  readonly parameters: readonly unknown[];
}

const meter = createProbeMeter(workerData as MeterSetup);

parentPort?.on("message", async ({ name, parameters }: MeterCall) => {
  const result = await (meter[name] as (...given: readonly unknown[]) => unknown)(...parameters);
  parentPort?.postMessage(result, buffersOf(result));
});
