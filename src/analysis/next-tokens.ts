import { type TokenChoice, tokenLogprobs } from "../extract/token-logprobs.ts";
import type { RecordedAnswers } from "../schema/corpus.ts";
import type { WithheldToken } from "../schema/withheld-answer.ts";
import { type TruncatedDivergence, truncatedJensenShannon } from "../stats/truncated-jensen-shannon.ts";

/** Next-token divergence of one model and the reference at one probe, in nats. */
export interface NextTokenDivergence extends TruncatedDivergence {
  /** Of the first token alone. */
  readonly firstToken: number;
  /** Beginnings that both models wrote, the empty one included. */
  readonly places: number;
}

/** Next-token probabilities of all models against the reference's. */
export interface NextTokens {
  /** A probe's place among all probes, and each model's divergence from the reference there. */
  readonly probes: readonly {
    readonly index: number;
    readonly divergences: ReadonlyMap<number, NextTokenDivergence>;
  }[];
  /** Models that gave any log-probabilities. */
  readonly informative: ReadonlySet<number>;
  /** Models that cut the same text into other tokens than the reference does. */
  readonly otherTokens: ReadonlySet<number>;
}

/** A list that leaves less than this is whole. */
const negligible = 1e-6;
/** Share of a model's runs of tokens that are one token to the other, from which on they cut text differently. */
const mostConflicts = 0.02;
const fewestConflicts = 3;

/** One of the first tokens of an answer. */
interface FirstToken extends TokenChoice {
  /** This token together with the next one, and the next two, as one text. */
  readonly runs: readonly string[];
}

/** The first tokens of an answer, most probable alternatives first; null where the body lists none. */
export function firstTokens(recorded: string | readonly WithheldToken[]): readonly FirstToken[] | null {
  if (typeof recorded !== "string")
    return recorded.map(({ token, listed, runs }) => ({ token, listed: new Map(listed), runs }));
  const tokens = tokenLogprobs(recorded);
  if (tokens === null) return null;
  return tokens.map(({ token, listed }, at) => ({
    token,
    listed: new Map([...listed].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))),
    runs: [at + 2, at + 3].flatMap((end) =>
      end > tokens.length
        ? []
        : tokens
            .slice(at, end)
            .map((one) => one.token)
            .join(""),
    ),
  }));
}

/** What one model wrote at one probe: beginning -> alternatives for the next token, and the share of samples that got there. */
type Beginnings = ReadonlyMap<
  string,
  { readonly listed: ReadonlyMap<string, number>; readonly share: number }
>;

/**
 * Compares next-token distributions with the reference's while the answers stream by; only numbers are kept.
 *
 * Two models are compared at the first token and at every further token whose beginning both wrote, token by token the
 * same. A place weighs as the smaller of their shares of samples that got there, so the first token weighs most. One
 * context has one distribution, so the first sample's list stands for it. All lists of a probe are cut to the length of
 * the shortest that is not whole.
 */
export function createNextTokenCollector(names: readonly string[], reference: number) {
  const probes: { index: number; divergences: Map<number, NextTokenDivergence> }[] = [];
  const vocabularies = names.map(() => new Set<string>());
  const runs = names.map(() => new Set<string>());
  const informative = new Set<number>();
  let index = -1;
  const add = ({ logprobBodies }: RecordedAnswers) => {
    index++;
    if (logprobBodies === undefined) return;
    const written = new Map<number, readonly (readonly FirstToken[])[]>();
    names.forEach((name, model) => {
      const samples = (logprobBodies.get(name) ?? []).flatMap((body) => {
        const tokens = firstTokens(body);
        return tokens === null ? [] : [tokens];
      });
      if (samples.length === 0) return;
      informative.add(model);
      written.set(model, samples);
      for (const tokens of samples) notice(tokens, vocabularies[model], runs[model]);
    });
    if (!written.has(reference)) return;
    const length = shortestList([...written.values()].flat(2));
    const beginnings = new Map(
      [...written].map(([model, samples]) => [model, beginningsOf(samples, length)] as const),
    );
    const ofReference = beginnings.get(reference) as Beginnings;
    const divergences = new Map<number, NextTokenDivergence>();
    for (const [model, own] of beginnings)
      if (model !== reference) divergences.set(model, divergenceOf(own, ofReference));
    probes.push({ index, divergences });
  };
  const finish = (): NextTokens => ({
    probes,
    informative,
    otherTokens: new Set(
      [...informative].filter(
        (model) =>
          conflicting(runs[model], vocabularies[reference]) ||
          conflicting(runs[reference], vocabularies[model]),
      ),
    ),
  });
  return { add, finish };
}

/** Records tokens, and runs of two or three of them as one string. */
function notice(tokens: readonly FirstToken[], vocabulary?: Set<string>, runs?: Set<string>): void {
  // The first token lost its leading space, so that it is not comparable with others.
  for (const token of tokens.slice(1)) {
    vocabulary?.add(token.token);
    for (const run of token.runs) runs?.add(run);
  }
}

function conflicting(
  runs: ReadonlySet<string> = new Set(),
  vocabulary: ReadonlySet<string> = new Set(),
): boolean {
  const conflicts = [...runs].filter((run) => vocabulary.has(run)).length;
  return conflicts >= fewestConflicts && conflicts > mostConflicts * Math.min(runs.size, vocabulary.size);
}

function shortestList(tokens: readonly TokenChoice[]): number {
  let length = Number.POSITIVE_INFINITY;
  for (const { listed } of tokens) {
    const rest = 1 - [...listed.values()].reduce((sum, value) => sum + value, 0);
    if (listed.size > 0 && rest > negligible) length = Math.min(length, listed.size);
  }
  return length;
}

function beginningsOf(samples: readonly (readonly TokenChoice[])[], length: number): Beginnings {
  const found = new Map<string, { listed: ReadonlyMap<string, number>; share: number }>();
  for (const tokens of samples) {
    let beginning = "";
    for (const { token, listed } of tokens) {
      if (listed.size === 0) break;
      const known = found.get(beginning);
      if (known !== undefined) known.share += 1 / samples.length;
      else found.set(beginning, { listed: cut(listed, length), share: 1 / samples.length });
      // No token holds this separator, so that two beginnings are equal only token by token.
      beginning += `${token}\u0000`;
    }
  }
  return found;
}

/** The `length` most probable tokens, scaled down where rounding makes them more than certain. */
function cut(listed: ReadonlyMap<string, number>, length: number): ReadonlyMap<string, number> {
  const kept = [...listed].slice(0, length);
  const sum = kept.reduce((total, [, value]) => total + value, 0);
  return new Map(kept.map(([token, value]) => [token, sum > 1 ? value / sum : value]));
}

function divergenceOf(own: Beginnings, other: Beginnings): NextTokenDivergence {
  let weights = 0;
  let places = 0;
  let firstToken = 0;
  const sums = { estimate: 0, low: 0, high: 0 };
  for (const [beginning, { listed, share }] of own) {
    const there = other.get(beginning);
    if (there === undefined) continue;
    const divergence = truncatedJensenShannon(listed, there.listed);
    const weight = Math.min(share, there.share);
    weights += weight;
    places++;
    if (beginning === "") firstToken = divergence.estimate;
    for (const key of ["estimate", "low", "high"] as const) sums[key] += weight * divergence[key];
  }
  return {
    estimate: sums.estimate / weights,
    low: sums.low / weights,
    high: sums.high / weights,
    firstToken,
    places,
  };
}
