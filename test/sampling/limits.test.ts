import fc from "fast-check";
import { expect, test } from "vitest";
import { ProviderError, type ProviderErrorClass } from "../../src/errors.ts";
import {
  type AdaptiveConcurrency,
  createAdaptiveConcurrency,
} from "../../src/sampling/adaptive-concurrency.ts";
import { createSystemClock } from "../../src/sampling/clock.ts";
import { backoffMs, type FailureHistory, judgeFailure } from "../../src/sampling/judge-failure.ts";
import { createRateLimit } from "../../src/sampling/rate-limit.ts";

const minuteMs = 60_000;

test("whatever is asked, no minute gets more than the limit, and waiting as told suffices", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600 }),
      fc.array(
        fc.record({ amount: fc.integer({ min: 1, max: 40 }), pause: fc.integer({ min: 0, max: 5_000 }) }),
        { minLength: 1, maxLength: 150 },
      ),
      (perMinute, steps) => {
        let now = 0;
        const limit = createRateLimit(perMinute, () => now);
        const taken: { at: number; amount: number }[] = [];
        for (const { amount, pause } of steps) {
          now += pause;
          now += limit.waitFor(amount);
          expect(limit.waitFor(amount)).toBe(0);
          limit.take(amount);
          taken.push({ at: now, amount });
        }
        for (const { at } of taken) {
          const minute = taken.filter((other) => other.at > at - minuteMs && other.at <= at);
          const sum = minute.reduce((total, { amount }) => total + amount, 0);
          // An amount above the whole limit could else never go out: it goes alone.
          expect(minute.length === 1 || sum <= perMinute).toBe(true);
        }
      },
    ),
    { seed: 21, numRuns: 300 },
  );
});

test("a limit is used up, evenly: over ten minutes of steady demand all but a burst of it goes out", () => {
  for (const perMinute of [7, 60, 900]) {
    let now = 0;
    const limit = createRateLimit(perMinute, () => now);
    let taken = 0;
    for (; now < 10 * minuteMs; now += Math.max(1, limit.waitFor(1)))
      if (limit.waitFor(1) === 0) {
        limit.take(1);
        taken++;
      }
    expect(taken).toBeGreaterThanOrEqual(0.97 * 10 * perMinute);
    expect(taken).toBeLessThanOrEqual(10 * perMinute);
  }
});

test("what was really used takes the place of what was guessed", () => {
  let now = 0;
  const limit = createRateLimit(600, () => now);
  const used = limit.take(50);
  expect(limit.waitFor(50)).toBe(5_000);
  used(20);
  expect(limit.waitFor(50)).toBe(2_000);
  now += 2_000;
  limit.take(50)(600);
  // 620 in the window: until the first 20 and then the 600 are a minute old.
  expect(limit.waitFor(1)).toBeGreaterThan(minuteMs - 2_000);
});

test("without a limit nothing waits", () => {
  const limit = createRateLimit(undefined, () => 0);
  limit.take(1e12);
  expect(limit.waitFor(1e9)).toBe(0);
});

test("concurrency stays between one and its maximum, halves once an event, and comes back", () => {
  const event = fc.constantFrom("success", "limited", "troubled");
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.array(event, { maxLength: 300 }), (maximum, events) => {
      const concurrency = createAdaptiveConcurrency(maximum);
      expect(concurrency.limit()).toBe(Math.min(4, maximum));
      for (const [at, kind] of events.entries()) {
        const before = concurrency.limit();
        if (kind === "success") concurrency.succeeded(before);
        if (kind === "limited") concurrency.limited(at, at);
        if (kind === "troubled") concurrency.troubled();
        const after = concurrency.limit();
        expect(after).toBeGreaterThanOrEqual(1);
        expect(after).toBeLessThanOrEqual(maximum);
        if (kind === "limited") expect(after).toBe(Math.max(1, Math.floor(before / 2)));
        else expect(after - before).toBeLessThanOrEqual(kind === "success" ? 1 : 0);
        if (kind === "troubled") expect(after).toBe(before);
      }
      for (let i = 0; i < maximum * maximum; i++) concurrency.succeeded(concurrency.limit());
      expect(concurrency.limit()).toBe(maximum);
    }),
    { seed: 22, numRuns: 100 },
  );
});

/** Limits after each round of as many successes as the limit is. */
function rounds(concurrency: AdaptiveConcurrency, count: number): number[] {
  return Array.from({ length: count }, () => {
    for (let out = concurrency.limit(); out > 0; out--) concurrency.succeeded(concurrency.limit());
    return concurrency.limit();
  });
}

test("it doubles a round until the first trouble, then grows by one a round", () => {
  const concurrency = createAdaptiveConcurrency(100);
  expect(rounds(concurrency, 3)).toEqual([8, 16, 32]);
  concurrency.troubled();
  expect(concurrency.limit()).toBe(32);
  expect(rounds(concurrency, 2)).toEqual([33, 34]);
  concurrency.limited(1, 1);
  expect(rounds(concurrency, 2)).toEqual([18, 19]);
  expect(rounds(createAdaptiveConcurrency(30), 4)).toEqual([8, 16, 30, 30]);
});

