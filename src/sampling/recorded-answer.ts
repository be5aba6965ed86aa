import type { Answer } from "../providers/provider.ts";
import type { Probe } from "../schema/probe.ts";

/**
 * An answer as a sample of its probe. A probe with a prefix asks for so many tokens of continuation: a text that ends at
 * that limit is the whole answer, `ok` and not `truncated` (the finish reason stays as the server gave it).
 */
export function asSampleOf(probe: Pick<Probe, "prefix">, answer: Answer): Answer {
  return probe.prefix !== undefined && answer.outcome === "truncated" && answer.text.trim() !== ""
    ? { ...answer, outcome: "ok" }
    : answer;
}

/** What is recorded where what came back is no answer of the API. */
export const malformedAnswer: Answer = {
  text: "",
  reasoning: null,
  outcome: "malformed",
  servedModel: null,
  provider: null,
  systemFingerprint: null,
  finishReason: null,
  usage: null,
};
