import { isUnspaced } from "../extract/words.ts";
import type { Exhibit } from "../schema/analysis.ts";
import type { RecordedAnswers } from "../schema/corpus.ts";
import type { RecordedAnswer } from "../schema/withheld-answer.ts";
import { wordEnds } from "../views/token-scan.ts";
import { countPhrases, type NumberedWords, phraseTree, wordsOfPhrase } from "./phrase-tree.ts";

const kept = 12;
const excerptWords = 45;
/** Words a response that are looked at: bounds the work on hostile answers. */
const wordsRead = 600;

interface Found extends Omit<Exhibit, "share"> {
  readonly weight: number;
}

/**
 * Collects distinctive shared phrases: runs of up to 7 words that suspect and reference both use in answer to a probe
 * and controls hardly do. A phrase weighs (share of the suspect's answers) x (share of the reference's) x
 * ln((n + 1) / (users + 1)) over n controls, and grows with its length; phrases of the prompt do not count. Scripts written
 * without spaces are cut into words by `Intl.Segmenter`.
 *
 * Exhibits are illustrations chosen after the fact: no statistic is computed from them. Where texts are withheld there are none.
 */
export function createExhibitCollector(
  suspect: string,
  reference: string,
  controls: readonly string[],
  wordsIn = createWordReader(),
) {
  let best: Found[] = [];
  let total = 0;
  const add = (item: RecordedAnswers) => {
    const { probe, prompt, answers } = item;
    const { numbersOf, wordOf } = wordsIn(item);
    const ofSuspect = textsOf(answers.get(suspect));
    const ofReference = textsOf(answers.get(reference));
    if (ofSuspect.length === 0 || ofReference.length === 0) return;
    const byReference = phraseTree(ofReference.map(numbersOf));
    const common = phraseTree(ofSuspect.map(numbersOf), byReference);
    const prompted = countPhrases(common, [numbersOf(prompt)]);
    const shared = [...common.last.keys()].filter((phrase) => prompted[phrase] === 0);
    if (shared.length === 0) return;
    const users = controls.flatMap((name) => {
      const texts = textsOf(answers.get(name));
      return texts.length > 0
        ? [{ name, of: texts.length, counts: countPhrases(common, texts.map(numbersOf)) }]
        : [];
    });
    if (users.length < 2) return;
    const used = new Float64Array(common.last.length);
    for (const { counts, of } of users)
      for (const [phrase, count] of counts.entries()) used[phrase] = (used[phrase] as number) + count / of;
    const countsOf = (phrase: number) => ({
      count: common.holders[phrase] as number,
      inReference: byReference.holders[common.origin[phrase] as number] as number,
    });
    const weightOf = (phrase: number) => {
      const { count, inReference } = countsOf(phrase);
      const rarity = Math.log((users.length + 1) / ((used[phrase] as number) + 1));
      const length = Math.sqrt(common.length[phrase] as number);
      return (count / ofSuspect.length) * (inReference / ofReference.length) * rarity * length;
    };
    const textOf = (phrase: number) => wordsOfPhrase(common, phrase).map(wordOf).join(" ");
    let top = { weight: Number.NEGATIVE_INFINITY, phrase: -1 };
    for (const phrase of shared) {
      const weight = weightOf(phrase);
      total += Math.max(0, weight);
      if (weight > top.weight || (weight === top.weight && textOf(phrase) < textOf(top.phrase)))
        top = { weight, phrase };
    }
    const { weight } = top;
    if (weight <= 0 || !isKept(best, { weight, probe })) return;
    const phrase = textOf(top.phrase);
    const { count, inReference } = countsOf(top.phrase);
    best.push({
      phrase: written(phrase),
      view: "word",
      probe,
      prompt,
      suspect: { count, of: ofSuspect.length },
      reference: { count: inReference, of: ofReference.length },
      controls: users.map(({ name, of, counts }) => ({ name, count: counts[top.phrase] as number, of })),
      suspectExcerpt: excerpt(ofSuspect, phrase),
      referenceExcerpt: excerpt(ofReference, phrase),
      weight,
    });
    best.sort(byWeight);
    best = best.slice(0, kept);
  };
  const finish = (): Exhibit[] =>
    best.map(({ weight, ...exhibit }) => ({ ...exhibit, share: total > 0 ? weight / total : 0 }));
  return { add, finish };
}

