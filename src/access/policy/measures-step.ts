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
  unusualQ DOUBLE, -- lowest q over patternIndicators, times how many of them apply
  unusualIn VARCHAR, -- the one with that q
  systematicCoverage DOUBLE,
  chainOfThoughtShare DOUBLE,
  competitorCorrelation DOUBLE
)`;

/** Indicators of what is asked and with whom. Volume and hours are none of them: honest heavy users stand out in these. */
export const patternIndicators = [
  "topicDiversity",
  "systematicCoverage",
  "chainOfThoughtShare",
  "competitorCorrelation",
  "nearDuplicateShare",
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
    await keep(database, accounts, (account) => [clusterOf(account) < 0 ? null : clusterOf(account), null]);
    if (clusters !== null)
      await keep(database, clusters, (cluster) => [null, finite(linkage?.nats[cluster])]);
    return {};
  },
};

async function keep(
  database: Database,
  found: UnitFindings,
  place: (unit: number) => readonly [number | null, number | null],
): Promise<void> {
  const { units, scores, indicators } = found;
  await database.append(
    "policyMeasure",
    (function* () {
      for (let unit = 0; unit < units.count; unit++) {
        const unusual = mostUnusual(found, unit);
        yield [
          units.of,
          unit,
          ...place(unit),
          finite(scores?.risk[unit]),
          finite(scores?.probability?.[unit]),
          unusual?.q ?? null,
          unusual?.name ?? null,
          finite(indicators.get("systematicCoverage")?.values[unit]),
          finite(indicators.get("chainOfThoughtShare")?.values[unit]),
          finite(indicators.get("competitorCorrelation")?.values[unit]),
        ];
      }
    })(),
  );
}

/** Bonferroni over the indicators that apply: q is corrected over accounts already, not over these. */
function mostUnusual({ baselines }: UnitFindings, unit: number): { name: string; q: number } | null {
  const tested = patternIndicators.flatMap((name) => {
    const q = finite(baselines.get(name)?.qValue[unit]);
    return q === null ? [] : [{ name, q }];
  });
  const lowest = tested.reduce<{ name: string; q: number } | null>(
    (best, entry) => (best === null || entry.q < best.q ? entry : best),
    null,
  );
  return lowest === null ? null : { name: lowest.name, q: Math.min(1, lowest.q * tested.length) };
}

const finite = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value;
