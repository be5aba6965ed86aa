import { UsageError } from "../errors.ts";
import { probeHash, suiteHash, targetHash } from "../schema/identity.ts";
import type { Labels } from "../schema/labels.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Probe } from "../schema/probe.ts";
import { importedSuite, type Survey } from "./survey-rows.ts";

/** A recorded model as a target: no endpoint, no parameters, and a lab where the labels know it. */
function recordedTarget(model: string, labels: Labels | null): Manifest["targets"][number] {
  const target = {
    name: model,
    api: "recorded" as const,
    baseURL: null,
    model,
    lab: labels !== null && Object.hasOwn(labels.families, model) ? (labels.families[model] ?? null) : null,
    params: {},
    rename: {},
    drop: [],
    extraBody: {},
  };
  return { ...target, hash: targetHash(target) };
}

/** Imported probes joined to those that the run has. @throws UsageError when an id now means another prompt */
function joinProbes(old: readonly Probe[], added: readonly Probe[]): Probe[] {
  const known = new Map(old.map((probe) => [probe.id, probe]));
  for (const probe of added) {
    const other = known.get(probe.id);
    if (other !== undefined && probeHash(other) !== probeHash(probe))
      throw new UsageError(
        "import.prompt",
        `prompt "${probe.id}" has another text in the run: expected ${JSON.stringify(shortPrompt(other))}, got ${JSON.stringify(shortPrompt(probe))}; import into another folder`,
      );
    known.set(probe.id, other ?? probe);
  }
  return [...known.values()];
}

const shortPrompt = ({ messages, prefix }: Probe): string =>
  (messages?.map(({ content }) => content).join(" ") ?? prefix ?? "").slice(0, 60);

/**
 * A run's manifest with what an import adds: its models, prompts, sources, and labels where new ones are given.
 * @throws UsageError when a prompt id means another prompt in the run
 */
export function joinManifest(
  old: Manifest,
  survey: Survey,
  labels: Labels | null,
  sources: Manifest["sources"],
): Manifest {
  const probes = joinProbes(
    old.suites.find(({ name }) => name === importedSuite.name)?.probes ?? [],
    survey.probes,
  );
  const joinedLabels = labels ?? old.labels;
  const models = [...new Set([...old.targets.map(({ name }) => name), ...survey.models])];
  const read = new Set(sources.map(({ sha256 }) => sha256));
  return {
    ...old,
    status: "started",
    suites: [
      {
        ...importedSuite,
        description: "Prompts of imported answers.",
        hash: suiteHash(probes),
        probes,
      },
    ],
    targets: models.map((model) => recordedTarget(model, joinedLabels)),
    labels: joinedLabels,
    sources: [...old.sources.filter(({ sha256 }) => !read.has(sha256)), ...sources],
  };
}

/** Manifest of an imported run that holds nothing yet. */
export function emptyManifest(name: string, now: string, version: string): Manifest {
  return {
    schemaVersion: 1,
    congenerVersion: version,
    name,
    createdAt: now,
    updatedAt: now,
    status: "started",
    origin: "imported",
    samples: null,
    seed: null,
    roles: { reference: null, suspects: [], controls: [], baselines: {} },
    suites: [],
    targets: [],
    labels: null,
    sources: [],
  };
}
