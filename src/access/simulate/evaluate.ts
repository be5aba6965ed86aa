import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AccessAnalysis, AccountRecord, ClusterRecord } from "../../schema/access.ts";
import {
  type AccessLabel,
  type AccessSettings,
  accessLimitsSchema,
  accessSettingsSchema,
} from "../../schema/access-settings.ts";
import { loadMapping } from "../log/load-mapping.ts";
import { decideAll } from "../policy/make-policy.ts";
import { withScan } from "../policy/open-scan.ts";
import { readSubjects } from "../policy/read-subjects.ts";
import { scan } from "../scan.ts";
import {
  type CampaignEvaluation,
  campaignEvaluations,
  type DayFindings,
  type DetectionRule,
} from "./evaluate-campaigns.ts";
import type { SimulationOptions } from "./simulate-log.ts";
import { type WrittenSimulation, writeSimulatedLog } from "./write-simulated-log.ts";

/** Probability from which on the rule of that name flags: as the policy's default. */
const highProbability = accessLimitsSchema.parse({}).probability;

/** What is simulated, and how often the log is scanned. */
export interface EvaluationOptions {
  readonly simulation: SimulationOptions;
  /** A scan after so many days, and after as many more, up to the last day. */
  readonly everyDays: number;
  /** New or empty folder for the log and the scans; the scans are removed again. */
  readonly folder: string;
  readonly memory: string;
  readonly threads: number;
  readonly congenerVersion: string;
  readonly signal: AbortSignal;
  readonly progress: (what: string) => void;
}

/** How many honest accounts of a kind are flagged after the last day, by rule. */
export interface FalseAlarms {
  readonly kind: string;
  readonly accounts: number;
  readonly flagged: Readonly<Record<DetectionRule, number>>;
  readonly highestRisk: number;
}

/** What scans of a simulated log found and when, against the truth. */
export interface Evaluation {
  readonly rows: number;
  readonly days: readonly number[];
  readonly campaigns: readonly CampaignEvaluation[];
  readonly falseAlarms: readonly FalseAlarms[];
  /** Clusters of honest accounts only, and those of them that are flagged. */
  readonly honestClusters: { readonly count: number; readonly flagged: number };
  /** The first accounts by probability, as many as `reviewBudget`, and those of them that are a campaign's. */
  readonly review: { readonly accounts: number; readonly found: number; readonly campaignAccounts: number };
}

/**
 * Simulates a log and scans growing beginnings of it, as an analyst would who scans every few days: a scan sees the
 * requests and the releases up to its day, the truth never. What is found holds for simulated behaviour.
 */
