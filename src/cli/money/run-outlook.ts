import { batchPrices, hostOf, type PriceList, priceOf } from "../../config/prices.ts";
import { UsageError } from "../../errors.ts";
import { whyNoBatches } from "../../providers/batch/create-batch-api.ts";
import { probeOrder } from "../../sampling/plan.ts";
import { plannedCounts } from "../../sampling/planned-counts.ts";
import { assumedAnswerTokens, possibleTokens } from "../../sampling/possible-tokens.ts";
import { type RecordedWork, recordedWork } from "../../sampling/recorded-work.ts";
import { chooseEndpoints, plannedManifest, type RunRequest } from "../../sampling/sample-run.ts";
import { createSpending, type Spending } from "../../sampling/spending.ts";
import { nothingSpent, type Spent } from "../../sampling/spent.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { Probe } from "../../schema/probe.ts";
import type { Target } from "../../schema/target.ts";
import { type AskedTarget, askedRequests } from "../plan/asked-requests.ts";
import { costOfWork } from "./cost-of-work.ts";

/** What is left to ask of one target. */
export interface TargetOutlook {
  readonly planned: number;
  readonly recorded: number;
  /** Requests, tokens and cost of what is left. */
  readonly left: AskedTarget;
  /** US dollars that what is left can cost by the bounds that a budget reckons with; null without a price. */
  readonly mostUSD: number | null;
  /** The upper end of its cost; without one, as `mostUSD`. */
  readonly likelyMostUSD: number | null;
  /** Whether no limit of tokens goes on the wire for some of its probes. */
  readonly unlimited: boolean;
}

/** What a run has used up and what is left of it, before the first request. */
export interface RunOutlook {
  readonly dir: string;
  readonly manifest: Manifest;
  /** The targets that are asked now. */
  readonly targets: readonly TargetOutlook[];
  /** Every target of the run that is asked now or was before, with what it used up, and the price of what it is asked now. */
  readonly spent: readonly {
    readonly target: Target;
    readonly price: ReturnType<typeof priceOf>;
    readonly spent: Spent;
    readonly costUSD: number | null;
  }[];
  /** What is recorded, by target; empty where the folder holds no run. */
  readonly works: ReadonlyMap<string, RecordedWork>;
  /** The ordinary prices. */
  readonly prices: readonly PriceList[];
}

/** Reads what a run folder holds and counts what `sampleRun` would ask. Writes nothing. @throws as `sampleRun` does */
export async function runOutlook(
  dir: string,
  request: RunRequest,
  options: {
    readonly only: readonly string[] | undefined;
    /** The ordinary prices. */
    readonly prices: readonly PriceList[];
    /** Whether targets that have a batch API are asked through it. */
    readonly batch?: boolean | undefined;
    readonly date: Date;
  },
): Promise<RunOutlook> {
  const asked = new Set(chooseEndpoints(request, options.only).map(({ target }) => target.name));
  const { manifest, exists } = await plannedManifest(dir, request, options.date);
  const works = exists ? await allWork(dir, manifest) : new Map<string, RecordedWork>();
  const probes = new Map(probeOrder(manifest).map(({ hash, probe }) => [hash, probe]));
  const { prices } = options;
  const inBatches = new Set(
    request.endpoints
      .filter(({ target, batch }) => options.batch === true && whyNoBatches(target, batch) === null)
      .map(({ target }) => target.name),
  );
  const targets = manifest.targets
    .filter(({ name }) => asked.has(name))
    .map((target) =>
      targetOutlook(target, works.get(target.name), {
        counts: plannedCounts(manifest, target.name),
        probes,
        prices,
        inBatches,
      }),
    );
  const spent = manifest.targets.flatMap((target) => {
    const work = works.get(target.name);
    if (!asked.has(target.name) && (work === undefined || work.recorded + work.failed === 0)) return [];
    const price = priceOf(target, inBatches.has(target.name) ? batchPrices(prices) : prices);
    const used = work ?? noWork;
    return { target, price, spent: used.spent, costUSD: costOfWork(target, used, prices) };
  });
  return { dir, manifest, targets, spent, works, prices };
}

