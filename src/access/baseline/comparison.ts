import { centralShare, type EmpiricalNull, fitEmpiricalNull, nullUpperTail } from "./empirical-null.ts";
import { robustCentre } from "./robust-spread.ts";

/** The group of all accounts, for kinds that are too small to be their own baseline. */
export const everybody = "all";

/** What is ordinary in one group of accounts. */
export interface GroupBaseline {
  readonly group: string;
  readonly accounts: number;
  readonly median: number;
  readonly spread: number;
  readonly fitted: EmpiricalNull;
}

/** Values of accounts on the scale, and who they are. */
export interface AccountValues {
  /** By account; NaN where the indicator does not apply. */
  readonly places: Float64Array;
  readonly kinds: readonly string[];
  /** Accounts known to be clean; null: unknown, so that the null is fitted to the lower part of all. */
  readonly clean: ((account: number) => boolean) | null;
  readonly minimumAccounts: number;
}

/**
 * Baselines by group: every kind with enough accounts to which the indicator applies, and all accounts together. Where
 * enough of a group's accounts are known to be clean the baseline is theirs alone. Empty with too few accounts at all.
 */
export function groupBaselines(values: AccountValues): Map<string, GroupBaseline> {
  const members = new Map<string, number[]>();
  values.kinds.forEach((kind, account) => {
    if (!Number.isFinite(values.places[account])) return;
    for (const group of new Set([kind, everybody])) {
      const accounts = members.get(group);
      if (accounts === undefined) members.set(group, [account]);
      else accounts.push(account);
    }
  });
  const baselines = new Map<string, GroupBaseline>();
  for (const [group, accounts] of members)
    if (accounts.length >= values.minimumAccounts) baselines.set(group, baselineOf(group, accounts, values));
  return baselines;
}

function baselineOf(group: string, accounts: readonly number[], values: AccountValues): GroupBaseline {
  const { clean, minimumAccounts } = values;
  const cleanAccounts = clean === null ? [] : accounts.filter(clean);
  const isClean = cleanAccounts.length >= minimumAccounts;
  const places = Float64Array.from(
    isClean ? cleanAccounts : accounts,
    (account) => values.places[account] as number,
  );
  return {
    group,
    accounts: places.length,
    ...robustCentre(places),
    fitted: fitEmpiricalNull(places, isClean ? 1 : centralShare),
  };
}

/** How far a unit is from its group. NaN where it cannot be said: no value, no group, or a group without spread. */
export function compare(
  baseline: GroupBaseline | undefined,
  place: number,
): { readonly effect: number; readonly pValue: number } {
  if (baseline === undefined || !Number.isFinite(place)) return { effect: Number.NaN, pValue: Number.NaN };
  const distance = place - baseline.median;
  const effect = distance === 0 ? 0 : baseline.spread > 0 ? distance / baseline.spread : Number.NaN;
  return { effect, pValue: nullUpperTail(baseline.fitted, place) };
}
