import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../config/config.ts";
import { loadPrices, type PriceList } from "../config/prices.ts";

/** Prices that ship with the package. */
const shippedPrices = fileURLToPath(new URL("../../prices/list-prices.yaml", import.meta.url));

/**
 * Lists in which prices are looked up, in this order: the file of a flag, the configuration's, the few that are shipped.
 * @throws UsageError for a file that cannot be read or holds no prices
 */
export async function priceLists(
  flag: string | undefined,
  config: Pick<Config, "file" | "prices"> | null,
  cwd: string,
): Promise<PriceList[]> {
  const files = [
    ...(flag === undefined ? [] : [resolve(cwd, flag)]),
    ...(config?.prices == null ? [] : [resolve(config.file, "..", config.prices)]),
    shippedPrices,
  ];
  const lists = await Promise.all(files.map(loadPrices));
  return lists.map((list) => ({
    ...list,
    file: list.file === shippedPrices ? "prices/list-prices.yaml (shipped)" : relative(cwd, list.file),
  }));
}
