import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { targetHash } from "../schema/identity.ts";
import type { Labels } from "../schema/labels.ts";
import type { Manifest, Roles } from "../schema/manifest.ts";
import type { Suite } from "../schema/probe.ts";
import type { Shard } from "../schema/shard.ts";
import { readManifest } from "../store/manifest-file.ts";
import { recordedSampleIds } from "../store/read-transcripts.ts";
import { refuseRedacted } from "../store/refuse-redacted.ts";
import { createRun, openRun, type RunWriter } from "../store/run-writer.ts";
import { createSampleIds } from "../store/sample-ids.ts";
import type { Secret } from "../store/secret-filter.ts";
import { dealWithOpenBatches } from "./batch/open-batches.ts";
import type { BatchOptions } from "./batch/run-batches.ts";
import { runWithBatches } from "./batch/run-with-batches.ts";
import { extendManifest } from "./extend-manifest.ts";
import { type PlannedSample, planSamples, planTarget } from "./plan.ts";
import { type Endpoint, runSamples, type SamplingOptions } from "./run-samples.ts";
import type { SamplingResult } from "./sampling-events.ts";
import type { Spending } from "./spending.ts";
import type { StoppingRuleOf } from "./stopping-rule.ts";

/** What a run is to hold when it is complete. */
export interface RunRequest {
  readonly name: string;
  readonly congenerVersion: string;
  readonly origin: Extract<Manifest["origin"], "asked" | "demo">;
  readonly roles: Roles;
  readonly suites: readonly Suite[];
  /** Every target of the run. */
  readonly endpoints: readonly Endpoint[];
  /** Samples a probe and target; null takes each probe's own suggestion. */
  readonly samples: number | null;
  /** Seed of the order of asking. */
  readonly seed: number | null;
  /** Asks each sample in one of its probe's wordings, drawn by the seed. Fixed when a run begins. */
  readonly paraphrase?: boolean | undefined;
  readonly labels?: Labels | null;
  /** Ask only this part of the samples. Fixed when a run begins. */
  readonly shard?: Shard | undefined;
}

export interface SampleRunOptions
  extends Omit<SamplingOptions, "writer" | "endpoints" | "rule" | "spending"> {
  /** Ends sampling when the answers decide. It needs all targets: not to be given with `only`. */
  readonly stoppingRule?: StoppingRuleOf | undefined;
  /** Makes what follows the cost, once the run is open and holds so many samples: from then on nobody else adds to it. */
  readonly spendingOf?: ((recorded: number) => Promise<Spending>) | undefined;
  /** Values that must not be written. */
  readonly secrets?: readonly Secret[];
  /** Ask these targets only; the others stay as they are. */
  readonly only?: readonly string[] | undefined;
  /** Asks through batch APIs, where targets have them; batches that are open are waited for and collected. */
  readonly batch?: BatchOptions | undefined;
  /** Gives up the batches that are open first. */
  readonly abandonBatches?: boolean | undefined;
  /** The date and time of day, for the manifest. */
  readonly date: () => Date;
}

/**
 * Starts, resumes or extends the run in a folder: nothing recorded is asked again. Status in the manifest is `started`
 * while it works, then `complete` or `stopped`.
 * @throws UsageError when the folder holds another run than the one requested, StoreError when it cannot be written
 */
export async function sampleRun(
  dir: string,
  request: RunRequest,
  options: SampleRunOptions,
): Promise<SamplingResult> {
  const endpoints = chooseEndpoints(request, options.only);
  const wanted = wantedManifest(request, options.date());
  const secrets = options.secrets ?? [];
  const writer = (await holdsRun(dir))
    ? await openRun(dir, { secrets })
    : await createRun(dir, wanted, { secrets });
  try {
    const manifest = extendManifest(writer.manifest(), wanted, dir);
    await dealWithOpenBatches(dir, endpoints, options);
    const rule = options.stoppingRule?.(manifest);
    const stopping = () => (rule === undefined ? {} : { stopping: rule.record() });
    await writer.setManifest({ ...manifest, ...stopping() });
    await rule?.begin();
    const spending = await options.spendingOf?.(writer.size());
    const sampling = { ...options, spending, writer, endpoints, ...(rule === undefined ? {} : { rule }) };
    const { batch } = options;
    const result = await (batch === undefined
      ? runSamples(sampling)
      : runWithBatches({ ...sampling, batch, secrets }));
    const status = isComplete(writer) ? "complete" : "stopped";
    await writer.setManifest({ ...manifest, ...stopping(), status, updatedAt: options.date().toISOString() });
    return result;
  } finally {
    await writer.close();
  }
}

/** What is left to ask of one target. */
export interface TargetPlan {
  readonly name: string;
  readonly planned: number;
  readonly missing: readonly PlannedSample[];
}

/** What `sampleRun` would ask. Writes nothing and takes no lock. @throws as `sampleRun` does */
export async function planRun(
  dir: string,
  request: RunRequest,
  options: Pick<SampleRunOptions, "only" | "date">,
): Promise<TargetPlan[]> {
  const endpoints = chooseEndpoints(request, options.only);
  const { manifest, exists } = await plannedManifest(dir, request, options.date());
  const plans: TargetPlan[] = [];
  for (const { target } of endpoints) {
    const plan = planTarget(manifest, target.name);
    const recorded = exists ? await recordedSampleIds(dir, target.name) : createSampleIds();
    plans.push({
      name: target.name,
      planned: plan.length,
      missing: plan.filter(({ sampleId }) => !recorded.has(sampleId)),
    });
  }
  return plans;
}

/** The manifest that `sampleRun` would write at its start, and whether the folder holds a run. @throws as `sampleRun` does */
export async function plannedManifest(
  dir: string,
  request: RunRequest,
  date: Date,
): Promise<{ readonly manifest: Manifest; readonly exists: boolean }> {
  const wanted = wantedManifest(request, date);
  const exists = await holdsRun(dir);
  if (!exists) return { manifest: wanted, exists };
  const recorded = await readManifest(dir);
  refuseRedacted(dir, recorded);
  return { manifest: extendManifest(recorded, wanted, dir), exists };
}

function wantedManifest(request: RunRequest, date: Date): Manifest {
  const now = date.toISOString();
  return {
    schemaVersion: 1,
    congenerVersion: request.congenerVersion,
    name: request.name,
    createdAt: now,
    updatedAt: now,
    status: "started",
    origin: request.origin,
    samples: request.samples,
    seed: request.seed,
    ...(request.paraphrase === true ? { paraphrase: true as const } : {}),
    roles: request.roles,
    suites: [...request.suites],
    targets: request.endpoints.map(({ target }) => ({ ...target, hash: targetHash(target) })),
    labels: request.labels ?? null,
    sources: [],
    ...(request.shard === undefined ? {} : { shard: request.shard }),
  };
}

/** The targets to ask. @throws UsageError for a name that is none */
export function chooseEndpoints(
  request: RunRequest,
  only: readonly string[] | undefined,
): readonly Endpoint[] {
  const names = request.endpoints.map(({ target }) => target.name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UsageError("run.unknown-target", `--only ${unknown}: expected one of ${names.join(", ")}`);
  return request.endpoints.filter(({ target }) => only === undefined || only.includes(target.name));
}

function isComplete(writer: RunWriter): boolean {
  const manifest = writer.manifest();
  for (const { name } of manifest.targets)
    for (const { sampleId } of planSamples(manifest, name)) if (!writer.has(sampleId)) return false;
  return true;
}

async function holdsRun(dir: string): Promise<boolean> {
  return stat(join(dir, "manifest.json")).then(
    () => true,
    () => false,
  );
}
