import { copyFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "../store/make-folder.ts";
import { manifestPath, readManifest } from "../store/manifest-file.ts";
import { attemptsPath, featuresPath, transcriptPath } from "../store/run-paths.ts";
import { systemErrorCode, toStoreError } from "../store/system-error.ts";

/**
 * Copies what a comparison reads of a run folder: manifest, transcripts, attempts and, of a redacted run, features. Batches,
 * logs and whatever else lies there stay behind.
 * @throws StoreError
 */
export async function copyRun(from: string, into: string): Promise<void> {
  const { targets } = await readManifest(from);
  await copy(manifestPath(from), manifestPath(into));
  for (const { name } of targets)
    for (const path of [transcriptPath, attemptsPath, featuresPath])
      await copy(path(from, name), path(into, name)).catch((error: unknown) => {
        // A target without answers, without failures, or not redacted.
        if (systemErrorCode(error) !== "ENOENT") throw toStoreError(error, "copy", path(from, name));
      });
}

async function copy(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  await copyFile(from, to);
}
