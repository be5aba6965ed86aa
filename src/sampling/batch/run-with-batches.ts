import { UsageError } from "../../errors.ts";
import { whyNoBatches } from "../../providers/batch/create-batch-api.ts";
import type { Secret } from "../../store/secret-filter.ts";
import { planTarget } from "../plan.ts";
import { runSamples, type SamplingOptions } from "../run-samples.ts";
import type { SamplingEvent, SamplingResult } from "../sampling-events.ts";
import { type BatchOptions, runBatches } from "./run-batches.ts";

export interface RunWithBatchesOptions extends SamplingOptions {
  readonly batch: BatchOptions;
  readonly date: () => Date;
  readonly secrets: readonly Secret[];
}

/**
 * Asks the targets that have a batch API in batches and the others request by request, at the same time. Events and
 * result are as of one session.
 * @throws UsageError with a stopping rule, which looks at answers as they come; StoreError as `runSamples` does
 */
export async function runWithBatches(options: RunWithBatchesOptions): Promise<SamplingResult> {
  if (options.rule !== undefined)
    throw new UsageError(
      "run.batch-until",
      "batches do not go with sampling until decided, which looks at the answers as they come: leave one of the two out",
    );
  const { writer, limits } = options;
  const reasons = new Map(
    options.endpoints.map(({ target, batch }) => [target.name, whyNoBatches(target, batch)] as const),
  );
  const inBatches = options.endpoints.filter(({ target }) => reasons.get(target.name) === null);
  const others = options.endpoints.filter(({ target }) => reasons.get(target.name) !== null);
  const parts = Number(inBatches.length > 0) + Number(others.length > 0);
  const onEvent = joinedEvents(parts, options);
  for (const { target } of others)
    onEvent({
      type: "batch",
      target: target.name,
      message: `is asked request by request, not in batches: ${reasons.get(target.name)}`,
    });
  const abort = new AbortController();
  const stopSignal = AbortSignal.any([abort.signal, ...(options.stopSignal ? [options.stopSignal] : [])]);
  // Batches are asked first, and what they leave of the limit goes to the others.
  const lacking = inBatches
    .flatMap(({ target }) => planTarget(writer.manifest(), target.name))
    .filter(({ sampleId }) => !writer.has(sampleId)).length;
  const rest =
    limits.maxRequests === undefined ? {} : { maxRequests: Math.max(0, limits.maxRequests - lacking) };
  const runs = [
    ...(inBatches.length === 0
      ? []
      : [runBatches({ ...options, endpoints: inBatches, onEvent, stopSignal })]),
    ...(others.length === 0
      ? []
      : [runSamples({ ...options, endpoints: others, onEvent, stopSignal, limits: { ...limits, ...rest } })]),
  ].map((run) =>
    run.catch((error: unknown) => {
      abort.abort(error);
      throw error;
    }),
  );
  const settled = await Promise.allSettled(runs);
  const failed = settled.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  return joinedResult(
    settled.flatMap((run) => (run.status === "fulfilled" ? run.value : [])),
    options.endpoints.map(({ target }) => target.name),
  );
}

/** One `started` for all parts, with the targets in the order of the endpoints, and one `stopping` for a reason. */
function joinedEvents(
  parts: number,
  { endpoints, writer, onEvent = () => {} }: SamplingOptions,
): (event: SamplingEvent) => void {
  const started: Extract<SamplingEvent, { type: "started" }>["targets"][number][] = [];
  const stopping = new Set<string>();
  const early: SamplingEvent[] = [];
  let waitingFor = parts;
  const place = (name: string) => endpoints.findIndex(({ target }) => target.name === name);
  return (event) => {
    if (event.type === "started") {
      started.push(...event.targets);
      if (--waitingFor > 0) return;
      onEvent({ ...event, targets: started.sort((a, b) => place(a.name) - place(b.name)) });
      for (const kept of early.splice(0)) onEvent(kept);
      return;
    }
    if (event.type === "stopping") {
      if (stopping.has(event.reason)) return;
      stopping.add(event.reason);
    }
    const shown = "message" in event ? { ...event, message: writer.scrub(event.message) } : event;
    if (waitingFor > 0) early.push(shown);
    else onEvent(shown);
  };
}

function joinedResult(results: readonly SamplingResult[], order: readonly string[]): SamplingResult {
  return {
    status: results.every(({ status }) => status === "complete") ? "complete" : "stopped",
    stopReason: results.find(({ stopReason }) => stopReason !== null)?.stopReason ?? null,
    requests: results.reduce((sum, { requests }) => sum + requests, 0),
    targets: results
      .flatMap(({ targets }) => targets)
      .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name)),
  };
}
