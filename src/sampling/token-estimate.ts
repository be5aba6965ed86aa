import type { Usage } from "../schema/transcript.ts";
import { wordingOf } from "./plan.ts";
import { tokenLimitNames } from "./possible-tokens.ts";
import type { PendingSample, TargetQueue } from "./target-queue.ts";

/** Tokens that a request is likely to use, for a limit of tokens per minute. */
export interface TokenEstimate {
  /** Before it is asked: four characters a token, and the answer's limit or, without one, the mean of the target so far. */
  of(sample: PendingSample): number;
  /** After it was answered: passes on what was used, where the endpoint told. */
  learn(sample: PendingSample, usage: Usage | null, used: (tokens: number) => void): void;
}

/** Tokens of an answer where nothing limits it and none was seen. */
const firstGuess = 256;

export function createTokenEstimate(): TokenEstimate {
  const answers = new Map<TargetQueue, { count: number; tokens: number }>();
  return {
    of({ planned, queue }) {
      const { messages, prefix, params } = wordingOf(planned.probe, planned.wording);
      const asked = messages?.reduce((sum, { content }) => sum + content.length, 0) ?? prefix?.length ?? 0;
      const named = { ...params, ...queue.target.params };
      const limit = tokenLimitNames.map((name) => named[name]).find((value) => typeof value === "number");
      const seen = answers.get(queue);
      const mean = seen === undefined ? firstGuess : seen.tokens / seen.count;
      return Math.ceil(asked / 4 + (typeof limit === "number" ? limit : mean));
    },
    learn({ queue }, usage, used) {
      const { inputTokens = null, outputTokens = null } = usage ?? {};
      if (inputTokens === null || outputTokens === null) return;
      used(inputTokens + outputTokens);
      const seen = answers.get(queue) ?? { count: 0, tokens: 0 };
      answers.set(queue, { count: seen.count + 1, tokens: seen.tokens + outputTokens });
    },
  };
}
