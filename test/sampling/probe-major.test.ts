import { join } from "node:path";
import { expect, test } from "vitest";
import { probeOrder } from "../../src/sampling/plan.ts";
import { sampleRun } from "../../src/sampling/sample-run.ts";
import type { RecordedAnswer, StoppingRule } from "../../src/sampling/stopping-rule.ts";
import type { Manifest } from "../../src/schema/manifest.ts";
import type { Stopping } from "../../src/schema/stopping.ts";
import { readManifest } from "../../src/store/manifest-file.ts";
import { type Behaviour, chatBody, sendJson, startFaultServer } from "../providers/fault-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";
import { date, endpointAt, limits, probesOf, requestFor } from "./run-request.ts";

const answer: Behaviour = (request, response) =>
  sendJson(response, 200, chatBody(`from ${request.body.model}`));
const runFolder = async () => join(await temporaryFolder(), "run");

/** A rule that is decided once so many probes are settled, and remembers what it was told. */
function ruleAfter(probes: number) {
  const counts: number[] = [];
  const answers: RecordedAnswer[] = [];
  const ruleOf = (manifest: Manifest): StoppingRule => {
    let decidedAfter: number | null = null;
    return {
      record: (): Stopping => ({
        rule: "decided",
        level: 0.95,
        pilot: 1,
        looks: [1],
        probes: probeOrder(manifest).length,
        orderSeed: manifest.seed ?? 0,
        order: "0".repeat(64),
        samples: manifest.samples,
        reference: "a",
        suspects: ["b"],
        controls: [],
        calibration: { name: "none", sha256: "0".repeat(64) },
        unfollowed: [],
        trajectory: [],
        decidedAfter,
      }),
      begin: async () => {},
      answered: (one) => void answers.push(one),
      settled: async (count) => {
        counts.push(count);
        if (count >= probes) decidedAfter = probes;
        return count >= probes;
      },
    };
  };
  return { ruleOf, counts, answers };
}

/** The place in the order of every request, by model. */
function placesAsked(
  requests: readonly { body: Parameters<Behaviour>[0]["body"] }[],
  order: readonly string[],
) {
  const places = new Map<string, number[]>();
  for (const { body } of requests) {
    const list = places.get(body.model) ?? [];
    places.set(body.model, [...list, order.indexOf(body.messages[0].content)]);
  }
  return places;
}

test("all targets are asked the same probes in one order that the seed decides, however fast they are", async () => {
  const orders: string[] = [];
  for (const seed of [7, 7, 8]) {
    // One target takes its time.
    const server = await startFaultServer((request, response, count) => {
      if (request.body.model === "a") return answer(request, response, count);
      setTimeout(() => answer(request, response, count), 15);
    });
    const other = await startFaultServer(answer);
    const dir = await runFolder();
    const request = requestFor([endpointAt(other.origin, "a"), endpointAt(server.origin, "b")], {
      probes: probesOf(12),
      samples: 2,
      seed,
    });
    const { ruleOf, counts, answers } = ruleAfter(99);
    let ahead = 0;
    const result = await sampleRun(dir, request, {
      limits: { ...limits, concurrency: 2 },
      date,
      stoppingRule: ruleOf,
      onEvent: () => {
        ahead = Math.max(ahead, other.requests.length - server.requests.length);
      },
    });
    expect(result).toMatchObject({ status: "complete", stopReason: null, requests: 48 });
    expect(answers).toHaveLength(48);
    expect(counts.at(-1)).toBe(12);
    expect(counts).toEqual(counts.toSorted((x, y) => x - y));
    // Two probes of two samples may be under way beside what the other has settled.
    expect(ahead).toBeLessThanOrEqual(6);
    const manifest = await readManifest(dir);
    const order = probeOrder(manifest).map(({ probe }) => probe.messages?.[0]?.content ?? "");
    for (const places of placesAsked([...other.requests, ...server.requests], order).values())
      places.forEach((place, at) => {
        expect(Math.abs(place - Math.floor(at / 2))).toBeLessThanOrEqual(1);
      });
    orders.push(order.join("\n"));
  }
  expect(orders[0]).toBe(orders[1]);
  expect(orders[0]).not.toBe(orders[2]);
});

test("decided, it starts no further probe, keeps what is answered, and says so in the manifest", async () => {
  const server = await startFaultServer(answer);
  const dir = await runFolder();
  const request = requestFor([endpointAt(server.origin, "a"), endpointAt(server.origin, "b")], {
    probes: probesOf(20),
    samples: 4,
  });
  const first = await sampleRun(dir, request, { limits, date, stoppingRule: ruleAfter(5).ruleOf });
  expect(first).toMatchObject({ status: "stopped", stopReason: "decided" });
  expect(first.requests).toBeGreaterThanOrEqual(5 * 8);
  expect(first.requests).toBeLessThan(9 * 8);
  expect(await readManifest(dir)).toMatchObject({ status: "stopped", stopping: { decidedAfter: 5 } });

  // Resumed, it is decided before the first request; without a rule the rest is asked, and nothing twice.
  const again = await sampleRun(dir, request, { limits, date, stoppingRule: ruleAfter(5).ruleOf });
  expect(again).toMatchObject({ stopReason: "decided", requests: 0 });
  const rest = await sampleRun(dir, request, { limits, date });
  expect(rest).toMatchObject({ status: "complete", requests: 160 - first.requests });
  expect(await readManifest(dir)).toMatchObject({ status: "complete", stopping: { decidedAfter: 5 } });
});

test("a target that ends does not hold the others up, nor one whose samples fail", async () => {
  const good = await startFaultServer(answer);
  const locked = await startFaultServer((_, response) =>
    sendJson(response, 401, { error: { message: "bad key" } }),
  );
  const picky = await startFaultServer((request, response, count) =>
    request.body.messages[0].content === "Question 3?"
      ? sendJson(response, 400, { error: { message: "no" } })
      : answer(request, response, count),
  );
  const { ruleOf, counts } = ruleAfter(99);
  const endpoints = [
    endpointAt(good.origin, "a"),
    endpointAt(locked.origin, "b"),
    endpointAt(picky.origin, "c"),
  ];
  const result = await sampleRun(
    await runFolder(),
    requestFor(endpoints, { probes: probesOf(10), samples: 2 }),
    {
      limits,
      date,
      stoppingRule: ruleOf,
    },
  );
  expect(result.targets.map(({ recorded }) => recorded)).toEqual([20, 0, 18]);
  expect(counts.at(-1)).toBe(10);
});

test("an error of the rule ends sampling with it, and nothing answered is lost", async () => {
  const server = await startFaultServer(answer);
  const dir = await runFolder();
  const failing = (manifest: Manifest): StoppingRule => ({
    ...ruleAfter(99).ruleOf(manifest),
    settled: async (count) => {
      if (count >= 2) throw new Error("cannot judge");
      return false;
    },
  });
  const request = requestFor([endpointAt(server.origin, "a")], { probes: probesOf(8) });
  await expect(sampleRun(dir, request, { limits, date, stoppingRule: failing })).rejects.toThrow(
    "cannot judge",
  );
  const before = server.requests.length;
  expect(await sampleRun(dir, request, { limits, date })).toMatchObject({ status: "complete" });
  expect(server.requests.length - before).toBeLessThanOrEqual(24 - 6);
});
