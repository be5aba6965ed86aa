import { createHash } from "node:crypto";
import type { AccessAnalysis, LogStats } from "../schema/access.ts";
import type { AccessLabel, AccessSettings, ColumnName } from "../schema/access-settings.ts";
import { seededRandom } from "../schema/random.ts";
import type { Database } from "./database.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import type {
  AnalysisParts,
  Linkage,
  Scores,
  Stage,
  Step,
  StepContext,
  StepResult,
  UnitFindings,
} from "./step.ts";
import { stages } from "./step.ts";
import { type Units, unitTotals } from "./unit-totals.ts";

/** Everything that the steps have found. */
export interface Findings {
  readonly accounts: UnitFindings;
  /** Null where nothing is linked. */
  readonly clusters: UnitFindings | null;
  readonly linkage: Linkage | null;
  readonly parts: Partial<AnalysisParts>;
  readonly caveats: AccessAnalysis["caveats"];
  readonly off: AccessAnalysis["off"];
}

/** What steps are given. */
export interface RunStepsOptions {
  readonly steps: readonly Step[];
  readonly settings: AccessSettings;
  readonly log: LogStats;
  readonly pseudonyms: Pseudonyms;
  readonly labels: ReadonlyMap<string, AccessLabel> | null;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly progress: (what: string) => void;
}

type Growing = {
  -readonly [Key in keyof UnitFindings]: UnitFindings[Key] extends ReadonlyMap<infer Name, infer Column>
    ? Map<Name, Column>
    : UnitFindings[Key];
};

/** Stages that run for clusters too, once these are known. */
const ofClustersToo: ReadonlySet<Stage> = new Set(["indicators", "baseline", "score"]);

/** Runs every step whose columns are there, stage by stage; what is off is said. */
export async function runSteps(database: Database, options: RunStepsOptions): Promise<Findings> {
  const accounts = await findingsOf(database, {
    of: "account",
    count: options.log.accounts,
    requests: "request",
    prompts: "promptSample",
  });
  const state: State = { accounts, clusters: null, linkage: null, parts: {}, caveats: [], off: [] };
  const ready = readySteps(options, state.off);
  for (const stage of stages) {
    for (const step of ready.filter((entry) => entry.stage === stage))
      await runStep(database, step, { options, state, found: accounts });
    if (stage === "linkage" && state.linkage !== null && state.linkage.count > 0) {
      state.clusters = await findingsOf(
        database,
        await clusterUnits(database, state.linkage, options.settings),
      );
      for (const step of ready.filter((entry) => entry.stage === "indicators"))
        await runStep(database, step, { options, state, found: state.clusters });
    } else if (stage !== "indicators" && ofClustersToo.has(stage) && state.clusters !== null)
      for (const step of ready.filter((entry) => entry.stage === stage))
        await runStep(database, step, { options, state, found: state.clusters });
  }
  return state;
}

interface State {
  readonly accounts: Growing;
  clusters: Growing | null;
  linkage: Linkage | null;
  parts: Partial<AnalysisParts>;
  readonly caveats: AccessAnalysis["caveats"];
  readonly off: AccessAnalysis["off"];
}

function readySteps({ steps, log }: RunStepsOptions, off: AccessAnalysis["off"]): Step[] {
  const columns = new Set(log.columns);
  return steps.filter((step) => {
    const missing = step.needs.flatMap((need) => {
      const choices: readonly ColumnName[] = typeof need === "string" ? [need] : need;
      return choices.some((name) => columns.has(name)) ? [] : [choices.join(" or ")];
    });
    if (missing.length > 0)
      off.push({ step: step.name, missing, reason: `the mapping names no column for ${missing.join(", ")}` });
    return missing.length === 0;
  });
}

async function runStep(
  database: Database,
  step: Step,
  { options, state, found }: { options: RunStepsOptions; state: State; found: Growing },
): Promise<void> {
  options.signal.throwIfAborted();
  options.progress(found.units.of === "account" ? step.name : `${step.name}, by cluster`);
  const { pseudonyms, settings, log } = options;
  const context: StepContext = {
    units: found.units,
    columns: new Set(log.columns),
    log,
    found,
    accounts: state.accounts,
    clusters: state.clusters,
    linkage: state.linkage,
    parts: state.parts,
    labels: labelsByNumber(options),
    random: seededRandom(stepSeed(settings.seed, step.name)),
    pseudonym: pseudonyms.of,
    progress: options.progress,
    folder: options.folder,
  };
  keep(await step.run(database, settings, context), state, found);
}

function keep(result: StepResult, state: State, found: Growing): void {
  for (const column of result.indicators ?? []) found.indicators.set(column.name, column);
  for (const column of result.baselines ?? []) found.baselines.set(column.name, column);
  if (result.scores !== undefined) found.scores = result.scores satisfies Scores;
  if (result.linkage !== undefined) state.linkage = result.linkage;
  state.parts = { ...state.parts, ...result.parts };
  for (const caveat of result.caveats ?? [])
    if (!state.caveats.some(({ code }) => code === caveat.code)) state.caveats.push(caveat);
  // What is off for accounts is off for clusters: said once.
  for (const entry of result.off ?? [])
    if (!state.off.some(({ step }) => step === entry.step)) state.off.push(entry);
}

async function findingsOf(database: Database, units: Units): Promise<Growing> {
  return {
    units,
    totals: await unitTotals(database, units),
    indicators: new Map(),
    baselines: new Map(),
    scores: null,
  };
}

/** Clusters as units: the requests of their accounts, and the bottom-k sample of the accounts' samples together. */
async function clusterUnits(database: Database, linkage: Linkage, settings: AccessSettings): Promise<Units> {
  await database.run("CREATE TEMP TABLE clusterMember (account INTEGER, cluster INTEGER)");
  const members = Array.from(linkage.clusterOf, (cluster, account) => [account, cluster] as const);
  await database.append(
    "clusterMember",
    members.filter(([, cluster]) => cluster >= 0),
  );
  await database.run(
    `CREATE TEMP VIEW clusterRequest AS SELECT clusterMember.cluster AS account, request.* EXCLUDE (account)
     FROM request JOIN clusterMember ON clusterMember.account = request.account`,
  );
  await database.run(
    `CREATE TEMP TABLE clusterPromptSample AS SELECT clusterMember.cluster AS account, promptSample.* EXCLUDE (account)
     FROM promptSample JOIN clusterMember ON clusterMember.account = promptSample.account
     QUALIFY dense_rank() OVER (PARTITION BY clusterMember.cluster ORDER BY prompt) <= ${settings.sample.prompts}
       AND row_number() OVER (PARTITION BY clusterMember.cluster, prompt ORDER BY time, clusterMember.account) = 1`,
  );
  return { of: "cluster", count: linkage.count, requests: "clusterRequest", prompts: "clusterPromptSample" };
}

function labelsByNumber({ labels, pseudonyms }: RunStepsOptions): ReadonlyMap<number, AccessLabel> | null {
  if (labels === null) return null;
  return new Map(
    [...labels.values()].flatMap((label) => {
      const number = pseudonyms.numberOf(label.account);
      return number === undefined ? [] : [[number, label] as const];
    }),
  );
}

/** A step's chance is its own: a new step changes no other's. */
function stepSeed(seed: number, name: string): number {
  return createHash("sha256").update(`${seed}:${name}`).digest().readInt32LE(0);
}
