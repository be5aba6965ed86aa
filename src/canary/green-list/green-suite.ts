import type { GreenSealed } from "../../schema/green-list.ts";
import { suiteHash } from "../../schema/identity.ts";
import type { Suite } from "../../schema/probe.ts";

/** The test prompts of a green list as an ordinary suite. They are everyday writing, and tell nothing of the key. */
export function greenSuite(sealed: GreenSealed): Suite {
  const probes = sealed.prompts.map((messages, index) => ({
    id: `canary.green-${String(index + 1).padStart(3, "0")}`,
    family: "canary",
    language: "en",
    messages: messages.map((message) => ({ ...message })),
    paraphrases: [],
    answer: { kind: "free" as const, examples: [] },
    params: { max_tokens: sealed.maxTokens },
    samples: sealed.samplesPerPrompt,
    why: "Free text in which the writer chooses between everyday words that mean the same.",
  }));
  return {
    name: `canary-${sealed.name}`,
    version: "1",
    description: "Test prompts of a committed green list.",
    hash: suiteHash(probes),
    probes,
  };
}