/**
 * Makes what follows the cost of the run.
 * @param recorded - samples that the run holds now that nobody else adds to it: if it was written to since, it is read again
 */
export async function openSpending(
  outlook: RunOutlook,
  budgetUSD: number | null,
  recorded: number,
): Promise<Spending> {
  const { dir, manifest, spent: targets, prices } = outlook;
  const works = recorded === recordedOf(outlook.works) ? outlook.works : await allWork(dir, manifest);
  const workOf = ({ name }: Target) => works.get(name) ?? noWork;
  return createSpending({
    targets,
    before: new Map(targets.map(({ target }) => [target.name, workOf(target).spent])),
    beforeUSD: new Map(
      targets.map(({ target }) => [target.name, costOfWork(target, workOf(target), prices)]),
    ),
    budgetUSD,
  });
}

/** @throws UsageError naming the targets whose price a budget needs and nobody knows */
export function checkBudgetPrices(outlook: RunOutlook, source: string): void {
  const [first, ...others] = outlook.spent.filter(({ price }) => price === null).map(({ target }) => target);
  if (first === undefined) return;
  const also = others.length === 0 ? "" : ` (and of ${others.map(({ name }) => name).join(", ")})`;
  const host = hostOf(first);
  const entry = `{ ${host === null ? "" : `host: "${host}", `}model: "${first.model}", input: 0.5, output: 1.5 }`;
  throw new UsageError(
    "run.unknown-price",
    `${source} needs every price, and that of ${first.name}${also} is unknown, which is not 0: give US dollars a million tokens in a file named by prices: in the configuration or by --prices, for example  prices: [${entry}]  and 0 for what costs nothing; or leave the budget out and use --max-requests`,
  );
}

async function allWork(dir: string, manifest: Manifest): Promise<Map<string, RecordedWork>> {
  const works = new Map<string, RecordedWork>();
  for (const target of manifest.targets) works.set(target.name, await recordedWork(dir, manifest, target));
  return works;
}

const noWork: Pick<RecordedWork, "recordedByProbe" | "spent" | "inBatches" | "tokens"> = {
  recordedByProbe: new Map(),
  spent: nothingSpent,
  inBatches: { recorded: 0, spent: nothingSpent },
  tokens: new Map(),
};

const recordedOf = (works: ReadonlyMap<string, RecordedWork>) =>
  [...works.values()].reduce((sum, { recorded }) => sum + recorded, 0);

function targetOutlook(
  target: Target,
  work: Pick<RecordedWork, "recordedByProbe" | "tokens"> = noWork,
  run: {
    readonly counts: ReadonlyMap<string, number>;
    readonly probes: ReadonlyMap<string, Probe>;
    readonly prices: readonly PriceList[];
    readonly inBatches: ReadonlySet<string>;
  },
): TargetOutlook {
  let planned = 0;
  const missing: { probe: Probe; samples: number }[] = [];
  for (const [hash, count] of run.counts) {
    planned += count;
    const samples = count - (work.recordedByProbe.get(hash) ?? 0);
    const probe = run.probes.get(hash);
    if (samples > 0 && probe !== undefined) missing.push({ probe, samples });
  }
  const [left] = askedRequests([target], missing, {
    prices: run.prices,
    inBatches: run.inBatches,
    recorded: (_target, hash) => work.tokens.get(hash) ?? null,
  }) as [AskedTarget];
  const { price } = left;
  const mostUSD =
    price === null
      ? null
      : missing.reduce((sum, { probe, samples }) => {
          const { input, output } = possibleTokens(target, probe);
          return (
            sum + (samples * (input * price.input + (output ?? assumedAnswerTokens) * price.output)) / 1e6
          );
        }, 0);
  return {
    planned,
    recorded: planned - left.requests,
    left,
    mostUSD,
    likelyMostUSD: left.costUSD?.[1] ?? mostUSD,
    unlimited: missing.some(({ probe }) => possibleTokens(target, probe).output === null),
  };
}
