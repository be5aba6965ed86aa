import { expect, test } from "vitest";
import { backendMixture, mixtureLevel } from "../../src/analysis/backend-mixture.ts";
import { latencyClusters } from "../../src/analysis/latency-clusters.ts";
import { sessions, timeBlocks, turns } from "../../src/analysis/time-labels.ts";
import type { BackendSample } from "../../src/schema/backend-mixture.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";

const words = "oak elm ash fir yew bay fig box".split(" ");

/** One answer of backend 0 or 1: a word; backend 1 prefers the later ones of the list. */
function answerOf(backend: number, random: Random): string {
  const word = () => words[Math.floor((backend === 0 ? random() ** 3 : 1 - random() ** 3) * words.length)];
  return `${word()}`;
}

interface Setting {
  readonly probes?: number;
  readonly repeats?: number;
  /** Backend of the k-th request. */
  readonly backend?: (k: number, count: number, random: Random) => number;
  readonly named?: boolean;
  readonly latencyMs?: (backend: number, tokens: number, random: Random) => number;
}

/** Requests in rounds, the probes of a round in random order, as the doctor asks them; unequal n, for some fail. */
function sampled(setting: Setting, random: Random): BackendSample[] {
  const { probes = 6, repeats = 24, backend = () => 0, named = false } = setting;
  const latencyMs = setting.latencyMs ?? (() => 40 + Math.round(20 * random() ** 3));
  const samples: BackendSample[] = [];
  let k = 0;
  for (let round = 0; round < repeats; round++)
    for (const probe of Array.from({ length: probes }, (_, p) => p).sort(() => random() - 0.5)) {
      const who = backend(k, probes * repeats, random);
      k++;
      if (random() < 0.05 * probe) continue;
      const tokens = 2 + Math.floor(random() * 3);
      samples.push({
        probe: `p${probe}`,
        text: `${probe} ${answerOf(who, random)}`,
        servedModel: "m",
        systemFingerprint: named ? `fp_${who}` : null,
        provider: null,
        latencyMs: latencyMs(who, tokens, random),
        outputTokens: tokens,
        startedAtMs: 100 * k,
      });
    }
  return samples;
}

const checked = (setting: Setting, seed: number) =>
  backendMixture(sampled(setting, seededRandom(seed)), {
    random: seededRandom(seed + 5000),
    inTurn: true,
    permutations: 999,
  });
const p = (result: ReturnType<typeof checked>, name: string) =>
  result.tests.find((one) => one.test === name)?.pValue ?? null;
const trialsOf = (count: number, setting: Setting) =>
  Array.from({ length: count }, (_, seed) => checked(setting, seed));
const third = (_: number, __: number, random: Random) => (random() < 0.3 ? 1 : 0);

test("one backend: every test keeps its level at unequal n, whatever the length does to the latency", () => {
  const trials = trialsOf(40, {
    // Fingerprints are drawn besides, and say nothing; long answers are slower.
    backend: () => 0,
    latencyMs: (_, tokens, random) => Math.round(30 + 25 * tokens * (1 + random() ** 4)),
  });
  expect(trials.filter(({ verdict }) => verdict !== "not-detected").length).toBeLessThanOrEqual(2);
  for (const name of ["latency-answers", "halves", "quarters", "turn-2", "turn-3"]) {
    const rejected = trials.filter((trial) => (p(trial, name) ?? 1) <= 0.1).length;
    expect(rejected / 40).toBeLessThan(0.1 + 3 * Math.sqrt(0.09 / 40));
  }
  const values = trials.map((trial) => p(trial, "quarters") ?? 0);
  expect(values.reduce((sum, value) => sum + value, 0) / 40).toBeGreaterThan(0.38);
});

test("labels that say nothing about the answers are no sign, labels that do are", () => {
  const draw = (seed: number, share: number) => {
    const random = seededRandom(seed);
    const samples = sampled({ backend: third, named: true }, random).map((sample) =>
      random() < share ? { ...sample, systemFingerprint: random() < 0.3 ? "fp_1" : "fp_0" } : sample,
    );
    return backendMixture(samples, { random, inTurn: true, permutations: 999 });
  };
  const blind = Array.from({ length: 20 }, (_, seed) => draw(seed, 1));
  expect(blind.filter((result) => (p(result, "fingerprint") ?? 1) <= 0.1).length).toBeLessThanOrEqual(6);
  const telling = Array.from({ length: 4 }, (_, seed) => draw(seed, 0));
  expect(telling.every(({ verdict }) => verdict === "indicated")).toBe(true);
  expect(telling[0]?.sentence).toMatch(/its answers differ with the system fingerprint/);
  expect(telling[0]?.composition.systemFingerprint.map(({ value }) => value)).toEqual(["fp_0", "fp_1"]);
});

test("a slower second backend of 30 % is found by latency, and its answers differ with it", () => {
  const found = trialsOf(3, {
    repeats: 48,
    backend: third,
    latencyMs: (who, tokens, random) => Math.round((who === 1 ? 400 : 40) + tokens * 3 + 10 * random()),
  });
  for (const result of found) {
    expect(result.verdict).toBe("indicated");
    expect(p(result, "latency-answers")).toBeLessThan(mixtureLevel);
    expect(p(result, "latency-modes")).toBeLessThan(mixtureLevel);
    const [fast, slow] = result.composition.latency ?? [];
    expect(fast?.medianMs).toBeLessThan(80);
    expect(slow?.medianMs).toBeGreaterThan(380);
  }
});

