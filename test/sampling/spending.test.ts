import fc from "fast-check";
import { expect, test } from "vitest";
import type { Reply } from "../../src/providers/provider.ts";
import type { PlannedSample } from "../../src/sampling/plan.ts";
import { generousTokens, possibleTokens } from "../../src/sampling/possible-tokens.ts";
import { recordedWork } from "../../src/sampling/recorded-work.ts";
import { sampleRun } from "../../src/sampling/sample-run.ts";
import { createSpending, type Spending } from "../../src/sampling/spending.ts";
import { costOf, mayBeBilled, nothingSpent, type Spent } from "../../src/sampling/spent.ts";
import { type Probe, probeSchema } from "../../src/schema/probe.ts";
import type { Attempt, Usage } from "../../src/schema/transcript.ts";
import { readManifest } from "../../src/store/manifest-file.ts";
import { type Behaviour, chatBody, sendJson, startFaultServer } from "../providers/fault-server.ts";
import { ordinaryAnswer } from "../providers/ordinary-answer.ts";
import { sampleOf, temporaryFolder } from "../store/run-fixture.ts";
import { date, endpointAt, limits, requestFor } from "./run-request.ts";

/** Dollars a million tokens: a token of an answer costs a cent, one of a prompt a tenth of it. */
const price = { input: 1_000, output: 10_000 };

function probesWithLimit(count: number, maxTokens: number | null): Probe[] {
  return Array.from({ length: count }, (_, i) =>
    probeSchema.parse({
      id: `p${i}`,
      family: "naming",
      messages: [{ role: "user", content: `Question ${i}?` }],
      params: maxTokens === null ? {} : { max_tokens: maxTokens },
    }),
  );
}

const attempt = (changes: Partial<Attempt> = {}): Attempt => ({
  ...(sampleOf("a").attempts[0] as Attempt),
  ...changes,
});

/** A reply with the given usage, as a provider would give it. */
function replyWith(usage: Usage | null, text = "Elias."): Reply {
  const { request, response } = sampleOf("a");
  return {
    exchange: {
      request: request as Reply["exchange"]["request"],
      response: response as Reply["exchange"]["response"],
      attempt: attempt(),
    },
    answer: { ...ordinaryAnswer, text, usage },
  };
}

const plannedOf = (probe: Probe, target: string): PlannedSample => ({
  sampleId: "",
  suite: "core",
  probe,
  wording: 0,
  target,
  index: 0,
  place: 0,
});

const usageOf = (inputTokens: number, outputTokens: number): Usage => ({
  inputTokens,
  outputTokens,
  reasoningTokens: null,
});

test("however many are in flight and however they end, a budget is never overshot, and hardly left unused", () => {
  const targets = ["cheap", "dear"].map((name) => ({
    target: endpointAt("http://127.0.0.1:1", name).target,
    price: name === "dear" ? price : { input: 10, output: 100 },
  }));
  const [probe] = probesWithLimit(1, 50) as [Probe];
  const most = possibleTokens((targets[1] as (typeof targets)[number]).target, probe);
  const dearest = (most.input * price.input + (most.output ?? 0) * price.output) / 1e6;
  fc.assert(
    fc.property(
      fc.double({ min: 0.2, max: 30, noNaN: true }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.record({ dear: fc.boolean(), used: fc.integer({ min: 0, max: 50 }), which: fc.nat() }), {
        minLength: 300,
        maxLength: 600,
      }),
      (budgetUSD, concurrency, steps) => {
        const spending = createSpending({ targets, before: new Map(), budgetUSD });
        const out: { sample: PlannedSample; used: number }[] = [];
        const endOne = (which: number) => {
          const [ended] = out.splice(which % out.length, 1);
          if (ended !== undefined) spending.ended(ended.sample, replyWith(usageOf(20, ended.used)));
        };
        let stopped = false;
        for (const { dear, used, which } of steps) {
          const sample = plannedOf(probe, dear ? "dear" : "cheap");
          while (!stopped) {
            const room = spending.room(sample);
            if (room === "none") stopped = true;
            if (room !== "wait" && out.length < concurrency) break;
            expect(out.length).toBeGreaterThan(0);
            endOne(which);
          }
          if (stopped) break;
          spending.started(sample);
          out.push({ sample, used });
          expect(spending.totalUSD()).toBeLessThanOrEqual(budgetUSD + 1e-9);
        }
        while (out.length > 0) endOne(0);
        expect(spending.totalUSD()).toBeLessThanOrEqual(budgetUSD + 1e-9);
        if (stopped) expect(spending.totalUSD()).toBeGreaterThan(budgetUSD - dearest - 1e-9);
      },
    ),
    { numRuns: 60, seed: 5 },
  );
});

