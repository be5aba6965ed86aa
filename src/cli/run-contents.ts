import type { CompareInput } from "../analysis/compare.ts";
import { promptText } from "../probes/prompt-text.ts";
import { requestParams } from "../providers/request-params.ts";
import { wordingOf } from "../sampling/plan.ts";
import type { ModelSummary, WordingsUsed } from "../schema/analysis.ts";
import type { OutcomeCounts } from "../schema/corpus.ts";
import { canonicalJson } from "../schema/identity.ts";
import type { Labels } from "../schema/labels.ts";
import type { Manifest } from "../schema/manifest.ts";
import { summarizeTarget, type TargetSummary } from "../store/read-transcripts.ts";

/** What `compare` and `report` say of a run besides its answers. */
export type RunContents = Pick<CompareInput, "models" | "outcomes" | "suites" | "sources" | "wordings">;

/**
 * Counts every target's samples and verifies its hash chain.
 *
 * @param labels - labs that go before the manifest's own
 * @param counted.names - the targets that are counted; others are left out
 * @param counted.summaries - of targets that were counted and verified already
 */
export async function runContents(
  dir: string,
  manifest: Manifest,
  labels: Labels | null,
  counted: {
    readonly names: readonly string[];
    readonly summaries?: ReadonlyMap<string, TargetSummary> | undefined;
  },
): Promise<RunContents> {
  const { names, summaries } = counted;
  const models: ModelSummary[] = [];
  // One lab is one lab however it is spelt: `OpenAI` and `openai` must not be each other's controls.
  const spellings = new Map<string, string>();
  const oneSpelling = (lab: string | null): string | null => {
    if (lab === null) return null;
    const key = lab.trim().toLowerCase();
    if (!spellings.has(key)) spellings.set(key, lab.trim());
    return spellings.get(key) ?? lab;
  };
  const wordings = new Map<string, ReadonlyMap<number, number>>();
  const outcomes = new Map<string, ReadonlyMap<string, OutcomeCounts>>();
  for (const target of manifest.targets) {
    if (!names.includes(target.name)) continue;
    const {
      outcomesByProbe,
      wordings: used,
      ...summary
    } = summaries?.get(target.name) ?? (await summarizeTarget(dir, target.name));
    for (const [probe, bySample] of used)
      wordings.set(probe, new Map([...(wordings.get(probe) ?? []), ...bySample]));
    outcomes.set(target.name, outcomesByProbe);
    models.push({
      name: target.name,
      model: target.model,
      api: target.api,
      baseURL: target.baseURL,
      lab: oneSpelling(labels?.families[target.name] ?? target.lab),
      role: "other",
      params: canonicalJson(requestParams(target, {})),
      ...summary,
    });
  }
  return {
    models,
    outcomes,
    suites: manifest.suites.map(({ name, version, hash, probes }) => ({
      name,
      version,
      hash,
      probes: probes.length,
      families: [...new Set(probes.map(({ family }) => family))],
    })),
    sources: manifest.sources,
    ...(wordings.size === 0 ? {} : { wordings: wordingsUsed(manifest, wordings) }),
  };
}

/** A sample number has the same wording for every target: they are drawn by probe and number alone. */
function wordingsUsed(
  manifest: Manifest,
  wordings: ReadonlyMap<string, ReadonlyMap<number, number>>,
): WordingsUsed[] {
  const probes = new Map(manifest.suites.flatMap((suite) => suite.probes.map((probe) => [probe.id, probe])));
  return [...probes].flatMap(([id, probe]) => {
    const used = wordings.get(id);
    if (used === undefined) return [];
    const count = Math.max(...used.keys()) + 1;
    return {
      probe: id,
      texts:
        probe.withheld === undefined
          ? [0, ...probe.paraphrases.keys()].map((_, wording) => promptText(wordingOf(probe, wording)))
          : Array.from({ length: 1 + probe.withheld.paraphrases }, () => "(withheld)"),
      bySample: Array.from({ length: count }, (_, index) => used.get(index) ?? null),
    };
  });
}
