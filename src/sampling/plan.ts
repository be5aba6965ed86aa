import { probeHash, sampleId } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Probe } from "../schema/probe.ts";
import { type Random, seededRandom } from "../schema/random.ts";

/** One sample that a run asks for. */
export interface PlannedSample {
  readonly sampleId: string;
  readonly suite: string;
  readonly probe: Probe;
  readonly wording: number;
  readonly target: string;
  readonly index: number;
}

/** Samples a probe where neither the run nor the probe says. */
export const defaultSamples = 10;

/**
 * The samples of a target in the order in which they are asked: all probes once in a random order, then all of them
 * again in another, so that a run that stops early has every probe, and time of day is not tied to probe. Suites that
 * share a probe share its samples. The order depends on the manifest's seed alone.
 *
 * @param manifest.samples - samples a probe; null takes each probe's own suggestion
 */
export function planTarget(
  manifest: Pick<Manifest, "suites" | "targets" | "samples" | "seed">,
  targetName: string,
): PlannedSample[] {
  const target = manifest.targets.find(({ name }) => name === targetName);
  if (target === undefined) return [];
  const random = seededRandom(manifest.seed ?? 0);
  const asked = new Map<string, { suite: string; probe: Probe; hash: string; samples: number }>();
  for (const suite of manifest.suites)
    for (const probe of suite.probes) {
      const hash = probeHash(probe);
      if (asked.has(hash)) continue;
      asked.set(hash, {
        suite: suite.name,
        probe,
        hash,
        samples: manifest.samples ?? probe.samples ?? defaultSamples,
      });
    }
  const probes = [...asked.values()];
  const rounds = probes.reduce((most, { samples }) => Math.max(most, samples), 0);
  const plan: PlannedSample[] = [];
  for (let index = 0; index < rounds; index++)
    for (const { suite, probe, hash, samples } of shuffled(probes, random)) {
      if (index >= samples) continue;
      const id = sampleId({ probeHash: hash, wording: 0, targetHash: target.hash, index });
      plan.push({ sampleId: id, suite, probe, wording: 0, target: targetName, index });
    }
  return plan;
}

/** A copy in random order (Fisher-Yates). */
function shuffled<T>(items: readonly T[], random: Random): T[] {
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
