import { UsageError } from "../errors.ts";
import { probeHash } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import { probeDifferences, sameValue, targetDifferences } from "./request-differences.ts";

/** A run folder that is to be united with others. */
export interface PartialRun {
  /** As messages name it. */
  readonly name: string;
  readonly manifest: Manifest;
}

/**
 * The manifest of several shards or partial runs of one request: what all of them say, and no shard any more. When it
 * was created and what it was made from are left to the caller.
 * @throws UsageError naming the two runs and the difference when they did not ask the same: other suites, another text of a
 * probe, other targets or parameters, samples, seed, wordings, roles, labels, or shards of another number
 */
export function mergeManifests(parts: readonly PartialRun[]): Manifest {
  const [first, ...others] = parts;
  if (first === undefined) throw new UsageError("merge.none", "expected at least one run to unite");
  for (const { name, manifest } of parts) {
    if (manifest.origin === "imported")
      throw new UsageError(
        "merge.imported",
        `${name} holds imported answers: expected runs that were asked; import all files into one folder instead`,
      );
    if (manifest.stopping !== undefined)
      throw new UsageError(
        "merge.stopping",
        `${name} was asked until decided, by its own answers: expected runs without a stopping rule`,
      );
  }
  for (const other of others) {
    refuseOtherSuites(first, other);
    refuseOtherTargets(first, other);
    for (const field of ["origin", "samples", "seed", "paraphrase", "roles", "labels"] as const)
      if (!sameValue(first.manifest[field], other.manifest[field]))
        throw differ(
          first,
          other,
          `${field} is ${JSON.stringify(first.manifest[field] ?? null)} in the one and ${JSON.stringify(other.manifest[field] ?? null)} in the other`,
        );
  }
  const counts = new Set(
    parts.flatMap(({ manifest: { shard } }) => (shard === undefined ? [] : shard.count)),
  );
  if (counts.size > 1)
    throw new UsageError(
      "merge.shards",
      `the runs are shards of ${[...counts].join(" and of ")}: expected shards of one split; name those of one alone`,
    );
  const { shard: _shard, recordedLines: _lines, ...manifest } = first.manifest;
  return manifest;
}

/** Numbers of the shards that no run is; none where no run is a shard. */
export function missingShards(parts: readonly PartialRun[]): number[] {
  const shards = parts.flatMap(({ manifest }) => manifest.shard ?? []);
  const count = shards[0]?.count ?? 0;
  // A whole run among them may hold what a shard lacks.
  if (shards.length < parts.length) return [];
  return Array.from({ length: count }, (_, at) => at + 1).filter((index) =>
    shards.every((shard) => shard.index !== index),
  );
}

function refuseOtherSuites(first: PartialRun, other: PartialRun): void {
  for (const [one, two] of [
    [first, other],
    [other, first],
  ] as const)
    for (const suite of one.manifest.suites) {
      const same = two.manifest.suites.find(({ name }) => name === suite.name);
      if (same === undefined) throw differ(one, two, `only the one asked suite ${suite.name}`);
      for (const probe of suite.probes) {
        const twin = same.probes.find(({ id }) => id === probe.id);
        if (twin === undefined)
          throw differ(one, two, `only the one asked probe ${probe.id} of suite ${suite.name}`);
        if (probeHash(twin) !== probeHash(probe))
          throw differ(
            one,
            two,
            `probe ${probe.id} of suite ${suite.name} was asked differently: ${probeDifferences(probe, twin)}`,
          );
        if (twin.samples !== probe.samples)
          throw differ(
            one,
            two,
            `probe ${probe.id} of suite ${suite.name} has ${probe.samples ?? "no"} samples of its own in the one and ${twin.samples ?? "none"} in the other`,
          );
      }
    }
}

function refuseOtherTargets(first: PartialRun, other: PartialRun): void {
  for (const [one, two] of [
    [first, other],
    [other, first],
  ] as const)
    for (const target of one.manifest.targets) {
      const same = two.manifest.targets.find(({ name }) => name === target.name);
      if (same === undefined) throw differ(one, two, `only the one has target ${target.name}`);
      if (same.hash !== target.hash)
        throw differ(
          one,
          two,
          `target ${target.name} was asked differently: ${targetDifferences(target, same)}`,
        );
      if (same.lab !== target.lab)
        throw differ(
          one,
          two,
          `the lab of ${target.name} is ${target.lab} in the one and ${same.lab} in the other`,
        );
    }
}

const differ = (one: PartialRun, two: PartialRun, how: string) =>
  new UsageError(
    "merge.differ",
    `${one.name} and ${two.name} did not ask the same: ${how}; unite runs of one configuration only`,
  );
