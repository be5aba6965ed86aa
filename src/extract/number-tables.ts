import * as ar from "n2words/ar-SA";
import * as bn from "n2words/bn-BD";
import * as cs from "n2words/cs-CZ";
import * as da from "n2words/da-DK";
import * as de from "n2words/de-DE";
import * as el from "n2words/el-GR";
import * as es from "n2words/es-ES";
import * as fa from "n2words/fa-IR";
import * as fi from "n2words/fi-FI";
import * as fr from "n2words/fr-FR";
import * as he from "n2words/he-IL";
import * as hi from "n2words/hi-IN";
import * as hu from "n2words/hu-HU";
import * as id from "n2words/id-ID";
import * as it from "n2words/it-IT";
import * as ko from "n2words/ko-KR";
import * as nb from "n2words/nb-NO";
import * as nl from "n2words/nl-NL";
import * as pl from "n2words/pl-PL";
import * as pt from "n2words/pt-PT";
import * as ro from "n2words/ro-RO";
import * as ru from "n2words/ru-RU";
import * as sv from "n2words/sv-SE";
import * as sw from "n2words/sw-KE";
import * as ta from "n2words/ta-IN";
import * as th from "n2words/th-TH";
import * as tr from "n2words/tr-TR";
import * as uk from "n2words/uk-UA";
import * as vi from "n2words/vi-VN";

/** Largest number that is read as words, except in English and Chinese: years are. */
const largest = 2_100;

interface Wording {
  readonly spell: readonly ((value: number) => string)[];
  /** Other spellings of a whole number in words. */
  readonly respell?: readonly [RegExp, string][];
  readonly also?: Record<string, number>;
  /** Numbers that are also other words (it. sei, vi. năm): read only where they are the whole answer. */
  readonly ambiguous?: string;
}

const either = (
  cardinal: (value: number, options: { gender: "masculine" | "feminine" }) => string,
): ((value: number) => string)[] => [
  (value) => cardinal(value, { gender: "masculine" }),
  (value) => cardinal(value, { gender: "feminine" }),
];
const one = (cardinal: (value: number) => string) => [(value: number) => cardinal(value)];

