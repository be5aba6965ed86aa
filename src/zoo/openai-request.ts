import { z } from "zod";
import { chatPrompt } from "./answer-prompt.ts";
import { ApiError } from "./openai-error.ts";

/** Tokens an answer may have when the request does not say. */
const defaultMaxTokens = 256;
const mostTokens = 4096;

const tokenLimit = z.int().min(1).nullish();
const common = {
  model: z.string().min(1),
  temperature: z.number().min(0).max(2).nullish(),
  seed: z.int().nullish(),
  n: z.int().min(1).max(128).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
};
const textPart = z.object({ type: z.literal("text"), text: z.string() });
const message = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  content: z.union([z.string(), z.array(textPart).min(1)]),
});
const chatSchema = z.object({
  ...common,
  messages: z.array(message).min(1),
  max_tokens: tokenLimit,
  max_completion_tokens: tokenLimit,
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
});
const completionSchema = z.object({
  ...common,
  prompt: z.union([z.string(), z.array(z.string()).length(1)]),
  max_tokens: tokenLimit,
  logprobs: z.int().min(0).max(5).nullish(),
});

/** A chat or raw completion request with its defaults filled in. */
export interface GenerationRequest {
  readonly kind: "chat" | "completion";
  readonly model: string;
  /** What the model is conditioned on; for raw completion also what it continues. */
  readonly prompt: string;
  readonly temperature: number;
  readonly maxTokens: number;
  readonly seed: number | null;
  readonly n: number;
  readonly stop: readonly string[];
  /** How many alternatives to report with each token's log-probability; null for none at all. */
  readonly topLogprobs: number | null;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

/**
 * Read the body of `/v1/chat/completions`. Parameters that are not known are ignored, as most servers do.
 * @throws ApiError 400 naming the first wrong parameter
 */
export function readChatRequest(body: unknown): GenerationRequest {
  const request = parse(chatSchema, body);
  if (request.top_logprobs != null && request.logprobs !== true)
    throw new ApiError(400, "'top_logprobs' is only allowed when 'logprobs' is true.", {
      param: "top_logprobs",
    });
  const messages = request.messages.map(({ role, content }) => ({
    role,
    content: typeof content === "string" ? content : content.map(({ text }) => text).join("\n"),
  }));
  return {
    ...shared(request, request.max_completion_tokens ?? request.max_tokens),
    kind: "chat",
    prompt: chatPrompt(messages),
    topLogprobs: request.logprobs === true ? (request.top_logprobs ?? 0) : null,
  };
}

/**
 * Read the body of `/v1/completions`: one prompt, given as a string.
 * @throws ApiError 400 naming the first wrong parameter
 */
export function readCompletionRequest(body: unknown): GenerationRequest {
  const request = parse(completionSchema, body);
  return {
    ...shared(request, request.max_tokens ?? 16),
    kind: "completion",
    prompt: typeof request.prompt === "string" ? request.prompt : (request.prompt[0] ?? ""),
    topLogprobs: request.logprobs ?? null,
  };
}

function shared(request: z.output<z.ZodObject<typeof common>>, limit: number | null | undefined) {
  const { model, temperature, seed, n, stop, stream, stream_options: options } = request;
  return {
    model,
    temperature: temperature ?? 1,
    maxTokens: Math.min(limit ?? defaultMaxTokens, mostTokens),
    seed: seed ?? null,
    n: n ?? 1,
    stop: (typeof stop === "string" ? [stop] : (stop ?? [])).filter((text) => text !== ""),
    stream: stream ?? false,
    includeUsage: options?.include_usage ?? false,
  };
}

function parse<Shape extends z.ZodType>(schema: Shape, body: unknown): z.output<Shape> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const param =
    issue?.path
      .map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${String(step)}`))
      .join("") ?? "";
  throw new ApiError(
    400,
    param === ""
      ? "The request body must be a JSON object."
      : `Invalid value for '${param}': ${issue?.message ?? "not allowed"}.`,
    {
      param: param === "" ? null : param,
      code: "invalid_value",
    },
  );
}
