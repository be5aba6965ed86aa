import type { ProviderErrorClass } from "../errors.ts";

/** What an error body says, whatever its shape. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
}

/**
 * Client errors that pass by themselves: a conflict, a failed dependency (inference gateways), too early, and two that are in
 * no standard: 498 (Groq: no capacity left) and 499 (a proxy lost its client).
 */
const passing = new Set([409, 424, 425, 498, 499]);

/**
 * Class of a failed response, from its status and what its body says. The order matters: servers put quota under 429,
 * bad keys and filters under 400, and overloads under 200.
 * @param status - HTTP status, or the code inside an error body that came with status 200
 */
export function classifyError(status: number, { code, message }: ErrorBody): ProviderErrorClass {
  const says = (pattern: RegExp) => pattern.test(code) || pattern.test(message);
  if (status === 402 || /insufficient_(quota|balance|credits)|billing/i.test(code)) return "quota";
  if (says(/credit balance is too low|insufficient (credits|balance|funds)|check your plan and billing/i))
    return "quota";
  if (says(/content_filter|content_policy_violation|cyber_policy|ResponsibleAIPolicy|invalid_prompt/i))
    return "filtered";
  if (status === 403 && says(/moderation|flagged/i)) return "filtered";
  if (
    status === 401 ||
    status === 403 ||
    status === 407 ||
    says(/invalid_api_key|authentication_error|API.?key not valid/i)
  )
    return "auth";
  if (status === 413 || says(/context_length_exceeded/i)) return "context-length";
  if (
    status === 400 &&
    says(/context (length|window)|prompt is too long|input length|too many (input )?tokens/i)
  )
    return "context-length";
  if (
    status === 404 ||
    status === 410 ||
    says(
      /model_not_found|\bmodel\b.{0,120}\b(not found|does ?n[o']t exist|not exist)|no such model|unknown model|invalid model/i,
    )
  )
    return "unknown-model";
  if (status === 429 || /rate_?limit/i.test(code)) return "rate-limited";
  if (status === 408) return "timeout";
  // Not implemented, and an HTTP version that is not spoken: asking again changes nothing.
  if (status === 501 || status === 505) return "bad-request";
  if (status >= 500 || passing.has(status) || says(/overloaded/i)) return "overloaded";
  return "bad-request";
}

/** Reads OpenAI's, Anthropic's, vLLM's flat, Google's and plain-text error bodies. Message: one line, 300 characters at most. */
export function readErrorBody(body: string): ErrorBody {
  const value = parsed(body);
  const error = fieldOf(value, "error") ?? value;
  const inner = Array.isArray(error) ? error[0] : error;
  const message = [fieldOf(inner, "message"), fieldOf(inner, "detail"), inner].find(
    (item) => typeof item === "string",
  );
  const code = [fieldOf(inner, "code"), fieldOf(inner, "type"), fieldOf(inner, "status")]
    .filter((item) => typeof item === "string" || typeof item === "number")
    .join(" ");
  return { code, message: oneLine(typeof message === "string" ? message : body) };
}

/** The numeric code inside an error body that came with status 200, or 502 when there is none. */
export function statusInErrorBody(body: string): number {
  const value = parsed(body);
  const code = fieldOf(fieldOf(value, "error") ?? value, "code");
  const status =
    typeof code === "number" || (typeof code === "string" && /^\d{3}$/.test(code)) ? Number(code) : 0;
  return status >= 400 && status < 600 ? status : 502;
}

/** Text as one line without markup noise, shortened. */
export function oneLine(text: string, length = 300): string {
  const start = text.slice(0, 8 * length);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = start.replace(/[\u0000-\u0020\u007f-\u009f]+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length)}...` : line;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return value !== null && typeof value === "object"
    ? ((value as Record<string, unknown>)[name] ?? undefined)
    : undefined;
}
