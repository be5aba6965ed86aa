/** What a decision knows of an account or a cluster. NaN and null mean that the log could not say. */
export interface Subject {
  readonly subject: "account" | "cluster";
  /** Real id of the account, or `C-1`. */
  readonly id: string;
  /** Kind of customer; `cluster` of a cluster. */
  readonly kind: string;
  /** Accounts of its cluster, 0 without one; of a cluster, its own. */
  readonly linked: number;
  /** Requests in its busiest hour, and different topics on its broadest day (UTC); NaN for a cluster: limits are an account's. */
  readonly busiestHour: number;
  readonly topicsPerDay: number;
  readonly systematicCoverage: number;
  readonly chainOfThoughtShare: number;
  readonly competitorCorrelation: number;
  readonly risk: number;
  readonly probability: number;
  /** q of what sets it most apart from its own kind, besides measures with a limit; over accounts and indicators. */
  readonly unusualQ: number;
  readonly unusualIn: string | null;
  /** The same of measures with a limit: it makes them no second ground, but tells them from what is usual for a kind. */
  readonly atypicalQ: number;
  readonly atypicalIn: string | null;
}

/** An account with its number and its cluster's, which is -1 for none. */
export interface AccountSubject extends Subject {
  readonly account: number;
  readonly cluster: number;
}
