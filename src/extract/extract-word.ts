import { afterDeclining, declines } from "./declined.ts";
import { withoutInterjection } from "./interjections.ts";
import { afterAnswerCue, category, emphasised, normaliseText, stripMarkup } from "./plain-text.ts";
import { firstClause, isUnspaced, wordsOf } from "./words.ts";

const articles = new Set(
  "a an the my your one der die das ein eine einen le la les un une el los las una il lo gli uno o os um uma".split(
    " ",
  ),
);
const titles = new Set(
  "mr mrs ms miss dr sir dame lord lady prof professor captain capt old young mister madame".split(" "),
);
const fillers = new Set(
  (
    "sure certainly of course here here's i i'd i'll i'm my the a an let let's this that it it's once in at okay ok yes no " +
    "well how what his her their he she they name one there maybe perhaps about to meet for and but alright hello hi hmm great"
  ).split(" "),
);
const after = (cues: string): RegExp =>
  new RegExp(
    `(?:(?<![\\p{L}])(?:${cues})|\\b(?:name|word):) {1,3}(?:the |a |an |probably |definitely |simply |maybe )?$`,
    "iu",
  );
/** What stands before the answer in a sentence, surest first: "called Elias" tells more than "is Elias". */
const leadIns = [
  after("by|choose|chose|pick|select|named|called|heißt|heisst|namens|s'appelle|se llama|si chiama|chama-se"),
  after("is|be|am|say|with|was|as|like|est|ist|es|è"),
];

const title = /\b(?:mrs?|ms|dr|sir|captain|old|young)\.? $/i;

/** Readings of an answer from the surest to the least sure; each may be empty. */
function readings(text: string): Readings {
  const normal = normaliseText(text);
  const said = withoutInterjection(stripMarkup(normal).trim());
  const clause = firstClause(said);
  // "Moss. I can't say why" gives an answer, "I'm sorry, I can't" does not.
  const answered = wordsOf(clause, "en", 4).length <= 3 && !declines(clause);
  const left = answered ? said : afterDeclining(said);
  const bare = left ?? "";
  return {
    bare,
    cued: afterAnswerCue(said),
    marked: left === said ? emphasised(normal).map((part) => stripMarkup(part)) : [],
    first: firstClause(bare),
  };
}

interface Readings {
  readonly bare: string;
  readonly cued: string | null;
  readonly marked: readonly string[];
  readonly first: string;
}

function withoutArticles(words: readonly { readonly text: string }[]): string[] {
  const texts = words.map(({ text }) => text);
  while (texts.length > 1 && articles.has((texts[0] ?? "").toLowerCase())) texts.shift();
  return texts;
}

/** First word after the surest of the cues that the text has. */
function introducedWord(bare: string, language: string, suits: (word: string) => boolean): string | null {
  const words = wordsOf(bare, language, 400).filter(({ text }) => suits(text));
  for (const leadIn of leadIns)
    for (const { text, start } of words)
      if (leadIn.test(bare.slice(Math.max(0, start - 32), start).replace(title, ""))) return text;
  return null;
}

/**
 * The one word of an answer, in lower case, without article: "**Serendipity**.", "An elephant", "My word is moss."
 * Null when the answer is longer and nothing marks one word as the answer.
 */
export function extractWord(text: string, language: string): string | null {
  const { bare, cued, marked, first } = readings(text);
  const short = (part: string): string | null => {
    const words = withoutArticles(wordsOf(part, language, 6));
    return words.length > 0 && words.length <= 2 ? category(words[0] ?? "") : null;
  };
  if (cued !== null)
    return short(firstClause(cued)) ?? category(withoutArticles(wordsOf(cued, language, 6))[0] ?? "");
  if (short(first) !== null) return short(first);
  const single = [...new Set(marked.map(short).filter((word) => word !== null))];
  if (single.length === 1) return single[0] ?? null;
  const introduced = introducedWord(
    bare,
    language,
    (word) => !articles.has(word.toLowerCase()) && !fillers.has(word.toLowerCase()),
  );
  if (introduced !== null) return category(introduced);
  if (isUnspaced(bare) && [...bare].length <= 12) return category(wordsOf(bare, language, 1)[0]?.text ?? "");
  const words = wordsOf(bare, language, 4);
  return words.length === 1 ? category(words[0]?.text ?? "") : null;
}

const nobody = new Set(
  "unknown none nobody no-one n/a anonymous unbekannt niemand inconnu inconnue personne desconocido desconocida nadie sconosciuto sconosciuta nessuno desconhecido ninguém неизвестно неизвестен никто 未知 无 無 不明 不詳 없음 모름".split(
    " ",
  ),
);

const isCapital = (word: string): boolean => /^\p{Lu}/u.test(word);

/** First name in a text that is nothing but a name, or in which a capital stands inside a sentence. */
function nameIn(part: string, language: string): string | null {
  const words = wordsOf(part, language, 400).filter(({ text }) => !titles.has(text.toLowerCase()));
  const content = words.filter(({ text }) => !fillers.has(text.toLowerCase()));
  if (isUnspaced(part) && [...part].length <= 6) return part;
  if (words.length <= 3 || isUnspaced(part)) return content[0]?.text ?? null;
  return content.find(({ text }) => isCapital(text))?.text ?? null;
}

/**
 * The first name that an answer gives, in lower case, without title: "Dr. Elara Voss" and "Elara." are both `elara`.
 * In a sentence, the capitalised word after "named", "is" or the like, else the first one that opens no sentence.
 */
export function extractName(text: string, language: string): string | null {
  const { bare, cued, marked, first } = readings(text);
  const words = wordsOf(bare, language, 400);
  const found = (name: string | null | undefined): string | null => {
    const value = name ? category(name.replace(/'s$/i, "")) : null;
    return value === null || nobody.has(value) ? null : value;
  };
  if (cued !== null) return found(nameIn(firstClause(cued), language));
  if (wordsOf(first, language, 4).length <= 3 && nameIn(first, language) !== null)
    return found(nameIn(first, language));
  const emphatic = marked
    .map((part) => nameIn(part, language))
    .find((name) => name !== null && isCapital(name));
  if (emphatic) return found(emphatic);
  const suits = (word: string): boolean =>
    isCapital(word) && !fillers.has(word.toLowerCase()) && !titles.has(word.toLowerCase());
  const introduced = introducedWord(bare, language, suits);
  if (introduced !== null) return found(introduced);
  const inside = words.find(
    ({ text: word, start }) => suits(word) && /[\p{L},] $/u.test(bare.slice(0, start)),
  );
  return found(inside?.text ?? nameIn(bare, language));
}
