import type { ErrorRates } from "../../analysis/power-curve.ts";
import type { PriceList } from "../../config/prices.ts";
import { InsufficientDataError } from "../../errors.ts";
import type { AskedProbe } from "../../sampling/plan.ts";
import type { Calibration } from "../../schema/calibration.ts";
import type { Target } from "../../schema/target.ts";
import { type AskedTarget, askedRequests, type Range, sum, times } from "./asked-requests.ts";
import { type FoundDesign, findDesign } from "./find-design.ts";
import type { Pilot } from "./pilot.ts";
import type { Amounts, AskedPlan, Plan, PlannedDesign } from "./plan-record.ts";
import type { RecordedUse } from "./recorded-tokens.ts";
import { type PowerSimulator, simulatePower } from "./simulated-power.ts";

/** What is to be asked, before it is counted. */
export interface Asking {
  readonly from: AskedPlan["from"];
  readonly name: string;
  readonly suites: readonly string[];
  readonly targets: readonly Target[];
  readonly probes: readonly Pick<AskedProbe, "probe" | "samples">[];
  readonly recorded: number;
  /** Targets that are asked through their batch API. */
  readonly inBatches?: ReadonlySet<string> | undefined;
  readonly limits: {
    readonly concurrency: number;
    readonly requestsPerMinute?: number | undefined;
    readonly tokensPerMinute?: number | undefined;
  } | null;
}

export interface PlanInput {
  readonly congenerVersion: string;
  readonly pilot: Pilot;
  readonly fraction: number;
  readonly rates: ErrorRates;
  readonly seed: number;
  readonly calibration: Calibration | null;
  readonly asking: Asking;
  readonly use: RecordedUse;
  readonly prices: readonly PriceList[];
  /** Told before each simulation, for it takes a while. */
  readonly note: (text: string) => void;
}

/**
 * Finds, for each number of samples that the pilot can tell of, the probes that are needed, and counts what asking them
 * takes.
 * @throws InsufficientDataError where suspects cannot be simulated from the pilot
 */
export async function makePlan(input: PlanInput): Promise<Plan> {
  const { pilot, asking, rates, fraction, seed, calibration } = input;
  const wanted = middle(asking.probes.map(({ samples }) => samples));
  const question = { fraction, rates, calibration, seed };
  const once = askedRequests(
    asking.targets,
    asking.probes.map(({ probe }) => ({ probe, samples: 1 })),
    {
      prices: input.prices,
      recorded: input.use.tokens,
      inBatches: asking.inBatches,
    },
  );
  const simulators = new Map<number, PowerSimulator>();
  const designs: FoundDesign[] = [];
  const skipped: number[] = [];
  for (const samples of samplesTried(pilot.samples, wanted)) {
    input.note(`Simulating suspects at ${samples} ${samples === 1 ? "sample" : "samples"} a probe ...`);
    const simulator = await simulatePower(pilot, samples, question);
    if (simulator === null) {
      skipped.push(samples);
      continue;
    }
    simulators.set(samples, simulator);
    designs.push(await findDesign(simulator, question));
  }
  if (designs.length === 0)
    throw new InsufficientDataError(
      "plan.no-simulation",
      `suspects cannot be simulated from the pilot ${pilot.name}: its affinities are not defined on ${pilot.probes.length} probes; ask more probes or more samples`,
    );
  const planned = designs.map((design) => plannedDesign(design, once, asking.probes.length));
  return {
    schemaVersion: 1,
    congenerVersion: input.congenerVersion,
    question: { fraction, ...rates, seed },
    pilot: {
      source: pilot.source,
      name: pilot.name,
      miniature: pilot.miniature,
      reference: pilot.models[0]?.name ?? "",
      ...controlsOf(pilot),
      probes: pilot.probes.length,
      samples: pilot.samples,
    },
    calibration: calibration?.name ?? null,
    rules: [...new Map(designs.map(({ power }) => [power.rule.why, power.rule])).values()],
    designs: planned,
    leastSamples: leastAsking(planned),
    asked: await askedPlan(input, { simulator: simulators.get(wanted), wanted }),
    priceFiles: input.prices.map(({ file }) => file),
    notes: notesOf(input, designs, skipped),
  };
}

