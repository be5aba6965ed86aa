/** Characters of a response that are read at all: what a closed answer says, it says at the start or at the end. */
const headLength = 16_000;
const tailLength = 4_000;

/** Longest category that is returned, in UTF-16 units; code may be longer. */
const categoryLength = 200;

/** How reasoning is marked that a server leaves in the text: where it begins, and after what the answer does. */
const thoughts: readonly (readonly [open: string, close: string])[] = [
  ["<thinking>", "</thinking>"],
  ["<thought>", "</thought>"],
  ["<reasoning>", "</reasoning>"],
  ["◁think▷", "◁/think▷"],
  ["[THINK]", "[/THINK]"],
  ["<|channel|>analysis", "<|channel|>final<|message|>"],
  // Last, because some templates leave out its beginning.
  ["<think>", "</think>"],
];

/** A text without the reasoning that a server left in it; empty where the reasoning was begun and never ended. */
function withoutThought(text: string): string {
  const start = text.slice(0, 100).trimStart();
  const begun = thoughts.find(([open]) => start.startsWith(open));
  const [, close] = begun ?? (thoughts.at(-1) as (typeof thoughts)[number]);
  const end = text.lastIndexOf(close);
  if (end >= 0) return text.slice(end + close.length);
  return begun === undefined ? text : "";
}

/**
 * Start and end of a text, at most 20,000 UTF-16 units together, so that whatever follows takes bounded time.
 * The cut, if any, becomes a line break. Reasoning inside `<think>` tags and their like is dropped first.
 */
export function cutText(text: string): string {
  const answer = withoutThought(text);
  if (answer.length <= headLength + tailLength) return answer;
  return `${answer.slice(0, headLength)}\n${answer.slice(-tailLength)}`;
}

/** Value of a decimal digit of any script, by its place in its run of ten. */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let place = 0;
  while (place < 60 && /^\p{Nd}$/u.test(String.fromCodePoint(Math.max(0, code - place - 1)))) place++;
  return String(place % 10);
}

/** Raised and lowered digits, which NFKC would join to what stands before them: 10² is not 102. */
const raised = /[⁰¹²³⁴-⁹]+/g;
const lowered = /[₀-₉]+/g;

/**
 * A cut text in one spelling: NFKC (full-width forms, ligatures), digits of every script as 0-9, plain quotes, hyphens
 * and spaces, no lone surrogates and no control characters but line breaks. At most 20,000 UTF-16 units.
 */
