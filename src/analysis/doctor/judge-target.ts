import type { DoctorReport, Examination, ParameterFinding } from "../../schema/doctor.ts";
import { quantile } from "../../stats/quantile.ts";
import { endpointNotes } from "./endpoint-notes.ts";
import { keyFinding, modelNameFinding } from "./identity-findings.ts";
import { finding } from "./replies.ts";
import { choicesFinding, limitFinding, logprobsFinding, stopFinding } from "./response-findings.ts";
import { suggestedChanges } from "./suggested-changes.ts";
import { systemFinding } from "./system-finding.ts";
import { seedFinding, temperatureFinding, topPFinding } from "./variety-findings.ts";

/**
 * What the doctor's answers say about a target: a verdict for each parameter, notes, and changes to the configuration.
 * Pure; a target that was not reached has no verdicts, only its error.
 */
export function judgeTarget(examination: Examination): Omit<DoctorReport, "yaml"> {
  const { target, replies, pages, requests, ended } = examination;
  const answers = replies.filter(({ error, question }) => error === null && question !== "unknown-model");
  const reached = answers.length > 0;
  const parameters = reached ? findingsOf(examination) : [];
  const named = (values: readonly (string | null)[]) => [
    ...new Set(values.filter((value) => value !== null)),
  ];
  return {
    target: target.name,
    api: target.api,
    baseURL: target.baseURL,
    model: target.model,
    requests,
    error: ended,
    latency: reached
      ? {
          medianMs: quantile(
            answers.map(({ latencyMs }) => latencyMs),
            0.5,
          ),
          answers: answers.length,
        }
      : null,
    servedModels: named(answers.map(({ servedModel }) => servedModel)),
    systemFingerprints: named(answers.map(({ systemFingerprint }) => systemFingerprint)),
    providers: named(answers.map(({ provider }) => provider)),
    parameters,
    pages,
    notes: reached ? endpointNotes(examination, parameters) : [],
    suggestion: reached
      ? suggestedChanges(examination, parameters)
      : { params: {}, rename: {}, drop: [], extraBody: {} },
  };
}

function findingsOf(examination: Examination): ParameterFinding[] {
  const { target, leftOut = {} } = examination;
  const { api } = target;
  const notInApi = (name: string) => finding(name, "unknown", "not part of Anthropic's API: not asked");
  const findings = [
    keyFinding(examination),
    modelNameFinding(examination),
    temperatureFinding(examination),
    topPFinding(examination),
    limitFinding("max_tokens", examination),
    ...(api === "openai" ? [limitFinding("max_completion_tokens", examination)] : []),
    stopFinding(api === "anthropic" ? "stop_sequences" : "stop", examination),
    ...(api === "anthropic"
      ? ["seed", "n", "logprobs"].map(notInApi)
      : [seedFinding(examination), choicesFinding(examination), logprobsFinding(examination)]),
    ...(api === "openai-completions" ? [] : [systemFinding(examination)]),
  ];
  return findings.map((found) => {
    const why = leftOut[found.parameter];
    return why === undefined ? found : finding(found.parameter, "unknown", why);
  });
}
