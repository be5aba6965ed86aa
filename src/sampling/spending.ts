import type { Reply } from "../providers/provider.ts";
import type { Target } from "../schema/target.ts";
import { type PlannedSample, wordingOf } from "./plan.ts";
import { assumedAnswerTokens, type PossibleTokens, possibleTokens } from "./possible-tokens.ts";
import {
  addSpent,
  costOf,
  nothingSpent,
  type Spent,
  spentOnAnswer,
  spentOnFailure,
  type TokenPrice,
} from "./spent.ts";

/** Whether a request may start beside what is spent and in flight. */
export type Room =
  | "fits"
  /** Not now: those in flight are counted at their maximum, and will leave room if they use less. */
  | "wait"
  /** Never: nothing is in flight, and it does not fit. */
  | "none";

/** What a run costs while it goes on, and whether the next request is still within the budget. */
export interface Spending {
  readonly budgetUSD: number | null;
  /** US dollars that were spent before, of the targets whose price is known. */
  readonly beforeUSD: number;
  room(sample: PlannedSample): Room;
  /** How many of these samples, from the first on, may be in flight together beside all else. */
  fitting(samples: readonly PlannedSample[]): number;
  /** A request starts: its possible maximum is set aside. */
  started(sample: PlannedSample): void;
  /** A request ended: what was set aside is replaced by what it used. */
  ended(sample: PlannedSample, reply: Reply): void;
  /** Of the whole run, what was recorded earlier included, by target. */
  byTarget(): ReadonlyMap<string, { readonly spent: Spent; readonly costUSD: number | null }>;
  /** US dollars of the targets whose price is known. */
  totalUSD(): number;
}

export interface SpendingOptions {
  /** Every target of the run; a price of null is unknown. */
  readonly targets: readonly { readonly target: Target; readonly price: TokenPrice | null }[];
  /** What was used up before, by target; missing is nothing. */
  readonly before: ReadonlyMap<string, Spent>;
  /** US dollars of `before` where not all of it was at these prices; missing is at the target's price. */
  readonly beforeUSD?: ReadonlyMap<string, number | null>;
  /** US dollars for the run as a whole, or null for no limit. */
  readonly budgetUSD: number | null;
}

/** Rounding of sums of many small amounts. */
const tolerance = 1e-9;

/**
 * Follows the cost of a run. A request starts only while what is spent, the possible maximum of all requests in flight and
 * its own stay within the budget. An answer without a limit of tokens is taken to be as long as the longest of its target
 * so far, at least 4,096 tokens: by what it is longer, and by nothing else, the budget may be overshot.
 */
export function createSpending(options: SpendingOptions): Spending {
  const { budgetUSD } = options;
  const targets = new Map(options.targets.map(({ target, price }) => [target.name, { target, price }]));
  const spent = new Map(
    options.targets.map(({ target: { name } }) => [name, options.before.get(name) ?? nothingSpent]),
  );
  const longest = new Map<string, number>();
  const setAside = new Map<PlannedSample, number>();
  let aside = 0;
  /** The dearest request that had to wait: cheaper ones leave it room, or targets would come apart. */
  let dearestRefused = 0;
  const dollars = new Map(
    options.targets.map(({ target: { name }, price }) => [
      name,
      options.beforeUSD?.get(name) ?? costOf(spent.get(name) ?? nothingSpent, price) ?? 0,
    ]),
  );
  let total = [...dollars.values()].reduce((sum, amount) => sum + amount, 0);

  const possible = (sample: PlannedSample): PossibleTokens => {
    const known = targets.get(sample.target);
    if (known === undefined) return { input: 0, output: 0 };
    const most = possibleTokens(known.target, wordingOf(sample.probe, sample.wording));
    if (most.output !== null) return most;
    return { ...most, output: Math.max(assumedAnswerTokens, longest.get(sample.target) ?? 0) };
  };
  const mostUSD = (sample: PlannedSample): number => {
    const price = targets.get(sample.target)?.price ?? null;
    if (price === null) return 0;
    const { input, output } = possible(sample);
    return (input * price.input + (output ?? 0) * price.output) / 1e6;
  };

  return {
    budgetUSD,
    beforeUSD: total,
    room(sample) {
      if (budgetUSD === null) return "fits";
      const own = mostUSD(sample);
      if (own === 0) return "fits";
      const fits = (amount: number) => total + aside + amount <= budgetUSD + tolerance;
      if (fits(Math.max(own, dearestRefused))) return "fits";
      if (!fits(own)) dearestRefused = Math.max(dearestRefused, own);
      return setAside.size > 0 ? "wait" : "none";
    },
    fitting(samples) {
      if (budgetUSD === null) return samples.length;
      let together = total + aside;
      const over = samples.findIndex((sample) => {
        const own = mostUSD(sample);
        together += own;
        return own > 0 && together > budgetUSD + tolerance;
      });
      return over === -1 ? samples.length : over;
    },
    started(sample) {
      if (budgetUSD === null) return;
      const own = mostUSD(sample);
      setAside.set(sample, own);
      aside += own;
    },
    ended(sample, reply) {
      const own = setAside.get(sample);
      setAside.delete(sample);
      aside = setAside.size === 0 ? 0 : aside - (own ?? 0);
      const known = targets.get(sample.target);
      if (known === undefined) return;
      const used = spentOn(reply, possible(sample));
      longest.set(sample.target, Math.max(longest.get(sample.target) ?? 0, used.outputTokens));
      spent.set(sample.target, addSpent(spent.get(sample.target) ?? nothingSpent, used));
      const cost = costOf(used, known.price) ?? 0;
      dollars.set(sample.target, (dollars.get(sample.target) ?? 0) + cost);
      total += cost;
    },
    byTarget: () =>
      new Map(
        [...spent].map(([name, amount]) => [
          name,
          { spent: amount, costUSD: targets.get(name)?.price == null ? null : (dollars.get(name) ?? 0) },
        ]),
      ),
    totalUSD: () => total,
  };
}

function spentOn(reply: Reply, possible: PossibleTokens): Spent {
  const { attempt, response } = reply.exchange;
  if ("error" in reply) return spentOnFailure(attempt, possible);
  const { outcome, usage, text, reasoning } = reply.answer;
  return spentOnAnswer(
    { outcome, usage, status: response?.status ?? null, text: text + (reasoning ?? "") },
    possible,
  );
}
