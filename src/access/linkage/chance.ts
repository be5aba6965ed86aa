import { logSumExp } from "../../stats/log-sum-exp.ts";

/**
 * Surprise of two accounts sharing a value, in nats: -ln of the share of the other accounts that hold a value of the
 * account's at least so rare. It is at most ln(accounts - 1): rarity proves no more than the log is long.
 *
 * @param accounts - accounts in the log, >= 2
 * @param partners - accounts that share such a value with the one of the two that has more of them, >= 1
 */
export function sharedValueNats(accounts: number, partners: number): number {
  return Math.max(0, Math.log((accounts - 1) / Math.max(1, partners)));
}

/**
 * Assumed share of payment fingerprints that two strangers have in common: a wrong record, a number that was given out
 * twice. A prior, not a measurement: by its design a fingerprint is one payer's.
 */
export const sharedPaymentError = 1e-5;

/**
 * Surprise of a shared payment fingerprint, in nats: that of a shared value, plus -ln of `sharedPaymentError`. Without
 * other evidence it reaches ln(accounts) + 8 up to some 30 sharers.
 */
export function paymentNats(accounts: number, partners: number): number {
  return sharedValueNats(accounts, partners) - Math.log(sharedPaymentError);
}

/** Observed coincidences above this share of the expected are no avoidance worth the name. */
export const avoidedShare = 0.25;
/** The expected number is halved before it is held against anybody: the null's model of a grid is only a model. */
const discount = 0.5;

/**
 * Surprise of so few coincidences, in nats: -ln P(X <= observed), X Poisson with half the expected mean. The Poisson law is
 * the limit of the hypergeometric one for accounts that hold small parts of a grid. 0 where a quarter of the expected, or
 * more, was observed.
 *
 * @param observed - whole number >= 0
 * @param expected - mean number by chance, >= 0
 */
export function avoidanceNats(observed: number, expected: number): number {
  if (expected <= 0 || observed > avoidedShare * expected) return 0;
  const mean = discount * expected;
  const terms = new Float64Array(observed + 1);
  let term = -mean;
  for (let k = 0; k <= observed; k++) {
    if (k > 0) term += Math.log(mean / k);
    terms[k] = term;
  }
  return Math.max(0, -logSumExp(terms));
}
