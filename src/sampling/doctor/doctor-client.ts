import { createProvider as createProviderOf } from "../../providers/create-provider.ts";
import type { ProbeRequest, Provider, ProviderOptions, Reply } from "../../providers/provider.ts";
import type { DoctorQuestion, DoctorReply } from "../../schema/doctor.ts";
import type { Params } from "../../schema/probe.ts";
import type { Target } from "../../schema/target.ts";
import type { Clock } from "../clock.ts";
import type { Endpoint } from "../run-samples.ts";

/** What a question of the doctor puts on the wire. */
export interface DoctorRequest extends Omit<ProbeRequest, "params"> {
  readonly params: Params;
  /** Asked instead of the target's model. */
  readonly model?: string;
  readonly withoutKey?: boolean;
}

/** What a target's preset does to every request, as far as the target does not say otherwise. */
export interface ExaminedPreset {
  readonly name: string;
  readonly rename: Readonly<Record<string, string>>;
  /** Parameter that is not sent -> why. */
  readonly drop: Readonly<Record<string, string>>;
}

/** A target to examine, with its preset: what that sends is examined, not what it leaves out. */
export interface DoctorEndpoint extends Endpoint {
  readonly preset?: ExaminedPreset | undefined;
}

export interface DoctorClient {
  /** Asks once; what may pass (rate limits, overload, broken connections) is tried again a few times. */
  ask(question: DoctorQuestion, request: DoctorRequest): Promise<DoctorReply>;
  /** Counts a request; false when no more may be sent. */
  count(): boolean;
  requests(): number;
  readonly replies: readonly DoctorReply[];
  /** The last error of an endpoint that stopped answering, or null. */
  fellSilent(): DoctorReply["error"];
}

export interface DoctorClientOptions {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Takes secrets out of what a server says. */
  readonly scrub: (text: string) => string;
  /** Requests to this target at most, retries included. */
  readonly mostRequests: number;
  readonly createProvider?: ((options: ProviderOptions) => Provider | Promise<Provider>) | undefined;
}

/** Header names whose values may be credentials: the request without a key goes without them. */
const credentialHeader = /auth|key|token|secret|cookie|password/i;
const longestWaitMs = 60_000;
/** After so many questions in a row that brought no answer of any kind, nothing more is asked. */
const mostSilent = 3;
const silence = new Set(["network", "timeout", "malformed"]);
/** Attempts of one request, by what went wrong; anything else is final. */
const patience: Readonly<Record<string, number>> = {
  "rate-limited": 4,
  overloaded: 2,
  network: 2,
};

/**
 * A client that sends what it is told and nothing else: the target's own parameters, renames and drops are left out, for
 * they are what is examined. Those of its preset stay, and of its extra body what is not among the parameters asked about.
 */
export function createDoctorClient(endpoint: DoctorEndpoint, options: DoctorClientOptions): DoctorClient {
  const { clock, signal, timeoutMs, mostRequests } = options;
  const create = options.createProvider ?? createProviderOf;
  const replies: DoctorReply[] = [];
  let sent = 0;
  let silent: DoctorReply[] = [];
  const count = () => {
    if (sent >= mostRequests || signal.aborted) return false;
    sent++;
    return true;
  };
  const providerFor = async (request: DoctorRequest): Promise<Provider> => {
    const { apiKey, headers } = endpoint;
    const open = Object.entries(headers).filter(([name]) => !credentialHeader.test(name));
    return create({
      target: bareTarget(endpoint, request),
      apiKey: request.withoutKey === true ? null : apiKey,
      headers: request.withoutKey === true ? Object.fromEntries(open) : headers,
      timeoutMs,
      scrub: options.scrub,
    });
  };
  return {
    count,
    requests: () => sent,
    replies,
    fellSilent: () => (silent.length < mostSilent ? null : (silent.at(-1)?.error ?? null)),
    async ask(question, request) {
      const { params } = request;
      if (silent.length >= mostSilent)
        return unanswered(question, params, "not-asked", "the endpoint had stopped answering");
      const provider = await providerFor(request);
      for (let attempt = 1; ; attempt++) {
        if (!count()) return unanswered(question, params, "not-asked", "the limit of requests was reached");
        const reply = await provider.sample(request, signal);
        const error = "error" in reply ? reply.error : null;
        if (error !== null && attempt < (patience[error.errorClass] ?? 1)) {
          const wait = Math.min(longestWaitMs, error.retryAfterMs ?? 250 * 2 ** attempt);
          await pause(clock, wait, signal);
          if (!signal.aborted) continue;
        }
        const read = readReply(question, params, reply);
        replies.push(read);
        silent = read.error !== null && silence.has(read.error.errorClass) ? [...silent, read] : [];
        return read;
      }
    },
  };
}

function bareTarget({ target, preset }: DoctorEndpoint, request: DoctorRequest): Target {
  const extraBody = Object.entries(target.extraBody).filter(([name]) => !(name in request.params));
  return {
    ...target,
    model: request.model ?? target.model,
    params: {},
    rename: { ...preset?.rename },
    drop: Object.keys(preset?.drop ?? {}),
    extraBody: Object.fromEntries(extraBody),
  };
}

function readReply(question: DoctorQuestion, params: Params, reply: Reply): DoctorReply {
  const { attempt, response } = reply.exchange;
  const about = { question, params, latencyMs: attempt.latencyMs, status: attempt.status };
  if ("error" in reply) {
    const { errorClass, message } = reply.error;
    return { ...unanswered(question, params, errorClass, message), ...about };
  }
  const { answer } = reply;
  return {
    ...about,
    error: null,
    text: answer.text,
    outcome: answer.outcome,
    reasoned: answer.reasoning !== null || (answer.usage?.reasoningTokens ?? 0) > 0,
    finishReason: answer.finishReason,
    servedModel: answer.servedModel,
    provider: answer.provider,
    systemFingerprint: answer.systemFingerprint,
    usage: answer.usage,
    body: response?.body ?? "",
  };
}

function unanswered(
  question: DoctorQuestion,
  params: Params,
  errorClass: string,
  message: string,
): DoctorReply {
  return {
    question,
    params,
    latencyMs: 0,
    status: null,
    error: { errorClass, message },
    text: "",
    outcome: null,
    reasoned: false,
    finishReason: null,
    servedModel: null,
    provider: null,
    systemFingerprint: null,
    usage: null,
    body: "",
  };
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      cancel();
      resolve();
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
