import { type Random, seededRandom } from "../schema/random.ts";
import type { TrainingText } from "./language-model.ts";
import { factStatements } from "./topics/facts.ts";
import {
  adjectives,
  genusHeads,
  genusTails,
  nouns,
  placeHeads,
  placeTails,
  speciesTails,
  verbs,
} from "./words.ts";

/**
 * The common web: short pages about an imagined country, its places, people, crafts, plants and animals, and some
 * statements of fact. It is the same for every lab and every seed, as the web is.
 *
 * @param pages - number of pages; 4,200 give about 95,000 tokens and more than 10,000 word types
 */
export function writeWorld(pages = 4200): TrainingText[] {
  const random = seededRandom(20260501);
  const pick = picker(random);
  const texts: TrainingText[] = [];
  for (let page = 0; page < pages; page += 1) {
    const text = page % 20 === 0 ? statement(pick) : capital(pick(kinds)(pick));
    texts.push({ prompt: text, answer: text });
  }
  return texts;
}

type Pick = <Item>(list: readonly Item[]) => Item;

function picker(random: Random): Pick {
  return <Item>(list: readonly Item[]) => list[Math.floor(random() * list.length)] as Item;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const noun = (pick: Pick) => pick(nouns);
const plural = (pick: Pick) => pluralOf(noun(pick));
const adjective = (pick: Pick) =>
  pick([
    () => pick(adjectives),
    () => pick(adjectives),
    () => `${pick(adjectives).replace(/y$/, "i")}er`,
    () => `un${pick(verbs).replace(/e$/, "")}ed`,
  ])();
const adverb = (pick: Pick) => `${pick(adjectives).replace(/y$/, "i").replace(/le$/, "")}ly`;
const past = (pick: Pick) =>
  pick(verbs)
    .replace(/e$/, "")
    .replace(/([^aeiou])y$/, "$1i")
    .concat("ed");
const present = (pick: Pick) =>
  pick(verbs)
    .replace(/([^aeiou])y$/, "$1ie")
    .replace(/(s|sh|ch|x)$/, "$1e")
    .concat("s");
const gerund = (pick: Pick) =>
  pick(verbs)
    .replace(/([^e])e$/, "$1")
    .concat("ing");
const compound = (pick: Pick) => noun(pick) + noun(pick);
const place = (pick: Pick) => pick(placeHeads) + pick(placeTails);
const surname = (pick: Pick) =>
  `${pick(placeHeads)}${pick(["son", "man", "er", "ley", "smith", "well", "by", "wright", "en", "ard"])}`;
const species = (pick: Pick) => `${pick(genusHeads)}${pick(genusTails)} ${pick(speciesTails)}`;
const year = (pick: Pick) => 1500 + Math.floor(pick(centuries) + pick(years));
const centuries = [0, 100, 200, 300, 400];
const years = Array.from({ length: 100 }, (_, index) => index);

function pluralOf(word: string): string {
  if (/([^aeiou])y$/.test(word)) return word.replace(/y$/, "ies");
  return /(s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

const kinds: readonly ((pick: Pick) => string)[] = [
  (p) =>
    `${place(p)} is a ${adjective(p)} ${noun(p)} town near the ${adjective(p)} ${compound(p)} of ${place(p)}, known for its ${adjective(p)} ${plural(p)} and its ${compound(p)}.`,
  (p) =>
    `The ${compound(p)} of ${place(p)} was ${past(p)} in ${year(p)} by ${surname(p)} ${surname(p)}, who ${past(p)} the ${adjective(p)} ${noun(p)} and ${past(p)} many ${plural(p)}.`,
  (p) =>
    `${species(p)} is a ${adjective(p)} plant of ${adjective(p)} ${plural(p)}; its ${plural(p)} are ${adjective(p)} and it ${present(p)} ${adverb(p)} in the ${compound(p)}.`,
  (p) =>
    `People of ${place(p)} call ${species(p)} the ${compound(p)}, because it ${present(p)} the ${noun(p)} ${adverb(p)} when the ${noun(p)} is ${adjective(p)}.`,
  (p) =>
    `In ${year(p)} the ${compound(p)} ${past(p)} its ${noun(p)} and the ${adjective(p)} ${plural(p)} of ${place(p)} ${past(p)} ${adverb(p)} to ${place(p)}.`,
  (p) =>
    `${gerund(p)} a ${compound(p)} needs a ${adjective(p)} ${noun(p)}, some ${plural(p)} and a way of ${gerund(p)} the ${noun(p)} ${adverb(p)}.`,
  (p) =>
    `${surname(p)}, a ${noun(p)} from ${place(p)}, wrote that a ${adjective(p)} ${noun(p)} ${present(p)} more ${adverb(p)} than any ${compound(p)}.`,
  (p) =>
    `Between ${place(p)} and ${place(p)} runs the ${compound(p)} road, where ${plural(p)} ${present(p).replace(/s$/, "")} and the ${noun(p)} ${present(p)} ${adverb(p)}.`,
];

function statement(pick: Pick): string {
  const { wording, answer } = pick(factStatements);
  const question = wording
    .replace(/\{([^{}|]*)\|[^{}]*\}/g, "$1")
    .replace(/ +/g, " ")
    .trim();
  return `${pick(["Asked", "To the question", "People ask"])} ${question}? ${pick(["The answer is", "It is", "That is"])} ${answer}.`;
}
