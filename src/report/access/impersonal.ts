import type { AccessAnalysis } from "../../schema/access.ts";

/** Keys whose strings are Congener's own: pseudonyms, hashes, times, versions and words from a fixed list. */
const ownKeys = new Set(
  "account members accounts first second cluster templateHash createdAt firstTime lastTime firstDay congenerVersion format timeUnit columns absentColumns scale source earliest from until date owner".split(
    " ",
  ),
);
/** Sentences that hold counts of their own, in which a kind of customer may be named. */
const sentenceKeys = new Set(["reasons", "reason", "message", "advice", "rule", "note", "file"]);
const pseudonym = /^[AC]-[0-9a-f]{1,64}$/;

/**
 * Masks what names a person or a machine: e-mail addresses, URLs, IP addresses, ids of sixteen and more signs, and numbers
 * of six and more digits.
 */
export function maskText(text: string): string {
  return withoutIds(withoutAddresses(text)).replace(/\+?\p{Nd}(?:[ ().,:/-]{0,2}\p{Nd}){5,}/gu, "[number]");
}

/** The same, but of numbers only those of telephones: for sentences that count. */
const maskSentence = (text: string): string =>
  withoutIds(withoutAddresses(text)).replace(/\+\d[\d ().-]{6,}\d/g, "[number]");

function withoutAddresses(text: string): string {
  return text
    .slice(0, 20_000)
    .replace(/[^\s@<>"']{1,64}@[^\s@<>"']{1,255}/gu, "[e-mail]")
    .replace(/(?:\b[a-z][a-z0-9+.-]{1,20}:\/\/|\bwww\.)[^\s<>"']+/giu, "[URL]")
    .replace(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![\d.])/g, "[address]")
    .replace(/(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}|:)(?:\/\d{1,3})?(?![\w:])/gi, "[address]");
}

/** UUIDs, and sixteen and more letters and digits in a run with a digit among them: keys, fingerprints. */
function withoutIds(text: string): string {
  return text
    .replace(/(?<!\w)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!\w)/gi, "[id]")
    .replace(/(?<!\w)(?=\w{0,64}\d)\w{16,256}(?!\w)/g, "[id]");
}

/**
 * An analysis as a report may print it: a log's own words (kinds, topics, campaigns, file names, reasons) with personal
 * data masked. A second wall: the scan keeps addresses, payments, keys and account ids out of the analysis by itself.
 */
export function impersonal(analysis: AccessAnalysis): AccessAnalysis {
  // A kind that is itself an id or an address stands in sentences too, word for word.
  const kinds = [...new Set(analysis.kinds.map(({ kind }) => kind))]
    .map((kind) => [kind, maskText(kind)] as const)
    .filter(([kind, masked]) => kind !== masked)
    .sort(([a], [b]) => b.length - a.length);
  const sentence = (text: string) =>
    maskSentence(kinds.reduce((shown, [kind, masked]) => shown.replaceAll(kind, masked), text));
  // The same few words stand in the records of thousands of accounts.
  const known = [new Map<string, string>(), new Map<string, string>()] as const;
  const masked = (text: string, isSentence: boolean): string => {
    const before = known[isSentence ? 0 : 1].get(text);
    if (before !== undefined) return before;
    const shown = isSentence ? sentence(text) : maskText(text);
    known[isSentence ? 0 : 1].set(text, shown);
    return shown;
  };
  const visit = (value: unknown, key: string): unknown => {
    if (typeof value === "string") {
      if (ownKeys.has(key) || (pseudonym.test(value) && key !== "kind")) return value;
      return masked(value, sentenceKeys.has(key));
    }
    if (Array.isArray(value)) return value.map((item) => visit(item, key));
    // Names of models that came out are public, and often end in a date.
    if (value === null || typeof value !== "object" || key === "releases") return value;
    if (key === "files") return { ...value, name: maskSentence((value as { name: string }).name) };
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, name)]));
  };
  return visit(analysis, "") as AccessAnalysis;
}
