import { shareStep } from "./share-step.ts";

/** Share of the requests that ask for reasoning, by parameter or in words (see reasoning-patterns.ts). */
export const chainOfThoughtStep = shareStep({
  step: "requests for reasoning",
  indicator: "chainOfThoughtShare",
  needs: [["reasoning", "prompt"]],
  holds: () => "asksReasoning",
});

/** An answer cut after fewer tokens than these (a letter, a grade) is no harvest, however full. */
const leastTokens = 64;

/**
 * Share of the answers that are as long as they may be: ended by the limit, or at least `harvest.fullLength` of the tokens
 * asked for. Where the log counts tokens, an answer of fewer than 64 is not full-length: evaluators ask for one letter.
 */
export const fullLengthStep = shareStep({
  step: "full-length answers",
  indicator: "fullLengthShare",
  needs: [["finish", "outputTokens"]],
  holds: ({ harvest }, { columns }) => {
    const byLimit = "lower(finish) IN ('length', 'max_tokens', 'max_output_tokens', 'model_length')";
    if (!columns.has("outputTokens")) return byLimit;
    const byTokens = `outputTokens >= ${harvest.fullLength} * maxTokens`;
    // Known where either side is: NULL OR true is true, and NULL only where neither is known.
    return `CASE WHEN finish IS NULL AND (outputTokens IS NULL OR maxTokens IS NULL) THEN NULL
      ELSE coalesce(outputTokens >= ${leastTokens}, true) AND (coalesce(${byLimit}, false) OR coalesce(${byTokens}, false)) END`;
  },
});

/** Share of the requests that ask for log-probabilities: what a student is trained on best. Absent means not asked. */
export const logprobStep = shareStep({
  step: "requests for log-probabilities",
  indicator: "logprobShare",
  needs: ["logprobs"],
  holds: () => "coalesce(logprobs, false)",
});
