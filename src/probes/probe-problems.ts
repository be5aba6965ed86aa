import { patternError, patternSize } from "../extract/answer-pattern.ts";
import type { Probe } from "../schema/probe.ts";

/** Instructions of a compiled pattern: time grows with them, and a pattern for a short answer has some hundred. */
const largestPattern = 1_000;

/** Why a probe cannot be asked or read as it stands: rule and words. */
export interface ProbeProblem {
  readonly rule: string;
  readonly message: string;
}

/**
 * Problems that the schema cannot say: messages and prefix together or neither, a choice without choices, an empty
 * range, a pattern that does not compile, paraphrases of the other form. A suite with one of them is not loaded.
 */
export function probeProblems(probe: Probe): ProbeProblem[] {
  const problems: ProbeProblem[] = [];
  const add = (rule: string, message: string) => problems.push({ rule, message });
  const { messages, prefix, answer, paraphrases } = probe;
  if (messages === undefined && prefix === undefined)
    add("no-prompt", "has neither messages nor prefix; expected exactly one of them");
  if (messages !== undefined && prefix !== undefined)
    add("two-prompts", "has both messages and prefix; expected exactly one of them");
  if (messages?.every(({ content }) => content.trim() === ""))
    add("empty-prompt", "asks nothing: every message is empty");
  if (paraphrases.some((other) => (typeof other === "string") !== (prefix !== undefined)))
    add(
      "paraphrase-form",
      "mixes forms: paraphrases are lists of messages beside messages and texts beside prefix",
    );
  if (
    answer.kind === "choice" &&
    answer.pattern === undefined &&
    Object.keys(answer.choices ?? {}).length < 2
  )
    add("no-choices", "is a choice without two choices; list them under answer.choices");
  if (answer.min !== undefined && answer.max !== undefined && answer.min > answer.max)
    add("empty-range", `allows no number: min ${answer.min} is above max ${answer.max}`);
  const reason = answer.pattern === undefined ? null : patternError(answer.pattern);
  if (reason !== null) add("pattern", `has a pattern that is not valid RE2 syntax: ${reason}`);
  else if (answer.pattern !== undefined && patternSize(answer.pattern) > largestPattern)
    add(
      "pattern",
      `has a pattern of ${patternSize(answer.pattern)} instructions; expected at most ${largestPattern}: repeat less in it`,
    );
  return problems;
}
