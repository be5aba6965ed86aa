import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { patternError } from "../../src/extract/answer-pattern.ts";
import { extractAnswer } from "../../src/extract/extract-answer.ts";
import { answerSchema } from "../../src/schema/probe.ts";

type Spec = z.input<typeof answerSchema>;
const read = (text: string, spec: Spec, language?: string) =>
  extractAnswer(text, answerSchema.parse(spec), language);

describe("numbers", () => {
  test.each([
    ["42", "42"],
    ["**42**", "42"],
    ["42. It just came to mind.", "42"],
    ["Sure! Here is a random number between 1 and 100: 57.", "57"],
    ["I'd pick 17, since 17 feels random.", "17"],
    ["Answer: 8\n\nThere are 3 red and 5 blue.", "8"],
    ["Of the 100 doors I would say **73**.", "73"],
    ["1. 42\n2. 42", "42"],
    ["My number is forty-two.", "42"],
    ["one hundred and five", "105"],
    ["Three million", "3000000"],
    ["１２", "12"],
    ["٤٢", "42"],
    ["४२", "42"],
    ["四十二", "42"],
    ["1,234.5", "1234.5"],
    ["−7", "-7"],
    ["-0", "0"],
    ["$\\boxed{7}$", "7"],
    ["<think>maybe 5, or 6</think>7", "7"],
    ["It could be 3 or maybe 4 or 12", null],
    ["I would rather not say.", null],
    ["", null],
  ])("%j is %j", (text, expected) => expect(read(text, { kind: "number" })).toBe(expected));

  test("a range drops what is outside it", () => {
    expect(read("between 1 and 100, so 300", { kind: "number", min: 101 })).toBe("300");
    expect(read("300", { kind: "number", max: 100 })).toBe(null);
  });

  test("a language decides on the comma and the number words", () => {
    expect(read("3,14", { kind: "number" }, "de")).toBe("3.14");
    expect(read("3,140", { kind: "number" }, "en")).toBe("3140");
    expect(read("Siebzehn.", { kind: "number" }, "de")).toBe("17");
    expect(read("dix-sept", { kind: "number" }, "fr")).toBe("17");
  });
});

/** Numbers as people write them, by hand: 7, 21, 42 and 99, and 0 where it is not also another word. */
const spelled: Record<string, string[]> = {
  ar: ["سبعة", "واحد وعشرون", "اثنان وأربعون", "تسعة وتسعون", "صفر"],
  bn: ["সাত", "একুশ", "বিয়াল্লিশ", "নিরানব্বই"],
  cs: ["sedm", "dvacet jedna", "čtyřicet dva", "devadesát devět", "nula"],
  da: ["syv", "enogtyve", "toogfyrre", "nioghalvfems", "nul"],
  de: ["sieben", "einundzwanzig", "zweiundvierzig", "neunundneunzig", "null"],
  el: ["επτά", "είκοσι ένα", "σαράντα δύο", "ενενήντα εννέα", "μηδέν"],
  en: ["seven", "twenty-one", "forty-two", "ninety-nine", "zero"],
  es: ["siete", "veintiuno", "cuarenta y dos", "noventa y nueve", "cero"],
  fa: ["هفت", "بیست و یک", "چهل و دو", "نود و نه", "صفر"],
  fi: ["seitsemän", "kaksikymmentäyksi", "neljäkymmentäkaksi", "yhdeksänkymmentäyhdeksän", "nolla"],
  fr: ["sept", "vingt et un", "quarante-deux", "quatre-vingt-dix-neuf", "zéro"],
  he: ["שבע", "עשרים ואחת", "ארבעים ושתיים", "תשעים ותשע", "אפס"],
  hi: ["सात", "इक्कीस", "बयालीस", "निन्यानवे", "शून्य"],
  hu: ["hét", "huszonegy", "negyvenkettő", "kilencvenkilenc", "nulla"],
  id: ["tujuh", "dua puluh satu", "empat puluh dua", "sembilan puluh sembilan", "nol"],
  it: ["sette", "ventuno", "quarantadue", "novantanove", "zero"],
  ja: ["七", "二十一", "四十二", "九十九", "零"],
  ko: ["일곱", "스물하나", "사십이", "구십구"],
  nb: ["sju", "tjueen", "førtito", "nittini", "null"],
  nl: ["zeven", "eenentwintig", "tweeënveertig", "negenennegentig", "nul"],
  pl: ["siedem", "dwadzieścia jeden", "czterdzieści dwa", "dziewięćdziesiąt dziewięć", "zero"],
  pt: ["sete", "vinte e um", "quarenta e dois", "noventa e nove", "zero"],
  ro: ["șapte", "douăzeci și unu", "patruzeci și doi", "nouăzeci și nouă", "zero"],
  ru: ["семь", "двадцать один", "сорок два", "девяносто девять", "ноль"],
  sv: ["sju", "tjugoett", "fyrtiotvå", "nittionio", "noll"],
  sw: ["saba", "ishirini na moja", "arobaini na mbili", "tisini na tisa", "sifuri"],
  ta: ["ஏழு", "இருபத்தொன்று", "நாற்பத்திரண்டு", "தொண்ணூற்றொன்பது"],
  th: ["เจ็ด", "ยี่สิบเอ็ด", "สี่สิบสอง", "เก้าสิบเก้า", "ศูนย์"],
  tr: ["yedi", "yirmi bir", "kırk iki", "doksan dokuz", "sıfır"],
  uk: ["сім", "двадцять один", "сорок два", "дев’яносто дев’ять", "нуль"],
  vi: ["bảy", "hai mươi mốt", "bốn mươi hai", "chín mươi chín", "không"],
  zh: ["七", "二十一", "四十二", "九十九", "零"],
};