export function normaliseText(text: string): string {
  return cutText(text)
    .replace(raised, (digits) => `^${digits}`)
    .replace(lowered, (digits) => `_${digits}`)
    .normalize("NFKC")
    .slice(0, headLength + tailLength)
    .replace(/\p{Surrogate}/gu, "")
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
    .replace(/[^\P{Cc}\n\t]|\p{Cf}/gu, "")
    .replace(/[\p{Zs}\t]/gu, " ")
    .replace(/[‘’‚‛`´ʼ]/g, (quote) => (quote === "`" ? quote : "'"))
    .replace(/[“”„‟«»「」『』]/g, '"')
    .replace(/[‐‑‒–—−]/g, "-")
    .replace(/[^\P{Nd}0-9]/gu, digitValue)
    .replace(/(?<=\d)٫(?=\d)/g, ".")
    .replace(/(?<=\d)٬(?=\d)/g, ",");
}

/** A line that begins as an item of a numbered list does; or as an answer: "8. There are eight." */
const numberedLine = /^( {0,8})(\d{1,3})[.)] +/;

/**
 * Text without the marks of its numbered lists: those that count on from 1. Other numbers at the start of a line are
 * no marks but answers.
 * @param fewest - items from which it is a list
 */
export function stripNumbering(text: string, fewest = 1): string {
  const lines = text.split("\n");
  let items: number[] = [];
  const strip = () => {
    if (items.length >= fewest)
      for (const item of items) lines[item] = (lines[item] ?? "").replace(numberedLine, "$1");
    items = [];
  };
  for (const [place, line] of lines.entries()) {
    const mark = numberedLine.exec(line)?.[2];
    if (mark === undefined) continue;
    if (Number(mark) === 1) strip();
    if (Number(mark) === items.length + 1) items.push(place);
  }
  strip();
  return lines.join("\n");
}

/**
 * Text without its markdown, HTML and TeX dress: emphasis, code ticks, headings, quotes, links, simple tags, `\boxed{}` and
 * list marks.
 * @param options.keepNumbering - keep "1." at the start of a line, which may be the answer itself
 */
export function stripMarkup(text: string, options: { readonly keepNumbering?: boolean } = {}): string {
  const bare = text
    .replace(/^ {0,8}```.*$/gm, "")
    .replace(/<\/?(?:[biup]|em|strong|code|pre|span|div|br|answer|h\d)(?: [^<>\n]{0,100})?\/?>/gi, "")
    .replace(/(?<=\d)(?:\{,\}|\\,)(?=\d)/g, ",")
    .replace(/\\(?:boxed|text|textbf|mathrm|mathbf)\{([^{}\n]{0,200})\}/g, "$1")
    .replace(/\\[()[\]]|\$/g, "")
    .replace(/!?\[([^\][\n]{0,200})\]\([^()\s]{0,400}\)/g, "$1")
    .replace(/^ {0,8}(?:#{1,6} |> ?|[-*+•] )/gm, "")
    .replace(/\*{1,3}|~~|`/g, "")
    .replace(/(^|[^\p{L}\p{N}])_{1,3}(?=[\p{L}\p{N}])/gu, "$1")
    .replace(/([\p{L}\p{N}.!?])_{1,3}(?![\p{L}\p{N}])/gu, "$1");
  return options.keepNumbering ? bare : stripNumbering(bare);
}

const cue =
  /(?:\bthe (?:final )?answer is|\b(?:final )?answer(?: is)? ?[:=]|\b(?:antwort|réponse|respuesta|risposta|resposta|antwoord|svar|vastaus|odpowiedź|odpověď|răspuns|cevap|yanıt|jawaban|trả lời|jibu) ?[:=]|(?<!\p{L})(?:ответ|відповідь|απάντηση|الإجابة|الجواب|תשובה|پاسخ|उत्तर|জবাব|উত্তর|பதில்|คำตอบ|정답|답)(?:은|는)? ?[:=]|(?:答案|回答|答え|答)(?:是|は|[:=]))[ \n:]{0,4}/giu;

/** What follows the last "Answer:" or its like, or null where there is none or nothing follows. */
export function afterAnswerCue(text: string): string | null {
  let end = -1;
  for (const match of text.matchAll(cue)) end = match.index + match[0].length;
  const rest = end < 0 ? "" : text.slice(end).trim();
  return rest === "" ? null : rest;
}

/** Texts that the answer sets in bold, in code ticks or in double quotes, in order; at most 50, each of 100 characters. */
export function emphasised(text: string): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(
    /\*\*([^*\n]{1,100})\*\*|__([^_\n]{1,100})__|`([^`\n]{1,100})`|"([^"\n]{1,100})"/g,
  )) {
    found.push((match[1] ?? match[2] ?? match[3] ?? match[4] ?? "").trim());
    if (found.length === 50) break;
  }
  return found;
}

/**
 * A category's spelling: lower case, outer punctuation and repeated spaces gone; null when nothing is left. A vowel sign
 * at the end (हरिया) is part of the word, the emoji variation selector is not.
 */
export function category(text: string): string | null {
  const value = text
    .toLowerCase()
    .normalize("NFKC")
    .replace(/^[^\p{L}\p{N}\p{S}]{1,1000}|(?:[^\p{L}\p{N}\p{S}\p{M}]|\u{FE0F}){1,1000}$/gu, "")
    .replace(/\s{1,1000}/gu, " ")
    .slice(0, categoryLength)
    .replace(/\p{Surrogate}/gu, "")
    .trim();
  return value === "" ? null : value;
}
