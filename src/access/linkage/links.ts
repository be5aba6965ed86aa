import type { Link } from "../step.ts";
import { paymentNats, sharedValueNats } from "./chance.ts";
import type { HandOver } from "./hand-overs.ts";
import type { SharedTemplate } from "./shared-templates.ts";
import { rarestShared, type SharedValues, type ValueKind } from "./shared-values.ts";
import type { WalkSuccession } from "./succession-search.ts";

/** Two accounts that begin to work in the same minutes; of the table `synchronyPair`. */
export interface SynchronousPair {
  readonly first: number;
  readonly second: number;
  readonly shared: number;
  readonly expected: number;
  readonly nats: number;
}

/** What is known of who shares what. */
export interface LinkInput {
  /** Accounts in the log. */
  readonly accounts: number;
  readonly shared: Readonly<Record<ValueKind, SharedValues>>;
  readonly handOvers: readonly HandOver[];
  readonly successions: readonly WalkSuccession[];
  /** Accounts that hold one rare template, by template, and what two accounts have in common by templates. */
  readonly templates: {
    readonly holders: readonly (readonly number[])[];
    readonly of: (first: number, second: number) => SharedTemplate | null;
  };
  readonly synchronous: readonly SynchronousPair[];
  /** Nats above ln(accounts) that an edge needs. */
  readonly minimumNats: number;
}

type Evidence = Link["evidence"][number];

/**
 * Edges: pairs of accounts with the evidence of all kinds, where it comes to `ln(accounts) + minimumNats`. So strong a
 * coincidence befalls an account with exp(-minimumNats) strangers in the mean, whatever the size of the log: far below the
 * one at which chance pairs grow together into large components (Erdos & Renyi 1960).
 *
 * Of each kind only the strongest counts. Place, program and wording (network, client, template) come to at most ln(accounts)
 * together, and so does synchrony: colleagues share an office and a tool, the customers of one product its servers, its client
 * and its prompts, and a scheduler's minute, so that neither alone makes an edge. A template is evidence beside a hand-over
 * in it: that was reckoned among those who use the template.
 */
export function findLinks(input: LinkInput): Link[] {
  const needed = Math.log(Math.max(2, input.accounts)) + input.minimumNats;
  const grids = byAccount(input.handOvers);
  const successions = new Map(input.successions.map((pair) => [pairKey(pair, input.accounts), pair]));
  const synchrony = new Map(input.synchronous.map((pair) => [pairKey(pair, input.accounts), pair]));
  const links: Link[] = [];
  for (const key of candidates(input, grids)) {
    const [first, second] = [Math.floor(key / input.accounts), key % input.accounts];
    const evidence = [
      ...payment(input, first, second),
      ...placeProgramAndWording(input, first, second),
      ...handOver(grids.get(first), grids.get(second)),
      ...successionOf(successions.get(key)),
      ...synchronyOf(synchrony.get(key), input.accounts),
    ];
    const nats = evidence.reduce((sum, entry) => sum + entry.nats, 0);
    if (nats >= needed) links.push({ first, second, evidence, nats });
  }
  return links;
}

const pairKey = ({ first, second }: { first: number; second: number }, accounts: number): number =>
  Math.min(first, second) * accounts + Math.max(first, second);

function byAccount(handOvers: readonly HandOver[]): Map<number, HandOver[]> {
  const grids = new Map<number, HandOver[]>();
  for (const entry of handOvers) {
    const known = grids.get(entry.account);
    if (known === undefined) grids.set(entry.account, [entry]);
    else known.push(entry);
  }
  return grids;
}

/** Pairs that have any evidence besides place, program and wording, which alone make no edge. */
function candidates(
  { accounts, shared, handOvers, successions, templates, synchronous }: LinkInput,
  grids: ReadonlyMap<number, readonly HandOver[]>,
): Set<number> {
  const pairs = new Set([...synchronous, ...successions].map((pair) => pairKey(pair, accounts)));
  for (const { account, partner } of handOvers)
    if (partner >= 0) pairs.add(pairKey({ first: account, second: partner }, accounts));
  const addAll = (members: readonly number[]) => {
    for (const [at, first] of members.entries())
      for (const second of members.slice(at + 1)) pairs.add(pairKey({ first, second }, accounts));
  };
  for (const { accounts: members } of shared.payment.values) addAll(members);
  for (const kind of ["network", "client"] as const)
    for (const { accounts: members } of shared[kind].values)
      addAll(members.filter((account) => grids.has(account)));
  for (const members of templates.holders) addAll(members.filter((account) => grids.has(account)));
  return pairs;
}

function payment({ accounts, shared }: LinkInput, first: number, second: number): Evidence[] {
  const found = rarestShared(shared.payment, first, second);
  if (found === null) return [];
  const nats = paymentNats(accounts, found.partners);
  return [{ kind: "payment", nats, sharers: found.sharers, note: "one payment fingerprint" }];
}

function placeProgramAndWording(
  { accounts, shared, templates }: LinkInput,
  first: number,
  second: number,
): Evidence[] {
  let left = Math.log(accounts);
  const evidence: Evidence[] = [];
  for (const [kind, note] of [
    ["network", "one network prefix"],
    ["client", "one client"],
  ] as const) {
    const found = rarestShared(shared[kind], first, second);
    if (found === null) continue;
    const nats = Math.min(left, sharedValueNats(accounts, found.partners));
    left -= nats;
    if (nats > 0) evidence.push({ kind, nats, sharers: found.sharers, note });
  }
  const template = templates.of(first, second);
  const nats = Math.min(left, template?.nats ?? 0);
  if (template !== null && nats > 0)
    evidence.push({ kind: "template", nats, sharers: template.sharers, note: "one rare prompt template" });
  return evidence;
}

/** The family in which the weaker of the two avoids the others most. */
function handOver(first: readonly HandOver[] = [], second: readonly HandOver[] = []): Evidence[] {
  let best: HandOver | null = null;
  for (const left of first)
    for (const right of second)
      if (left.family === right.family) {
        const weaker = left.nats <= right.nats ? left : right;
        if (best === null || weaker.nats > best.nats) best = weaker;
      }
  if (best === null) return [];
  const note = `fill one template's grid without repeating the others: ${best.observed} cells in common where ${best.expected.toPrecision(3)} were expected`;
  return [{ kind: "hand-over", nats: best.nats, sharers: null, note }];
}

function successionOf(found: WalkSuccession | undefined): Evidence[] {
  if (found === undefined) return [];
  const note = `${found.handOvers} times one went on with a walk soon after the other had stopped: p = ${found.pValue.toPrecision(2)} over orders`;
  return [{ kind: "succession", nats: found.nats, sharers: null, note }];
}

function synchronyOf(pair: SynchronousPair | undefined, accounts: number): Evidence[] {
  if (pair === undefined) return [];
  const nats = Math.min(pair.nats, Math.log(accounts));
  const note = `begin in the same minute ${pair.shared} times where ${pair.expected.toPrecision(3)} were expected`;
  return [{ kind: "synchrony", nats, sharers: null, note }];
}
