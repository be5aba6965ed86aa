import { describe, expect, test } from "vitest";
import { askedRequests } from "../../src/cli/plan/asked-requests.ts";
import { findDesign } from "../../src/cli/plan/find-design.ts";
import { makePlan, type PlanInput } from "../../src/cli/plan/make-plan.ts";
import type { Pilot } from "../../src/cli/plan/pilot.ts";
import { noRecordedTokens } from "../../src/cli/plan/recorded-tokens.ts";
import { renderPlan } from "../../src/cli/plan/render-plan.ts";
import { simulatePower } from "../../src/cli/plan/simulated-power.ts";
import type { PriceList } from "../../src/config/prices.ts";
import { InsufficientDataError } from "../../src/errors.ts";
import { type Probe, probeSchema } from "../../src/schema/probe.ts";
import { seededRandom } from "../../src/schema/random.ts";
import type { Target } from "../../src/schema/target.ts";

/**
 * A pilot whose models each have words of their own at every probe.
 * @param own - probability that a word is the model's own at the probe, and so the same in its next answer
 */
function pilotOf(options: {
  readonly seed: number;
  readonly labs: number;
  readonly probes: number;
  readonly samples: number;
  readonly own: number;
}): Pilot {
  const random = seededRandom(options.seed);
  const models = Array.from({ length: options.labs + 1 }, (_, m) => ({
    name: `model-${m}`,
    lab: `lab-${m}`,
  }));
  const word = () => `w${Math.floor(400 * random())}`;
  return {
    source: "run",
    name: "pilot",
    miniature: false,
    models,
    suspects: 0,
    samples: options.samples,
    probes: Array.from({ length: options.probes }, (_, p) => ({
      probe: `p${p}`,
      family: `f${p % 12}`,
      prompt: "",
      answers: new Map(
        models.map(({ name }) => {
          const words = Array.from({ length: 14 }, word);
          return [
            name,
            Array.from({ length: options.samples }, () =>
              words.map((own) => (random() < options.own ? own : word())).join(" "),
            ),
          ];
        }),
      ),
    })),
  };
}

const question = (more: object = {}) => ({
  fraction: 0.5,
  rates: { power: 0.8, falseAlarms: 0.01 },
  calibration: null,
  seed: 1,
  ...more,
});

async function simulatorOf(pilot: Pilot, samples: number, asked = question()) {
  const simulator = await simulatePower(pilot, samples, asked);
  if (simulator === null) throw new Error("no simulation");
  return simulator;
}

describe("findDesign", () => {
  const pilot = pilotOf({ seed: 3, labs: 8, probes: 50, samples: 2, own: 0.25 });

  test("a smaller share of answers takes more probes, and what is found was simulated to have the power", async () => {
    const found: number[] = [];
    for (const fraction of [0.9, 0.5, 0.35]) {
      const asked = question({ fraction });
      const design = await findDesign(await simulatorOf(pilot, 2, asked), asked);
      expect(design.power.power.estimate).toBeGreaterThanOrEqual(0.8);
      expect(design.power.probes).toBe(design.probes);
      expect(design.extrapolated).toBeNull();
      found.push(design.probes ?? Number.NaN);
    }
    expect(found[0]).toBeLessThanOrEqual(found[1] as number);
    expect(found[1]).toBeLessThan(found[2] as number);
    expect(found[2]).toBeLessThanOrEqual(50);
  });

  test("fewer false alarms and fewer samples take more probes", async () => {
    const at = async (samples: number, falseAlarms: number) => {
      const asked = question({ rates: { power: 0.8, falseAlarms } });
      return (await findDesign(await simulatorOf(pilot, samples, asked), asked)).probes ?? 51;
    };
    const [loose, strict, single] = [await at(2, 0.05), await at(2, 0.005), await at(1, 0.05)];
    expect(strict).toBeGreaterThan(loose);
    expect(single).toBeGreaterThanOrEqual(loose);
  });

  test("what the pilot cannot reach gets no number of probes, but a range said to be extrapolated", async () => {
    const small = pilotOf({ seed: 3, labs: 10, probes: 15, samples: 2, own: 0.25 });
    const asked = question({ fraction: 0.12 });
    const design = await findDesign(await simulatorOf(small, 2, asked), asked);
    expect(design.probes).toBeNull();
    expect(design.power.probes).toBe(15);
    expect(design.power.power.estimate).toBeLessThan(0.8);
    const [low, high] = design.extrapolated ?? [];
    expect(low).toBeGreaterThanOrEqual(15);
    expect(high === null || (high ?? 0) >= (low ?? 0)).toBe(true);
  });

  test("with answers that repeat nothing no number of probes is named at all", async () => {
    const noise = pilotOf({ seed: 6, labs: 8, probes: 16, samples: 2, own: 0 });
    const simulator = await simulatePower(noise, 2, question({ fraction: 0.5 }));
    // Self terms of pure noise may be below zero: then nothing can be simulated.
    if (simulator === null) return;
    const design = await findDesign(simulator, question({ fraction: 0.5 }));
    expect(design.probes).toBeNull();
    expect(design.extrapolated?.[1]).toBeNull();
  });

  test("the same pilot and seed give the same design", async () => {
    const again = async () => findDesign(await simulatorOf(pilot, 2), question());
    expect(await again()).toEqual(await again());
  });
});