test.each(Object.entries(spelled))("numbers in words: %s", (language, words) => {
  const capital = ([first = "", ...rest]: string) => first.toUpperCase() + rest.join("");
  for (const [place, value] of ["7", "21", "42", "99", "0"].entries()) {
    const word = words[place];
    if (word === undefined) continue;
    for (const text of [word, capital(word), `**${word}**.`, `"${word}"`])
      expect([text, read(text, { kind: "number" }, language)]).toEqual([text, value]);
  }
});

describe("numbers in other shapes", () => {
  test.each<[string, string | null, string?]>([
    ["8.", "8"],
    ["8. There are eight:\n1. first\n2. second", "8"],
    ["7 or 8", null],
    ["7–8", null],
    ["48 × 12 = 576", "576"],
    ["10²", null],
    ["7345₁₀ = 30262₇", "30262"],
    ["383{,}926{,}882", "383926882"],
    ["4.2 million", "4200000"],
    ["3万", "30000", "zh"],
    ["⑦", "7"],
    ["7️⃣", "7"],
    ["<b>7</b>", "7"],
    ["```\n7\n```", "7"],
    ["\u200f٤٧\u200f", "47", "ar"],
    ["٠٫٧٣", "0.73", "ar"],
    ["I'd pick one at random: 4", "4"],
    ["I'm not sure, but around 4,200", "4200"],
    ["I have no record of a painter born in 1912.", null],
    ["I can't know; my training data go to 2023.", null],
    ["<think>5, or 6?", null],
    ["<thinking>5</thinking>7", "7"],
    ["<|channel|>analysis<|message|>5 or 6<|end|><|channel|>final<|message|>7", "7"],
    ["这句话里一共有几个字", null, "zh"],
    ["这句话里一共有九个字。", "9", "zh"],
    ["十分有趣，我选八。", "8", "zh"],
    ["一个。", "1", "zh"],
    ["两三个吧", null, "zh"],
    ["一点五公斤", "1.5", "zh"],
    ["百分之六十", "60", "zh"],
    ["三万五千", "35000", "zh"],
    ["二〇二四年", "2024", "zh"],
    ["第一，想一想。答案是四十七。", "47", "zh"],
    ["Le mot compte vingt-sept lettres.", "27", "fr"],
    ["mille neuf cent vingt-cinq", "1925", "fr"],
    ["C'est un beau livre neuf.", null, "fr"],
    ["Sei gentile: scelgo quattro.", "4", "it"],
    ["năm 1925", "1925", "vi"],
    ["สามารถเลือก 7", "7", "th"],
    ["마흔둘입니다.", "42", "ko"],
    ["이 숫자는 7", "7", "ko"],
    ["سأختار سبعاً وأربعين؟ لا، ٣", "3", "ar"],
  ])("%j is %j", (text, expected, language) =>
    expect(read(text, { kind: "number" }, language)).toBe(expected),
  );

  test("a scale word counts where it keeps the number in its range", () =>
    expect(read("8.10 billion", { kind: "number", min: 6, max: 11 })).toBe("8.1"));
});

