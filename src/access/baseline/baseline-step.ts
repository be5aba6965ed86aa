import type { AccessAnalysis } from "../../schema/access.ts";
import type { AccessSettings } from "../../schema/access-settings.ts";
import type { Database } from "../database.ts";
import type { BaselineColumn, IndicatorColumn, Step, StepContext } from "../step.ts";
import { adjustedPValues } from "./adjusted-p-values.ts";
import { compare, everybody, type GroupBaseline, groupBaselines } from "./comparison.ts";
import { distributionOf } from "./histograms.ts";
import { atLikeVolume } from "./like-volume.ts";
import { toScale } from "./scale.ts";
import { weekdayVolume } from "./weekday-volume.ts";

/**
 * What is ordinary, for every indicator: each account against the accounts of its kind, each cluster against the
 * accounts of the kind that most of its members have (a cluster is taken for one hand, so it is measured as one account).
 * An indicator that depends on volume (`column.volumes`) is first set against what is usual at that volume.
 * Benjamini and Hochberg's procedure runs over all accounts, and apart over all clusters, one indicator at a time.
 *
 * JavaScript over columns by account: some 10 to 50 ms an indicator and kind for the fit, 1 us an account for its p-value;
 * besides two GROUP BYs over the requests for the days of the week.
 */
export const baselineStep: Step = {
  name: "baseline",
  stage: "baseline",
  needs: [],
  async run(database, settings, context) {
    const { found, accounts, units } = context;
    const kinds = await kindsByAccount(database, accounts.units.count);
    const clean = cleanAccounts(settings, context);
    const unitKinds = units.of === "account" ? kinds : clusterKinds(kinds, context);
    const baselines: BaselineColumn[] = [];
    const distributions: AccessAnalysis["distributions"] = [];
    for (const [name, column] of found.indicators) {
      const ofAccounts = accounts.indicators.get(name);
      if (ofAccounts === undefined) continue;
      const groupsOf = (all: Float64Array) =>
        groupBaselines({ places: all, kinds, clean, minimumAccounts: settings.kinds.minimumAccounts });
      let places = onScale(column);
      let groups = groupsOf(units.of === "account" ? places : onScale(ofAccounts));
      if (units.of === "account") {
        const distribution = distributionOf(column, places, { kinds, baselines: groups, settings });
        if (distribution !== null) distributions.push(distribution);
      }
      if (name === "queriesPerDay") {
        places = await weekdayVolume(database, units, { groupOf: unitKinds, accountGroups: kinds });
        const ofAll =
          units.of === "account"
            ? places
            : await weekdayVolume(database, accounts.units, { groupOf: kinds, accountGroups: kinds });
        groups = groupsOf(ofAll);
      }
      if (column.volumes !== undefined && ofAccounts.volumes !== undefined) {
        const ofAll = onScale(ofAccounts);
        const adjusted = atLikeVolume({
          places: ofAll,
          volumes: ofAccounts.volumes,
          kinds,
          minimumAccounts: settings.kinds.minimumAccounts,
        });
        const adjust = (all: Float64Array, volumes: Float64Array, names: readonly string[]) =>
          all.map((place, unit) => adjusted(place, volumes[unit] ?? Number.NaN, names[unit] ?? everybody));
        places = adjust(places, column.volumes, unitKinds);
        groups = groupsOf(adjust(ofAll, ofAccounts.volumes, kinds));
      }
      baselines.push(baselineColumn(column, places, { groups, unitKinds }));
    }
    return units.of === "account" ? { baselines, parts: { distributions } } : { baselines };
  },
};

const onScale = ({ scale, values }: IndicatorColumn): Float64Array =>
  values.map((value) => toScale(scale, value));

function baselineColumn(
  { name }: IndicatorColumn,
  places: Float64Array,
  {
    groups,
    unitKinds,
  }: { readonly groups: ReadonlyMap<string, GroupBaseline>; readonly unitKinds: readonly string[] },
): BaselineColumn {
  const baselineOf = (unit: number) => groups.get(unitKinds[unit] ?? everybody) ?? groups.get(everybody);
  const by = (value: (unit: number) => number) => Float64Array.from(places, (_, unit) => value(unit));
  const compared = Array.from(places, (place, unit) => compare(baselineOf(unit), place));
  const pValue = by((unit) => compared[unit]?.pValue ?? Number.NaN);
  return {
    name,
    comparedWith: (unit) => baselineOf(unit)?.group ?? everybody,
    median: by((unit) => baselineOf(unit)?.median ?? Number.NaN),
    spread: by((unit) => baselineOf(unit)?.spread ?? Number.NaN),
    accounts: by((unit) => baselineOf(unit)?.accounts ?? Number.NaN),
    effect: by((unit) => compared[unit]?.effect ?? Number.NaN),
    pValue,
    qValue: adjustedPValues(pValue),
  };
}

/**
 * Accounts that are known to be clean: labelled as belonging to no campaign, or, with a clean period, first seen before
 * its end and not before its start.
 */
function cleanAccounts(
  { baseline: { clean } }: AccessSettings,
  { labels, accounts: { totals } }: StepContext,
): ((account: number) => boolean) | null {
  if (labels !== null) return (account) => labels.get(account)?.campaign === "";
  if (clean.from === null && clean.until === null) return null;
  const from = clean.from === null ? Number.NEGATIVE_INFINITY : Date.parse(clean.from);
  const until = clean.until === null ? Number.POSITIVE_INFINITY : Date.parse(clean.until);
  return (account) => {
    const first = totals.firstTime[account] ?? Number.NaN;
    return first >= from && first < until;
  };
}

async function kindsByAccount(database: Database, count: number): Promise<string[]> {
  const kinds = new Array<string>(count).fill("unknown");
  for await (const rows of database.batches<{ id: number; kind: string | null }>(
    "SELECT id, kind FROM account",
  ))
    for (const { id, kind } of rows) kinds[id] = kind ?? "unknown";
  return kinds;
}

/** The kind that most members of a cluster have; of equally frequent ones the first by name. */
function clusterKinds(kinds: readonly string[], { linkage, units }: StepContext): string[] {
  const counts = Array.from({ length: units.count }, () => new Map<string, number>());
  linkage?.clusterOf.forEach((cluster, account) => {
    const kind = kinds[account] ?? "unknown";
    const ofCluster = counts[cluster];
    ofCluster?.set(kind, (ofCluster.get(kind) ?? 0) + 1);
  });
  return counts.map(
    (ofCluster) => [...ofCluster].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? everybody,
  );
}
