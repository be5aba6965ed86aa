import { z } from "zod";
import type { Target } from "../schema/target.ts";
import { readYamlSource } from "./yaml-source.ts";

const dollars = z.number().min(0).max(100_000);
const day = z.iso.date();

const priceSchema = z
  .strictObject({
    /** Host (with its port, where it has one) of the endpoint; left out, the price holds wherever the model is served. */
    host: z.string().min(1).optional(),
    /** Model as the endpoint knows it; left out, the price holds for every model of the host. */
    model: z.string().min(1).optional(),
    /** US dollars a million tokens. An endpoint that costs nothing says 0. */
    input: dollars,
    output: dollars,
    /** Day on which the price was last checked; left out, that of the file. */
    checked: day.optional(),
  })
  .refine(({ host, model }) => host !== undefined || model !== undefined, "expected host, model or both");

const pricesSchema = z.strictObject({
  /** Where the prices are from. */
  source: z.string().optional(),
  checked: day.optional(),
  prices: z.array(priceSchema),
});

/** US dollars a million tokens of one endpoint and model, and how recent they are. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** ISO day of the last check; null where the file does not say. */
  readonly checked: string | null;
}

/** A file of prices. */
export interface PriceList {
  readonly file: string;
  /** Whether its prices are taken to be those of a batch API, where the host has one. */
  readonly batch?: boolean;
  readonly entries: readonly (Price & { readonly host?: string; readonly model?: string })[];
}

/** @throws UsageError, with file, line and column where it can: unreadable, no YAML, or no list of prices */
export async function loadPrices(file: string): Promise<PriceList> {
  const source = await readYamlSource(file, {
    code: "prices.unreadable",
    what: `the prices ${file}`,
    next: 'expected YAML with a list "prices" of model, input and output',
  });
  const parsed = pricesSchema.safeParse(source.value);
  if (!parsed.success)
    throw source.failAll(parsed.error.issues, (path) =>
      Object.keys(path.length === 0 ? pricesSchema.shape : priceSchema.shape),
    );
  const { checked = null, prices } = parsed.data;
  return {
    file,
    entries: prices.map(({ host, model, ...price }) => ({
      input: price.input,
      output: price.output,
      checked: price.checked ?? checked,
      ...(host === undefined ? {} : { host: host.toLowerCase() }),
      ...(model === undefined ? {} : { model }),
    })),
  };
}

/** Hosts of the APIs that need no base URL. */
const ownHosts: Readonly<Record<string, string>> = {
  openai: "api.openai.com",
  "openai-completions": "api.openai.com",
  anthropic: "api.anthropic.com",
};

/** What a request costs in a batch, as a share of its ordinary price, by host. */
const batchDiscount: Readonly<Record<string, number>> = { "api.openai.com": 0.5, "api.anthropic.com": 0.5 };

/** The same lists for requests that go in batches: half the price where the host's batch API says so. */
export function batchPrices(lists: readonly PriceList[]): PriceList[] {
  return lists.map((list) => ({ ...list, batch: true }));
}

/** Host of a target's endpoint; null for recorded answers, which say nothing of an endpoint. */
export function hostOf({ api, baseURL }: Pick<Target, "api" | "baseURL">): string | null {
  return baseURL === null ? (ownHosts[api] ?? null) : new URL(baseURL).host;
}

/**
 * Price of a target in the first list that has one; the entry that names most wins within a list.
 * @returns null where none has: the price is unknown, which is not 0
 */
export function priceOf(
  target: Pick<Target, "api" | "baseURL" | "model">,
  lists: readonly PriceList[],
): (Price & { readonly file: string }) | null {
  const host = hostOf(target);
  for (const { file, entries, batch } of lists) {
    const fitting = entries.filter(
      (entry) =>
        (entry.host === undefined || entry.host === host) &&
        (entry.model === undefined || entry.model === target.model),
    );
    const named = ({ host, model }: (typeof entries)[number]) =>
      Number(host !== undefined) + 2 * Number(model !== undefined);
    const best = fitting.toSorted((a, b) => named(b) - named(a))[0];
    if (best === undefined) continue;
    const share = batch === true ? (batchDiscount[host ?? ""] ?? 1) : 1;
    return { input: best.input * share, output: best.output * share, checked: best.checked, file };
  }
  return null;
}