test("what is not used does not grow", () => {
  const concurrency = createAdaptiveConcurrency(100);
  for (let i = 0; i < 50; i++) concurrency.succeeded(3);
  expect(concurrency.limit()).toBe(4);
});

test("requests that were out when the server said stop count as one event", () => {
  const concurrency = createAdaptiveConcurrency(16);
  rounds(concurrency, 2);
  concurrency.limited(0, 100);
  for (let i = 0; i < 8; i++) concurrency.limited(50, 110 + i);
  expect(concurrency.limit()).toBe(8);
  concurrency.limited(101, 200);
  expect(concurrency.limit()).toBe(4);
});

test("another maximum holds at once when it is smaller, and is grown to when it is larger", () => {
  const concurrency = createAdaptiveConcurrency(16);
  rounds(concurrency, 2);
  concurrency.setMaximum(3);
  expect(concurrency.limit()).toBe(3);
  concurrency.setMaximum(12);
  expect(concurrency.limit()).toBe(3);
  expect(rounds(concurrency, 3)).toEqual([6, 12, 12]);
});

test("a wait is not cut short where it is longer than a timer can be", async () => {
  // Timers of at most 7 ms, as if that were the 24.8 days of setTimeout.
  const clock = createSystemClock(7);
  const startedAt = clock.now();
  const cancel = clock.after(40 * 24 * 3_600_000, () => expect.unreachable());
  await new Promise<void>((resolve) => clock.after(45, resolve));
  expect(clock.now() - startedAt).toBeGreaterThanOrEqual(45);
  cancel();
});

test("the pause before the next attempt is random up to a bound that doubles to a minute", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      (attempts, chance) => {
        const pause = backoffMs(attempts, () => chance);
        expect(pause).toBeGreaterThanOrEqual(0);
        expect(pause).toBeLessThanOrEqual(Math.min(60_000, 500 * 2 ** attempts));
      },
    ),
    { seed: 23 },
  );
});

const history = (
  errorClass: ProviderErrorClass,
  changes: Partial<FailureHistory> & { retryAfterMs?: number } = {},
): FailureHistory => ({
  error: new ProviderError(errorClass, "x", { retryAfterMs: changes.retryAfterMs ?? null }),
  attempts: 1,
  malformed: errorClass === "malformed" ? 1 : 0,
  elapsedMs: 0,
  longestAskedMs: 0,
  retryBudgetMs: 600_000,
  everAnswered: true,
  failuresInARow: 1,
  silentMs: 0,
  ...changes,
});

test.each<[string, FailureHistory, string]>([
  ["a bad key", history("auth"), "end-target"],
  ["a spent quota", history("quota"), "end-target"],
  ["an unknown model", history("unknown-model"), "end-target"],
  ["a refused request once", history("bad-request"), "give-up"],
  ["a prompt that is too long", history("context-length"), "give-up"],
  [
    "requests always refused",
    history("bad-request", { everAnswered: false, failuresInARow: 3 }),
    "end-target",
  ],
  ["a first malformed reply", history("malformed"), "retry"],
  ["a reply malformed three times", history("malformed", { attempts: 5, malformed: 3 }), "record-malformed"],
  ["an overload", history("overloaded"), "retry"],
  ["an overload beyond the sample's time", history("overloaded", { elapsedMs: 600_000 }), "give-up"],
  [
    "silence beyond the sample's time",
    history("timeout", { elapsedMs: 600_000, silentMs: 600_000 }),
    "end-target",
  ],
])("%s is judged %s", (_, failure, verdict) => {
  expect(judgeFailure(failure, () => 0.5).kind).toBe(verdict);
});

test("a server's wish to wait is honoured however long it is, and up to a tenth more, so that not all come at once", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e12 }),
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      (retryAfterMs, attempts, chance) => {
        const verdict = judgeFailure(history("rate-limited", { retryAfterMs, attempts }), () => chance);
        if (verdict.kind !== "retry") throw new Error(`expected a retry, got ${verdict.kind}`);
        expect(verdict.delayMs).toBeGreaterThanOrEqual(retryAfterMs);
        expect(verdict.delayMs).toBeLessThanOrEqual(Math.max(60_000, 1.1 * retryAfterMs + 1));
      },
    ),
    { seed: 24 },
  );
});

test("the longest wait that the server asked for is not taken from the time a sample may be tried", () => {
  const waited = { elapsedMs: 3_700_000, longestAskedMs: 3_600_000, retryAfterMs: 1_000 };
  expect(judgeFailure(history("rate-limited", waited), () => 0.5).kind).toBe("retry");
  expect(judgeFailure(history("rate-limited", { ...waited, elapsedMs: 4_200_000 }), () => 0.5).kind).toBe(
    "give-up",
  );
});
