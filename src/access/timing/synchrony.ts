import type { Step, StepContext } from "../step.ts";
import { activityOf } from "./activity.ts";
import { findSynchronyPairs, type SynchronyScope } from "./synchrony-pairs.ts";

/** What the pairs of a database rest on: found once, for accounts, and read again for clusters. */
const scopes = new WeakMap<object, SynchronyScope>();

/**
 * Synchrony in nats: of the account's most synchronous partner, -ln P of so many shared onsets by chance, less ln of the
 * number of pairs of accounts (so that chance alone gives 0), at least 0. Of a cluster, the same within it.
 * Leaves the table `synchronyPair` for linkage; see `findSynchronyPairs` for the null and the bounds.
 */
export const synchronyStep: Step = {
  name: "synchrony between accounts",
  stage: "indicators",
  needs: [],
  async run(database, _settings, context) {
    const { units, accounts } = context;
    const known = scopes.get(database);
    const scope =
      known ?? (await findSynchronyPairs(database, (await activityOf(database, accounts.units)).minutes));
    scopes.set(database, scope);
    const unitOf = unitsOf(context);
    const values = new Float64Array(units.count).fill(Number.NaN);
    const n = new Float64Array(units.count);
    for (const [account, onsets] of scope.onsets) {
      const unit = unitOf(account);
      if (unit < 0) continue;
      values[unit] = 0;
      n[unit] = (n[unit] ?? 0) + onsets;
    }
    const comparisons = (scope.onsets.size * (scope.onsets.size - 1)) / 2;
    const pairs = await database.rows<{ first: number; second: number; nats: number }>(
      "SELECT first, second, nats FROM synchronyPair",
    );
    for (const { first, second, nats } of pairs) {
      const excess = nats - Math.log(comparisons);
      const [one, other] = [unitOf(first), unitOf(second)];
      // A cluster is synchronous by pairs of its own.
      for (const unit of units.of === "account" ? [one, other] : one === other ? [one] : [])
        if (unit >= 0) values[unit] = Math.max(values[unit] ?? 0, excess);
    }
    return {
      indicators: [
        {
          name: "synchrony",
          unit: "nats",
          scale: "log",
          values,
          n,
          notApplicable: "fewer than 20 times at which work begins after 10 minutes of silence",
        },
      ],
    };
  },
};

function unitsOf({ units, linkage }: StepContext): (account: number) => number {
  return units.of === "account" ? (account) => account : (account) => linkage?.clusterOf[account] ?? -1;
}
