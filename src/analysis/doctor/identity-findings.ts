import type { Examination, ParameterFinding } from "../../schema/doctor.ts";
import { answersTo, errorWords, finding, repliesTo } from "./replies.ts";

/** Whether the key is needed: what a request without one gets. */
export function keyFinding(examination: Examination): ParameterFinding {
  const name = "key";
  if (!examination.hasKey)
    return finding(name, "no-effect", "none is configured, and it answers without one");
  const reply = repliesTo(examination, "without-key")[0];
  if (reply === undefined) return finding(name, "unknown", "not asked");
  if (reply.error === null)
    return finding(
      name,
      "no-effect",
      "it answers without the key too: the key says nothing about who answers",
    );
  return reply.error.errorClass === "auth" || reply.status === 401 || reply.status === 403
    ? finding(name, "accepted", `needed: without it HTTP ${reply.status}`)
    : finding(name, "unknown", `without it: ${errorWords(reply.error.message)}`);
}

/** Whether the model's name means anything: what a name that no model has gets. */
export function modelNameFinding(examination: Examination): ParameterFinding {
  const name = "model name";
  const reply = repliesTo(examination, "unknown-model")[0];
  if (reply === undefined) return finding(name, "unknown", "not asked");
  const asked = "a name that no model has";
  if (reply.error !== null)
    return reply.status !== null && reply.status < 500 && reply.error.errorClass !== "rate-limited"
      ? finding(name, "accepted", `${asked} is refused (HTTP ${reply.status})`)
      : finding(name, "unknown", `${asked}: ${errorWords(reply.error.message)}`);
  const usual = answersTo(examination, "plain", "varied").at(-1)?.servedModel ?? null;
  if (reply.servedModel === null)
    return finding(name, "no-effect", `${asked} is answered, and the answer names no model`);
  return reply.servedModel === usual
    ? finding(
        name,
        "no-effect",
        `${asked} is answered by the same model as the right one: the name is ignored`,
      )
    : finding(
        name,
        "no-effect",
        `${asked} is answered and named as the one who answered: the served model echoes what is asked and is no information`,
      );
}