/** 1, 2, 4 ... up to what the pilot has, and what is to be asked where the pilot has so many. */
function samplesTried(most: number, wanted: number): number[] {
  const tried = new Set([most, ...(wanted <= most ? [wanted] : [])]);
  for (let samples = 1; samples < most; samples *= 2) tried.add(samples);
  return [...tried].sort((first, second) => first - second);
}

const middle = (values: readonly number[]) =>
  values.toSorted((first, second) => first - second)[Math.floor((values.length - 1) / 2)] ?? 0;

function controlsOf({ models, suspects }: Pilot) {
  const outside = new Set(models.slice(0, 1 + suspects).flatMap(({ lab }) => lab ?? []));
  const controls = models.slice(1 + suspects).filter(({ lab }) => lab === null || !outside.has(lab));
  return {
    controls: controls.length,
    controlLabs: new Set(controls.map(({ name, lab }) => lab ?? `unknown ${name}`)).size,
  };
}

/** @param once - one sample of every probe that is to be asked */
function plannedDesign(
  { samples, probes, power, extrapolated }: FoundDesign,
  once: readonly AskedTarget[],
  asked: number,
): PlannedDesign {
  return {
    samples,
    probes,
    withinSuite: probes !== null && probes <= asked,
    power: power.power,
    falseAlarms: power.falseAlarms,
    simulatedProbes: power.probes,
    smallestDetectable: power.smallestDetectable,
    rule: power.rule.rule,
    extrapolatedProbes: extrapolated,
    amounts:
      probes === null ? null : scaled(amountsOf(once), { samples, probes, asked, targets: once.length }),
  };
}

function amountsOf(targets: readonly AskedTarget[]): Amounts {
  const total = (of: (target: AskedTarget) => Range): Range =>
    targets.reduce<Range>((before, target) => sum(before, of(target)), [0, 0]);
  const unpriced = targets.filter(({ costUSD }) => costUSD === null).map(({ name }) => name);
  return {
    requests: targets.reduce((count, { requests }) => count + requests, 0),
    inputTokens: total(({ inputTokens }) => inputTokens),
    outputTokens: total(({ outputTokens }) => outputTokens),
    costUSD: unpriced.length === targets.length ? null : total(({ costUSD }) => costUSD ?? [0, 0]),
    unpriced,
  };
}

/** What some probes take, taken to be as long as the average one. */
function scaled(
  amounts: Amounts,
  by: { readonly samples: number; readonly probes: number; readonly asked: number; readonly targets: number },
): Amounts {
  const factor = (by.samples * by.probes) / by.asked;
  const rounded = ([low, high]: Range): Range => [Math.round(low), high === null ? null : Math.round(high)];
  return {
    requests: by.samples * by.probes * by.targets,
    inputTokens: rounded(times(amounts.inputTokens, factor)),
    outputTokens: rounded(times(amounts.outputTokens, factor)),
    costUSD: amounts.costUSD === null ? null : times(amounts.costUSD, factor),
    unpriced: amounts.unpriced,
  };
}

/**
 * The design with the fewest requests among those that suffice; of two alike, the one with more probes. One that reaches
 * a likelihood ratio above 10 goes before one by score, which says less.
 */
function leastAsking(designs: readonly PlannedDesign[]): number | null {
  const sufficient = designs.filter(({ withinSuite }) => withinSuite);
  const byRatio = sufficient.filter(({ rule }) => rule === "likelihood-ratio");
  const [least] = (byRatio.length > 0 ? byRatio : sufficient).toSorted(
    (a, b) => (a.amounts?.requests ?? 0) - (b.amounts?.requests ?? 0) || a.samples - b.samples,
  );
  return least?.samples ?? null;
}

async function askedPlan(
  { asking, prices, use, pilot }: PlanInput,
  { simulator, wanted }: { readonly simulator: PowerSimulator | undefined; readonly wanted: number },
): Promise<AskedPlan> {
  const { inBatches } = asking;
  const targets = askedRequests(asking.targets, asking.probes, { prices, recorded: use.tokens, inBatches });
  const probes = asking.probes.length;
  const reason =
    simulator === undefined
      ? `the pilot has ${pilot.samples} ${pilot.samples === 1 ? "sample" : "samples"} a probe and ${wanted} are to be asked`
      : probes > pilot.probes.length
        ? `the pilot has ${pilot.probes.length} probes and ${probes} are to be asked`
        : null;
  const power = reason !== null || simulator === undefined ? null : await simulator.onPart(probes);
  return {
    from: asking.from,
    name: asking.name,
    suites: asking.suites,
    probes,
    samples: wanted,
    targets,
    ...amountsOf(targets),
    recorded: asking.recorded,
    minutesAtLeast: minutesAtLeast(targets, asking, use),
    power,
    powerReason: power === null ? (reason ?? "too few answers are left on so few probes") : null,
  };
}

