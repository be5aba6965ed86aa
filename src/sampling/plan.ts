import { probeHash, sampleId } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Probe } from "../schema/probe.ts";
import { type Random, seededRandom } from "../schema/random.ts";
import { inShard } from "../schema/shard.ts";
import { nativeSha256 } from "../store/native-sha256.ts";

/** One sample that a run asks for. */
export interface PlannedSample {
  readonly sampleId: string;
  readonly suite: string;
  readonly probe: Probe;
  readonly wording: number;
  readonly target: string;
  readonly index: number;
  /** Place of its probe in the order in which probes are asked. */
  readonly place: number;
}

/**
 * In which order a target is asked: every probe once, then every probe again; or all samples of one probe, then all of
 * the next, in one order for all targets.
 */
export type AskingOrder = "rounds" | "probe-major";

/** Samples a probe where neither the run nor the probe says. */
export const defaultSamples = 10;

/** What of a manifest decides what is asked. */
type PlannedManifest = Pick<Manifest, "suites" | "targets" | "samples" | "seed" | "paraphrase" | "shard">;

/**
 * The samples of a target in the order in which they are asked. By rounds: all probes once in a random order of the
 * target's own, then all of them again in another, so that a run that stops early has every probe, and time of day is not
 * tied to probe. Suites that share a probe share its samples. Either order depends on the manifest's seed (by rounds
 * also on the target's name) alone. With `paraphrase` each sample has one of its probe's wordings: see `drawnWording`.
 * Of a shard's manifest only the samples that belong to the shard. Made one by one: a plan of any length takes no memory.
 *
 * @param manifest.samples - samples a probe; null takes each probe's own suggestion
 */
export function* planSamples(
  manifest: PlannedManifest,
  targetName: string,
  order: AskingOrder = "rounds",
): Generator<PlannedSample> {
  const target = manifest.targets.find(({ name }) => name === targetName);
  if (target === undefined) return;
  const { shard } = manifest;
  for (const { asked, index, place } of inOrder(manifest, targetName, order)) {
    const { suite, probe, hash } = asked;
    const wording = manifest.paraphrase === true ? drawnWording(asked, index, manifest.seed) : 0;
    const id = sampleId({ probeHash: hash, wording, targetHash: target.hash, index }, nativeSha256);
    if (shard === undefined || inShard(id, shard))
      yield { sampleId: id, suite, probe, wording, target: targetName, index, place };
  }
}

function* inOrder(
  manifest: PlannedManifest,
  targetName: string,
  order: AskingOrder,
): Generator<{ asked: AskedProbe; index: number; place: number }> {
  if (order === "probe-major") {
    for (const [place, asked] of probeOrder(manifest).entries())
      for (let index = 0; index < asked.samples; index++) yield { asked, index, place };
    return;
  }
  const probes = askedProbes(manifest);
  // Each target has an order of its own: what arrives where at one time has no pattern.
  const random = seededRandom(hashedSeed(`${manifest.seed ?? 0}|${targetName}`));
  const rounds = probes.reduce((most, { samples }) => Math.max(most, samples), 0);
  for (let index = 0; index < rounds; index++)
    for (const [place, asked] of shuffled(probes, random).entries())
      if (index < asked.samples) yield { asked, index, place };
}

/** All samples of a target at once: see `planSamples`. */
export function planTarget(
  manifest: PlannedManifest,
  targetName: string,
  order: AskingOrder = "rounds",
): PlannedSample[] {
  return [...planSamples(manifest, targetName, order)];
}

/**
 * Which wording a sample is asked in: drawn by seed, the same for every target, so that answers to one wording are
 * compared with answers to the same. Every wording of a probe comes once before any comes again.
 */
function drawnWording({ probe, hash }: AskedProbe, index: number, seed: number | null): number {
  const wordings = 1 + probe.paraphrases.length;
  const round = Math.floor(index / wordings);
  const random = seededRandom(hashedSeed(`${seed ?? 0}|${hash}|${round}`));
  return shuffled(
    Array.from({ length: wordings }, (_, wording) => wording),
    random,
  )[index % wordings] as number;
}

/** A seed of 32 bits from a text. */
const hashedSeed = (text: string) => Number.parseInt(nativeSha256(text).slice(0, 8), 16);

/** A probe of the run, with the samples that are asked of each target. */
export interface AskedProbe {
  readonly suite: string;
  readonly probe: Probe;
  /** Content hash. */
  readonly hash: string;
  readonly samples: number;
}

/** The probes of a run in the random order of the manifest's seed: the order `probe-major` of every target. */
export function probeOrder(manifest: Pick<Manifest, "suites" | "samples" | "seed">): AskedProbe[] {
  return shuffled(askedProbes(manifest), seededRandom(manifest.seed ?? 0));
}

/** Hashes of the probes of manifests, which are not changed: every target and every pass over a plan needs them. */
const hashes = new WeakMap<Probe, string>();

/** Content hash of a manifest's probe. */
export function hashOf(probe: Probe): string {
  const hash = hashes.get(probe) ?? probeHash(probe);
  hashes.set(probe, hash);
  return hash;
}

function askedProbes(manifest: Pick<Manifest, "suites" | "samples">): AskedProbe[] {
  const asked = new Map<string, AskedProbe>();
  for (const suite of manifest.suites)
    for (const probe of suite.probes) {
      const hash = hashOf(probe);
      if (asked.has(hash)) continue;
      asked.set(hash, {
        suite: suite.name,
        probe,
        hash,
        samples: manifest.samples ?? probe.samples ?? defaultSamples,
      });
    }
  return [...asked.values()];
}

/** A copy in random order (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [copy[last], copy[other]] = [copy[other] as T, copy[last] as T];
  }
  return copy;
}

/** The probe in one of its wordings: 0 is its own, k its k-th paraphrase. */
export function wordingOf(probe: Probe, wording: number): Pick<Probe, "messages" | "prefix" | "params"> {
  const { messages, prefix, params } = probe;
  const other = wording === 0 ? undefined : probe.paraphrases[wording - 1];
  if (other === undefined) return { messages, prefix, params };
  return typeof other === "string" ? { prefix: other, params } : { messages: other, params };
}
