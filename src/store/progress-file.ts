import { readdirSync, rmSync } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { controlSchema, progressSchema, type RunProgress } from "../schema/progress.ts";
import { transcriptPath } from "./run-paths.ts";
import { systemErrorCode, toStoreError } from "./system-error.ts";
import { temporaryName, writeAtomically } from "./write-atomically.ts";

const progressPath = (dir: string): string => join(dir, "progress.json");
const controlPath = (dir: string): string => join(dir, "control.json");

/** Replaces a run's progress file: never half written, and not synced, for it is of the moment. */
export async function writeProgress(dir: string, progress: RunProgress): Promise<void> {
  await writeAtomically(progressPath(dir), `${JSON.stringify(progressSchema.parse(progress))}\n`, {
    durable: false,
  });
}

/** What the last process that asked said; null where there is none or it cannot be read, for then the files are counted. */
export async function readProgress(dir: string): Promise<RunProgress | null> {
  const parsed = progressSchema.safeParse(await readSmallJson(progressPath(dir)));
  return parsed.success ? parsed.data : null;
}

/** Size of a target's transcript file in bytes; 0 where there is none. */
export async function transcriptBytes(dir: string, target: string): Promise<number> {
  try {
    return (await stat(transcriptPath(dir, target))).size;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return 0;
    throw toStoreError(error, "read", transcriptPath(dir, target));
  }
}

/** Asks the process that works in a run folder for another concurrency. */
export async function writeControl(dir: string, concurrency: number): Promise<void> {
  await writeAtomically(controlPath(dir), `${JSON.stringify({ schemaVersion: 1, concurrency })}\n`, {
    durable: false,
  });
}

/** The concurrency that was asked for; null where nothing was, or nothing that makes sense. */
export async function readControl(dir: string): Promise<number | null> {
  const parsed = controlSchema.safeParse(await readSmallJson(controlPath(dir)));
  return parsed.success ? parsed.data.concurrency : null;
}

/**
 * Removes what a process that is gone has left: what was asked of it, and files that it was still writing. For the owner
 * of the lock, while it writes no file of its own: done when it returns, for it cannot tell such a file from a leftover.
 */
export function removeLeftovers(dir: string): void {
  rmSync(controlPath(dir), { force: true });
  for (const name of readdirSync(dir)) if (temporaryName.test(name)) rmSync(join(dir, name), { force: true });
}

/** What was asked of this process is not meant for the next one. */
export async function removeControl(dir: string): Promise<void> {
  await rm(controlPath(dir), { force: true });
}

async function readSmallJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return null;
  }
}
