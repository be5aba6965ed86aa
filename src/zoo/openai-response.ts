import type { Generated, GeneratedChoice, GeneratedToken } from "./generate-choices.ts";
import type { GenerationRequest } from "./openai-request.ts";

/** What every body and chunk of one answer repeats. */
export interface ResponseHead {
  readonly id: string;
  readonly created: number;
  readonly fingerprint: string;
}

/** Body of a chat or raw completion response. */
export function completionBody(
  request: GenerationRequest,
  generated: Generated,
  head: ResponseHead,
): unknown {
  const chat = request.kind === "chat";
  const logs = request.topLogprobs !== null;
  return {
    ...envelope(request, head, false),
    choices: generated.choices.map((choice, index) => ({
      index,
      ...(chat
        ? { message: { role: "assistant", content: choice.text, refusal: null } }
        : { text: choice.text }),
      logprobs: logs ? (chat ? chatLogprobs(choice.tokens) : rawLogprobs(choice)) : null,
      finish_reason: choice.finishReason,
    })),
    usage: usage(generated),
  };
}

/** Chunks of a streamed response, in order; the caller adds `[DONE]`. */
export function* completionChunks(
  request: GenerationRequest,
  generated: Generated,
  head: ResponseHead,
): Generator<unknown> {
  const chat = request.kind === "chat";
  const frame = envelope(request, head, true);
  const extra = request.includeUsage ? { usage: null } : {};
  const chunk = (index: number, part: object, finish: string | null, logprobs: unknown = null) => ({
    ...frame,
    choices: [{ index, ...part, logprobs, finish_reason: finish }],
    ...extra,
  });
  for (const [index, choice] of generated.choices.entries()) {
    if (chat) yield chunk(index, { delta: { role: "assistant", content: "" } }, null);
    const logs = request.topLogprobs !== null;
    let sent = 0;
    for (const token of choice.tokens) {
      // A stop sequence may begin within a token that was already drawn: never send beyond the cut text.
      const text = token.text.slice(0, Math.max(choice.text.length - sent, 0));
      sent += token.text.length;
      const logprobs = logs
        ? chat
          ? chatLogprobs([token])
          : rawLogprobs({ ...choice, tokens: [token] })
        : null;
      yield chunk(index, chat ? { delta: { content: text } } : { text }, null, logprobs);
    }
    if (sent < choice.text.length) {
      const text = choice.text.slice(sent);
      yield chunk(index, chat ? { delta: { content: text } } : { text }, null);
    }
    yield chunk(index, chat ? { delta: {} } : { text: "" }, choice.finishReason);
  }
  if (request.includeUsage) yield { ...frame, choices: [], usage: usage(generated) };
}

function envelope(request: GenerationRequest, head: ResponseHead, chunk: boolean) {
  const object =
    request.kind === "chat" ? (chunk ? "chat.completion.chunk" : "chat.completion") : "text_completion";
  return {
    id: head.id,
    object,
    created: head.created,
    model: request.model,
    system_fingerprint: head.fingerprint,
  };
}

function usage({ promptTokens, completionTokens }: Generated) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

const bytes = (text: string) => [...new TextEncoder().encode(text)];

function chatLogprobs(tokens: readonly GeneratedToken[]) {
  return {
    content: tokens.map(({ text, logprob, top }) => ({
      token: text,
      logprob,
      bytes: bytes(text),
      top_logprobs: top.map((one) => ({ token: one.text, logprob: one.logprob, bytes: bytes(one.text) })),
    })),
    refusal: null,
  };
}

function rawLogprobs({ tokens }: Pick<GeneratedChoice, "tokens">) {
  let offset = 0;
  return {
    tokens: tokens.map(({ text }) => text),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top }) =>
      Object.fromEntries(top.map(({ text, logprob }) => [text, logprob])),
    ),
    text_offset: tokens.map(({ text }) => {
      const at = offset;
      offset += text.length;
      return at;
    }),
  };
}
