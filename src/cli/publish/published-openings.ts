import type { BundledFile } from "../../bundle/write-bundle.ts";
import { type LoadedOpenings, loadOpenings, readCanaryFiles } from "../canary/load-openings.ts";

/** Revealed canaries, as they are tested and as they are published. */
export interface PublishedOpenings {
  readonly loaded: LoadedOpenings;
  readonly files: readonly BundledFile[];
}

/** What a run without canaries is compared and published with. */
export const noOpenings: PublishedOpenings = {
  loaded: { openings: [], secretsCommitted: undefined },
  files: [],
};

/**
 * Reads openings and commitments: first the ones, then the others, each in the order given. What is published is what was read of
 * them and passed their schema, under names of their own: nothing else of the files, and no other file.
 *
 * @throws UsageError, SchemaError or StoreError as `loadOpenings`; a secret that was not revealed is refused
 */
export async function readOpenings(cwd: string, paths: readonly string[]): Promise<PublishedOpenings> {
  const loaded = await loadOpenings(cwd, paths);
  const { openings, commitments } = await readCanaryFiles(cwd, paths);
  return {
    loaded,
    files: [...openings, ...commitments].map((record, at) => ({
      name: `${at + 1}-${record.kind}.json`,
      content: `${JSON.stringify(record, null, 2)}\n`,
    })),
  };
}

/** Those that a redacted run can be tested for: green lists are read in the answers themselves. */
export function withoutGreenLists({ loaded, files }: PublishedOpenings): PublishedOpenings {
  const openings = loaded.openings.filter(({ kind }) => kind === "canary-opening");
  if (openings.length === 0) return noOpenings;
  return {
    loaded: { ...loaded, openings },
    files: files.filter(({ name }) => !name.endsWith("-canary-green-opening.json")),
  };
}
