import type { Answer } from "../../src/providers/provider.ts";

/** An answer with nothing odd about it. */
export const ordinaryAnswer: Answer = {
  text: "Elias.",
  reasoning: null,
  outcome: "ok",
  servedModel: null,
  provider: null,
  systemFingerprint: null,
  finishReason: "stop",
  usage: null,
};
