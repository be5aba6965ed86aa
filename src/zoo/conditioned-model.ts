import type { Random } from "../schema/random.ts";
import { drawSharpened } from "./sharpened-draw.ts";
import {
  type Corpus,
  denseDistribution,
  drawAtOne,
  drawDense,
  type SampledToken,
} from "./token-distribution.ts";
import { beginToken, endToken } from "./vocabulary.ts";

/** Longest context of the model: it is a 7-gram model. */
const order = 6;
/** Pseudo-count of backing off from a context of k tokens (index k), in units of the nearest text's weight. */
const backOff = [0, 0.002, 0.02, 0.06, 0.1, 0.15, 0.3] as const;

/** The model given one prompt. */
export interface ConditionedModel {
  /**
   * Draw an answer.
   * @param options.context - tokens that the answer has to continue; empty for a chat answer
   * @param options.temperature - 0 (most likely token) or above
   */
  sample(options: SampleOptions): SampledToken[];
}

export interface SampleOptions {
  readonly random: Random;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly context?: readonly number[];
  /** How many of the most likely tokens to report at each step; null for no log-probabilities at all. */
  readonly topLogprobs?: number | null;
}

/** Build the model given its nearest texts, with their weights. */
export function conditionOn(
  corpus: Corpus,
  nearest: { readonly texts: Int32Array; readonly weights: Float64Array },
): ConditionedModel {
  const { tokens, starts } = corpus;
  // Positions of each token within the nearest texts as linked lists: head by token, then `previous` by slot. The last
  // token of a text has nothing after it, so it is left out: no context ends there.
  const lengths = Array.from(
    nearest.texts,
    (text) => (starts[text + 1] as number) - (starts[text] as number) - 1,
  );
  const slots = lengths.reduce((sum, length) => sum + length, 0);
  const at = new Int32Array(slots);
  const weight = new Float32Array(slots);
  const previous = new Int32Array(slots);
  const head = new Map<number, number>();
  let filled = 0;
  for (let rank = 0; rank < lengths.length; rank += 1) {
    const first = starts[nearest.texts[rank] as number] as number;
    for (let offset = 0; offset < (lengths[rank] as number); offset += 1) {
      const token = tokens[first + offset] as number;
      previous[filled] = head.get(token) ?? -1;
      head.set(token, filled);
      at[filled] = first + offset;
      weight[filled] = nearest.weights[rank] as number;
      filled += 1;
    }
  }
  const depth = new Uint8Array(slots);
  const total = new Float64Array(order + 1);
  const share = new Float64Array(order + 1);

  /** Distribution after a context: probabilities of the local tokens, and what is left for the whole corpus. */
  function distribution(context: readonly number[]): { local: Map<number, number>; rest: number } {
    const local = new Map<number, number>();
    const last = context[context.length - 1] as number;
    total.fill(0);
    for (let slot = head.get(last) ?? -1; slot >= 0; slot = previous[slot] as number) {
      const position = at[slot] as number;
      let matched = 1;
      while (
        matched < order &&
        matched < context.length &&
        tokens[position - matched] === context[context.length - 1 - matched] &&
        tokens[position - matched + 1] !== beginToken
      )
        matched += 1;
      depth[slot] = matched;
      for (let k = 1; k <= matched; k += 1) total[k] = (total[k] as number) + (weight[slot] as number);
    }
    let rest = 1;
    share.fill(0);
    for (let k = order; k >= 1; k -= 1) {
      const count = total[k] as number;
      if (count === 0) continue;
      const back = (backOff[k] as number) / (count + (backOff[k] as number));
      share[k] = (rest * (1 - back)) / count;
      rest *= back;
    }
    for (let k = 1; k <= order; k += 1) share[k] = (share[k] as number) + (share[k - 1] as number);
    for (let slot = head.get(last) ?? -1; slot >= 0; slot = previous[slot] as number) {
      const next = tokens[(at[slot] as number) + 1] as number;
      const mass = (share[depth[slot] as number] as number) * (weight[slot] as number);
      local.set(next, (local.get(next) ?? 0) + mass);
    }
    return { local, rest };
  }

  return {
    sample({ random, maxTokens, temperature, context: given = [], topLogprobs = null }) {
      const context = [beginToken, ...given];
      const answer: SampledToken[] = [];
      while (answer.length < maxTokens) {
        const { local, rest } = distribution(context);
        const u = random();
        let token: SampledToken;
        if (temperature === 1 && topLogprobs === null) {
          token = { id: drawAtOne(corpus, context, local, rest, u), logprob: null, top: [] };
        } else if (temperature > 0 && topLogprobs === null) {
          const id = drawSharpened(corpus, context, { local, rest }, { temperature, u });
          token = { id, logprob: null, top: [] };
        } else {
          const dense = denseDistribution(corpus, context, local, rest);
          token = drawDense(dense, corpus.types, temperature, u, topLogprobs, () =>
            drawAtOne(corpus, context, local, rest, u),
          );
        }
        answer.push(token);
        if (token.id === endToken) break;
        context.push(token.id);
      }
      return answer;
    },
  };
}
