import { z } from "zod";
import type { Usage } from "../schema/transcript.ts";

const tokens = z.int().min(0).nullable().catch(null);
const text = z.string().nullable().catch(null);

const usageSchema = z
  .object({
    prompt_tokens: tokens.default(null),
    completion_tokens: tokens.default(null),
    completion_tokens_details: z
      .object({ reasoning_tokens: tokens.default(null) })
      .nullable()
      .catch(null)
      .default(null),
  })
  .nullable()
  .catch(null);

/** What chat and raw completions have in common; wrong or missing fields beside the answer become null. */
export const openaiEnvelope = {
  id: text.default(null),
  model: text.default(null),
  provider: text.default(null),
  system_fingerprint: text.default(null),
  usage: usageSchema.default(null),
};

const envelopeSchema = z.object(openaiEnvelope);

/** Who answered, and at what length. */
export function openaiProvenance(envelope: z.output<typeof envelopeSchema>) {
  const usage: Usage | null =
    envelope.usage === null
      ? null
      : {
          inputTokens: envelope.usage.prompt_tokens,
          outputTokens: envelope.usage.completion_tokens,
          reasoningTokens: envelope.usage.completion_tokens_details?.reasoning_tokens ?? null,
        };
  return {
    responseId: envelope.id,
    servedModel: envelope.model,
    provider: envelope.provider,
    systemFingerprint: envelope.system_fingerprint,
    usage,
  };
}

/** Whether a 200 body is an error all the same: OpenRouter's and proxies' `{"error": ...}`, vLLM's `{"object": "error"}`. */
export function holdsError(body: unknown): boolean {
  if (body === null || typeof body !== "object") return false;
  const { error, object, type, choices } = body as Record<string, unknown>;
  if (object === "error" || type === "error") return true;
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const inside =
    first !== null && typeof first === "object" ? (first as { error?: unknown }).error : undefined;
  return (error !== undefined && error !== null) || (inside !== undefined && inside !== null);
}

/** One line on what does not fit, for a malformed response. */
export function misfit(error: z.ZodError): string {
  const issue = error.issues[0];
  return `the response does not fit the API: ${issue?.path.join(".") || "body"}: ${issue?.message ?? "unexpected"}`;
}
