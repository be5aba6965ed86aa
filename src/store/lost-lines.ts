import { StoreError } from "../errors.ts";
import type { Manifest } from "../schema/manifest.ts";
import { transcriptPath } from "./run-paths.ts";

/**
 * Refuses a transcript file that is missing or shorter than it was when the manifest was written: its samples would be
 * asked, and paid for, again. (The hash chain shows lines that changed or went from the middle, not ones that
 * went from the end.)
 * @throws StoreError `store.lost-lines` naming the file
 */
export function refuseLostLines(
  dir: string,
  manifest: Pick<Manifest, "recordedLines">,
  target: string,
  lines: number,
): void {
  const recorded = manifest.recordedLines?.[target] ?? 0;
  if (lines >= recorded) return;
  const path = transcriptPath(dir, target);
  throw new StoreError(
    "store.lost-lines",
    `${path} ${lines === 0 ? "is missing or empty" : `ends after ${lines} lines`}: expected the ${recorded} that were recorded when the manifest was written; restore the file from a copy, or move the run folder away and run again`,
  );
}