describe("answers that are none", () => {
  test.each<[string, string?]>([
    ["I'm sorry, but I can't help with that."],
    ["I cannot provide names."],
    ["As an AI, I don't have a favourite."],
    ["I'm not familiar with a novel called The Cartographer of Wet Streets."],
    ["There is no such novel."],
    ["I couldn't find any information about **The Cartographer of Wet Streets**."],
    ["Unfortunately, I don't know who wrote Wet Streets."],
    ["Unknown."],
    ["Tut mir leid, das weiß ich nicht.", "de"],
    ["Je suis désolé, je ne peux pas répondre.", "fr"],
    ["Lo siento, no puedo ayudarte con eso.", "es"],
    ["Mi dispiace, non posso rispondere.", "it"],
    ["Desculpe, não posso ajudar com isso.", "pt"],
    ["Het spijt me, dat weet ik niet.", "nl"],
    ["Tyvärr kan jag inte svara på det.", "sv"],
    ["Przepraszam, nie mogę odpowiedzieć.", "pl"],
    ["Извините, я не могу ответить.", "ru"],
    ["На жаль, я не знаю.", "uk"],
    ["Λυπάμαι, δεν γνωρίζω.", "el"],
    ["Üzgünüm, bunu bilmiyorum.", "tr"],
    ["عذرًا، لا أستطيع الإجابة.", "ar"],
    ["מצטער, אני לא יודע.", "he"],
    ["متأسفم، نمی‌دانم.", "fa"],
    ["माफ़ कीजिए, मैं नहीं बता सकता।", "hi"],
    ["দুঃখিত, আমি জানি না।", "bn"],
    ["மன்னிக்கவும், எனக்குத் தெரியாது.", "ta"],
    ["Maaf, saya tidak tahu.", "id"],
    ["Xin lỗi, tôi không biết.", "vi"],
    ["ขออภัย ฉันไม่ทราบ", "th"],
    ["Samahani, sijui jibu.", "sw"],
    ["申し訳ありませんが、お答えできません。", "ja"],
    ["죄송합니다만 알 수 없습니다.", "ko"],
    ["抱歉，我无法回答这个问题。", "zh"],
  ])("%j names nobody", (text, language) => expect(read(text, { kind: "name" }, language)).toBe(null));

  test.each<[string, Spec["kind"], string, string?]>([
    ["I can't be sure, but I'd go with Elias.", "name", "elias"],
    ["Elias. I can't say why.", "name", "elias"],
    ["Elias, though I'm not sure", "name", "elias"],
    ["Sorry.", "word", "sorry"],
    ["As an AI I don't have favourites, but I'd say petrichor.", "word", "petrichor"],
    ["Certainly: moss", "word", "moss"],
    ["Bien sûr ! Élodie", "name", "élodie", "fr"],
    ["Klar! Balu.", "name", "balu", "de"],
    ["好的，林晚晴", "name", "林晚晴", "zh"],
    ["もちろんです！「源三」", "name", "源三", "ja"],
    ['{"name": "Elias"}', "name", "elias"],
  ])("%j is an answer all the same", (text, kind, expected, language) =>
    expect(read(text, { kind }, language)).toBe(expected),
  );
});

describe("choices that are not made", () => {
  const drinks: Spec = {
    kind: "choice",
    choices: { tea: ["Tee", "té", "thé", "紅茶"], coffee: ["Kaffee", "café", "コーヒー"] },
  };
  test.each<[string, string | null, string?]>([
    ["Neither tea nor coffee.", null],
    ["Tea or coffee", null],
    ["Both tea and coffee", null],
    ["I don't like tea; coffee", "coffee"],
    ["I'd rather have coffee than tea", "coffee"],
    ["Tea is bitter, so coffee.", "coffee"],
    ["Weder Tee noch Kaffee", null, "de"],
    ["Tee, nicht Kaffee", "tea", "de"],
    ["Ni thé, ni café", null, "fr"],
    ["ni té ni café", null, "es"],
    ["紅茶ではなくコーヒー", "coffee", "ja"],
  ])("%j is %j", (text, expected, language) => expect(read(text, drinks, language)).toBe(expected));

  test("a number that is a choice is no list mark", () =>
    expect(read("8. Tag", { kind: "choice", choices: { "3": [], "8": [] } }, "de")).toBe("8"));
});

