import type { BundledFile } from "../../bundle/write-bundle.ts";
import { readCanaryFiles } from "../canary/load-openings.ts";

/**
 * Openings, then commitments, each in the order given, as files of a bundle: what was read of them and passed their schema,
 * under names of their own. Nothing else of the files, and no other file, is published.
 */
export async function publishedOpenings(cwd: string, files: readonly string[]): Promise<BundledFile[]> {
  const { openings, commitments } = await readCanaryFiles(cwd, files);
  return [...openings, ...commitments].map((record, at) => ({
    name: `${at + 1}-${record.kind}.json`,
    content: `${JSON.stringify(record, null, 2)}\n`,
  }));
}
