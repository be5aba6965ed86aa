import type { CanarySlot, Sealed } from "../schema/canary.ts";
import { canonicalJson, probeHash } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Outcome } from "../schema/transcript.ts";
import { canaryProbe } from "./canary-suite.ts";
import type { SlotSamples } from "./score-slots.ts";

/** One recorded sample, as far as a canary is read from it. */
export interface RecordedSample {
  readonly probeHash: string;
  readonly wording: number;
  readonly index: number;
  readonly outcome: Outcome;
  /** Null where it is withheld and named no variant. */
  readonly text: string | null;
}

/**
 * Which probe of a run asks the test prompt of which slot: the canary's own probe, else the first with the same messages,
 * as a run of imported answers has it.
 *
 * @returns content hash of the probe -> slot id
 */
export function canaryProbes(
  manifest: Pick<Manifest, "suites">,
  sealed: Sealed,
): ReadonlyMap<string, string> {
  const asked = manifest.suites.flatMap((suite) =>
    suite.probes.map((probe) => ({ hash: probeHash(probe), probe })),
  );
  const hashOf = (slot: CanarySlot): string | undefined => {
    const own = probeHash(canaryProbe(slot, sealed.samplesPerSlot));
    const prompt = canonicalJson(slot.prompt);
    const same = asked.filter(({ probe }) => probe.messages && canonicalJson(probe.messages) === prompt);
    return (same.find(({ hash }) => hash === own) ?? same[0])?.hash;
  };
  return new Map(
    sealed.slots.flatMap((slot) => {
      const hash = hashOf(slot);
      return hash === undefined ? [] : [[hash, slot.id] as const];
    }),
  );
}

/** The samples of each slot in sample order, from one model's recorded samples in any order; other wordings are left out. */
export function slotSamples(
  samples: readonly RecordedSample[],
  slotOf: ReadonlyMap<string, string>,
): SlotSamples {
  const bySlot = new Map<string, (string | null)[]>();
  const ordered = samples.filter(({ wording }) => wording === 0).toSorted((a, b) => a.index - b.index);
  for (const { probeHash: hash, outcome, text } of ordered) {
    const slot = slotOf.get(hash);
    if (slot === undefined) continue;
    // A refusal or an empty reply is a sample that names no variant, not one to be replaced by a luckier one. An answer
    // that ran into the token limit may have named one.
    const isRead = outcome === "ok" || outcome === "truncated";
    bySlot.set(slot, [...(bySlot.get(slot) ?? []), isRead ? text : null]);
  }
  return bySlot;
}