describe("simulatePower", () => {
  test("its standard error is about how much the power differs between independent pilots", async () => {
    const asked = question({ fraction: 0.25, rates: { power: 0.8, falseAlarms: 0.05 } });
    const estimates: { estimate: number; standardError: number | null }[] = [];
    for (let seed = 1; seed <= 12; seed++) {
      const pilot = pilotOf({ seed, labs: 8, probes: 30, samples: 2, own: 0.25 });
      estimates.push((await simulatorOf(pilot, 2, asked)).whole.power);
    }
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const centre = mean(estimates.map(({ estimate }) => estimate));
    const spread = Math.sqrt(mean(estimates.map(({ estimate }) => (estimate - centre) ** 2)));
    const stated = mean(estimates.map(({ standardError }) => standardError ?? Number.NaN));
    // The power must be neither 0 nor 1 for the comparison to say anything.
    expect(centre).toBeGreaterThan(0.1);
    expect(centre).toBeLessThan(0.95);
    expect(stated / spread).toBeGreaterThan(0.5);
    expect(stated / spread).toBeLessThan(2.5);
  });

  test("says that the reference's repeatability is assumed where the pilot asked it once", async () => {
    const once = pilotOf({ seed: 3, labs: 8, probes: 24, samples: 1, own: 0.5 });
    expect((await simulatorOf(once, 1)).whole.assumedRepeatability).toBe(0.1);
    const twice = pilotOf({ seed: 3, labs: 8, probes: 24, samples: 2, own: 0.5 });
    expect((await simulatorOf(twice, 1)).whole.assumedRepeatability).toBeNull();
    expect((await simulatorOf(twice, 2)).whole.assumedRepeatability).toBeNull();
  });

  test("is null where all answers are alike", async () => {
    const { probes, ...rest } = pilotOf({ seed: 3, labs: 5, probes: 12, samples: 2, own: 0.5 });
    const alike = probes.map((probe) => ({
      ...probe,
      answers: new Map([...probe.answers.keys()].map((name) => [name, ["Alike.", "Alike."]])),
    }));
    expect(await simulatePower({ ...rest, probes: alike }, 2, question())).toBeNull();
    await expect(makePlan(inputOf({ ...rest, probes: alike }))).rejects.toThrow(InsufficientDataError);
  });
});

const probe = (more: object = {}): Probe =>
  probeSchema.parse({
    id: "p",
    family: "f",
    messages: [{ role: "user", content: "x".repeat(60) }],
    params: { max_tokens: 50 },
    ...more,
  });

const target = (more: Partial<Target> = {}): Target => ({
  name: "t",
  api: "openai",
  baseURL: "http://127.0.0.1:8000/v1",
  model: "m",
  lab: null,
  params: {},
  rename: {},
  drop: [],
  extraBody: {},
  ...more,
});

const prices: PriceList[] = [
  { file: "mine", entries: [{ model: "m", input: 2, output: 10, checked: null }] },
];

function inputOf(pilot: Pilot, more: Partial<PlanInput> = {}): PlanInput {
  return {
    congenerVersion: "9.9.9",
    pilot,
    fraction: 0.5,
    rates: { power: 0.8, falseAlarms: 0.01 },
    seed: 1,
    calibration: null,
    asking: {
      from: "configuration",
      name: "study",
      suites: ["small"],
      targets: [target(), target({ name: "other", model: "unknown-model" })],
      probes: Array.from({ length: 20 }, (_, p) => ({ probe: probe({ id: `q${p}` }), samples: 2 })),
      recorded: 0,
      limits: { concurrency: 4, requestsPerMinute: 10 },
    },
    use: { tokens: noRecordedTokens, latencyMs: new Map() },
    prices,
    note: () => {},
    ...more,
  };
}

