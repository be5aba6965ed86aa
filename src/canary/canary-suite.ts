import type { CanarySlot, Sealed } from "../schema/canary.ts";
import { suiteHash } from "../schema/identity.ts";
import type { Probe, Suite } from "../schema/probe.ts";
import { choiceOf } from "./read-variant.ts";

/** A slot's test prompt as a probe. It lists the K variants, and does not tell which is planted. */
export function canaryProbe(slot: CanarySlot, samplesPerSlot: number): Probe {
  return {
    id: `canary.${slot.id}`,
    family: "canary",
    language: "en",
    messages: slot.prompt.map((message) => ({ ...message })),
    paraphrases: [],
    // In the order of their names: the order in which they were drawn is part of the secret.
    answer:
      slot.pattern === undefined
        ? choiceOf({ variants: [...slot.variants].sort((a, b) => (a.value < b.value ? -1 : 1)) })
        : { kind: "free", examples: [] },
    params: { max_tokens: slot.maxTokens },
    samples: samplesPerSlot,
    why: "A canary: an arbitrary choice that the reference's owner may have planted here.",
  };
}

/** The test prompts of a secret as an ordinary suite, which `run` can ask before anything is revealed. */
export function canarySuite(sealed: Sealed): Suite {
  const probes = sealed.slots
    .map((slot) => canaryProbe(slot, sealed.samplesPerSlot))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    name: `canary-${sealed.name}`,
    version: "1",
    description: "Test prompts of committed canaries.",
    hash: suiteHash(probes),
    probes,
  };
}
