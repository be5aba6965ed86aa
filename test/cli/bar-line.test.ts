import fc from "fast-check";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import { type BarLine, barLayout } from "../../src/cli/progress/bar-line.ts";
import { createRunTally, secondsToGo } from "../../src/cli/progress/run-tally.ts";
import { createSampleRate, durationWords } from "../../src/cli/progress/sample-rate.ts";
import { foldLine } from "../../src/report/fold-line.ts";

const line = (changes: Partial<BarLine> = {}): BarLine => ({
  name: "acme-chat",
  done: 123,
  total: 480,
  failed: 0,
  rate: "1.2/s",
  cost: "$0.31",
  left: "5 min",
  trouble: null,
  ...changes,
});

test("no line is ever wider than the terminal, and count and name stay readable at 40 columns", () => {
  const some = fc.record({
    name: fc.constantFrom(
      "a",
      "acme-chat",
      "a-model-with-a-very-long-name-v1.5",
      "日本語モデルの名前",
      "CohereForAI/aya",
    ),
    done: fc.integer({ min: 0, max: 200_000 }),
    total: fc.integer({ min: 0, max: 200_000 }),
    failed: fc.integer({ min: 0, max: 99_999 }),
    rate: fc.constantFrom("", "1.2/s", "48.5/min", "12345.6/s"),
    cost: fc.constantFrom(null, "?", "< $0.01", "$12345.67 + ?"),
    left: fc.constantFrom("", "12 s", "3 h 20 min", "retrying"),
    trouble: fc.constantFrom(null, "rate-limited"),
  });
  fc.assert(
    fc.property(
      fc.array(some, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 20, max: 200 }),
      (lines, columns) => {
        const layout = barLayout(lines, columns);
        for (const one of lines) expect(stringWidth(layout(one))).toBeLessThan(columns);
      },
    ),
    { numRuns: 300, seed: 3 },
  );
  const names = [
    line({ name: "reference-model" }),
    line({ done: 1_440, total: 1_440, failed: 2, left: "done" }),
  ];
  const narrow = barLayout(names, 40);
  expect(narrow(names[1] as BarLine)).toMatch(/^acme-chat 1440\/1440 2 failed +done$/);
  expect(narrow(names[0] as BarLine)).toMatch(/^referenc~ +123\/480 +5 min$/);
});

test("where there is room there is a bar, and in its place what is wrong", () => {
  const wide = barLayout([line()], 100);
  expect(wide(line())).toMatch(/^acme-chat ={6}-{18} 123\/480 +5 min +\$0\.31 +1\.2\/s$/);
  expect(wide(line({ trouble: "rate-limited", left: "retrying" }))).toContain("acme-chat rate-limited ");
  expect(wide(line({ done: 480, left: "done" }))).toContain("=".repeat(24));
});

test("a text is folded at spaces and loses nothing", () => {
  const text = "c1: ended (auth): http://127.0.0.1:8931/v1/chat/completions/and-so-on: HTTP 401: bad key";
  const folded = foldLine(text, 30);
  expect(folded.every((part) => part.length <= 30)).toBe(true);
  expect(folded.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
  expect(foldLine("  #0 short", 40)).toEqual(["  #0 short"]);
});

test("the rate is that of the last half minute, or of all the time where samples are rare", () => {
  const rate = createSampleRate(0);
  expect(rate.perSecond(1_000)).toBeNull();
  for (let second = 0; second < 60; second++) for (let i = 0; i < 10; i++) rate.count(second * 1_000 + i);
  expect(rate.perSecond(60_000)).toBeCloseTo(10, 0);
  for (let second = 60; second < 100; second++) rate.count(second * 1_000);
  expect(rate.perSecond(100_000)).toBeCloseTo(1, 0);
  const rare = createSampleRate(0);
  rare.count(60_000);
  rare.count(120_000);
  expect(rare.perSecond(120_000)).toBeCloseTo(2 / 120, 6);
});

test("a pause that the server asked for counts in the time left, until it is over or nothing is left to ask", () => {
  let now = 0;
  const tally = createRunTally(() => now);
  tally.see({ type: "started", targets: [{ name: "a", planned: 2, recorded: 0 }] });
  const recorded = { type: "recorded", target: "a", outcome: "ok", attempts: 1, servedModel: null } as const;
  now = 1_000;
  tally.see(recorded);
  tally.see({ type: "paused", target: "a", ms: 86_400_000 });
  tally.see({ type: "paused", target: "a", ms: 60_000 });
  expect(secondsToGo(tally.targets(), now)).toBe(86_401);
  now += 86_400_000;
  expect(secondsToGo(tally.targets(), now)).toBe(86_401);
  tally.see({ type: "paused", target: "a", ms: 60_000 });
  tally.see(recorded);
  expect(secondsToGo(tally.targets(), now)).toBe(0);
});

test("a length of time has two units at most", () => {
  expect([4, 59.4, 59.6, 300, 3_600, 12_000, 86_400, 187_200].map(durationWords)).toEqual([
    "4 s",
    "59 s",
    "1 min",
    "5 min",
    "1 h",
    "3 h 20 min",
    "1 d",
    "2 d 4 h",
  ]);
});
