import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../src/schema/random.ts";
import { type Scripted, type VirtualRun, type VirtualRunOptions, virtualRun } from "./virtual-run.ts";

const minuteMs = 60_000;
const day = 24 * 60 * minuteMs;
const ok = (latencyMs: number): Scripted => ({ latencyMs, errorClass: null });

/** How endpoints may behave: mostly they answer, sometimes they are in trouble, seldom they cannot answer at all. */
const scripted: fc.Arbitrary<Scripted> = fc
  .record({
    latencyMs: fc.integer({ min: 0, max: 20_000 }),
    errorClass: fc.oneof(
      { weight: 24, arbitrary: fc.constant(null) },
      { weight: 12, arbitrary: fc.constantFrom("rate-limited" as const, "overloaded" as const) },
      { weight: 9, arbitrary: fc.constantFrom("timeout" as const, "network" as const, "malformed" as const) },
      { weight: 3, arbitrary: fc.constantFrom("bad-request" as const, "context-length" as const) },
      {
        weight: 1,
        arbitrary: fc.constantFrom("auth" as const, "quota" as const, "unknown-model" as const),
      },
    ),
    retryAfterMs: fc.oneof(
      { weight: 3, arbitrary: fc.constant(null) },
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 90_000 }) },
      // Longer than setTimeout can wait.
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 * day }) },
    ),
  })
  .map((reply) => (reply.errorClass === null ? ok(reply.latencyMs) : reply));

const setting: fc.Arbitrary<VirtualRunOptions> = fc.record({
  scripts: fc.dictionary(
    fc.constantFrom("a", "b", "c"),
    fc.array(scripted, { minLength: 1, maxLength: 12 }),
    {
      minKeys: 1,
    },
  ),
  probes: fc.integer({ min: 1, max: 4 }),
  samples: fc.integer({ min: 1, max: 8 }),
  limits: fc.record({
    concurrency: fc.integer({ min: 1, max: 12 }),
    requestsPerMinute: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
    tokensPerMinute: fc.option(fc.integer({ min: 50, max: 3_000 }), { nil: undefined }),
    retryMinutes: fc.integer({ min: 0, max: 20 }),
  }),
  writeMs: fc.integer({ min: 0, max: 30_000 }),
  random: fc.integer().map((seed) => seededRandom(seed)),
});

/** Prompt of 8 characters and 98 tokens of answer: what the scheduler reckons with. */
const tokensARequest = 100;

function checkLimits(run: VirtualRun, { limits }: VirtualRunOptions) {
  expect(run.mostAtOnce).toBeLessThanOrEqual(limits.concurrency);
  const starts = run.requests.map(({ startedAt }) => startedAt).sort((a, b) => a - b);
  for (const at of starts) {
    const inMinute = starts.filter((other) => other > at - minuteMs && other <= at).length;
    if (limits.requestsPerMinute !== undefined)
      expect(inMinute).toBeLessThanOrEqual(limits.requestsPerMinute);
    if (limits.tokensPerMinute !== undefined)
      expect(inMinute === 1 || inMinute * tokensARequest <= limits.tokensPerMinute).toBe(true);
  }
}

function checkWaits({ requests }: VirtualRun) {
  for (const { target, endedAt, reply } of requests)
    if (reply.errorClass !== null && typeof reply.retryAfterMs === "number")
      for (const other of requests)
        if (other.target === target && other.startedAt > endedAt)
          expect(other.startedAt).toBeGreaterThanOrEqual(endedAt + reply.retryAfterMs);
}

/** Every sample settled once at most, every attempt in one record. */
function checkRecords({ result, requests, recorded, failures }: VirtualRun, options: VirtualRunOptions) {
  const key = (sample: { target: string; probe: string; index: number }) =>
    `${sample.target} ${sample.probe} ${sample.index}`;
  const settled = [...recorded, ...failures].map(key);
  expect(new Set(settled).size).toBe(settled.length);
  const attempts = [...recorded, ...failures].flatMap((sample) =>
    sample.attempts.map(({ requestId }) => requestId),
  );
  expect(attempts.length).toBe(requests.length);
  expect(new Set(attempts).size).toBe(requests.length);
  expect(result.requests).toBe(requests.length);
  for (const target of result.targets) {
    expect(target.planned).toBe(options.probes * options.samples);
    expect(target.recorded).toBe(recorded.filter((sample) => sample.target === target.name).length);
    expect(target.failed).toBe(failures.filter((sample) => sample.target === target.name).length);
  }
}

function checkEnds({ requests, events }: VirtualRun) {
  for (const event of events)
    if (event.type === "target-ended")
      for (const { target, startedAt } of requests)
        if (target === event.target) expect(startedAt).toBeLessThanOrEqual(event.at);
}

/** What is out is waited for, and so is the disk; nothing else is. */
function checkEndsSoon({ requests, endedAt }: VirtualRun, { writeMs = 0 }: VirtualRunOptions, stopAtMs = 0) {
  const last = Math.max(0, ...requests.map((request) => request.endedAt));
  expect(endedAt).toBeLessThanOrEqual(Math.max(stopAtMs, last) + writeMs);
}

