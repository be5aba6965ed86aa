import { UsageError } from "../errors.ts";
import { probeHash, suiteHash } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Suite } from "../schema/probe.ts";
import { probeDifferences, targetDifferences } from "./request-differences.ts";

/**
 * The manifest of a run that is continued with what is wanted now: targets, suites, probes and samples may be added, roles and
 * labels are replaced, nothing recorded is dropped.
 * @throws UsageError with the difference when a target's endpoint, model or parameters changed, or a probe's text, for
 * old and new answers would then stand under one name
 */
export function extendManifest(existing: Manifest, wanted: Manifest, dir: string): Manifest {
  if (existing.origin === "imported" && wanted.origin !== "imported")
    throw new UsageError(
      "run.imported",
      `${dir} holds imported answers: expected a run that was asked; choose another folder with --run`,
    );
  if (wanted.paraphrase === true && existing.paraphrase !== true)
    throw new UsageError(
      "run.changed-wordings",
      `${dir} was begun in each probe's own wording, and paraphrases would ask its samples a second time; drop --paraphrase (or paraphrase: true), or choose another folder with --run`,
    );
  if (shardName(existing) !== shardName(wanted))
    throw new UsageError(
      "run.changed-shard",
      `${dir} holds ${shardName(existing)}, and ${shardName(wanted)} was asked for: give the same --shard as before, or choose another folder with --run`,
    );
  for (const target of wanted.targets) {
    const before = existing.targets.find(({ name }) => name === target.name);
    if (before !== undefined && before.hash !== target.hash)
      throw new UsageError(
        "run.changed-target",
        `target ${target.name} was asked differently in ${dir}: ${targetDifferences(before, target)}; undo the change, give the target another name, or choose another folder with --run`,
      );
  }
  const kept = existing.suites.filter(({ name }) => !wanted.suites.some((suite) => suite.name === name));
  const suites = wanted.suites.map((suite) => {
    const before = existing.suites.find(({ name }) => name === suite.name);
    return before === undefined ? suite : joinSuites(before, suite, dir);
  });
  const oldTargets = existing.targets.filter(
    ({ name }) => !wanted.targets.some((target) => target.name === name),
  );
  const { paraphrase: _paraphrase, ...rest } = wanted;
  return {
    ...rest,
    ...(existing.paraphrase === undefined ? {} : { paraphrase: existing.paraphrase }),
    name: existing.name,
    createdAt: existing.createdAt,
    origin: existing.origin,
    seed: existing.seed,
    suites: [...kept, ...suites],
    targets: [...oldTargets, ...wanted.targets],
    labels: wanted.labels ?? existing.labels,
    sources: existing.sources,
    ...(existing.stopping === undefined ? {} : { stopping: existing.stopping }),
  };
}

const shardName = ({ shard }: Manifest) =>
  shard === undefined ? "the whole run" : `shard ${shard.index}/${shard.count}`;

function joinSuites(before: Suite, wanted: Suite, dir: string): Suite {
  for (const probe of wanted.probes) {
    const old = before.probes.find(({ id }) => id === probe.id);
    if (old !== undefined && probeHash(old) !== probeHash(probe))
      throw new UsageError(
        "run.changed-probe",
        `probe ${probe.id} of suite ${wanted.name} was asked differently in ${dir}: ${probeDifferences(old, probe)}; undo the change, give the probe another id, or choose another folder with --run`,
      );
  }
  const gone = before.probes.filter(({ id }) => !wanted.probes.some((probe) => probe.id === id));
  const probes = [...wanted.probes, ...gone];
  return { ...wanted, probes, hash: suiteHash(probes) };
}
