import type { ResponseHeaders } from "./wire-fetch.ts";

/**
 * How long a server asks to wait, in milliseconds, from `retry-after-ms`, `retry-after` (seconds or an HTTP date), or
 * the `x-ratelimit-reset-*` of a limit that is used up; null when it does not say.
 */
export function retryAfterMs(headers: ResponseHeaders, now: number): number | null {
  const milliseconds = numberOf(headers.get("retry-after-ms"));
  if (milliseconds !== null) return milliseconds;
  const after = headers.get("retry-after");
  if (after !== null) {
    const seconds = numberOf(after);
    if (seconds !== null) return seconds * 1000;
    const date = Date.parse(after);
    if (!Number.isNaN(date)) return Math.max(0, date - now);
  }
  const resets = [...headers].flatMap(([name, value]) => {
    const limit = /^(?:x-|anthropic-)ratelimit-(?:reset-([a-z-]+)|([a-z-]+)-reset)$/.exec(name);
    if (limit === null) return [];
    const kind = limit[1] ?? limit[2];
    const remaining =
      headers.get(`x-ratelimit-remaining-${kind}`) ?? headers.get(`anthropic-ratelimit-${kind}-remaining`);
    const wait = remaining === "0" ? durationMs(value, now) : null;
    return wait === null ? [] : [wait];
  });
  return resets.length === 0 ? null : Math.max(...resets);
}

function numberOf(text: string | null): number | null {
  return text !== null && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null;
}

/** `1s`, `6m0s`, `120ms`, `2m59.56s`, or an ISO moment. */
function durationMs(text: string, now: number): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length > 0 && parts.map(([part]) => part).join("") === text) {
    const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
    return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ""] ?? 0), 0);
  }
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? null : Math.max(0, moment - now);
}
