import { measureAnswers } from "../../src/analysis/measure-answers.ts";
import type { MeasuredAnswers, MeasureOptions } from "../../src/analysis/measured-answers.ts";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";

/** A corpus of random ASCII answers, small enough for explicit loops over everything. */
export interface SmallCorpus {
  readonly models: readonly { readonly name: string; readonly lab: string | null }[];
  readonly panel: readonly number[];
  readonly probes: readonly ProbeAnswers[];
}

/** The function words that the answers use; the style view keeps them. */
export const usedFunctionWords = ["the", "a", "and", "of", "is", "not"];

const contentWords =
  "river stone lamp Harbor winter keeper quiet Signal copper meadow 7 42 thread engine Paris window salt".split(
    " ",
  );
const marks = [".", ",", "!", ":", "-"];

const pick = <T>(items: readonly T[], random: Random): T => items[Math.floor(random() * items.length)] as T;

/** `length` words; a word is the model's or the probe's favourite with some probability, so that both leave traces. */
export function randomAnswer(
  random: Random,
  options: { readonly favourites?: readonly string[]; readonly length?: number } = {},
): string {
  const { favourites = [], length = 5 + Math.floor(random() * 40) } = options;
  let text = "";
  for (let i = 0; i < length; i++) {
    const word =
      favourites.length > 0 && random() < 0.4
        ? pick(favourites, random)
        : pick(random() < 0.4 ? usedFunctionWords : contentWords, random);
    text += random() < 0.1 ? `${word.charAt(0).toUpperCase()}${word.slice(1)}` : word;
    if (random() < 0.15) text += pick(marks, random);
    text +=
      random() < 0.07 ? pick(["\n", "\n\n", "\n\n\n\n"], random) : pick([" ", " ", " ", "  ", "\t"], random);
  }
  return text;
}

/**
 * @param options.labs - lab of each model
 * @param options.samples - fewest and most samples a probe and model
 * @param options.missing - probability that a model has no answer to a probe
 * @param options.families - how many families the probes are spread over; one a probe by default
 */
export function smallCorpus(options: {
  readonly seed: number;
  readonly labs: readonly (string | null)[];
  readonly panel: readonly number[];
  readonly probes: number;
  readonly samples?: readonly [number, number];
  readonly missing?: number;
  readonly families?: number;
}): SmallCorpus {
  const { seed, labs, panel, samples = [1, 1], missing = 0, families = options.probes } = options;
  const random = seededRandom(seed);
  const models = labs.map((lab, index) => ({ name: `model-${index}`, lab }));
  const favouritesOf = new Map(
    models.map(({ name }) => [name, [pick(contentWords, random), pick(contentWords, random)]]),
  );
  const probes = Array.from({ length: options.probes }, (_, p): ProbeAnswers => {
    const favourite = pick(contentWords, random);
    const answers = new Map<string, string[]>();
    for (const { name } of models) {
      if (random() < missing) continue;
      const count = samples[0] + Math.floor(random() * (samples[1] - samples[0] + 1));
      answers.set(
        name,
        Array.from({ length: count }, () =>
          randomAnswer(random, { favourites: [favourite, ...(favouritesOf.get(name) ?? [])] }),
        ),
      );
    }
    return { probe: `probe-${p}`, family: `family-${p % families}`, prompt: `Question ${p}?`, answers };
  });
  return { models, panel, probes };
}

/** Measures a small corpus through the public function. */
export function measure(
  corpus: SmallCorpus,
  options: Partial<MeasureOptions> = {},
): Promise<MeasuredAnswers> {
  return measureAnswers(corpus.probes, { models: corpus.models, panel: corpus.panel, ...options });
}