type Weighed = Pick<Found, "weight" | "probe">;

const byWeight = (a: Weighed, b: Weighed) => b.weight - a.weight || (a.probe < b.probe ? -1 : 1);

/** Whether another exhibit would be among those that are kept: the excerpts of the rest need not be cut. */
const isKept = (best: readonly Weighed[], one: Weighed) =>
  best.length < kept || byWeight(one, best[best.length - 1] as Weighed) < 0;

interface Word {
  readonly word: string;
  readonly at: number;
  readonly end: number;
}

/** Words of one probe's texts as numbers, the same for words that differ in case only. */
interface WordsOfProbe {
  /** Of a text's words, as far as they are read. */
  readonly numbersOf: (text: string) => NumberedWords;
  readonly wordOf: (number: number) => string;
}

/**
 * Reads the words of texts, each text of a probe once however many collectors ask: most of their time goes there. Keeps the
 * latest probe's words only.
 */
export function createWordReader(): (item: RecordedAnswers) => WordsOfProbe {
  let latest: RecordedAnswers | null = null;
  let ofProbe = numberWords();
  return (item) => {
    if (item !== latest) ofProbe = numberWords();
    latest = item;
    return ofProbe;
  };
}

function numberWords(): WordsOfProbe {
  const texts = new Map<string, NumberedWords>();
  const words: string[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (written: string) => {
    const known = numbers.get(written);
    if (known !== undefined) return known;
    const lower = written.toLowerCase();
    const number = numbers.get(lower) ?? words.push(lower) - 1;
    numbers.set(lower, number);
    numbers.set(written, number);
    return number;
  };
  return {
    wordOf: (number) => words[number] as string,
    numbersOf: (text) => {
      const known = texts.get(text);
      if (known !== undefined) return known;
      const read: number[] = [];
      readWords(text, (at, end) => read.push(numberOf(text.slice(at, end))));
      texts.set(text, read);
      return read;
    },
  };
}

/** Beyond the scripts that most words are in, for which the test of scripts would take longer than all else. */
const mayBeUnspaced = /[^\0-\u0dff]/;
const word = /[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu;

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  readWords(text, (at, end) => words.push({ word: text.slice(at, end).toLowerCase(), at, end }));
  return words;
}

/** Tells where each word begins and ends. */
function readWords(text: string, tell: (at: number, end: number) => void): void {
  const read = text.slice(0, wordsRead * 20);
  let told = 0;
  word.lastIndex = 0;
  for (let match = word.exec(read); match !== null; match = word.exec(read)) {
    const end = match.index + match[0].length;
    let at = match.index;
    for (const next of mayBeUnspaced.test(match[0]) && isUnspaced(match[0])
      ? wordEnds(read, at, end)
      : [end]) {
      tell(at, next);
      told++;
      if (told === wordsRead) return;
      at = next;
    }
  }
}

/** A phrase as its script is written: no space between two words of scripts that have none. */
function written(phrase: string): string {
  return phrase.split(" ").reduce((text, next) => {
    const apart = !isUnspaced(text.slice(-2)) || !isUnspaced(next.slice(0, 2));
    return `${text}${apart ? " " : ""}${next}`;
  });
}

/** The texts of a probe's answers; none where any of them is withheld. */
function textsOf(answers: readonly RecordedAnswer[] = []): readonly string[] {
  const texts = answers.filter((answer) => typeof answer === "string");
  return texts.length === answers.length ? texts : [];
}

/** The passage around the phrase in the first text that holds it. */
function excerpt(texts: readonly string[], phrase: string): string {
  const parts = phrase.split(" ");
  for (const text of texts) {
    const words = wordsOf(text);
    const at = words.findIndex((_, i) => parts.every((part, k) => words[i + k]?.word === part));
    if (at < 0) continue;
    const from = Math.max(0, at - Math.floor((excerptWords - parts.length) / 2));
    const to = Math.min(words.length, from + excerptWords) - 1;
    const start = from === 0 ? 0 : (words[from]?.at ?? 0);
    const end =
      to === words.length - 1
        ? Math.min(text.length, (words[to]?.end ?? 0) + 40)
        : (words[to]?.end ?? text.length);
    return `${from > 0 ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
  }
  return "";
}
