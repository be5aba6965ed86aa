import type { Examination, ParameterFinding, SuggestedChanges } from "../../schema/doctor.ts";
import { narrowedDefaults, pageFacts } from "./endpoint-notes.ts";

/** Parameters that Anthropic's API does not have, and answers with an error. */
const notAnthropic = ["seed", "logprobs", "top_logprobs"];

/** Changes to a target's configuration: what is refused is renamed or dropped, what a server sets by itself is named. */
export function suggestedChanges(
  examination: Examination,
  parameters: readonly ParameterFinding[],
): SuggestedChanges {
  const { target } = examination;
  const verdictOf = (name: string) => parameters.find(({ parameter }) => parameter === name)?.verdict;
  const rejected = (name: string) => verdictOf(name) === "rejected";
  const rename: Record<string, string> = {};
  const drop: string[] = [];
  if (rejected("max_tokens")) {
    if (verdictOf("max_completion_tokens") === "accepted") rename.max_tokens = "max_completion_tokens";
    else drop.push("max_tokens");
  }
  if (target.api === "anthropic") {
    rename.stop = "stop_sequences";
    drop.push(...notAnthropic);
  }
  for (const name of ["temperature", "top_p", "stop", "seed"]) if (rejected(name)) drop.push(name);
  if (rejected("logprobs")) drop.push("logprobs", "top_logprobs");
  const params: Record<string, number> = {};
  const extraBody: Record<string, number> = {};
  if (narrowedDefaults(pageFacts(examination)).length > 0) {
    const named = { ...target.params, ...target.extraBody };
    if (!("temperature" in named)) params.temperature = 1;
    if (!("top_p" in named)) params.top_p = 1;
    if (!("top_k" in named)) extraBody.top_k = 0;
    if (!("min_p" in named)) extraBody.min_p = 0;
  }
  return { params, rename, drop, extraBody };
}
