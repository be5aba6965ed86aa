import type { Random } from "../../schema/random.ts";

/** Kinds of ordinary customers. */
export const customerKinds = [
  "chatter",
  "coding-agent",
  "rag-backend",
  "batch-evaluator",
  "researcher",
  "reseller",
] as const;

/** A kind of ordinary customer. */
export type CustomerKind = (typeof customerKinds)[number];

/** What an account sends besides its prompt. */
export interface RequestSettings {
  readonly system: string | null;
  readonly maxTokens: number;
  readonly temperature: number | null;
  readonly logprobs: boolean;
  readonly reasoning: boolean;
  /** Mean length of an answer in tokens; one at `maxTokens` ends there. */
  readonly meanOutputTokens: number;
}

/** One simulated account: who it looks like, when it asks, and what. */
export interface SimulatedAccount {
  readonly name: string;
  /** Kind of customer; `campaign` for one that does nothing else. */
  readonly kind: CustomerKind | "campaign";
  /** Name of the campaign it belongs to; empty for none. */
  readonly campaign: string;
  readonly organisation: string;
  readonly keys: readonly string[];
  /** Which of the keys is in use at a second of a day; any of them, drawn for each request, where this is missing. */
  readonly keyAt?: (day: number, second: number) => number;
  /** IPv4 addresses it comes from. */
  readonly addresses: readonly string[];
  readonly asn: number;
  readonly country: string;
  readonly client: string;
  readonly payment: string;
  /** Mean number of requests on a day (0-based) of the simulation. */
  readonly meanOn: (day: number) => number;
  /** Draws the second of the day of a request. */
  readonly secondOfDay: (random: Random) => number;
  /** Day on which it turns to the newest model; Infinity for never. */
  readonly turnsOnDay: number;
  /** The next request's prompt and settings; asked for in order of time. */
  readonly next: (
    random: Random,
    day: number,
  ) => { readonly prompt: string; readonly settings: RequestSettings; readonly harvest: boolean };
}
