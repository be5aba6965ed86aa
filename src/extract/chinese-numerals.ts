import type { WrittenNumber } from "./written-number.ts";

const digits: Record<string, number> = Object.fromEntries(
  [..."零一二三四五六七八九"].map((sign, value) => [sign, value]),
);
Object.assign(digits, { 〇: 0, 两: 2, 兩: 2 });
const units: Record<string, number> = { 十: 10, 百: 100, 千: 1e3 };
const groups: Record<string, number> = { 万: 1e4, 萬: 1e4, 亿: 1e8, 億: 1e8 };

const numerals =
  /(?<ordinal>第)?(?<percent>百分之)?(?<whole>[零〇一二三四五六七八九十百千万萬亿億两兩]{1,20})(?:[点點](?<fraction>[零〇一二三四五六七八九]{1,15}))?(?=(?<next>.{0,2}))/gu;
/** Numerals that are words, alone and with what follows: 十分 (very), 万一 (in case), 四川, 三角. */
const words =
  /^(?:千万|千萬|万一|萬一|[百千万萬亿億]|[一二两兩三四五六七八九]{2})$|^(?:十分(?![钟鐘之])|万[物分]|三角|四川|八卦|七夕|五[官金]|九州|百[姓科货貨]|千[里萬]|[两兩][者难]|二[维維元]|三[明文])/u;
/** Before a lone 一 it is part of a word: 统一, 唯一, 之一. */
const oneAfter = /[统統唯之同每某任单單专專万萬划劃逐进進]$/u;

/** Value of a Chinese numeral of digits, units and groups; digits alone are read one by one (二〇二四). */
function numeralValue(numeral: string): number {
  if (!/[十百千万萬亿億]/u.test(numeral)) return Number([...numeral].map((sign) => digits[sign]).join(""));
  let [total, group, digit] = [0, 0, 0];
  for (const sign of numeral) {
    const [unit, scale] = [units[sign], groups[sign]];
    if (unit !== undefined) {
      group += (digit || 1) * unit;
      digit = 0;
    } else if (scale !== undefined) {
      total = (total + group + digit || 1) * scale;
      [group, digit] = [0, 0];
    } else digit = digits[sign] as number;
  }
  return total + group + digit;
}

/**
 * Chinese and Japanese numerals of a text: 四十二, 一点五, 百分之六十, 三万. A lone 一 counts only before a mark or the end,
 * for it opens too many words (一共, 一起, 一个); units without a digit before them (千, 万) and ordinals before a mark do not.
 */
export function chineseNumerals(text: string): WrittenNumber[] {
  if (/^[\s"(*]{0,5}一[つ个個人次条條天年名匹枚]?[\s".。!！)*]{0,5}$/u.test(text))
    return [{ value: 1, start: text.indexOf("一") }];
  const found: WrittenNumber[] = [];
  for (const match of text.matchAll(numerals)) {
    const { ordinal, percent, whole = "", fraction, next = "" } = match.groups ?? {};
    const before = text.slice(Math.max(0, match.index - 1), match.index);
    const closed = !/^[\p{L}\p{N}]/u.test(next);
    const plain = percent === undefined && fraction === undefined;
    const isWord = plain && [whole, whole + next].some((part) => words.test(part));
    const isOne = plain && whole === "一" && (!closed || oneAfter.test(before));
    // 3万 is read with its digits; 第二， opens a paragraph.
    if (isWord || isOne || (ordinal !== undefined && closed) || /\d/.test(before)) continue;
    const decimals = [...(fraction ?? "")].map((sign) => digits[sign]).join("");
    const value = Number(`${numeralValue(whole)}.${decimals || 0}`);
    if (Number.isFinite(value)) found.push({ value, start: match.index });
  }
  return found;
}
