import type { DoctorQuestion, DoctorReply, Examination } from "../../schema/doctor.ts";
import type { Params } from "../../schema/probe.ts";
import { shortestScannedSecret } from "../../store/secret-filter.ts";
import { createDoctorClient, type DoctorClientOptions, type DoctorEndpoint } from "./doctor-client.ts";
import { openPrompt, overLongPrompt, systemPrompt, userPrompt } from "./doctor-prompts.ts";
import { identityPages } from "./identity-pages.ts";

/** Requests to one target at most, retries and pages included. */
export const mostRequests = 40;
/** Tokens an answer may have, and where a model thinks first. */
const shortLimit = 24;
const reasoningLimit = 512;
/** A limit that no sentence keeps by itself. */
const tinyLimit = 3;
/** Errors after which nothing more is asked. */
const fatal = [
  "auth",
  "quota",
  "unknown-model",
  "network",
  "timeout",
  "malformed",
  "rate-limited",
  "overloaded",
];
/** Largest context for which a prompt that does not fit is sent. */
const largestContext = 4096;
const nonsenseModel = "congener-no-such-model-7f3a";

type ExamineOptions = Omit<DoctorClientOptions, "mostRequests">;

/**
 * Asks one target some thirty tiny questions, one after the other, and its identity pages. Nothing is judged here, and
 * nothing is written. A target that does not answer is `ended` with the reason; what the signal cuts short, too.
 */
export async function examineTarget(endpoint: DoctorEndpoint, options: ExamineOptions): Promise<Examination> {
  const { target, apiKey, preset } = endpoint;
  const { api } = target;
  const client = createDoctorClient(endpoint, { ...options, mostRequests });
  const open = openPrompt(api);
  const state = {
    limitName: "max_tokens" as string | null,
    limit: shortLimit,
    stopText: null as string | null,
  };
  const leftOut: Record<string, string> = {};
  /** Whether one of the names goes on the wire; where the preset leaves all out, there is nothing to ask. */
  const sends = (parameter: string, names: readonly string[] = [parameter]): boolean => {
    const drop: Readonly<Record<string, string>> = preset?.drop ?? {};
    if (preset === undefined || !names.every((name) => name in drop)) return true;
    leftOut[parameter] = `preset ${preset.name} does not send it: ${drop[parameter]}`;
    return false;
  };
  const examination = (ended: Examination["ended"], pages: Examination["pages"] = []): Examination => ({
    target,
    hasKey: apiKey !== null,
    shortKey: apiKey !== null && apiKey.length < shortestScannedSecret,
    ...state,
    ...(preset === undefined ? {} : { leftOut }),
    replies: client.replies,
    pages,
    requests: client.requests(),
    ended,
  });
  const bound = (): Params => (state.limitName === null ? {} : { [state.limitName]: state.limit });
  const ask = (question: DoctorQuestion, params: Params = {}, asked = open) =>
    client.ask(question, { ...asked, params: { ...bound(), ...params } });
  /** Until one is refused: it would be again. */
  const askTimes = async (times: number, question: DoctorQuestion, params: Params, asked = open) => {
    const replies: DoctorReply[] = [];
    for (let time = 0; time < times && replies.every(({ error }) => error === null); time++)
      replies.push(await ask(question, params, asked));
    return replies;
  };
  try {
    const names = api === "anthropic" ? ["max_tokens"] : ["max_tokens", "max_completion_tokens", null];
    let plain: DoctorReply | null = null;
    for (const name of names) {
      state.limitName = name;
      plain = await ask("plain");
      if (plain.error === null || fatal.includes(plain.error.errorClass)) break;
    }
    if (plain === null || plain.error !== null) return examination(plain?.error ?? null);
    if (plain.text === "" && (plain.reasoned || plain.outcome === "truncated")) {
      state.limit = reasoningLimit;
      await ask("plain");
    }
    const pages = await identityPages(endpoint, { ...options, count: client.count });
    if (apiKey !== null) await client.ask("without-key", { ...open, params: bound(), withoutKey: true });
    await client.ask("unknown-model", { ...open, params: bound(), model: nonsenseModel });

    const heatable = sends("temperature");
    const greedy = heatable ? await askTimes(5, "temperature-0", { temperature: 0 }) : [];
    let heat: number | null = null;
    let first: DoctorReply | null = null;
    for (const temperature of heatable ? (api === "anthropic" ? [1] : [1.5, 1]) : []) {
      first = await ask("varied", { temperature });
      heat = first.error === null ? temperature : null;
      if (heat !== null) break;
    }
    const taken = heat !== null;
    const varying: Params = heat === null ? {} : { temperature: heat };
    const varied = [
      ...(first === null ? [] : [first]),
      ...(await askTimes(taken ? 4 : 5, "varied", varying)),
    ];
    const narrowed = sends("top_p") ? await askTimes(3, "top_p", { ...varying, top_p: 0.01 }) : [];
    // Some take one of the two, not both.
    if (taken && narrowed[0]?.error != null) await askTimes(3, "top_p", { top_p: 0.01 });
    state.stopText = commonLetter([...greedy, ...varied].map(({ text }) => text));
    const stop = api === "anthropic" ? "stop_sequences" : "stop";
    if (sends(stop) && state.stopText !== null)
      await askTimes(3, "stop", { ...varying, [stop]: [state.stopText] });
    for (const name of ["max_tokens", "max_completion_tokens"] as const)
      if (sends(name) && (name === "max_tokens" || api === "openai"))
        // An answer that ends by itself within the limit shows nothing: once more.
        for (let time = 0, ended = true; ended && time < 3; time++) {
          const reply = await client.ask(`short-${name}`, { ...open, params: { [name]: tinyLimit } });
          ended = reply.error === null && reply.finishReason === "stop" && reply.text.length < 4 * tinyLimit;
        }
    if (api !== "anthropic") {
      const seeds = [
        ["seed-a", 11],
        ["seed-b", 12],
      ] as const;
      for (const [question, seed] of sends("seed") ? seeds : [])
        await askTimes(2, question, { ...varying, seed });
      if (sends("n")) await ask("n", { ...varying, n: 2 });
      if (sends("logprobs", api === "openai" ? ["logprobs", "top_logprobs"] : ["logprobs"]))
        await ask("logprobs", api === "openai" ? { logprobs: true, top_logprobs: 2 } : { logprobs: 2 });
    }
    if (api !== "openai-completions") {
      await askTimes(2, "system", varying, systemPrompt);
      await ask("told-by-user", varying, userPrompt);
    }
    const context = pages.map(({ facts }) => facts.contextTokens).find((size) => typeof size === "number");
    if (typeof context === "number" && context <= largestContext)
      await ask("over-long", {}, overLongPrompt(api, context));
    return examination(client.fellSilent(), pages);
  } catch (error) {
    if (!options.signal.aborted) throw error;
    return examination({ errorClass: "interrupted", message: "interrupted before all was asked" });
  }
}

/** The small letter that most texts hold, and hold most often; null where none holds one. */
function commonLetter(texts: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const letter of new Set(text.slice(0, 400).match(/\p{Ll}|\p{Lo}/gu) ?? []))
      counts.set(letter, (counts.get(letter) ?? 0) + 1000 + (text.split(letter).length - 1));
  let best: string | null = null;
  for (const [letter, count] of counts)
    if (best === null || count > (counts.get(best) as number)) best = letter;
  return best;
}
