import { createHmac } from "node:crypto";
import { createChoiceFinder } from "../../src/canary/green-list/find-choices.ts";
import { createGreenDraw } from "../../src/canary/green-list/green-side.ts";
import { countChoices } from "../../src/canary/green-list/score-green-list.ts";
import type { GreenListFile, WordPair } from "../../src/schema/green-list.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { binomialUpperTail } from "../../src/stats/binomial-upper-tail.ts";
import { readRecorded } from "../recorded-corpus.ts";

const levels = [0.05, 0.01, 0.001];

/** The library's draw by the engine's own HMAC, several times as fast; the bench checks that they agree. */
function fastDraw(key: string): (context: string, pair: WordPair) => 0 | 1 {
  const bytes = Buffer.from(key, "hex");
  return (context, { words }) => {
    const digest = createHmac("sha256", bytes).update(`${words[0]}/${words[1]}\n${context}`).digest();
    return ((digest[0] ?? 0) & 1) === 0 ? 0 : 1;
  };
}

/** Fewest green choices with a p-value at or below the level; more than there are where none has. */
function needed(choices: number, level: number): number {
  let low = 0;
  let high = choices + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (middle <= choices && binomialUpperTail(middle, choices, 1 / 2) > level) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Counted {
  readonly indices: Int32Array;
  readonly chosen: Uint8Array;
}

/**
 * How often models that cannot have seen a key are found with it: every model of a corpus under so many random keys, its
 * choices counted once each, and, to show why, counted at every occurrence. The standard error is over keys, since one
 * key tosses the same coins for all models.
 */
export async function corpusNull(
  dir: string,
  list: GreenListFile,
  options: { readonly keys: number; readonly contextWidth: number; readonly seed: number },
): Promise<string[]> {
  const corpus = await readRecorded(dir);
  const reading = { pairs: list.pairs, contextWidth: options.contextWidth };
  const find = createChoiceFinder(reading);
  const units = new Map<
    string,
    { readonly pair: number; readonly context: string; readonly index: number }
  >();
  const indexOf = (pair: number, context: string): number => {
    const name = `${pair}\n${context}`;
    const known = units.get(name) ?? { pair, context, index: units.size };
    units.set(name, known);
    return known.index;
  };
  const pack = (choices: readonly { pair: number; context: string; chosen: 0 | 1 }[]): Counted => ({
    indices: Int32Array.from(choices, ({ pair, context }) => indexOf(pair, context)),
    chosen: Uint8Array.from(choices, ({ chosen }) => chosen),
  });
  const models = corpus.models.map((name) => {
    const texts = corpus.probes.flatMap(({ answers }) => answers.get(name) ?? []);
    const once = pack(countChoices(texts, reading));
    const each = pack(texts.flatMap(find));
    const limits = (counted: Counted) => levels.map((level) => needed(counted.chosen.length, level));
    return { once, each, onceNeeded: limits(once), eachNeeded: limits(each) };
  });
  const all = [...units.values()];
  const random = seededRandom(options.seed);
  const coins = new Uint8Array(all.length);
  const greenOf = ({ indices, chosen }: Counted) => {
    let green = 0;
    for (let at = 0; at < indices.length; at++) if (coins[indices[at] ?? 0] === chosen[at]) green++;
    return green;
  };
  // Share of the models found, by key and level.
  const found = { once: levels.map(() => [] as number[]), each: levels.map(() => [] as number[]) };
  for (let k = 0; k < options.keys; k++) {
    const key = Array.from({ length: 64 }, () => Math.floor(16 * random()).toString(16)).join("");
    const draw = fastDraw(key);
    const checked = createGreenDraw(key);
    for (const { pair, context, index } of all) {
      const words = list.pairs[pair];
      if (words === undefined) continue;
      coins[index] = draw(context, words);
      if (index < 20 && checked(context, words).green !== coins[index])
        throw new Error("the bench's draw is not the library's");
    }
    const once = models.map((model) => greenOf(model.once));
    const each = models.map((model) => greenOf(model.each));
    levels.forEach((_, at) => {
      const share = (greens: readonly number[], limit: (index: number) => number) =>
        greens.filter((green, index) => green >= limit(index)).length / models.length;
      found.once[at]?.push(share(once, (index) => models[index]?.onceNeeded[at] ?? 0));
      found.each[at]?.push(share(each, (index) => models[index]?.eachNeeded[at] ?? 0));
    });
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const sizes = models.map(({ once }) => once.chosen.length).sort((a, b) => a - b);
  const percent = (share: number) => `${(100 * share).toFixed(3)} %`;
  return levels.map((level, at) => {
    const rates = found.once[at] ?? [];
    const rate = mean(rates);
    const error = Math.sqrt(mean(rates.map((one) => (one - rate) ** 2)) / (rates.length - 1));
    const reachable = mean(
      models.map(({ once, onceNeeded }) => {
        const limit = onceNeeded[at] ?? 0;
        return limit > once.chosen.length ? 0 : binomialUpperTail(limit, once.chosen.length, 1 / 2);
      }),
    );
    return `| ${corpus.name} | ${models.length} × ${options.keys} | ${sizes[0]} / ${sizes[sizes.length >> 1]} / ${sizes.at(-1)} | ${level} | ${percent(reachable)} | ${percent(rate)} | ${percent(error)} | ${((rate - reachable) / error).toFixed(1)} | ${percent(mean(found.each[at] ?? []))} |`;
  });
}
