import type { BackendMixture, Composition } from "../schema/backend-mixture.ts";

/** What a test says where it speaks, in the words of the sentence. */
const signs: Readonly<Record<string, string>> = {
  "served-model": "its answers differ with the model name it answers with",
  fingerprint: "its answers differ with the system fingerprint",
  provider: "its answers differ with the host that the gateway names",
  "latency-answers": "its fast and its slow answers differ",
  halves: "its answers changed while it was asked",
  quarters: "its answers changed from quarter to quarter of the time",
  session: "its answers differ from session to session",
  "turn-2": "every second answer differs from the others",
  "turn-3": "every third answer differs from the others",
  "turn-4": "every fourth answer differs from the others",
};

/**
 * The verdict of the backend mixture check, in words that claim no more than was tested. Two modes of latency alone are no
 * mixture of models: replicas, caches and load make them too.
 */
export function mixtureVerdict(
  check: Pick<BackendMixture, "answers" | "probes" | "composition" | "tests" | "level">,
): Pick<BackendMixture, "verdict" | "sentence"> {
  const { answers, probes, composition, tests, level } = check;
  const n = `${answers} answers to ${probes} probe${probes === 1 ? "" : "s"}`;
  const speaking = tests.filter((test) => (test.adjustedPValue ?? 1) <= level);
  const found = speaking.flatMap(({ test }) => signs[test] ?? []);
  const modes = speaking.some(({ test }) => test === "latency-modes");
  const declared = [...several(composition.servedModel, "models"), ...several(composition.provider, "hosts")];
  const alsoModes = modes
    ? " Its latency has two modes, which replicas, caches or load explain as well as a second model."
    : "";
  const tested = tests.filter(({ test, pValue }) => test in signs && pValue !== null);
  if (declared.length > 0)
    return {
      verdict: "declared",
      sentence: `It names several ${declared.join(" and several ")} itself (${n})${
        found.length > 0 ? `, and ${found.join("; ")}` : "; that its answers differ was not detected"
      }: it is not one subject.${alsoModes}`,
    };
  if (found.length > 0)
    return {
      verdict: "indicated",
      sentence: `It does not answer as one backend would: ${found.join("; ")} (${n}, Holm-adjusted p at most ${level}).${alsoModes}`,
    };
  if (tested.length === 0)
    return {
      verdict: "not-testable",
      sentence: `Whether several backends answer could not be tested (${n}): ask the same probes more often.${alsoModes}`,
    };
  return {
    verdict: "not-detected",
    sentence: `No mixture of backends was detected (${n}, ${tested.length} tests); that is not "one model": a rare or similar second backend, as another quantisation, would not show.${alsoModes}`,
  };
}

function several(composition: Composition, noun: string): string[] {
  const named = composition.filter(({ value }) => value !== null);
  return named.length > 1
    ? [`${noun} (${named.map(({ value, count }) => `${shortened(value ?? "")} ${count}`).join(", ")})`]
    : [];
}

const shortened = (name: string) => (name.length > 60 ? `${name.slice(0, 60)}...` : name);