test("whatever endpoints do: limits hold, waits are kept, every sample is settled once, and sampling ends", {
  timeout: 60_000,
}, async () => {
  let ended = 0;
  let retried = 0;
  let waited = 0;
  await fc.assert(
    fc.asyncProperty(setting, async (options) => {
      const run = await virtualRun(options);
      checkLimits(run, options);
      checkWaits(run);
      checkRecords(run, options);
      checkEnds(run);
      // A target that is not ended was asked for all of its samples.
      for (const target of run.result.targets)
        if (target.ended === null) expect(target.recorded + target.failed).toBe(target.planned);
      expect(run.result.stopReason).toBe(null);
      checkEndsSoon(run, options);
      ended += run.result.targets.filter((target) => target.ended !== null).length;
      retried += run.recorded.filter(({ attempts }) => attempts.length > 1).length;
      waited += run.requests.filter(({ reply }) => (reply.retryAfterMs ?? 0) > 2 ** 31).length;
    }),
    { seed: 41, numRuns: 250 },
  );
  // The settings reach what they are about.
  expect(Math.min(ended, retried, waited)).toBeGreaterThan(20);
});

test("stopped at any moment, nothing more is asked and no attempt is lost", {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(setting, fc.integer({ min: 0, max: 5 * minuteMs }), async (options, stopAtMs) => {
      const run = await virtualRun({ ...options, stopAtMs });
      checkLimits(run, options);
      checkWaits(run);
      checkRecords(run, options);
      for (const { startedAt } of run.requests) expect(startedAt).toBeLessThanOrEqual(stopAtMs);
      checkEndsSoon(run, options, stopAtMs);
    }),
    { seed: 42, numRuns: 150 },
  );
});

test("within a number of requests, no more is asked and no attempt is lost", {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(setting, fc.integer({ min: 1, max: 40 }), async (options, maxRequests) => {
      const run = await virtualRun({ ...options, limits: { ...options.limits, maxRequests } });
      checkLimits(run, options);
      checkWaits(run);
      checkRecords(run, options);
      checkEndsSoon(run, options);
      expect(run.requests.length).toBeLessThanOrEqual(maxRequests);
      if (run.result.stopReason !== null) expect(run.requests.length).toBe(maxRequests);
    }),
    { seed: 43, numRuns: 150 },
  );
});

test.each(["auth", "quota", "unknown-model"] as const)(
  "%s ends its target at once, with what is out, and the others are asked for everything",
  async (errorClass) => {
    const run = await virtualRun({
      scripts: { bad: [ok(50), ok(50), { latencyMs: 50, errorClass }], good: [ok(50)], other: [ok(70)] },
      probes: 5,
      samples: 20,
      limits: { concurrency: 6, retryMinutes: 10 },
    });
    const byName = new Map(run.result.targets.map((target) => [target.name, target]));
    expect(byName.get("bad")).toMatchObject({ ended: { errorClass } });
    expect(run.requests.filter(({ target }) => target === "bad").length).toBeLessThanOrEqual(3 + 6);
    for (const name of ["good", "other"])
      expect(byName.get(name)).toMatchObject({ recorded: 100, ended: null });
  },
);

test("what waits takes no slot: with one slot, others are asked without a gap, even the same target's", async () => {
  const answers = Array.from({ length: 19 }, () => ok(10));
  const run = await virtualRun({
    scripts: {
      told: [{ latencyMs: 10, errorClass: "rate-limited", retryAfterMs: 40 * day }, ...answers],
      busy: [{ latencyMs: 10, errorClass: "overloaded" }, ...answers],
    },
    probes: 1,
    samples: 19,
    limits: { concurrency: 1, retryMinutes: 10 },
    // The longest pauses there are, and a disk that is slower than the endpoints.
    random: () => 0.999,
    writeMs: 500,
  });
  expect(run.result.status).toBe("complete");
  const startsOf = (name: string) =>
    run.requests.filter(({ target }) => target === name).map(({ startedAt }) => startedAt);
  const [first, second, ...others] = startsOf("busy");
  // The first and its failed one, one request of the other target, and then all but the one that waits, one upon the other.
  expect([first, second]).toEqual([10, 20]);
  expect(others.slice(0, 17)).toEqual(Array.from({ length: 17 }, (_, i) => 30 + 10 * i));
  expect(others[17]).toBeGreaterThan(20 + 0.99 * 1_000);
  expect(startsOf("told")[0]).toBe(0);
  expect(startsOf("told")[1]).toBeGreaterThanOrEqual(10 + 40 * day);
  expect(run.events.filter(({ type }) => type === "paused")).toEqual([
    { type: "paused", target: "told", ms: 40 * day, at: 10 },
  ]);
  expect(run.mostAtOnce).toBe(1);
});

test("rate limits shrink the requests out at once, other trouble does not", async () => {
  const most = async (errorClass: Scripted["errorClass"]) => {
    const trouble = Array.from({ length: 64 }, (): Scripted => ({ latencyMs: 100, errorClass }));
    const run = await virtualRun({
      // Slow start reaches 32 with the 60th answer.
      scripts: {
        a: [
          ...Array.from({ length: 60 }, () => ok(100)),
          ...trouble,
          ...Array.from({ length: 400 }, () => ok(100)),
        ],
      },
      probes: 10,
      samples: 40,
      limits: { concurrency: 32, retryMinutes: 10 },
    });
    const after = run.requests.filter(({ reply }) => reply.errorClass !== null).at(-1)?.endedAt ?? 0;
    const soon = run.requests.filter(({ startedAt }) => startedAt > after && startedAt <= after + 100);
    expect(run.result.status).toBe("complete");
    return soon.length;
  };
  expect(await most("overloaded")).toBeGreaterThanOrEqual(30);
  expect(await most("rate-limited")).toBeLessThanOrEqual(20);
});