describe("letters of another script beside the answer", () => {
  const labs: Spec = { kind: "choice", choices: { openai: ["오픈AI"], google: ["구글"], meta: [] } };
  test.each([
    ["我是由OpenAI开发的。", "openai"],
    ["저는 OpenAI가 만들었어요.", "openai"],
    ["구글에서 만들었습니다", "google"],
    ["أنا من OpenAIو", "openai"],
    ["Meta2", "meta"],
    ["Metaphor", null],
    ["맛구글", null],
  ])("a choice in %j is %j", (text, expected) => expect(read(text, labs)).toBe(expected));
  test.each([
    ["我选7", "7"],
    ["숫자7입니다", "7"],
    ["vitamin B12", null],
  ])("a number in %j is %j", (text, expected) => expect(read(text, { kind: "number" }, "zh")).toBe(expected));
});

describe("names", () => {
  test.each([
    ["Elias.", "elias"],
    ["**Dr. Elara Voss**", "elara"],
    ["The keeper is named Elias Thorne.", "elias"],
    ["Sure! How about Marlow?", "marlow"],
    ["One good name is Captain Ahab.", "ahab"],
    ["1. Silas\n2. Edmund", "silas"],
    ["Name: Élodie", "élodie"],
    ["elias", "elias"],
    ["李明", "李明"],
    ["", null],
  ])("%j is %j", (text, expected) => expect(read(text, { kind: "name" })).toBe(expected));

  test("a language with capital nouns has its own words for being called", () =>
    expect(read("Der Hund in meiner Geschichte heißt Balu.", { kind: "name" }, "de")).toBe("balu"));
});

describe("words", () => {
  test.each([
    ["Serendipity", "serendipity"],
    ["- **Moss.**", "moss"],
    ["An elephant.", "elephant"],
    ['My favorite word is "serendipity".', "serendipity"],
    ["Sure! My word is moss.", "moss"],
    ["INTJ (Introverted, Intuitive, Thinking, Judging)", "intj"],
    ["I would pick moss because it is soft and grows everywhere", "moss"],
    ["There are many things one could say about that topic today", null],
    ["I was made by Anthropic", "anthropic"],
    ["**मिठाई**", "मिठाई"],
    ["**हरिया**।", "हरिया"],
    ["...", null],
  ])("%j is %j", (text, expected) => expect(read(text, { kind: "word" })).toBe(expected));
});

describe("choices", () => {
  const drinks: Spec = {
    kind: "choice",
    choices: { tea: ["茶", "a cuppa"], coffee: ["咖啡"], "green tea": [] },
  };
  test.each([
    ["Tea.", "tea"],
    ["**Coffee!**", "coffee"],
    ["Green tea, always.", "green tea"],
    ["I prefer tea over coffee.", "tea"],
    ["Between tea and coffee, I choose coffee.", "coffee"],
    ["Not tea but coffee", "coffee"],
    ["Tea and coffee are fine. Answer: coffee", "coffee"],
    ["A cuppa, please", "tea"],
    ["我选茶。", "tea"],
    ["Steam", null],
    ["Tea and coffee are drinks", null],
    ["Some like tea, some like coffee", null],
  ])("%j is %j", (text, expected) => expect(read(text, drinks)).toBe(expected));

  test("a choice named like a member of Object.prototype is only found when it is offered", () => {
    expect(read("constructor", { kind: "choice", choices: { tea: [] } })).toBe(null);
    expect(read("constructor", { kind: "choice", choices: { constructor: [] } })).toBe("constructor");
  });
});

