import type { GreenSealed } from "../../schema/green-list.ts";
import { canonicalJson, probeHash } from "../../schema/identity.ts";
import type { Manifest } from "../../schema/manifest.ts";

/** One recorded sample with a text, complete or cut. */
export interface WrittenSample {
  readonly probeHash: string;
  readonly wording: number;
  readonly index: number;
  readonly text: string;
}

/**
 * The texts of a model that a green list's test reads: the first committed number of samples of each committed prompt, which
 * are found by the prompts' words; or all.
 *
 * @param samples - of one model, in any order; not modified
 * @param sealed - null for every answer of the run
 */
export function greenTexts(
  samples: readonly WrittenSample[],
  manifest: Pick<Manifest, "suites">,
  sealed: Pick<GreenSealed, "prompts" | "samplesPerPrompt"> | null,
): string[] {
  if (sealed === null) return samples.map(({ text }) => text);
  const committed = new Set(sealed.prompts.map((prompt) => canonicalJson(prompt)));
  const asked = new Set(
    manifest.suites.flatMap(({ probes }) =>
      probes
        .filter(({ messages }) => messages !== undefined && committed.has(canonicalJson(messages)))
        .map(probeHash),
    ),
  );
  return samples
    .filter(
      ({ probeHash: hash, wording, index }) =>
        wording === 0 && index < sealed.samplesPerPrompt && asked.has(hash),
    )
    .map(({ text }) => text);
}

/** Everything that a run showed its models: what stands there a model may have copied. */
export function shownTexts({ suites }: Pick<Manifest, "suites">): string[] {
  return suites.flatMap(({ probes }) =>
    probes.flatMap(({ messages = [], prefix, paraphrases }) => [
      ...messages.map(({ content }) => content),
      ...(prefix === undefined ? [] : [prefix]),
      ...paraphrases.flatMap((wording) =>
        typeof wording === "string" ? [wording] : wording.map(({ content }) => content),
      ),
    ]),
  );
}
