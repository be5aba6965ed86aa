import type { ChangeTest, EndpointChange } from "../../schema/history.ts";
import { holm } from "../../stats/holm.ts";

/** An endpoint before the look's tests are seen together. */
export type TestedEndpoint = Omit<EndpointChange, "verdict" | "sentence">;

/**
 * Corrects all tests of a look together by Holm's procedure and says of each endpoint what was found. One alarm of any of its
 * tests is an alarm of the endpoint, so that P(any alarm | nothing changed) <= level.
 */
export function judgeEndpoints(endpoints: readonly TestedEndpoint[], level: number): EndpointChange[] {
  const all = endpoints.flatMap(({ tests }) => tests.flatMap(({ pValue }) => pValue ?? []));
  const adjusted = all.length === 0 ? [] : holm(all);
  let next = 0;
  return endpoints.map((endpoint) => {
    const tests = endpoint.tests.map((test): ChangeTest => {
      if (test.pValue === null) return test;
      const adjustedP = adjusted[next++] as number;
      return { ...test, adjustedP, alarm: adjustedP <= level };
    });
    const verdict = verdictOf(endpoint, tests);
    return { ...endpoint, tests, verdict, sentence: sentenceOf(endpoint, tests, verdict) };
  });
}

function verdictOf(endpoint: TestedEndpoint, tests: readonly ChangeTest[]): EndpointChange["verdict"] {
  if (tests.some(({ alarm }) => alarm)) return "endpoint-changed";
  if (tests.some(({ pValue }) => pValue !== null)) return "no-change-detected";
  return endpoint.configuration.length > 0 ? "configuration-changed" : "not-tested";
}

const changedWords = {
  answers: "its answers come from another distribution",
  "answer-shift": "its answers shifted in one direction over the probes",
  outcomes: "refusals and other outcomes are not as frequent",
} as const;

function sentenceOf(
  { target, configuration, tests: given }: TestedEndpoint,
  tests: readonly ChangeTest[],
  verdict: EndpointChange["verdict"],
): string {
  const sizes = (test: ChangeTest) =>
    `n = ${test.n} ${test.nUnit}, ${test.samples.earlier} and ${test.samples.later} samples`;
  switch (verdict) {
    case "endpoint-changed":
      return `${target} changed: ${tests
        .filter(({ alarm }) => alarm)
        .map((test) => `${changedWords[test.test]} (${sizes(test)})`)
        .join("; ")}.`;
    case "no-change-detected": {
      const [first] = tests.filter(({ pValue }) => pValue !== null);
      return `No change of ${target} was detected${first === undefined ? "" : ` (${sizes(first)})`}; that is not to say that there was none.`;
    }
    case "configuration-changed":
      return `${target} is configured otherwise (${configuration.map(({ field }) => field).join(", ")}): that says nothing about the endpoint.`;
    case "not-tested":
      return `Whether ${target} changed cannot be said: ${given.map(({ reason }) => reason ?? "").join("; ") || "nothing was asked in both runs"}.`;
  }
}
