import { createWithholder } from "../../analysis/withhold-answers.ts";
import { type RedactSummary, redactRun } from "../../bundle/redact-run.ts";
import type { RevealedCanary } from "../../bundle/redacted-lines.ts";
import { canaryProbes } from "../../canary/answered-slots.ts";
import { commitmentHash } from "../../canary/commit.ts";
import { readVariant } from "../../canary/read-variant.ts";
import type { Analysis } from "../../schema/analysis.ts";
import type { CanaryOpening } from "../../schema/canary.ts";
import type { GreenOpening } from "../../schema/green-list.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { readManifest } from "../../store/manifest-file.ts";

/**
 * Writes the run folder that is published redacted, so that comparing it gives what the analysis of the whole run says;
 * see `redactRun`. Green lists cannot be tested without the texts and are left out.
 *
 * @param outDir - absent or empty
 * @param options.key - 32 random bytes: `newRedactionKey`
 * @param options.analysis - of the whole run: whose reference and labs it is published with
 * @param options.openings - revealed canaries that were tested
 */
export async function redactPublished(
  runDir: string,
  outDir: string,
  options: {
    readonly key: Buffer;
    readonly analysis: Pick<Analysis, "reference" | "reportData"> | null;
    readonly openings: readonly (CanaryOpening | GreenOpening)[];
  },
): Promise<RedactSummary> {
  const { key, analysis, openings } = options;
  const manifest = await readManifest(runDir);
  return redactRun(runDir, outDir, {
    key,
    withhold: createWithholder,
    ...(analysis === null
      ? {}
      : {
          claimsOf: {
            name: analysis.reference,
            lab: analysis.reportData.models.find(({ name }) => name === analysis.reference)?.lab ?? null,
          },
        }),
    canaries: revealedCanaries(manifest, openings),
  });
}

/** How a run's answers are read for the canaries among the openings. */
export function revealedCanaries(
  manifest: Manifest,
  openings: readonly (CanaryOpening | GreenOpening)[],
): RevealedCanary[] {
  return openings.flatMap((opening) => {
    if (opening.kind !== "canary-opening") return [];
    const { sealed } = opening;
    const slots = new Map(sealed.slots.map((slot) => [slot.id, slot]));
    return {
      commitment: commitmentHash(opening),
      slots: canaryProbes(manifest, sealed),
      read: (id: string, text: string) => {
        const slot = slots.get(id);
        return slot === undefined ? null : readVariant(text, slot);
      },
    };
  });
}
