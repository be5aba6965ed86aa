import fc from "fast-check";
import { expect, test } from "vitest";
import { ProviderError, type ProviderErrorClass } from "../../src/errors.ts";
import { createAdaptiveConcurrency } from "../../src/sampling/adaptive-concurrency.ts";
import { backoffMs, type FailureHistory, judgeFailure } from "../../src/sampling/judge-failure.ts";
import { createRateBucket } from "../../src/sampling/rate-bucket.ts";

test("whatever is asked of a bucket, no minute gets more than the limit and one burst, and waiting as told suffices", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600 }),
      fc.array(
        fc.record({ amount: fc.integer({ min: 1, max: 40 }), pause: fc.integer({ min: 0, max: 5_000 }) }),
        {
          minLength: 1,
          maxLength: 120,
        },
      ),
      (perMinute, steps) => {
        let now = 0;
        const bucket = createRateBucket(perMinute, () => now);
        const taken: { at: number; amount: number }[] = [];
        for (const { amount, pause } of steps) {
          now += pause;
          const wait = bucket.take(amount);
          if (wait > 0) {
            now += wait;
            expect(bucket.take(amount)).toBe(0);
          }
          taken.push({ at: now, amount });
        }
        const burst = Math.max(1, perMinute / 12);
        for (const { at } of taken) {
          const minute = taken.filter((other) => other.at > at - 60_000 && other.at <= at);
          // An amount above the burst is let through once the bucket is full, and owed.
          const sum = minute.slice(0, -1).reduce((total, { amount }) => total + amount, 0);
          expect(sum).toBeLessThanOrEqual(
            perMinute + burst + 1e-6 + Math.max(0, ...minute.map(({ amount }) => amount)),
          );
        }
      },
    ),
    { seed: 21, numRuns: 200 },
  );
});

test("without a limit nothing waits", () => {
  expect(createRateBucket(undefined, () => 0).take(1e9)).toBe(0);
});

test("concurrency stays between one and its maximum, halves once an event, and comes back", () => {
  const event = fc.constantFrom("success", "limited", "troubled");
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.array(event, { maxLength: 300 }), (maximum, events) => {
      const concurrency = createAdaptiveConcurrency(maximum);
      for (const [at, kind] of events.entries()) {
        const before = concurrency.limit();
        if (kind === "success") concurrency.succeeded();
        if (kind === "limited") concurrency.limited(at, at);
        if (kind === "troubled") concurrency.troubled();
        const after = concurrency.limit();
        expect(after).toBeGreaterThanOrEqual(1);
        expect(after).toBeLessThanOrEqual(maximum);
        if (kind === "limited") expect(after).toBe(Math.max(1, Math.floor(before / 2)));
        else expect(after - before).toBeLessThanOrEqual(kind === "success" ? 1 : 0);
      }
      for (let i = 0; i < maximum * maximum; i++) concurrency.succeeded();
      expect(concurrency.limit()).toBe(maximum);
    }),
    { seed: 22, numRuns: 100 },
  );
});

test("requests that were out when the server said stop count as one event", () => {
  const concurrency = createAdaptiveConcurrency(16);
  concurrency.limited(0, 100);
  for (let i = 0; i < 8; i++) concurrency.limited(50, 110 + i);
  expect(concurrency.limit()).toBe(8);
  concurrency.limited(101, 200);
  expect(concurrency.limit()).toBe(4);
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
  elapsedMs: 0,
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
  ["a reply malformed three times", history("malformed", { attempts: 3 }), "record-malformed"],
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

test("a server's wish to wait is honoured however long it is", () => {
  expect(judgeFailure(history("rate-limited", { retryAfterMs: 7_200_000 }), () => 0.5)).toEqual({
    kind: "retry",
    delayMs: 7_200_000,
  });
});