test("two speeds of one model are two modes, but no mixture of models", () => {
  const result = checked(
    { latencyMs: (_, __, random) => Math.round(random() < 0.4 ? 300 + 10 * random() : 40 + 10 * random()) },
    3,
  );
  expect(result.verdict).toBe("not-detected");
  expect(result.sentence).toMatch(/two modes, which replicas, caches or load explain/);
});

test("a change of backend while it is asked is found without any label", () => {
  const half = trialsOf(8, { backend: (k, count) => (k > 0.6 * count ? 1 : 0) });
  expect(half.filter((result) => result.verdict === "indicated").length).toBeGreaterThanOrEqual(7);
  expect(half[0]?.sentence).toMatch(/its answers changed/);
});

test("strict turns of a server that answers everything", () => {
  const random = seededRandom(12);
  const samples = Array.from({ length: 100 }, (_, k) => ({
    probe: `p${Math.floor(random() * 5)}`,
    text: answerOf(k % 3 === 0 ? 1 : 0, random),
    servedModel: null,
    systemFingerprint: null,
    provider: null,
    latencyMs: null,
    outputTokens: null,
    startedAtMs: k,
  }));
  const result = backendMixture(samples, { random, inTurn: true });
  expect(result.verdict).toBe("indicated");
  expect(p(result, "turn-3")).toBeLessThan(0.002);
  expect(result.tests.find(({ test }) => test === "latency-answers")).toMatchObject({ pValue: null });
  expect(backendMixture(samples, { random, inTurn: false }).tests.map(({ test }) => test)).not.toContain(
    "turn-3",
  );
});

test("a random mixture without labels, speeds or order is not detected, and the sentence does not call it one model", () => {
  const results = trialsOf(10, { backend: third });
  expect(results.filter(({ verdict }) => verdict === "not-detected").length).toBeGreaterThanOrEqual(9);
  expect(results[0]?.sentence).toMatch(/No mixture of backends was detected .* that is not "one model"/);
});

test("several declared models are a mixture by their own word", () => {
  const samples = sampled({}, seededRandom(4)).map((sample, i) => ({
    ...sample,
    servedModel: i % 4 === 0 ? "a" : "b",
  }));
  const result = backendMixture(samples, { random: seededRandom(1), inTurn: true });
  expect(result.verdict).toBe("declared");
  expect(result.sentence).toMatch(
    /names several models \(b \d+, a \d+\) itself .*not detected: it is not one subject/,
  );
});

test("too little, constant or empty data: not testable or not detected, never an error, inputs untouched", () => {
  const none = backendMixture([], { random: seededRandom(1), inTurn: true });
  expect(none).toMatchObject({ verdict: "not-testable", answers: 0, composition: { latency: null } });
  const [one] = sampled({}, seededRandom(1));
  expect(backendMixture(one ? [one] : [], { random: seededRandom(1), inTurn: true }).verdict).toBe(
    "not-testable",
  );
  const same = Object.freeze(
    Array.from({ length: 40 }, (_, k) =>
      Object.freeze({ ...(one as BackendSample), startedAtMs: k, latencyMs: 7, outputTokens: 2 }),
    ),
  );
  const constant = backendMixture(same, { random: seededRandom(1), inTurn: true });
  expect(constant.verdict).toBe("not-detected");
  expect(p(constant, "halves")).toBe(1);
  expect(backendMixture(same, { random: seededRandom(1), inTurn: true })).toEqual(constant);
});

test("whole milliseconds look like no second mode, and lone slow answers are no cluster", () => {
  const samples = sampled({ latencyMs: (_, __, random) => 2 + Math.floor(3 * random()) }, seededRandom(6));
  const modes = Array.from(
    { length: 10 },
    (_, seed) =>
      p(backendMixture(samples, { random: seededRandom(seed), inTurn: true }), "latency-modes") ?? 0,
  );
  expect(modes.filter((value) => value <= 0.05).length).toBeLessThanOrEqual(1);
  const hiccup = samples.map((sample, i) => ({ ...sample, latencyMs: i === 3 ? 9000 : sample.latencyMs }));
  const { found } = latencyClusters(hiccup, seededRandom(1));
  expect(Math.min(...(found?.clusters.map(({ count }) => count) ?? []))).toBeGreaterThanOrEqual(
    samples.length * 0.1,
  );
});

test("labels of time: quarters, sessions parted by pauses, turns; unknown times stay unknown", () => {
  const times = [30, null, 10, 40, 20];
  expect(timeBlocks(times, 4)).toEqual([2, null, 0, 3, 1]);
  expect(turns(times, 2)).toEqual([0, null, 0, 1, 1]);
  const hour = 3_600_000;
  expect(sessions([0, hour, 5, null, hour + 9])).toEqual([0, 1, 0, null, 1]);
});
