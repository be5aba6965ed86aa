import { isUnspaced } from "../extract/words.ts";
import type { Exhibit } from "../schema/analysis.ts";
import type { RecordedAnswers } from "../schema/corpus.ts";
import type { RecordedAnswer } from "../schema/withheld-answer.ts";
import { wordEnds } from "../views/token-scan.ts";

const longestPhrase = 7;
const perProbe = 1;
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
    const words = wordsIn(item);
    const ofSuspect = textsOf(answers.get(suspect));
    const ofReference = textsOf(answers.get(reference));
    if (ofSuspect.length === 0 || ofReference.length === 0) return;
    const byReference = phrasesOf(ofReference.map(words));
    const common = phrasesOf(ofSuspect.map(words), byReference);
    const prompted = phrasesOf([words(prompt)], common);
    const shared = [...common].filter(([phrase]) => !prompted.has(phrase));
    if (shared.length === 0) return;
    const users = controls.flatMap((name) => {
      const texts = textsOf(answers.get(name));
      return texts.length > 0
        ? [{ name, of: texts.length, counts: phrasesOf(texts.map(words), common) }]
        : [];
    });
    if (users.length < 2) return;
    const used = new Map<string, number>();
    for (const { counts, of } of users)
      for (const [phrase, count] of counts) used.set(phrase, (used.get(phrase) ?? 0) + count / of);
    const weighed = shared.map(([phrase, count]) => {
      const inReference = byReference.get(phrase) ?? 0;
      const words = phrase.split(" ").length;
      const rarity = Math.log((users.length + 1) / ((used.get(phrase) ?? 0) + 1));
      return {
        phrase,
        count,
        inReference,
        weight: (count / ofSuspect.length) * (inReference / ofReference.length) * rarity * Math.sqrt(words),
      };
    });
    for (const { weight } of weighed) total += Math.max(0, weight);
    weighed.sort((a, b) => b.weight - a.weight || (a.phrase < b.phrase ? -1 : 1));
    const found = weighed.slice(0, perProbe).map(
      ({ phrase, count, inReference, weight }): Found => ({
        phrase: written(phrase),
        view: "word",
        probe,
        prompt,
        suspect: { count, of: ofSuspect.length },
        reference: { count: inReference, of: ofReference.length },
        controls: users.map(({ name, of, counts }) => ({ name, count: counts.get(phrase) ?? 0, of })),
        suspectExcerpt: excerpt(ofSuspect, phrase),
        referenceExcerpt: excerpt(ofReference, phrase),
        weight,
      }),
    );
    best = [...best, ...found].filter(({ weight }) => weight > 0);
    best.sort((a, b) => b.weight - a.weight || (a.probe < b.probe ? -1 : 1));
    best.length = Math.min(best.length, kept);
  };
  const finish = (): Exhibit[] =>
    best.map(({ weight, ...exhibit }) => ({ ...exhibit, share: total > 0 ? weight / total : 0 }));
  return { add, finish };
}

interface Word {
  readonly word: string;
  readonly at: number;
  readonly end: number;
}

/**
 * Reads the words of texts, each text of a probe once however many collectors ask: most of their time goes there. Keeps the
 * latest probe's words only.
 */
export function createWordReader(): (item: RecordedAnswers) => (text: string) => readonly Word[] {
  let latest: RecordedAnswers | null = null;
  const known = new Map<string, readonly Word[]>();
  const read = (text: string) => {
    const words = known.get(text) ?? wordsOf(text);
    known.set(text, words);
    return words;
  };
  return (item) => {
    if (item !== latest) known.clear();
    latest = item;
    return read;
  };
}

const word = /[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu;

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  const read = text.slice(0, wordsRead * 20);
  for (const match of read.matchAll(word)) {
    const end = match.index + match[0].length;
    let at = match.index;
    for (const next of isUnspaced(match[0]) ? wordEnds(read, at, end) : [end]) {
      words.push({ word: read.slice(at, next).toLowerCase(), at, end: next });
      if (words.length === wordsRead) return words;
      at = next;
    }
  }
  return words;
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

/** Phrase -> how many of the texts hold it; only phrases of `wanted`, when it is given. */
function phrasesOf(
  texts: readonly (readonly Word[])[],
  wanted?: { readonly has: (phrase: string) => boolean },
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const words of texts) {
    const here = new Set<string>();
    for (let from = 0; from < words.length; from++) {
      let phrase = "";
      for (let to = from; to < Math.min(words.length, from + longestPhrase); to++) {
        phrase = to === from ? (words[to]?.word ?? "") : `${phrase} ${words[to]?.word ?? ""}`;
        // Every beginning of a common phrase is common too, so the first miss ends the run.
        if (wanted && !wanted.has(phrase)) break;
        here.add(phrase);
      }
    }
    for (const phrase of here) counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
  }
  return counts;
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