test("what an endpoint did not count is estimated upward, and said", () => {
  const { target } = endpointAt("http://127.0.0.1:1", "a");
  const [probe] = probesWithLimit(1, 400) as [Probe];
  const spentOn = (reply: Reply): Spent => {
    const spending = createSpending({ targets: [{ target, price }], before: new Map(), budgetUSD: null });
    spending.started(plannedOf(probe, "a"));
    spending.ended(plannedOf(probe, "a"), reply);
    return spending.byTarget().get("a")?.spent ?? nothingSpent;
  };
  const text = "A keeper named Elias kept the lamp alight through the winter. ".repeat(4);
  const words = text.trim().split(/\s+/).length;
  const guessed = spentOn(replyWith(null, text));
  expect(guessed.estimatedSamples).toBe(1);
  expect(guessed.outputTokens).toBeGreaterThan(1.3 * words);
  expect(guessed.inputTokens).toBeGreaterThan(10);
  // Every tokenizer has fewer tokens than a text has bytes.
  expect(generousTokens("灯台守の名前")).toBe(18);
  expect(spentOn(replyWith(null, text.repeat(50))).outputTokens).toBe(400);
  expect(spentOn(replyWith(usageOf(7, 3)))).toMatchObject({
    inputTokens: 7,
    outputTokens: 3,
    estimatedSamples: 0,
  });
  // Where the reasoning is counted apart it is more than the whole.
  expect(spentOn(replyWith({ inputTokens: 7, outputTokens: 3, reasoningTokens: 90 })).outputTokens).toBe(93);
});

test("a failed attempt counts at its most where it may have been billed, and not where nobody was asked", () => {
  const billed = [
    attempt({ errorClass: "timeout", status: null }),
    attempt({ errorClass: "malformed", status: 200 }),
    attempt({ errorClass: "network", status: null, message: "connection reset (ECONNRESET)" }),
    attempt({ errorClass: "overloaded", status: 504 }),
  ];
  const free = [
    attempt({ errorClass: "network", status: null, message: "connection refused (ECONNREFUSED)" }),
    attempt({ errorClass: "rate-limited", status: 429 }),
    attempt({ errorClass: "overloaded", status: 503 }),
    attempt({ errorClass: "auth", status: 401 }),
    attempt(),
  ];
  expect(billed.map(mayBeBilled)).toEqual([true, true, true, true]);
  expect(free.map(mayBeBilled)).toEqual([false, false, false, false, false]);
});

const answer: Behaviour = (_, response) => sendJson(response, 200, chatBody("Elias."));

/** Asks with a budget, as `run` does, and says what was spent by what is on disk. */
async function askWithin(
  dir: string,
  budgetUSD: number,
  request: ReturnType<typeof requestFor>,
  concurrency = 8,
) {
  let spending: Spending | null = null;
  const result = await sampleRun(dir, request, {
    limits: { ...limits, concurrency },
    date,
    spendingOf: async () => {
      const manifest = await readManifest(dir);
      const before = new Map<string, Spent>();
      for (const target of manifest.targets)
        before.set(target.name, (await recordedWork(dir, manifest, target)).spent);
      const targets = manifest.targets.map((target) => ({ target, price }));
      spending = createSpending({ targets, before, budgetUSD });
      return spending;
    },
  });
  const manifest = await readManifest(dir);
  let onDisk = 0;
  for (const target of manifest.targets)
    onDisk += costOf((await recordedWork(dir, manifest, target)).spent, price) ?? 0;
  return { result, onDisk, followed: (spending as Spending | null)?.totalUSD() };
}

