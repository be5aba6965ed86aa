import type { BatchEvent } from "../../schema/batch.ts";
import type { Attempt } from "../../schema/transcript.ts";
import { readBatchEvents } from "../../store/batch-log.ts";

/** Suite, probe, wording and index of a sample. */
export type SampleNumbers = Extract<BatchEvent, { event: "intended" }>["requests"][number];

/** A batch that was meant to be submitted and is not dealt with yet. */
export interface OpenBatch {
  readonly key: string;
  /** ISO moment at which it was about to be submitted. */
  readonly intendedAt: string;
  readonly requests: readonly SampleNumbers[];
  readonly sha256: string;
  fileId: string | null;
  /** The provider's name for it; null when it is not known whether it was submitted. */
  batchId: string | null;
  submittedAt: string | null;
}

/** What a target's log of batches adds up to. */
export interface BatchLedger {
  /** In the order in which they were intended. */
  readonly open: OpenBatch[];
  /** Names of all batches so far, closed ones too. */
  readonly batchIds: Set<string>;
  /** Failed attempts of samples that are still to be asked, by `sampleKey`. */
  readonly failures: Map<string, { readonly batch: string; readonly attempt: Attempt }[]>;
}

/** A sample's identity within its target. */
export const sampleKey = (numbers: SampleNumbers): string => JSON.stringify(numbers);

/** @throws StoreError naming file and line for a damaged line */
export async function readBatchLedger(dir: string, target: string): Promise<BatchLedger> {
  const open = new Map<string, OpenBatch>();
  const batchIds = new Set<string>();
  const failures: BatchLedger["failures"] = new Map();
  for await (const event of readBatchEvents(dir, target)) {
    const batch = open.get(event.key);
    switch (event.event) {
      case "intended":
        open.set(event.key, {
          key: event.key,
          intendedAt: event.at,
          requests: event.requests,
          sha256: event.sha256,
          fileId: null,
          batchId: null,
          submittedAt: null,
        });
        break;
      case "uploaded":
        if (batch !== undefined) batch.fileId = event.fileId;
        break;
      case "submitted":
        batchIds.add(event.batchId);
        if (batch !== undefined) {
          batch.batchId = event.batchId;
          batch.submittedAt = event.at;
        }
        break;
      case "failed":
        noteFailure(failures, event);
        break;
      case "closed":
        open.delete(event.key);
        break;
    }
  }
  return { open: [...open.values()], batchIds, failures };
}

function noteFailure(
  failures: BatchLedger["failures"],
  event: Extract<BatchEvent, { event: "failed" }>,
): void {
  const name = sampleKey([event.suite, event.probe, event.wording, event.index]);
  if (event.final) {
    failures.delete(name);
    return;
  }
  const before = failures.get(name) ?? [];
  // A collection that was cut short is begun anew and notes the same failures again.
  if (!before.some(({ batch }) => batch === event.key))
    failures.set(name, [...before, { batch: event.key, attempt: event.attempt }]);
}