describe("askedRequests", () => {
  const asked = (targets: readonly Target[], probes: readonly Probe[], recorded = noRecordedTokens) =>
    askedRequests(
      targets,
      probes.map((one) => ({ probe: one, samples: 3 })),
      { prices, recorded },
    );

  test("prompts by their bytes, answers up to their limit, cost from both ends", () => {
    // 60 bytes are 10 to 30 tokens, and up to 12 around the message; 3 samples.
    expect(asked([target()], [probe()])).toMatchObject([
      { requests: 3, inputTokens: [30, 126], outputTokens: [3, 150] },
    ]);
    const [{ costUSD } = { costUSD: null }] = asked([target()], [probe()]);
    expect(costUSD?.[0]).toBeCloseTo((30 * 2 + 3 * 10) / 1e6, 12);
    expect(costUSD?.[1]).toBeCloseTo((126 * 2 + 150 * 10) / 1e6, 12);
  });

  test("the limit is that of the request as it goes out; without one there is no upper end", () => {
    const upper = (more: Partial<Target>) => asked([target(more)], [probe()])[0]?.outputTokens[1];
    expect(upper({ params: { max_tokens: 20 } })).toBe(60);
    expect(upper({ rename: { max_tokens: "max_completion_tokens" } })).toBe(150);
    expect(upper({ extraBody: { max_completion_tokens: 5 } })).toBe(15);
    expect(upper({ drop: ["max_tokens"] })).toBeNull();
    expect(asked([target({ drop: ["max_tokens"] })], [probe()])[0]?.costUSD?.[1]).toBeNull();
  });

  test("recorded tokens go before rules of thumb, the limit before recorded tokens", () => {
    const recorded = () => ({ input: [11, 13] as const, output: [20, 90] as const });
    expect(asked([target()], [probe()], recorded)).toMatchObject([
      { inputTokens: [33, 39], outputTokens: [60, 150] },
    ]);
    expect(asked([target({ drop: ["max_tokens"] })], [probe()], recorded)[0]?.outputTokens).toEqual([
      60, 270,
    ]);
  });

  test("an unknown price is no cost, and one of 0 is a cost of 0 even without a limit", () => {
    expect(asked([target({ model: "unknown-model" })], [probe()])[0]).toMatchObject({
      price: null,
      costUSD: null,
    });
    const free: PriceList[] = [
      { file: "mine", entries: [{ model: "m", input: 0, output: 0, checked: null }] },
    ];
    const [own] = askedRequests([target({ drop: ["max_tokens"] })], [{ probe: probe(), samples: 1 }], {
      prices: free,
      recorded: noRecordedTokens,
    });
    expect(own?.costUSD).toEqual([0, 0]);
  });
});

describe("makePlan", () => {
  const pilot = pilotOf({ seed: 3, labs: 6, probes: 28, samples: 2, own: 0.5 });

  test("adds up targets, names those without a price, and knows the limits of the time", async () => {
    const plan = await makePlan(inputOf(pilot));
    expect(plan.asked).toMatchObject({
      requests: 80,
      probes: 20,
      samples: 2,
      inputTokens: [800, 3360],
      unpriced: ["other"],
      minutesAtLeast: 8,
    });
    expect(plan.asked.costUSD?.[1]).toBeCloseTo((1680 * 2 + 2000 * 10) / 1e6, 12);
    const design = plan.designs.find(({ samples }) => samples === 2);
    expect(design?.amounts?.requests).toBe(2 * 2 * (design?.probes ?? 0));
    const text = renderPlan(plan, 80);
    expect(text).toContain("Price unknown, which is not 0: other.");
    expect(text).toMatch(/cost\s< \$0\.01 to \$0\.02 \+ \?/);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(renderPlan(plan, 40)).toContain("  Power: ");
  });

  test("says so where the suite has fewer probes than are needed, and does not recommend it", async () => {
    const tiny = inputOf(pilot).asking;
    const plan = await makePlan(
      inputOf(pilot, { fraction: 0.12, asking: { ...tiny, probes: tiny.probes.slice(0, 10) } }),
    );
    expect(plan.designs.some(({ probes, withinSuite }) => probes !== null && !withinSuite)).toBe(true);
    expect(plan.leastSamples).toBeNull();
    expect(renderPlan(plan, 80).replaceAll("\n", " ")).toMatch(/are needed; small has 10: add a suite/);
  });

  test("simulates the configured design itself, and only where the pilot has as much", async () => {
    const { asking } = inputOf(pilot);
    const known = await makePlan(inputOf(pilot));
    expect(known.asked.power).toMatchObject({ probes: 20, samples: 2 });
    const often = asking.probes.map((one) => ({ ...one, samples: 5 }));
    const unknown = await makePlan(inputOf(pilot, { asking: { ...asking, probes: often } }));
    expect(unknown.asked).toMatchObject({
      power: null,
      powerReason: expect.stringContaining("2 samples a probe"),
    });
    const many = Array.from({ length: 29 }, (_, p) => ({ probe: probe({ id: `q${p}` }), samples: 2 }));
    const larger = await makePlan(inputOf(pilot, { asking: { ...asking, probes: many } }));
    expect(larger.asked).toMatchObject({ power: null, powerReason: expect.stringContaining("28 probes") });
  });

  test("prints no estimate as certain", async () => {
    const plan = await makePlan(inputOf(pilot, { fraction: 1 }));
    const text = renderPlan(plan, 110);
    expect(text).toContain("> 0.99 ± 0.01");
    expect(text).not.toMatch(/\b[01]\.00\b|NaN|Infinity|± 0\.00/);
  });
});
