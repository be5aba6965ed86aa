import type { Examination, ParameterFinding } from "../../schema/doctor.ts";
import { exactRelabellingTest } from "../../stats/exact-relabelling-test.ts";
import { prefixSimilarity } from "./common-prefix.ts";
import { answersTo, different, finding, probability, repliesTo, unansweredFinding } from "./replies.ts";

/** At most this chance of such answers without an effect counts as an effect seen. */
const level = 0.05;

/** So many equal answers to an open question are no chance of the draw. */
const fewestAlike = 10;

const textsOf = (examination: Examination, ...questions: Parameters<typeof answersTo>[1][]) =>
  answersTo(examination, ...questions).map(({ text }) => text);

/** All answers to the open question that no limit or stop cut short. */
export const openTexts = (examination: Examination) =>
  textsOf(examination, "plain", "temperature-0", "varied", "top_p", "seed-a", "seed-b");

/** Temperature: whether answers at 0 repeat themselves more than at 1.5 (else 1, else the default, as the endpoint takes it). */
export function temperatureFinding(examination: Examination): ParameterFinding {
  const cold = textsOf(examination, "temperature-0");
  const warm = textsOf(examination, "varied");
  const heat = answersTo(examination, "varied").map(({ params }) => params.temperature)[0];
  const warmly = typeof heat === "number" ? `at ${heat}` : "by default";
  const refused = unansweredFinding("temperature", examination, "temperature-0");
  if (refused?.verdict === "rejected") {
    const one = repliesTo(examination, "varied").find(({ params }) => params.temperature === 1);
    const other = one?.error === null ? "1 is taken" : "1 is refused too";
    return { ...refused, why: `0 is refused (${other}): ${refused.why}` };
  }
  if (refused !== null) return refused;
  return repeating("temperature", "at 0", warmly, { narrow: cold, wide: warm, all: openTexts(examination) });
}

/** top_p: whether answers at 0.01 repeat themselves more than answers without it. */
export function topPFinding(examination: Examination): ParameterFinding {
  const refused = unansweredFinding("top_p", examination, "top_p");
  if (refused !== null) return refused;
  const together = repliesTo(examination, "top_p").some(({ error }) => error !== null);
  const found = repeating("top_p", "at 0.01", "without it", {
    narrow: textsOf(examination, "top_p"),
    wide: textsOf(examination, "varied"),
    all: openTexts(examination),
  });
  return together ? { ...found, why: `not beside temperature; alone: ${found.why}` } : found;
}

function repeating(
  parameter: string,
  narrowly: string,
  widely: string,
  { narrow, wide, all }: Readonly<Record<"narrow" | "wide" | "all", readonly string[]>>,
): ParameterFinding {
  const seen = `${narrowly} ${different(narrow)} different of ${narrow.length} answers, ${widely} ${different(wide)} of ${wide.length}`;
  if (narrow.length < 2 || wide.length < 2)
    return finding(parameter, "unknown", `too few answers to compare (${seen})`);
  if (different([...narrow, ...wide]) === 1)
    return different(all) === 1 && all.length >= fewestAlike
      ? finding(
          parameter,
          "no-effect",
          `all ${all.length} answers to an open question are the same, whatever is asked for`,
        )
      : finding(parameter, "unknown", `too little variety to tell: ${seen}`);
  const labels = [...narrow.map(() => 0), ...wide.map(() => 1)];
  const { pValue } = exactRelabellingTest(prefixSimilarity([...narrow, ...wide]), labels, [1, -1]);
  const words = `${seen} (${probability(pValue)})`;
  if (pValue <= level) {
    const loose = different(narrow) > 1 ? "; they begin alike but do not repeat exactly" : "";
    return finding(parameter, "accepted", `${words}${loose}`, pValue);
  }
  // One answer repeated, beside few different ones: the setting may work on a model that is sure of itself.
  return different(narrow) === 1
    ? finding(parameter, "unknown", `too little variety to tell: ${words}`, pValue)
    : finding(parameter, "no-effect", words, pValue);
}

/** seed: whether two answers with one seed match, and answers with different seeds do not. */
export function seedFinding(examination: Examination): ParameterFinding {
  const refused = unansweredFinding("seed", examination, "seed-a", "seed-b");
  if (refused !== null) return refused;
  const [a, b] = [textsOf(examination, "seed-a"), textsOf(examination, "seed-b")];
  const free = textsOf(examination, "varied");
  if (a.length < 2 || b.length < 2) return finding("seed", "unknown", "too few answers with a seed");
  const matching = [a, b].filter((pair) => different(pair) === 1).length;
  const seen = `${matching} of 2 seeds gave one answer twice; ${different(free)} different of ${free.length} answers without a seed`;
  if (different([...a, ...b, ...free]) === 1)
    return finding(
      "seed",
      "unknown",
      `all ${a.length + b.length + free.length} answers are the same, seed or not`,
    );
  const { pValue } = exactRelabellingTest(
    prefixSimilarity([...a, ...b, ...free]),
    [...a.map(() => 0), ...b.map(() => 1), ...free.map(() => 2)],
    [1, 1, 0],
  );
  const words = `${seen} (${probability(pValue)})`;
  if (pValue > level)
    return matching === 2
      ? finding("seed", "unknown", `too little variety to tell: ${words}`, pValue)
      : finding("seed", "no-effect", words, pValue);
  if (matching < 2)
    return finding("seed", "accepted", `${words}; one seed begins alike but does not repeat exactly`, pValue);
  const same = different([...a, ...b]) === 1 ? "; but another seed gave the same answer" : "";
  return finding("seed", "accepted", `${words}${same}`, pValue);
}
