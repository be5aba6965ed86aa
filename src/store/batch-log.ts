import { join } from "node:path";
import { type BatchEvent, batchEventSchema } from "../schema/batch.ts";
import { createCommitQueue } from "./commit-queue.ts";
import { targetFileName } from "./file-name.ts";
import { damagedLine, parseLine, rawLines } from "./json-lines.ts";
import { makeFolder } from "./make-folder.ts";
import { cutUnfinishedLine } from "./open-transcripts.ts";
import type { OpenOptions } from "./run-writer.ts";
import { createSecretFilter } from "./secret-filter.ts";

/** A target's batches, opened by the run's only writer. */
export interface BatchLog {
  /** Resolves when the event is on disk. */
  append(event: BatchEvent): Promise<void>;
  close(): Promise<void>;
}

/** File of a target's batches. */
export const batchesPath = (dir: string, target: string): string =>
  join(dir, "batches", `${targetFileName(target)}.jsonl`);

/**
 * Opens the log of a target's batches for writing; a torn last line, which was never acknowledged, is cut off.
 * The caller holds the run's lock.
 */
export async function openBatchLog(dir: string, target: string, options: OpenOptions): Promise<BatchLog> {
  const path = batchesPath(dir, target);
  await makeFolder(join(dir, "batches"));
  await cutUnfinishedLine(path);
  const queue = createCommitQueue();
  const filter = createSecretFilter(options.secrets ?? []);
  return {
    append: (event) => queue.append(path, JSON.stringify(filter.value(event).value)),
    close: () => queue.close(),
  };
}

/**
 * What happened to a target's batches, in order; nothing where there were none.
 * @throws StoreError naming file and line for a damaged line
 */
export async function* readBatchEvents(dir: string, target: string): AsyncGenerator<BatchEvent> {
  const path = batchesPath(dir, target);
  for await (const line of rawLines(path)) {
    if (!line.terminated) return;
    const parsed = batchEventSchema.safeParse(parseLine(path, line));
    if (!parsed.success) throw damagedLine(path, line.number, "expected an event of a batch");
    yield parsed.data;
  }
}
