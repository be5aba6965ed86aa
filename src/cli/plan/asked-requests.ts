import { batchPrices, hostOf, type PriceList, priceOf } from "../../config/prices.ts";
import { promptText } from "../../probes/prompt-text.ts";
import { requestParams } from "../../providers/request-params.ts";
import type { AskedProbe } from "../../sampling/plan.ts";
import { tokenLimitNames } from "../../sampling/possible-tokens.ts";
import { probeHash } from "../../schema/identity.ts";
import type { Probe } from "../../schema/probe.ts";
import type { Target } from "../../schema/target.ts";
import type { RecordedTokens } from "./recorded-tokens.ts";
import { tokensOfBytes } from "./tokens-of-bytes.ts";

/** Smallest and largest amount; null where there is no upper end. */
export type Range = readonly [low: number, high: number | null];

/** What one target will be asked, and what it may cost. Retries come on top. */
export interface AskedTarget {
  readonly name: string;
  readonly model: string;
  readonly host: string | null;
  readonly requests: number;
  readonly inputTokens: Range;
  /** Without a limit of tokens and without recorded answers there is no upper end. */
  readonly outputTokens: Range;
  /** US dollars a million tokens, their file and the day of their last check; null where unknown. */
  readonly price: ReturnType<typeof priceOf>;
  /** US dollars; null where the price is unknown. */
  readonly costUSD: Range | null;
}

/** Tokens that a chat format puts around each message. */
const tokensPerMessage = { least: 0, most: 12 };

/**
 * Requests, tokens and cost of each target. Tokens a request are those recorded in the pilot for the same probe, of the
 * same target where it was asked, else of any; without them, the prompt's bytes and the limit of tokens say the range.
 */
export function askedRequests(
  targets: readonly Target[],
  asked: readonly Pick<AskedProbe, "probe" | "samples">[],
  {
    prices,
    recorded,
    inBatches,
  }: {
    readonly prices: readonly PriceList[];
    readonly recorded: RecordedTokens;
    /** Targets that are asked through their batch API, at its price. */
    readonly inBatches?: ReadonlySet<string> | undefined;
  },
): AskedTarget[] {
  return targets.map((target) => {
    let requests = 0;
    let inputTokens: Range = [0, 0];
    let outputTokens: Range = [0, 0];
    for (const { probe, samples } of asked) {
      requests += samples;
      const known = recorded(target.name, probeHash(probe));
      inputTokens = sum(inputTokens, times(known?.input ?? promptTokens(probe), samples));
      outputTokens = sum(outputTokens, times(answerTokens(target, probe, known?.output ?? null), samples));
    }
    const price = priceOf(target, inBatches?.has(target.name) === true ? batchPrices(prices) : prices);
    return {
      name: target.name,
      model: target.model,
      host: hostOf(target),
      requests,
      inputTokens,
      outputTokens,
      price,
      costUSD:
        price === null
          ? null
          : sum(times(inputTokens, price.input / 1e6), times(outputTokens, price.output / 1e6)),
    };
  });
}

/** Sum of two ranges; without an upper end as soon as one has none. */
export function sum([low, high]: Range, [otherLow, otherHigh]: Range): Range {
  return [low + otherLow, high === null || otherHigh === null ? null : high + otherHigh];
}

/** A range times a number that is not negative. Nothing of something without an end is nothing. */
export function times([low, high]: Range, factor: number): Range {
  return [low * factor, factor === 0 ? 0 : high === null ? null : high * factor];
}

function promptTokens(probe: Probe): Range {
  const [least, most] = tokensOfBytes(Buffer.byteLength(promptText(probe)));
  const messages = probe.messages?.length ?? 0;
  return [least + messages * tokensPerMessage.least, most + messages * tokensPerMessage.most];
}

function answerTokens(target: Target, probe: Probe, recorded: readonly [number, number] | null): Range {
  const params = requestParams(target, probe.params);
  const limits = tokenLimitNames.flatMap((name) => {
    const value = params[name];
    return typeof value === "number" && value > 0 ? value : [];
  });
  const limit = limits.length === 0 ? null : Math.min(...limits);
  if (recorded === null) return [limit === null ? 1 : Math.min(1, limit), limit];
  const [least, most] = recorded;
  return limit === null ? [least, most] : [Math.min(least, limit), Math.min(most, limit)];
}
