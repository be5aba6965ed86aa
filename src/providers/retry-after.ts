import type { ResponseHeaders } from "./wire-fetch.ts";

/** A server whose clock says an earlier moment has none: 1970, or the day its firmware was made. */
const clocksSince = Date.UTC(2020, 0, 1);

/** Some servers send the moment as Unix time where a number of seconds belongs; nobody asks to wait for 30 years. */
const unixSeconds = 1e9;
/** Unix time above this is in milliseconds: in seconds it would be the year 5138. */
const unixMilliseconds = 1e11;
/** The last moment that a date can hold: what is later is no time. */
const lastMoment = 8.64e15;

/**
 * How long a server asks to wait, in milliseconds, from `retry-after-ms`, `retry-after` (seconds or an HTTP date), or
 * the `x-ratelimit-reset-*` of a limit that is used up; null when it does not say. A moment is one of the server's clock:
 * what is left until then is counted from the response's own `Date`.
 * @param localNow - milliseconds since 1970, used where the response has no `Date`, or an impossible one
 */
export function retryAfterMs(headers: ResponseHeaders, localNow: number): number | null {
  const date = Date.parse(headers.get("date") ?? "");
  const now = date >= clocksSince ? date : localNow;
  const milliseconds = numberOf(headers.get("retry-after-ms"));
  if (milliseconds !== null && milliseconds < lastMoment) return milliseconds;
  const after = headers.get("retry-after");
  if (after !== null) {
    const seconds = numberOf(after);
    if (seconds !== null) return secondsMs(seconds, now);
    const moment = Date.parse(after);
    if (!Number.isNaN(moment)) return Math.max(0, moment - now);
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

/** Seconds, or a moment of Unix time in seconds or milliseconds; null for a number that is neither. */
function secondsMs(amount: number, now: number): number | null {
  if (amount < unixSeconds) return amount * 1000;
  const moment = amount < unixMilliseconds ? amount * 1000 : amount;
  return moment < lastMoment ? Math.max(0, moment - now) : null;
}

/** `1s`, `6m0s`, `120ms`, `2m59.56s`, a number of seconds, or an ISO moment. */
function durationMs(text: string, now: number): number | null {
  const seconds = numberOf(text);
  // Date.parse would take it for a year.
  if (seconds !== null) return secondsMs(seconds, now);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length > 0 && parts.map(([part]) => part).join("") === text) {
    const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
    return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ""] ?? 0), 0);
  }
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? null : Math.max(0, moment - now);
}