/** Hosts work side by side: the slowest one counts, by its limits and by the latencies of the pilot. Batches are not among it. */
function minutesAtLeast(
  all: readonly AskedTarget[],
  { limits, inBatches }: Asking,
  { latencyMs }: RecordedUse,
): number | null {
  if (limits === null) return null;
  const { concurrency, requestsPerMinute, tokensPerMinute } = limits;
  const targets = all.filter(({ name }) => inBatches?.has(name) !== true);
  const minutes = [...new Set(targets.map(({ host }) => host))].flatMap((host) => {
    const here = targets.filter((target) => target.host === host);
    const total = (of: (target: AskedTarget) => number) =>
      here.reduce((count, target) => count + of(target), 0);
    const latency =
      total(({ name, requests }) => requests * (latencyMs.get(name) ?? 0)) / concurrency / 60_000;
    return [
      ...(latency > 0 ? [latency] : []),
      ...(requestsPerMinute === undefined ? [] : [total(({ requests }) => requests) / requestsPerMinute]),
      ...(tokensPerMinute === undefined
        ? []
        : [total(({ inputTokens, outputTokens }) => inputTokens[0] + outputTokens[0]) / tokensPerMinute]),
    ];
  });
  return minutes.length === 0 ? null : Math.max(...minutes);
}

function batchNote(inBatches: ReadonlySet<string>, targets: readonly Target[]): string {
  const named = (names: readonly string[]) =>
    names.length > 6 ? `${names.slice(0, 6).join(", ")} and ${names.length - 6} more` : names.join(", ");
  const others = targets.flatMap(({ name }) => (inBatches.has(name) ? [] : [name]));
  if (inBatches.size === 0)
    return "No target is known to have a batch API: all are asked request by request, at the ordinary price (docs/batch.md).";
  return `In batches, within a day, at the price of the host's batch API: ${named([...inBatches])}.${others.length === 0 ? "" : ` Request by request: ${named(others)}.`}`;
}

function notesOf(
  { pilot, asking }: PlanInput,
  designs: readonly FoundDesign[],
  skipped: readonly number[],
): string[] {
  const { controlLabs } = controlsOf(pilot);
  const assumed = designs.find(({ power }) => power.assumedRepeatability !== null)?.power
    .assumedRepeatability;
  const asked = new Set(asking.probes.map(({ probe }) => probe.id));
  return [
    ...(pilot.source === "zoo"
      ? [
          "The pilot is a miniature zoo: its numbers show how probes and samples trade, and say nothing about how much real models differ. Ask a few probes of your own models, and plan from that run with --pilot.",
        ]
      : []),
    ...(pilot.source === "run" && !pilot.probes.some(({ probe }) => asked.has(probe))
      ? [
          `No probe of ${asking.suites.join(", ")} is in the pilot: what it says holds for probes that tell as much as its own.`,
        ]
      : []),
    ...(asking.inBatches === undefined ? [] : [batchNote(asking.inBatches, asking.targets)]),
    "The share is one of answers. A student's share of training data is another quantity (docs/method.md).",
    ...(skipped.length === 0
      ? []
      : [
          `At ${skipped.join(", ")} ${skipped.length === 1 && skipped[0] === 1 ? "sample" : "samples"} a probe suspects could not be simulated: the affinities are not defined on so little.`,
        ]),
    ...(assumed == null
      ? []
      : [
          `The pilot has one answer a probe of its reference: another one is assumed to repeat ${100 * assumed} % of what sets it apart, and everything hangs on that. Ask the pilot's reference twice or more to measure it.`,
        ]),
    ...(controlLabs < 10
      ? [
          `The controls are of ${controlLabs} labs: with ten or more the threshold is lower, and a finding of derived is possible at all.`,
        ]
      : []),
    ...(designs.some(({ samples, probes }) => samples === 1 && probes !== null)
      ? ['With one sample a probe the line "same model" does not apply; it needs two.']
      : []),
  ];
}
