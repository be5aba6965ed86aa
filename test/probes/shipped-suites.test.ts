import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { extractAnswer } from "../../src/extract/extract-answer.ts";
import { findingText } from "../../src/probes/finding.ts";
import { lintSuite } from "../../src/probes/lint-suite.ts";
import { loadSuite } from "../../src/probes/load-suite.ts";
import { publishedTexts } from "../../src/probes/published-texts.ts";
import { readSuiteFile } from "../../src/probes/read-suite-file.ts";
import { probeHash } from "../../src/schema/identity.ts";
import type { Probe } from "../../src/schema/probe.ts";

const folder = join(import.meta.dirname, "../../probes");

test("the shipped suites have nothing to mend", async () => {
  const paths = (await readdir(folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join(folder, name));
  const files = await Promise.all(paths.map((path) => readSuiteFile(path)));
  const findings = lintSuite(files, { published: await publishedTexts(folder) });
  expect(findings.map(findingText)).toEqual([]);
});

test("demo is short and broad", async () => {
  const { probes } = await loadSuite("demo", folder);
  // 44 left the honest suspect inconclusive in 4 of 20 seeds: docs/method.md.
  expect(probes.length).toBe(64);
  expect(new Set(probes.map(({ family }) => family)).size).toBe(15);
  for (const { id, params, messages, language } of probes) {
    expect(params.max_tokens, id).toBeGreaterThanOrEqual(8);
    expect(params.max_tokens, id).toBeLessThanOrEqual(90);
    expect(messages?.length, id).toBe(1);
    expect(language, id).toBe("en");
  }
});

test("full covers the families", async () => {
  const { probes } = await loadSuite("full", folder);
  expect(probes.length).toBeGreaterThanOrEqual(320);
  const families = new Set(probes.map(({ family }) => family));
  expect(families.size).toBeGreaterThanOrEqual(24);
  const identity = probes.filter(({ family }) => family === "identity");
  expect(new Set(identity.map(({ language }) => language)).size).toBeGreaterThanOrEqual(20);
  expect(probes.filter(({ paraphrases }) => paraphrases.length > 0).length).toBeGreaterThan(
    probes.length / 3,
  );
  for (const { id, samples, params, why, answer } of probes) {
    expect([id, samples], id).toEqual([id, expect.any(Number)]);
    expect(params.max_tokens, id).toBeGreaterThan(0);
    expect(why.length, id).toBeGreaterThan(30);
    if (answer.kind !== "free") expect(answer.examples.length, id).toBeGreaterThan(0);
  }
});

test("core is a part of full in all its families, and quick is a short part of core, word for word", async () => {
  const [full, core, quick] = await Promise.all(
    ["full", "core", "quick"].map(async (name) => (await loadSuite(name, folder)).probes),
  );
  const familiesOf = (probes: readonly Probe[] = []) => new Set(probes.map(({ family }) => family));
  expect(core).toHaveLength(150);
  expect(familiesOf(core)).toEqual(familiesOf(full));
  expect(quick?.length).toBeGreaterThanOrEqual(40);
  expect(quick?.reduce((sum, { params }) => sum + Number(params.max_tokens), 0)).toBeLessThanOrEqual(12_000);
  for (const [part, whole] of [
    [core, full],
    [quick, core],
  ]) {
    const hashes = new Set(whole?.map(probeHash));
    expect(part?.filter((probe) => !hashes.has(probeHash(probe))).map(({ id }) => id)).toEqual([]);
  }
});

/** How a model says that it will not or cannot answer, in the languages of the closed probes. */
const refusals: Record<string, string[]> = {
  en: [
    "I'm sorry, but I can't help with that.",
    "As an AI, I don't have personal preferences.",
    "I don't have enough information to answer that.",
    "I'm not familiar with that.",
    "Unfortunately, I don't know.",
    "There is no such thing in my knowledge up to 2023.",
  ],
  de: ["Tut mir leid, dabei kann ich nicht helfen."],
  fr: ["Je suis désolé, je ne peux pas répondre."],
  es: ["Lo siento, no puedo responder."],
  it: ["Mi dispiace, non posso rispondere."],
  pt: ["Desculpe, não posso ajudar."],
  nl: ["Sorry, dat weet ik niet."],
  pl: ["Przepraszam, nie mogę odpowiedzieć."],
  ru: ["Извините, я не могу ответить."],
  uk: ["Вибачте, я не знаю."],
  el: ["Λυπάμαι, δεν γνωρίζω."],
  tr: ["Üzgünüm, bunu bilmiyorum."],
  ar: ["عذرًا، لا أستطيع الإجابة عن ذلك."],
  he: ["מצטער, אני לא יודע."],
  fa: ["متأسفم، نمی‌دانم."],
  hi: ["माफ़ कीजिए, मैं नहीं बता सकता।"],
  bn: ["দুঃখিত, আমি জানি না।"],
  ta: ["மன்னிக்கவும், எனக்குத் தெரியாது."],
  ja: ["申し訳ありませんが、お答えできません。"],
  ko: ["죄송합니다. 답변할 수 없습니다."],
  zh: ["抱歉，我无法回答这个问题。"],
  id: ["Maaf, saya tidak tahu."],
  vi: ["Xin lỗi, tôi không biết."],
  th: ["ขออภัย ฉันไม่ทราบ"],
  sw: ["Samahani, sijui jibu."],
};

test("no closed probe reads a refusal as an answer", async () => {
  const { probes } = await loadSuite("full", folder);
  const closed = probes.filter(({ answer }) => !["free", "code"].includes(answer.kind));
  expect(closed.length).toBeGreaterThan(150);
  for (const { id, answer, language } of closed) {
    const own = refusals[language.split("-")[0] ?? ""] ?? [];
    expect(own.length, language).toBeGreaterThan(0);
    for (const text of [...(refusals.en ?? []), ...own])
      expect([id, text, extractAnswer(text, answer, language)]).toEqual([id, text, null]);
  }
});

test("the guide's table of suites is true", async () => {
  const guide = await readFile(join(folder, "../docs/probes.md"), "utf8");
  const number = (value: number) => value.toLocaleString("en");
  for (const name of ["quick", "core", "full"]) {
    const { probes } = await loadSuite(name, folder);
    const families = new Set(probes.map(({ family }) => family)).size;
    const tokens = probes.reduce((sum, { params }) => sum + Number(params.max_tokens), 0);
    const english = probes.filter(({ language }) => language === "en").length;
    expect(guide).toContain(
      `| \`${name}\` | ${probes.length} in ${families} families | ${number(tokens)} | English ${english}, `,
    );
  }
});

test("the list of published texts knows every shipped probe", async () => {
  const published = await publishedTexts(folder);
  const suites = await Promise.all(["full", "core", "quick", "demo"].map((name) => loadSuite(name, folder)));
  const missing = suites.flatMap(({ probes }) => probes.filter(({ id }) => !published.has(id)));
  expect(
    missing.map(({ id }) => id),
    "run: npx tsx tools/publish-probes.ts",
  ).toEqual([]);
});