const nativeTens = ["", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"];
const nativeOnes = ["", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"];
function nativeKorean(): Record<string, number> {
  const pairs = nativeTens.flatMap((ten, i) =>
    nativeOnes.map((digit, j) => [ten + digit, 10 * i + j] as const),
  );
  return Object.fromEntries(pairs.filter(([, value]) => value > 0));
}

const wordings: Record<string, Wording> = {
  ar: {
    spell: either(ar.toCardinal),
    respell: [
      [/ون(?= |$)/gu, "ين"],
      [/ان(?= |$)/gu, "ين"],
      [/مائة/gu, "مئة"],
    ],
    ambiguous: "ست",
  },
  bn: { spell: one(bn.toCardinal), respell: [[/^বেয়া/u, "বিয়া"]] },
  cs: { spell: one(cs.toCardinal), also: { jeden: 1, jedno: 1, dvě: 2 } },
  da: { spell: one(da.toCardinal), also: { en: 1 } },
  de: { spell: one(de.toCardinal), also: { ein: 1, eine: 1, zwo: 2, hundert: 100, tausend: 1000 } },
  el: {
    spell: one(el.toCardinal),
    also: { εφτά: 7, οχτώ: 8, εννιά: 9, μία: 1, μια: 1, τρεις: 3, τέσσερις: 4 },
  },
  es: {
    spell: either(es.toCardinal),
    also: { un: 1, veintitres: 23, veintidos: 22, veintiseis: 26, dieciseis: 16 },
  },
  fa: { spell: one(fa.toCardinal), ambiguous: "نه ده سی صد" },
  fi: { spell: one(fi.toCardinal), ambiguous: "kuusi" },
  fr: {
    spell: one(fr.toCardinal),
    also: { une: 1, septante: 70, octante: 80, huitante: 80, nonante: 90 },
    respell: [
      [/vingts$/u, "vingt"],
      [/un$/u, "une"],
    ],
    ambiguous: "neuf",
  },
  he: {
    spell: one(he.toCardinal),
    respell: [
      [/שתים/u, "שתיים"],
      [/שלש/gu, "שלוש"],
    ],
    also: {
      אחד: 1,
      שתיים: 2,
      שניים: 2,
      שני: 2,
      שלושה: 3,
      שלוש: 3,
      ארבעה: 4,
      חמישה: 5,
      שישה: 6,
      שבעה: 7,
      שמונה: 8,
      תשעה: 9,
      עשרה: 10,
    },
  },
  hi: { spell: one(hi.toCardinal), also: { छः: 6, छे: 6, नब्बे: 90 }, respell: [[/ँ/gu, "ं"]] },
  hu: { spell: one(hu.toCardinal), also: { két: 2 }, ambiguous: "hat" },
  id: { spell: one(id.toCardinal) },
  it: { spell: one(it.toCardinal), also: { una: 1, un: 1 }, respell: [[/é$/u, "e"]], ambiguous: "sei" },
  ko: {
    spell: one(ko.toCardinal),
    also: nativeKorean(),
    ambiguous: "영 일 이 삼 사 오 육 칠 팔 구 십 백 천 둘 셋 넷 열 쉰",
  },
  nb: { spell: one(nb.toCardinal), also: { ett: 1 }, respell: [[/syv$/u, "sju"]] },
  nl: { spell: one(nl.toCardinal), also: { een: 1 }, respell: [[/ddr/u, "dr"]] },
  pl: { spell: either(pl.toCardinal) },
  pt: {
    spell: one(pt.toCardinal),
    also: { uma: 1, duas: 2, catorze: 14, quatorze: 14 },
    respell: [
      [/dezas/u, "dezes"],
      [/dezano/u, "dezeno"],
      [/um$/u, "uma"],
      [/dois$/u, "duas"],
    ],
  },
  ro: { spell: either(ro.toCardinal), also: { un: 1, o: 1 } },
  ru: { spell: either(ru.toCardinal), also: { одно: 1, раз: 1 } },
  sv: { spell: one(sv.toCardinal), also: { en: 1 } },
  sw: { spell: one(sw.toCardinal) },
  ta: { spell: one(ta.toCardinal), also: { ஒரு: 1 }, respell: [[/று ஒ/u, "றொ"]] },
  th: { spell: one(th.toCardinal) },
  tr: { spell: one(tr.toCardinal), ambiguous: "yüz altı" },
  // The library spells these with a Latin i.
  uk: { spell: either(uk.toCardinal), respell: [[/i/gu, "і"]], also: { одне: 1 } },
  vi: { spell: one(vi.toCardinal), ambiguous: "không năm ba" },
};

/** Number words of one language. */
export interface NumberTable {
  /** Words in lower case, joined by single spaces (by nothing in Thai) -> value. */
  readonly values: ReadonlyMap<string, number>;
  readonly mostWords: number;
  /** Read only where they are the whole answer: 1, which is often an article, and words of another sense. */
  readonly ambiguous: ReadonlySet<string>;
}

/** As a number is looked up: lower case, hyphens as spaces, no Arabic or Hebrew vowel signs. */
export function numberKey(words: string): string {
  return words
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\u064b-\u0652\u0591-\u05c7]/gu, "")
    .replace(/[-']+/g, " ")
    .trim();
}

function tableOf(language: string, { spell, respell = [], also = {}, ambiguous = "" }: Wording): NumberTable {
  const values = new Map<string, number>();
  const put = (text: string, value: number) => {
    for (const key of [numberKey(text), numberKey(text.replace(/-/g, "")), numberKey(text.replace(/,/g, ""))])
      if (!values.has(key)) values.set(key, value);
  };
  for (const [text, value] of Object.entries(also)) put(text, value);
  for (let value = 0; value <= largest; value++)
    for (const say of spell) {
      const text = language === "th" ? say(value).replace(/ /g, "") : say(value);
      put(text, value);
      for (const [pattern, by] of respell) put(text.replace(pattern, by), value);
      put(
        respell.reduce((whole, [pattern, by]) => whole.replace(pattern, by), text),
        value,
      );
    }
  const ones = [...values].filter(([, value]) => value === 1).map(([key]) => key);
  return {
    values,
    mostWords: Math.max(...[...values.keys()].map((key) => key.split(" ").length)),
    ambiguous: new Set([...ones, ...ambiguous.split(" ").map(numberKey)]),
  };
}

const tables = new Map<string, NumberTable>();

/** Number words of a language (its primary subtag) up to 2,100, or null where they are not known. Made at first use. */
export function numberTable(primary: string): NumberTable | null {
  const language = { no: "nb", nn: "nb" }[primary] ?? primary;
  const known = tables.get(language);
  if (known !== undefined) return known;
  const wording = Object.hasOwn(wordings, language) ? wordings[language] : undefined;
  if (wording === undefined) return null;
  const made = tableOf(language, wording);
  tables.set(language, made);
  return made;
}
