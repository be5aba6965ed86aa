import type { AccessSettings } from "../../schema/access-settings.ts";
import type { Database } from "../database.ts";
import type { IndicatorColumn, Linkage, Step, StepContext, StepResult } from "../step.ts";
import { components } from "./components.ts";
import { gridFamilies } from "./grid-families.ts";
import { completeness, handOverSearch } from "./hand-overs.ts";
import { jointGrids } from "./joint-grids.ts";
import { findLinks, type LinkInput, type SynchronousPair } from "./links.ts";
import { sharedTemplates, templateHoldings } from "./shared-templates.ts";
import { collectHeldValues, findSharedValues, type SharedValues } from "./shared-values.ts";
import { successionSearch } from "./succession-search.ts";

/** A component with more than this share of the accounts is hardly one hand. */
const giantShare = 0.2;
const giantSize = 50;

/**
 * Which accounts are one hand: edges with their evidence (see `findLinks`), their connected components, and how many
 * others each account is linked to.
 *
 * Cost: one pass over the requests to group by account and what it came with (some 5 s for 29 million rows), and work
 * over the bounded prompt sample; pairs are only formed among the sharers of a rare value, hand-over partners (one each),
 * the bounded pairs that succeed each other and the bounded synchronous pairs.
 */
export const linkageStep: Step = {
  name: "linkage",
  stage: "linkage",
  needs: [["payment", "ip", "network", "client", "prompt"]],
  async run(database, settings, context) {
    const accounts = context.accounts.units.count;
    const included = busiest(context.accounts.totals.requests, settings.linkage.maximumAccounts);
    const options = { maximumSharers: settings.linkage.maximumSharers, included };
    await collectHeldValues(database);
    const shared = {
      payment: await findSharedValues(database, "payment", options),
      network: await findSharedValues(database, "network", options),
      client: await findSharedValues(database, "client", options),
    };
    context.progress("linkage: grids that accounts fill together");
    const families = await hasTable(database, "family");
    const completeTo = families ? await completeness(database, accounts) : new Float64Array(accounts);
    const walks = families
      ? await sharedWalks(database, { accounts, completeTo, ...options })
      : { handOvers: [], successions: [], templates: { holders: [], of: () => null } };
    const synchronous = await synchronousPairs(database, included);
    const { minimumNats } = settings.linkage;
    const links = findLinks({ accounts, shared, ...walks, synchronous, minimumNats });
    context.progress("linkage: grids that groups of accounts fill together");
    if (families)
      links.push(...(await jointGrids(database, links, { accounts, included, completeTo, minimumNats })));
    const linkage = components(accounts, links, settings.report.edges);
    await database.run("DROP TABLE heldValue");
    return {
      linkage,
      indicators: [linkageDegree(linkage, included)],
      caveats: caveats(linkage, shared.payment, settings, context),
    };
  },
};

/** What accounts have in common by templates: one pass over the sampled families. */
async function sharedWalks(
  database: Database,
  options: {
    readonly accounts: number;
    readonly completeTo: Float64Array;
    readonly maximumSharers: number;
    readonly included: Uint8Array;
  },
): Promise<Pick<LinkInput, "handOvers" | "successions" | "templates">> {
  const [grids, orders] = [handOverSearch(options.completeTo), successionSearch()];
  for await (const family of gridFamilies(database, options.included)) {
    grids.add(family);
    orders.add(family);
  }
  const holdings = await templateHoldings(database, options);
  return {
    handOvers: grids.result(),
    successions: orders.result(),
    templates: {
      holders: holdings.families.map((holders) => holders.map(({ account }) => account)),
      of: sharedTemplates(holdings),
    },
  };
}

/** By account: 1 for those with the most requests, up to so many. */
function busiest(requests: Float64Array, most: number): Uint8Array {
  const included = new Uint8Array(requests.length);
  if (requests.length <= most) return included.fill(1);
  const order = [...requests.keys()].sort((a, b) => (requests[b] ?? 0) - (requests[a] ?? 0) || a - b);
  for (const account of order.slice(0, most)) included[account] = 1;
  return included;
}

async function synchronousPairs(database: Database, included: Uint8Array): Promise<SynchronousPair[]> {
  if (!(await hasTable(database, "synchronyPair"))) return [];
  const pairs = await database.rows<SynchronousPair & Record<string, number>>(
    "SELECT first, second, shared, expected, nats FROM synchronyPair ORDER BY first, second",
  );
  return pairs.filter(({ first, second }) => included[first] === 1 && included[second] === 1);
}

async function hasTable(database: Database, name: string): Promise<boolean> {
  return (
    (await database.number("SELECT count(*) FROM duckdb_tables() WHERE table_name = $name", { name })) > 0
  );
}

/** Other accounts of the same component; NaN outside the graph. */
function linkageDegree({ clusterOf, count }: Linkage, included: Uint8Array): IndicatorColumn {
  const sizes = new Float64Array(count);
  for (const cluster of clusterOf) if (cluster >= 0) sizes[cluster] = (sizes[cluster] ?? 0) + 1;
  const values = Float64Array.from(clusterOf, (cluster, account) =>
    included[account] !== 1 ? Number.NaN : cluster < 0 ? 0 : (sizes[cluster] ?? 1) - 1,
  );
  return {
    name: "linkageDegree",
    unit: "accounts",
    scale: "identity",
    values,
    n: values.map((value) => (Number.isNaN(value) ? 0 : value)),
    notApplicable: "not in the graph: other accounts are busier (linkage.maximumAccounts)",
  };
}

function caveats(
  { clusterOf, count }: Linkage,
  payment: SharedValues,
  { linkage: { maximumAccounts, maximumSharers } }: AccessSettings,
  { accounts }: StepContext,
): NonNullable<StepResult["caveats"]> {
  const found: { code: string; message: string; advice: string }[] = [];
  const left = accounts.units.count - maximumAccounts;
  if (left > 0)
    found.push({
      code: "access.linkage.bounded",
      message: `The ${maximumAccounts} busiest accounts were looked at for links; ${left} were left out.`,
      advice: "Raise linkage.maximumAccounts where memory allows (some 1 kB an account).",
    });
  if (payment.popular > 0)
    found.push({
      code: "access.linkage.popular-payment",
      message: `${payment.popular} payment fingerprints are held by more than ${maximumSharers} accounts (at most ${payment.mostSharers}) and link nobody.`,
      advice:
        "See whether the log writes one value for an unknown payment; if these are real cards, raise linkage.maximumSharers.",
    });
  const sizes = new Map<number, number>();
  for (const cluster of clusterOf) if (cluster >= 0) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  const largest = [...sizes].reduce((a, b) => (b[1] > a[1] ? b : a), [-1, 0]);
  if (count > 0 && largest[1] > giantSize && largest[1] > giantShare * accounts.units.count)
    found.push({
      code: "access.linkage.giant",
      message: `Cluster C-${largest[0] + 1} holds ${largest[1]} of ${accounts.units.count} accounts (${Math.round((100 * largest[1]) / accounts.units.count)} %).`,
      advice:
        "So large a cluster is hardly one hand: look at its weakest edges, and raise linkage.minimumNats or lower linkage.maximumSharers.",
    });
  return found;
}
