import type { DoctorQuestion, DoctorReply, Examination, ParameterFinding } from "../../schema/doctor.ts";
import { exactRelabellingTest } from "../../stats/exact-relabelling-test.ts";
import { fisherExact } from "../../stats/fisher-exact.ts";
import { quantile } from "../../stats/quantile.ts";
import { prefixSimilarity } from "./common-prefix.ts";
import { answersTo, different, finding, probability, unansweredFinding } from "./replies.ts";

/** Tokens of a limit that was asked for, and a few more: some servers count the end of the answer. */
const tinyLimit = 3;
const slack = 2;

/** A limit on tokens: whether an answer that may have 3 is cut there. */
export function limitFinding(
  name: "max_tokens" | "max_completion_tokens",
  examination: Examination,
): ParameterFinding {
  const question: DoctorQuestion = `short-${name}`;
  const refused = unansweredFinding(name, examination, question);
  if (refused !== null) return refused;
  const reply = answersTo(examination, question).at(-1) as DoctorReply;
  const others = answersTo(examination, "plain", "varied", "temperature-0").map(({ text }) => text.length);
  const usual = others.length === 0 ? null : quantile(others, 0.5);
  const tokens = reply.usage?.outputTokens ?? null;
  const length = `${reply.text.length} characters${tokens === null ? "" : `, ${tokens} tokens by its own count`}`;
  const cut = reply.finishReason === "length" || reply.finishReason === "max_tokens";
  const seen = `limit ${tinyLimit}: ${length}, finish reason ${reply.finishReason ?? "none"}`;
  const shorter = usual !== null && usual > 0 && reply.text.length <= usual / 2;
  if (tokens !== null && tokens > tinyLimit + slack && !shorter) return finding(name, "no-effect", seen);
  if (shorter && (cut || tokens === null || tokens <= tinyLimit + slack))
    return finding(name, "accepted", `${seen}; other answers have ${usual} characters (median)`);
  if (usual !== null && usual >= 40 && reply.text.length >= usual) return finding(name, "no-effect", seen);
  if (cut && tokens !== null && tokens <= tinyLimit + slack) return finding(name, "accepted", seen);
  return finding(name, "unknown", `${seen}; other answers are as short, so that a limit would not show`);
}

/** Stop texts: whether answers end before a letter that the others hold. */
export function stopFinding(name: "stop" | "stop_sequences", examination: Examination): ParameterFinding {
  const letter = examination.stopText;
  if (letter === null) return finding(name, "unknown", "not asked, for no answer held a letter to stop at");
  const refused = unansweredFinding(name, examination, "stop");
  if (refused !== null) return refused;
  const stopped = answersTo(examination, "stop");
  const free = answersTo(examination, "varied", "temperature-0");
  const holding = (replies: readonly DoctorReply[]) =>
    replies.filter(({ text }) => text.includes(letter)).length;
  const { pValue } = fisherExact(
    [holding(free), free.length - holding(free)],
    [holding(stopped), stopped.length - holding(stopped)],
    "greater",
  );
  const seen = `"${letter}" stands in ${holding(free)} of ${free.length} answers without it, in ${holding(stopped)} of ${stopped.length} with it`;
  if (holding(stopped) > 0) return finding(name, "no-effect", seen);
  return holding(free) === free.length || pValue <= 0.05
    ? finding(name, "accepted", `${seen} (${probability(pValue)})`, pValue)
    : finding(name, "unknown", `${seen} (${probability(pValue)})`, pValue);
}

/** n: whether two choices come, and whether they are two draws. */
export function choicesFinding(examination: Examination): ParameterFinding {
  const refused = unansweredFinding("n", examination, "n");
  if (refused !== null) return refused;
  const choices = choicesIn(answersTo(examination, "n")[0]?.body ?? "");
  if (choices.length < 2) return finding("n", "no-effect", `n: 2 gave ${choices.length} choice`);
  const free = answersTo(examination, "varied").map(({ text }) => text);
  const texts = choices.map(choiceText);
  const all = [...texts.slice(0, 2), ...free];
  const { pValue } = exactRelabellingTest(
    prefixSimilarity(all),
    all.map((_, i) => (i < 2 ? 0 : 1)),
    [1, 0],
  );
  const same =
    different(texts) > 1
      ? "; they differ"
      : pValue <= 0.05
        ? `; they are the same text, while ${different(free)} of ${free.length} separate answers differ (${probability(pValue)}): they seem to share a seed, so do not count them as two samples`
        : `; they are the same text, as separate answers may be too (${probability(pValue)})`;
  return finding("n", "accepted", `n: 2 gave ${choices.length} choices${same}`);
}

/** Log-probabilities: whether they come, and in whose shape. */
export function logprobsFinding(examination: Examination): ParameterFinding {
  const refused = unansweredFinding("logprobs", examination, "logprobs");
  if (refused !== null) return refused;
  const first = choicesIn(answersTo(examination, "logprobs")[0]?.body ?? "")[0];
  const logprobs = field(first, "logprobs");
  if (logprobs === null || logprobs === undefined)
    return finding(
      "logprobs",
      "no-effect",
      `logprobs is ${logprobs === null ? "null" : "absent"} in the answer`,
    );
  const content = field(logprobs, "content");
  const tokens = field(logprobs, "tokens");
  const top = Array.isArray(content) ? field(content[0], "top_logprobs") : field(logprobs, "top_logprobs");
  const listed = Array.isArray(top)
    ? Array.isArray(content)
      ? top.length
      : Object.keys((top[0] as object | null) ?? {}).length
    : 0;
  const shape = Array.isArray(content)
    ? "chat shape (content)"
    : Array.isArray(tokens)
      ? "completions shape (tokens)"
      : null;
  if (shape === null) return finding("logprobs", "unknown", "present, in a shape that is not known");
  const size = Array.isArray(content) ? content.length : (tokens as unknown[]).length;
  if (size === 0) return finding("logprobs", "no-effect", `${shape}, but of no token`);
  return finding("logprobs", "accepted", `${shape}, ${size} tokens, ${listed} alternatives at the first`);
}

function choicesIn(body: string): unknown[] {
  try {
    const choices = field(JSON.parse(body), "choices");
    return Array.isArray(choices) ? choices : [];
  } catch {
    return [];
  }
}

function choiceText(choice: unknown): string {
  return String(field(choice, "text") ?? field(field(choice, "message"), "content") ?? "");
}

function field(value: unknown, name: string): unknown {
  return value !== null && typeof value === "object" ? (value as Record<string, unknown>)[name] : undefined;
}
