import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verbalLadder } from "../src/analysis/ladder.ts";
import { readingExcerpt } from "./reading-excerpt.ts";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/reading-a-report.md"), "utf8");
const section = (heading: string) => page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";

test("the excerpt is the first screen of the committed example", () => {
  const [, excerpt = ""] = /<!-- excerpt: reading -->\n([\s\S]*?)<!-- \/excerpt -->/.exec(page) ?? [];
  expect(excerpt, "make it anew with: npm run example").toBe(readingExcerpt(join(root, "results/example")));
});

test("what is said about the excerpt stands in it", () => {
  const [before = "", after = ""] = section("The first screen, line by line").split(
    /<!-- excerpt[\s\S]*<!-- \/excerpt -->/,
  );
  const words = [...`${before}${after}`.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
  expect(words.length).toBeGreaterThan(10);
  const shown = readingExcerpt(join(root, "results/example"));
  for (const word of words) expect(shown).toContain(word);
});

describe("caveat codes", () => {
  /** Notices of other commands, which no report holds: doctor, configuration, the ranking of probes, request logs. */
  const elsewhere = /^(?:config|access|cli\/access|cli\/probes|analysis\/doctor)\//;
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => /\.tsx?$/.test(name) && !elsewhere.test(name));
  /** A caveat in the source: a code with a message and an advice before the next code. */
  const inSource = sources.flatMap((name) => {
    const text = readFileSync(join(root, "src", name), "utf8");
    return text
      .split(/\bcode:\s*(?=["`])/)
      .slice(1)
      .filter((part) => /\bmessage\b/.test(part) && /\badvice\b/.test(part))
      .map((part) => /^(["`])(.*?)\1/.exec(part)?.[2] ?? "");
  });
  const explained = [...section("Caveat codes").matchAll(/^\| `([a-z-]+)` \|/gm)].map(
    (match) => match[1] ?? "",
  );
  /** A template such as sensitive-to-${left} stands for every code that begins so. */
  const isCode = (code: string, written: string) =>
    written.includes("${") ? code.startsWith(written.slice(0, written.indexOf("${"))) : code === written;

  test("there are many of them", () => {
    expect(inSource.length).toBeGreaterThan(40);
    expect(inSource).toEqual(expect.arrayContaining(["few-controls", "canary-exposure", "backend-mixture"]));
  });

  test.each([...new Set(inSource)])("%s is explained", (written) => {
    expect(explained.filter((code) => isCode(code, written))).not.toEqual([]);
  });

  test.each(explained)("%s is in the source, and explained once", (code) => {
    expect(inSource.some((written) => isCode(code, written))).toBe(true);
    expect(explained.filter((other) => other === code)).toHaveLength(1);
  });
});

test("every reason of an inconclusive finding is explained", () => {
  const finding = readFileSync(join(root, "src/analysis/finding.ts"), "utf8");
  const missing = readFileSync(join(root, "src/analysis/compare-suspect.ts"), "utf8");
  const reasons = [
    ...finding.matchAll(/inconclusive\(\s*"([a-z-]+)"/g),
    ...missing.matchAll(/\bnone\(\s*"([a-z-]+)"/g),
  ].map((match) => match[1] ?? "");
  expect(reasons.length).toBeGreaterThan(8);
  for (const reason of reasons) expect(section("The four findings")).toContain(`\`${reason}\``);
});

test("the table of priors follows from Bayes' rule", () => {
  const rows = [...section("What a likelihood ratio says").matchAll(/^\| ([\d.]+) % \| (.*) \|$/gm)];
  expect(rows).toHaveLength(5);
  for (const [, prior = "", cells = ""] of rows) {
    const share = Number(prior) / 100;
    [0.21, 1, 12, 49].forEach((ratio, at) => {
      const odds = (share / (1 - share)) * ratio;
      const printed = cells.split(" | ")[at]?.replace(" %", "") ?? "";
      const digits = printed.split(".")[1]?.length ?? 0;
      expect(printed).toBe(((100 * odds) / (1 + odds)).toFixed(digits));
    });
  }
});

test("the ladder is the one that reports print", () => {
  const rows = [
    ...section("What a likelihood ratio says").matchAll(/^\| (?:([\d,]+) to [\d,]+|more) \| ([a-z ]+) \|$/gm),
  ];
  expect(rows.map((row) => row[2])).toEqual(verbalLadder.steps.map(({ words }) => words));
  rows.slice(0, -1).forEach((row, at) => {
    expect(Number(row[1]?.replaceAll(",", ""))).toBe(10 ** (verbalLadder.steps[at]?.from ?? Number.NaN));
  });
});

test("what is said of the shipped calibration's reach is so", () => {
  const { bounds, distilledLog10LR } = JSON.parse(
    readFileSync(join(root, "calibrations/real-models.json"), "utf8"),
  ) as { bounds: { log10LR: [number, number] }; distilledLog10LR: number[] };
  expect(distilledLog10LR.length).toBeGreaterThan(0);
  expect(page).toContain(`its cap is ${(10 ** bounds.log10LR[1]).toPrecision(2)}.`);
  expect(page).toContain(`a floor likewise (${(10 ** bounds.log10LR[0]).toPrecision(2)} for real models)`);
});
