import { join } from "node:path";
import { createWithholder } from "../../analysis/withhold-answers.ts";
import type { BundleCheck } from "../../bundle/bundle-check.ts";
import { checkWithheld } from "../../bundle/check-withheld.ts";
import { bundleFiles } from "../../bundle/layout.ts";
import { readManifest } from "../../store/manifest-file.ts";
import { loadOpenings } from "../canary/load-openings.ts";
import { revealedCanaries } from "../publish/redact-published.ts";

/** The run that a redacted bundle was made of, and the key. */
export interface WithheldTexts {
  readonly runDir: string;
  readonly key: Buffer;
}

/**
 * Whether the features of a redacted bundle are those of the answers.
 * @param canaries - file names of the openings in the bundle
 * @throws StoreError naming the first difference
 */
export async function checkFeatures(
  dir: string,
  canaries: readonly string[],
  { runDir, key }: WithheldTexts,
): Promise<BundleCheck> {
  const { openings } =
    canaries.length === 0 ? { openings: [] } : await loadOpenings(join(dir, "canaries"), [...canaries]);
  const found = await checkWithheld(runDir, join(dir, bundleFiles.run), {
    withhold: createWithholder,
    key,
    canaries: revealedCanaries(await readManifest(runDir), openings),
  });
  return {
    name: "features",
    status: "holds",
    message: `of ${found.answers} answers, they are what the texts give under the key`,
  };
}
