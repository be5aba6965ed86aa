import { UsageError } from "../../errors.ts";
import { createBatchApi, whyNoBatches } from "../../providers/batch/create-batch-api.ts";
import { openBatchLog } from "../../store/batch-log.ts";
import { createSecretFilter, type Secret } from "../../store/secret-filter.ts";
import type { Endpoint } from "../run-samples.ts";
import type { SamplingEvent } from "../sampling-events.ts";
import { type OpenBatch, readBatchLedger } from "./batch-ledger.ts";

/** An open batch with the target that it asks. */
export interface TargetBatch extends OpenBatch {
  readonly target: string;
}

/** The batches of some targets that are neither collected nor given up. */
export async function openBatches(dir: string, targets: readonly string[]): Promise<TargetBatch[]> {
  const found: TargetBatch[] = [];
  for (const target of targets)
    for (const batch of (await readBatchLedger(dir, target)).open) found.push({ ...batch, target });
  return found;
}

/**
 * Before the first request: gives open batches up where that was asked for, and refuses to go past them otherwise,
 * unless they are waited for.
 * @throws UsageError naming the batches
 */
export async function dealWithOpenBatches(
  dir: string,
  endpoints: readonly Endpoint[],
  options: {
    readonly batch?: object | undefined;
    readonly abandonBatches?: boolean | undefined;
    readonly limits: { readonly timeoutMs: number };
    readonly date: () => Date;
    readonly secrets?: readonly Secret[];
    readonly onEvent?: (event: SamplingEvent) => void;
  },
): Promise<void> {
  if (options.abandonBatches === true) await abandonBatches(dir, endpoints, options);
  const ordinary = endpoints.filter(
    ({ target, batch }) => options.batch === undefined || whyNoBatches(target, batch) !== null,
  );
  await refuseOpenBatches(
    dir,
    ordinary.map(({ target }) => target.name),
  );
}

/**
 * Refuses to ask targets in the ordinary way while batches of theirs are open, for their samples would be paid twice.
 * @throws UsageError naming the batches
 */
async function refuseOpenBatches(dir: string, targets: readonly string[]): Promise<void> {
  const open = await openBatches(dir, targets);
  if (open.length === 0) return;
  const named = open.slice(0, 3).map(batchName).join(", ");
  const more = open.length > 3 ? ` and ${open.length - 3} more` : "";
  throw new UsageError(
    "run.open-batches",
    `${named}${more} ${open.length === 1 ? "is" : "are"} open: asking now would pay for the same samples twice; go on waiting with --batch, or give up with --abandon-batches`,
  );
}

/** A batch by its name, target and size, for messages. */
export function batchName({ target, batchId, intendedAt, requests }: TargetBatch): string {
  return `batch ${batchId ?? `of ${intendedAt}, which may have been submitted,`} of ${target} (${requests.length} requests)`;
}

/**
 * Gives up all open batches of some targets: cancels them at the provider where that can be done, and closes them here
 * whatever it says, so that their samples are asked anew. What was answered of them is paid all the same.
 */
async function abandonBatches(
  dir: string,
  endpoints: readonly Endpoint[],
  options: Parameters<typeof dealWithOpenBatches>[2],
): Promise<void> {
  const secrets = options.secrets ?? [];
  const { text: scrub } = createSecretFilter(secrets);
  for (const { target, apiKey, headers } of endpoints) {
    const { open } = await readBatchLedger(dir, target.name);
    if (open.length === 0) continue;
    const log = await openBatchLog(dir, target.name, { secrets });
    try {
      const { timeoutMs } = options.limits;
      const api = await createBatchApi({ target, apiKey, headers, timeoutMs, scrub });
      for (const { key, batchId, intendedAt } of open) {
        const problem =
          batchId === null
            ? "it is not known whether it was submitted"
            : await api.cancel(batchId, new AbortController().signal).then(
                () => null,
                (error: unknown) => (error instanceof Error ? error.message : String(error)),
              );
        const at = options.date().toISOString();
        await log.append({ schemaVersion: 1, event: "closed", key, at, how: "abandoned", message: problem });
        const message = `batch ${batchId ?? `of ${intendedAt}`} is given up${problem === null ? " and cancelled" : `, but could not be cancelled: ${problem}`}; what was answered of it is paid all the same`;
        options.onEvent?.({ type: "batch", target: target.name, message: scrub(message) });
      }
    } finally {
      await log.close();
    }
  }
}
