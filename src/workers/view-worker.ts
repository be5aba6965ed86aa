import { parentPort, workerData } from "node:worker_threads";
import { createViewMeter, type MeterSetup, type ProbeResponses } from "../analysis/view-meter.ts";

/** What the main thread sends: probes to measure, or the order to finish. */
export type ViewWorkerMessage =
  | { readonly probes: readonly ProbeResponses[] }
  | { readonly blockOf: Int32Array; readonly leftOutBlocks: number };

/** What the worker was started with. */
export interface ViewWorkerData {
  readonly names: readonly string[];
  readonly setup: MeterSetup;
}

const { names, setup } = workerData as ViewWorkerData;
const meter = createViewMeter(names, setup);
parentPort?.on("message", async (message: ViewWorkerMessage) => {
  if ("probes" in message) {
    await meter.add(message.probes);
    parentPort?.postMessage("added");
    return;
  }
  parentPort?.postMessage(await meter.finish(message.blockOf, message.leftOutBlocks));
  parentPort?.close();
});
