import type { Attempt, Outcome, Usage } from "../schema/transcript.ts";
import { assumedAnswerTokens, generousTokens, type PossibleTokens } from "./possible-tokens.ts";

/** US dollars a million tokens. */
export interface TokenPrice {
  readonly input: number;
  readonly output: number;
}

/** What was used up of one target. */
export interface Spent {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Samples whose tokens the endpoint did not tell: they are in the sums, estimated upward from bytes. */
  readonly estimatedSamples: number;
  /** Failed attempts that may have been billed all the same, and the most they can have used. */
  readonly unsureAttempts: number;
  readonly unsureInputTokens: number;
  readonly unsureOutputTokens: number;
}

export const nothingSpent: Spent = {
  inputTokens: 0,
  outputTokens: 0,
  estimatedSamples: 0,
  unsureAttempts: 0,
  unsureInputTokens: 0,
  unsureOutputTokens: 0,
};

export function addSpent(first: Spent, second: Spent): Spent {
  return {
    inputTokens: first.inputTokens + second.inputTokens,
    outputTokens: first.outputTokens + second.outputTokens,
    estimatedSamples: first.estimatedSamples + second.estimatedSamples,
    unsureAttempts: first.unsureAttempts + second.unsureAttempts,
    unsureInputTokens: first.unsureInputTokens + second.unsureInputTokens,
    unsureOutputTokens: first.unsureOutputTokens + second.unsureOutputTokens,
  };
}

/** US dollars, what may have been billed for failed attempts included; null where the price is unknown. */
export function costOf(spent: Spent, price: TokenPrice | null): number | null {
  if (price === null) return null;
  const input = spent.inputTokens + spent.unsureInputTokens;
  const output = spent.outputTokens + spent.unsureOutputTokens;
  return (input * price.input + output * price.output) / 1e6;
}

/** An answer as far as it is billed. */
export interface BilledAnswer {
  readonly outcome: Outcome;
  /** HTTP status of the response that holds it, or null. */
  readonly status: number | null;
  readonly usage: Usage | null;
  /** The answer and its reasoning; null where they cannot be read. */
  readonly text: string | null;
}

/** What one answer used: as the endpoint counted it, and what it did not count, upward. */
export function spentOnAnswer(answer: BilledAnswer, possible: PossibleTokens): Spent {
  const { outcome, status, usage, text } = answer;
  const input = usage?.inputTokens ?? null;
  const told = usage?.outputTokens ?? null;
  // A request that a filter turned away with an error status is no answer that somebody bills.
  if (usage === null && status !== null && status >= 400) return nothingSpent;
  const reasoning = usage?.reasoningTokens ?? 0;
  // Some servers count the reasoning apart: then there is more of it than of the whole.
  const output = told === null ? null : reasoning > told ? told + reasoning : told;
  const most = possible.output ?? assumedAnswerTokens;
  // Of an answer that is cut or empty, what cannot be seen may be long.
  const guessed = text !== null && (outcome === "ok" || outcome === "refused") ? generousTokens(text) : most;
  return {
    ...nothingSpent,
    inputTokens: input ?? possible.input,
    outputTokens: output ?? (possible.output === null ? guessed : Math.min(guessed, most)),
    estimatedSamples: input === null || output === null ? 1 : 0,
  };
}

/** What one failed attempt may have used: its possible maximum where it may have been billed, else nothing. */
export function spentOnFailure(attempt: Attempt, possible: PossibleTokens): Spent {
  if (!mayBeBilled(attempt)) return nothingSpent;
  return {
    ...nothingSpent,
    unsureAttempts: 1,
    unsureInputTokens: possible.input,
    unsureOutputTokens: possible.output ?? assumedAnswerTokens,
  };
}

/** Codes of connections that never came about: nothing was asked. */
const neverAsked = /\((ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)\)/;

/** Whether the server may have answered, and billed, what never came here whole. A refusal with an error status is not billed. */
export function mayBeBilled({ errorClass, status, message }: Attempt): boolean {
  if (errorClass === "timeout" || errorClass === "malformed") return true;
  if (errorClass === "network") return !neverAsked.test(message ?? "");
  return errorClass === "overloaded" && (status === 504 || status === 524);
}
