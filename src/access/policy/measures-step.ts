import type { IndicatorName } from "../../schema/access.ts";
import type { Database } from "../database.ts";
import type { Step, UnitFindings } from "../step.ts";

/** What decisions rest on, by account and by cluster: kept in `access.duckdb` so that limits can be tried without a scan. */
export const policyMeasureTable = `CREATE OR REPLACE TABLE policyMeasure (
  subject VARCHAR NOT NULL, -- account or cluster
  unit INTEGER NOT NULL,
  cluster INTEGER, -- of an account; NULL for none
  nats DOUBLE, -- evidence that holds a cluster together
  risk DOUBLE,
  probability DOUBLE,
  unusualQ DOUBLE, -- lowest q over otherIndicators, times how many indicators apply
  unusualIn VARCHAR, -- the one with that q
  atypicalQ DOUBLE, -- the same over limitedIndicators
  atypicalIn VARCHAR,
  systematicCoverage DOUBLE,
  chainOfThoughtShare DOUBLE,
  competitorCorrelation DOUBLE
)`;

/** Indicators of what is asked that have a limit of their own, or stand for one that has. */
const limitedIndicators = [
  "systematicCoverage",
  "nearDuplicateShare",
  "chainOfThoughtShare",
  "competitorCorrelation",
] as const satisfies readonly IndicatorName[];

/** The others of what is asked and with whom. Volume and hours are not among them: honest heavy users stand out there. */
const otherIndicators = [
  "topicDiversity",
  "fullLengthShare",
  "logprobShare",
  "noFollowUpShare",
  "synchrony",
] as const satisfies readonly IndicatorName[];

/** Keeps what `congener access policy` decides by. */
export const policyMeasuresStep: Step = {
  name: "measures of the policy",
  stage: "sections",
  needs: [],
  run: async (database, _settings, { accounts, clusters, linkage }) => {
    await database.run(policyMeasureTable);
    const clusterOf = (account: number) => linkage?.clusterOf[account] ?? -1;
    const kinds = await kindsOf(database);
    await keep(database, accounts, {
      place: (account) => [clusterOf(account) < 0 ? null : clusterOf(account), null],
      kindOf: (account) => kinds[account],
    });
    if (clusters === null) return {};
    const usual = usualKinds(kinds, clusterOf);
    await keep(database, clusters, {
      place: (cluster) => [null, finite(linkage?.nats[cluster])],
      kindOf: (cluster) => usual[cluster],
    });
    return {};
  },
};

interface Keeping {
  /** Cluster and evidence of a unit. */
  readonly place: (unit: number) => readonly [number | null, number | null];
  /** Kind of customer: what is compared with others says nothing of how usual it is. */
  readonly kindOf: (unit: number) => string | undefined;
}

async function keep(database: Database, found: UnitFindings, { place, kindOf }: Keeping): Promise<void> {
  const { units, scores, indicators } = found;
  await database.append(
    "policyMeasure",
    (function* () {
      for (let unit = 0; unit < units.count; unit++) {
        const tests = testsOf(found, unit, kindOf(unit));
        const unusual = lowest(tests, otherIndicators);
        const atypical = lowest(tests, limitedIndicators);
        yield [
          units.of,
          unit,
          ...place(unit),
          finite(scores?.risk[unit]),
          finite(scores?.probability?.[unit]),
          unusual?.q ?? null,
          unusual?.name ?? null,
          atypical?.q ?? null,
          atypical?.name ?? null,
          finite(indicators.get("systematicCoverage")?.values[unit]),
          finite(indicators.get("chainOfThoughtShare")?.values[unit]),
          finite(indicators.get("competitorCorrelation")?.values[unit]),
        ];
      }
    })(),
  );
}

interface Test {
  readonly name: IndicatorName;
  readonly q: number;
}

/** q of every indicator that compares a unit with its own kind; Bonferroni over them, for q is corrected over units only. */
function testsOf({ baselines }: UnitFindings, unit: number, kind: string | undefined): Test[] {
  const tests = [...limitedIndicators, ...otherIndicators].flatMap((name) => {
    const baseline = baselines.get(name);
    const q = finite(baseline?.qValue[unit]);
    return q === null || baseline?.comparedWith(unit) !== kind ? [] : [{ name, q }];
  });
  return tests.map(({ name, q }) => ({ name, q: Math.min(1, q * tests.length) }));
}

const lowest = (tests: readonly Test[], names: readonly IndicatorName[]): Test | null =>
  tests
    .filter(({ name }) => names.includes(name))
    .reduce<Test | null>((best, test) => (best === null || test.q < best.q ? test : best), null);

async function kindsOf(database: Database): Promise<string[]> {
  const kinds: string[] = [];
  const query = "SELECT id, coalesce(kind, 'unknown') AS kind FROM account";
  for await (const rows of database.batches<{ id: number; kind: string }>(query))
    for (const { id, kind } of rows) kinds[id] = kind;
  return kinds;
}

/** By cluster: the kind of most of its accounts; at a tie the first by name. */
function usualKinds(kinds: readonly string[], clusterOf: (account: number) => number): string[] {
  const counts: Map<string, number>[] = [];
  for (const [account, kind] of kinds.entries()) {
    const cluster = clusterOf(account);
    if (cluster < 0) continue;
    counts[cluster] ??= new Map();
    counts[cluster].set(kind, (counts[cluster].get(kind) ?? 0) + 1);
  }
  return counts.map((of) => [...of].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0] ?? "unknown");
}

const finite = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value;
