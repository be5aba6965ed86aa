import { batchPrices, type PriceList, priceOf } from "../../config/prices.ts";
import type { RecordedWork } from "../../sampling/recorded-work.ts";
import { costOf } from "../../sampling/spent.ts";
import type { Target } from "../../schema/target.ts";

/**
 * US dollars of what is recorded of a target: what was answered in batches at their price, all else at the ordinary one.
 * @param prices - the ordinary ones
 * @returns null where the price is unknown
 */
export function costOfWork(
  target: Target,
  { spent, inBatches }: Pick<RecordedWork, "spent" | "inBatches">,
  prices: readonly PriceList[],
): number | null {
  const price = priceOf(target, prices);
  const ofBatches = priceOf(target, batchPrices(prices));
  if (price === null || ofBatches === null) return null;
  const discount = { input: price.input - ofBatches.input, output: price.output - ofBatches.output };
  return (costOf(spent, price) ?? 0) - (costOf(inBatches.spent, discount) ?? 0);
}