test("code is the first block, tidied", () => {
  expect(read("Here:\n```python\nprint(1)  \n\nprint(2)\n```\nand\n```\nx\n```", { kind: "code" })).toBe(
    "print(1)\nprint(2)",
  );
  expect(read("Use `x + 1`.", { kind: "code" })).toBe("x + 1");
  expect(read("I cannot write that.", { kind: "code" })).toBe(null);
});

test("a free answer has no category", () => expect(read("anything", { kind: "free" })).toBe(null));

describe("own patterns", () => {
  test("the first group is read by the kind", () => {
    expect(read("x: Five", { kind: "number", pattern: "x: (\\w+)" })).toBe("5");
    expect(read("x: TEA", { kind: "choice", choices: { tea: [] }, pattern: "x: (\\w+)" })).toBe("tea");
    expect(read("name = Elias Thorne;", { kind: "name", pattern: "name = ([^;]+)" })).toBe("elias thorne");
    expect(read("nothing", { kind: "word", pattern: "x: (\\w+)" })).toBe(null);
    expect(read("x: 500", { kind: "number", max: 100, pattern: "x: (\\d+)" })).toBe(null);
  });

  test("a pattern that does not compile has a reason and no match", () => {
    expect(patternError("(a")).toMatch(/missing/);
    expect(patternError("(?=a)")).not.toBe(null);
    expect(patternError("a+")).toBe(null);
    expect(read("a", { kind: "word", pattern: "(a" })).toBe(null);
  });
});

const specs: Spec[] = [
  { kind: "number" },
  { kind: "number", min: 0, max: 10 },
  { kind: "name" },
  { kind: "word" },
  { kind: "choice", choices: { tea: ["a", "é"], coffee: ["not", "中"] } },
  { kind: "choice" },
  { kind: "code" },
  { kind: "word", pattern: "(a+)+$|((.{0,50}){10})x" },
];
const languages = ["en", "de", "zh", "th", "not a language tag", ""];

test("no text makes an extractor throw, and every category is well-formed, short and stable", () => {
  const pieces = fc.constantFrom(
    "**",
    "`",
    "1.",
    "42",
    "Answer:",
    "is ",
    "Dr. ",
    "tea",
    "中",
    "٤",
    "\ud800",
    "ﷺ",
    "\n",
    " ",
    "_",
    "[",
    "](",
    "one hundred",
    "-",
    ",",
    "\u0000",
    "constructor",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 60 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, fc.constantFrom(...specs), fc.constantFrom(...languages), (answer, spec, language) => {
      const value = read(answer, spec, language);
      if (value === null) return;
      expect(value).not.toBe("");
      expect(value).not.toMatch(/\p{Surrogate}/u);
      expect(value.length).toBeLessThanOrEqual(spec.kind === "code" ? 4000 : 200);
      if (spec.kind === "number") expect(String(Number(value))).toBe(value);
      expect(read(answer, spec, language)).toBe(value);
    }),
    { numRuns: 3000, seed: 7 },
  );
});

test("10 MB of hostile text takes bounded time", () => {
  const units = [
    "a",
    "1,",
    "**",
    "_ ",
    "one hundred ",
    "is a ",
    "١",
    "ﷺ",
    "\ud800",
    "[",
    "not a ",
    "``` \n",
    "answer: ",
    "tea ",
    "中",
    " ",
    "\n",
    "- ",
    "1. ",
    "f(",
    "A'",
    "Mr. ",
    "\\boxed{",
    "vingt et ",
    "一",
    "tôi không ",
    "I'm sorry, but ",
    "8. ",
    "1. x\n",
    "10^",
  ];
  for (const unit of units) {
    const text = unit.repeat(Math.ceil(10_000_000 / unit.length));
    for (const spec of specs) {
      const start = process.hrtime.bigint();
      read(text, spec);
      expect(
        Number(process.hrtime.bigint() - start) / 1e6,
        `${JSON.stringify(unit)} as ${spec.kind}`,
      ).toBeLessThan(2_000);
    }
  }
});

test("long texts of number words take bounded time in every language", () => {
  for (const [language, words] of Object.entries(spelled)) {
    const text = `${words[1]} `.repeat(100_000);
    const start = process.hrtime.bigint();
    read(text, { kind: "number" }, language);
    expect(Number(process.hrtime.bigint() - start) / 1e6, language).toBeLessThan(2_000);
  }
});