test("a budget holds over several endpoints and sessions, and what is on disk says the same sum", async () => {
  const servers = [await startFaultServer(answer), await startFaultServer(answer)];
  const endpoints = servers.map(({ origin }, i) => endpointAt(origin, `t${i}`));
  const request = requestFor(endpoints, { probes: probesWithLimit(40, 12), samples: 5 });
  const dir = await temporaryFolder();
  // A request takes 9 and 3 tokens: 3.9 cents; at its most some 21 cents.
  const asked = () => servers.reduce((sum, { requests }) => sum + requests.length, 0);
  const first = await askWithin(dir, 4, request);
  expect(first.result).toMatchObject({ status: "stopped", stopReason: "budget" });
  expect(first.onDisk).toBeLessThanOrEqual(4);
  expect(first.onDisk).toBeGreaterThan(3.7);
  expect(first.followed).toBeCloseTo(first.onDisk, 9);
  expect(asked()).toBe(Math.round(first.onDisk / 0.039));
  const [few, many] = servers.map(({ requests }) => requests.length).sort((a, b) => a - b);
  expect((many ?? 0) - (few ?? 0)).toBeLessThan(30);
  expect((await readManifest(dir)).status).toBe("stopped");

  const before = asked();
  expect((await askWithin(dir, 4, request)).result).toMatchObject({ stopReason: "budget", requests: 0 });
  expect(asked()).toBe(before);
  const more = await askWithin(dir, 5, request, 3);
  expect(more.onDisk).toBeLessThanOrEqual(5);
  expect(more.onDisk).toBeGreaterThan(4.7);
  expect((await askWithin(dir, 1_000, request)).result.status).toBe("complete");
  expect(asked()).toBe(400);
});

test("requests that were retried, and lanes that wait for room, lose no sample", async () => {
  const server = await startFaultServer((request, response, count) => {
    if (count % 4 === 0) sendJson(response, 503, "");
    else if (count % 7 === 0) response.destroy();
    else void answer(request, response, count);
  });
  const request = requestFor(
    ["a", "b"].map((name) => endpointAt(server.origin, name, { apiKey: `key-of-${name}` })),
    { probes: probesWithLimit(5, 12), samples: 4 },
  );
  const dir = await temporaryFolder();
  // Room for two requests at a time; resets count at their most, 21 cents each.
  const { result, onDisk } = await askWithin(dir, 12, request);
  expect(result.status).toBe("complete");
  expect(onDisk).toBeGreaterThan(40 * 0.039);
  const manifest = await readManifest(dir);
  const works = await Promise.all(manifest.targets.map((target) => recordedWork(dir, manifest, target)));
  expect(works.reduce((sum, { spent }) => sum + spent.unsureAttempts, 0)).toBeGreaterThan(0);
});

test("an answer without a limit of tokens overshoots by what it is longer than assumed, and the next is expected as long", async () => {
  const server = await startFaultServer((_, response) =>
    sendJson(
      response,
      200,
      chatBody("Elias.", { body: { usage: { prompt_tokens: 9, completion_tokens: 10_000 } } }),
    ),
  );
  const request = requestFor([endpointAt(server.origin, "a")], {
    probes: probesWithLimit(9, null),
    samples: 1,
  });
  // An answer is assumed to cost 41 dollars at most and costs 100.
  const { result, onDisk } = await askWithin(await temporaryFolder(), 160, request, 1);
  expect(result).toMatchObject({ stopReason: "budget", requests: 1 });
  expect(onDisk).toBeCloseTo(100.009, 6);
});