export async function evaluateDetection(options: EvaluationOptions): Promise<Evaluation> {
  const { simulation, everyDays, folder } = options;
  const written = await writeSimulatedLog(folder, simulation, "parquet");
  const days = scanDays(simulation.days, everyDays);
  const found: DayFindings[] = [];
  let last: AccessAnalysis | null = null;
  for (const day of days) {
    const place = join(folder, `scan-${day}`);
    try {
      last = await scanUntil(day, written, place, options);
      found.push(await dayFindings(day, place, last, options));
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  }
  const final = found.at(-1);
  if (final === undefined || last === null) throw new RangeError("days: expected at least one scan");
  const { labels, harvested } = written.simulated;
  return {
    rows: written.rows,
    days,
    campaigns: campaignEvaluations({ labels, harvested, found }),
    falseAlarms: falseAlarms(labels, final),
    honestClusters: honestClusters(labels, final, last),
    review: review(labels, final, last.settings.reviewBudget),
  };
}

/** Days after which a scan is made; the first when there is enough to compare, the last at the end. */
function scanDays(days: number, every: number): number[] {
  const list: number[] = [];
  for (let day = every; day < days; day += every) list.push(day);
  return [...list, days];
}

async function scanUntil(
  day: number,
  { log, simulated }: WrittenSimulation,
  place: string,
  options: EvaluationOptions,
): Promise<AccessAnalysis> {
  const until = new Date(Date.parse(options.simulation.firstDay) + day * 86_400_000);
  const settings: AccessSettings = accessSettingsSchema.parse({
    seed: options.simulation.seed,
    releases: simulated.releases.filter(({ date }) => Date.parse(date) < until.getTime()),
    period: { until: until.toISOString() },
    report: { accounts: 20_000, clusters: 5000 },
  });
  options.progress(`scan after day ${day}`);
  return scan({
    logs: [log],
    cwd: options.folder,
    mapping: await loadMapping(join(options.folder, "mapping.yaml")),
    settings,
    labelsFile: null,
    folder: place,
    memory: options.memory,
    threads: options.threads,
    badRows: { share: 0.01 },
    now: until,
    congenerVersion: options.congenerVersion,
    signal: options.signal,
    progress: () => {},
  });
}

async function dayFindings(
  day: number,
  place: string,
  analysis: AccessAnalysis,
  options: EvaluationOptions,
): Promise<DayFindings> {
  const level = analysis.settings.baseline.falseDiscoveryRate;
  const slowed = await withScan(place, options, async ({ database }) => {
    const { accounts } = decideAll(await readSubjects(database), accessLimitsSchema.parse({}));
    return new Set(
      accounts.filter(({ action }) => action !== "allow" && action !== "watch").map(({ id }) => id),
    );
  });
  const nameOf = new Map(
    (await readFile(join(place, "accounts.csv"), "utf8"))
      .split("\r\n")
      .map((line) => line.split(","))
      .map(([name = "", pseudonym = ""]) => [pseudonym, name]),
  );
  const flaggedClusters = new Set(
    analysis.clusters.filter((cluster) => isClusterFlagged(cluster, level)).map(({ cluster }) => cluster),
  );
  const accounts = new Map(
    analysis.accounts.map((record) => {
      const name = nameOf.get(record.account) ?? "";
      const rules = {
        risk: record.flagged,
        q: isBelow(record, level),
        probability: (record.probability ?? 0) > highProbability,
        cluster: record.cluster !== null && flaggedClusters.has(record.cluster),
        policy: slowed.has(name),
      };
      return [name, { ...record, rules: { ...rules, any: Object.values(rules).includes(true) } }] as const;
    }),
  );
  return { day, accounts };
}

const isBelow = ({ indicators }: Pick<AccountRecord, "indicators">, level: number) =>
  indicators.some(({ qValue }) => qValue !== null && qValue <= level);

const isClusterFlagged = (cluster: ClusterRecord, level: number) =>
  cluster.flagged || isBelow(cluster, level);

function falseAlarms(labels: readonly AccessLabel[], { accounts }: DayFindings): FalseAlarms[] {
  const honest = labels.filter(({ campaign }) => campaign === "");
  return [...new Set(honest.map(({ kind }) => kind))].map((kind) => {
    const seen = honest.flatMap((label) => (label.kind === kind ? (accounts.get(label.account) ?? []) : []));
    const flagged = (rule: DetectionRule) => seen.filter(({ rules }) => rules[rule]).length;
    return {
      kind,
      accounts: seen.length,
      flagged: {
        risk: flagged("risk"),
        q: flagged("q"),
        probability: flagged("probability"),
        cluster: flagged("cluster"),
        policy: flagged("policy"),
        any: flagged("any"),
      },
      highestRisk: Math.max(0, ...seen.map(({ risk }) => risk ?? 0)),
    };
  });
}

function honestClusters(labels: readonly AccessLabel[], { accounts }: DayFindings, analysis: AccessAnalysis) {
  const guilty = new Set(
    labels.flatMap(({ account, campaign }) =>
      campaign === "" ? [] : (accounts.get(account)?.cluster ?? []),
    ),
  );
  const honest = analysis.clusters.filter(({ cluster }) => !guilty.has(cluster));
  const level = analysis.settings.baseline.falseDiscoveryRate;
  return { count: honest.length, flagged: honest.filter((one) => isClusterFlagged(one, level)).length };
}

function review(labels: readonly AccessLabel[], { accounts }: DayFindings, budget: number) {
  const campaigns = new Set(labels.filter(({ campaign }) => campaign !== "").map(({ account }) => account));
  const first = [...accounts]
    .sort(([, a], [, b]) => (b.probability ?? 0) - (a.probability ?? 0) || (b.risk ?? 0) - (a.risk ?? 0))
    .slice(0, budget);
  return {
    accounts: first.length,
    found: first.filter(([name]) => campaigns.has(name)).length,
    campaignAccounts: campaigns.size,
  };
}
