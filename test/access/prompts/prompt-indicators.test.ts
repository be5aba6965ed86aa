import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { IndicatorName } from "../../../src/schema/access.ts";
import { accessExcerptsSchema } from "../../../src/schema/access-excerpts.ts";
import { seededRandom } from "../../../src/schema/random.ts";
import { jsonl, type LogCase, scannedLog } from "../scanned-log.ts";

interface Row {
  readonly a: string;
  readonly p: string;
}
const subjects = ["glaciers", "violins", "tariffs", "beetles", "harbours", "enzymes", "sonnets", "kites"];
const tasks = ["a riddle", "a long exercise", "one worked example", "a short quiz"];
const extras = ["snow", "wood", "money", "wings", "ships", "acids", "verse", "wind", "rope", "salt"];
const templated = (at: number) =>
  `Act as a patient teacher and write ${tasks[at % 4]} about ${subjects[at % 8]} and ${extras[Math.floor(at / 8) % 10]}, then solve it and explain to the class each step that led to the answer.`;
/** Free text: words in no order. */
function loose(random: () => number, topics: readonly string[]): string {
  const pool = [
    ...topics,
    ...extras,
    "why",
    "does",
    "how",
    "more",
    "when",
    "cold",
    "fast",
    "with",
    "under",
    "or",
  ];
  return Array.from({ length: 12 }, () => pool[Math.floor(random() * pool.length)]).join(" ");
}

function logOf(rows: readonly Row[], rest: Partial<LogCase> = {}): LogCase {
  const start = Date.parse("2026-05-01T00:00:00Z");
  const timed = rows.map((row, at) => ({ t: new Date(start + at * 60_000).toISOString(), ...row }));
  return { files: { "log.jsonl": jsonl(timed) }, columns: { prompt: "p" }, ...rest };
}

/** Indicators by account; accounts are told apart by their number of requests. */
async function measure(log: LogCase) {
  const scanned = await scannedLog(log);
  const value = (requests: number, name: IndicatorName) =>
    scanned.analysis.accounts
      .find((account) => account.requests === requests)
      ?.indicators.find((indicator) => indicator.name === name)?.value;
  return { ...scanned, value };
}

const random = seededRandom(5);
const base: Row[] = [
  ...Array.from({ length: 60 }, (_, at) => ({ a: "grid", p: templated(at) })),
  ...Array.from({ length: 61 }, () => ({ a: "free", p: loose(random, subjects.slice(0, 2)) })),
  ...Array.from({ length: 62 }, (_, at) => ({
    a: "mixed",
    p: at % 2 ? templated(at) : loose(random, subjects),
  })),
  ...Array.from({ length: 63 }, (_, at) => ({ a: "repeats", p: templated(at % 21) })),
  ...Array.from({ length: 5 }, (_, at) => ({ a: "few", p: templated(at) })),
];
const names = [
  "topicDiversity",
  "topicEntropy",
  "systematicCoverage",
  "nearDuplicateShare",
  "modelWrittenShare",
] as const;

describe("indicators of prompts", () => {
  it("tell templates from free text, and repeats from coverage", async () => {
    const { value, analysis, rows } = await measure(logOf(base));
    expect(value(60, "systematicCoverage")).toBeCloseTo(1, 6);
    expect(value(61, "systematicCoverage")).toBeLessThan(0.1);
    expect(value(62, "systematicCoverage")).toBeCloseTo(0.5, 1);
    expect(value(63, "systematicCoverage")).toBeCloseTo(21 / 63, 6);
    expect(value(5, "systematicCoverage")).toBeNull();
    expect(value(60, "modelWrittenShare")).toBe(0);
    const [family] = await rows("SELECT * FROM familyStats ORDER BY family");
    expect(family).toMatchObject({ family: 0, accounts: 4 });
    expect(analysis.exhibits[0]).toMatchObject({ id: "T-1", fillings: family?.fillings, cluster: null });
  });

  it("do not depend on the order of rows or on the names of accounts", async () => {
    const first = await measure(logOf(base));
    const timed = first.analysis.log;
    const start = Date.parse("2026-05-01T00:00:00Z");
    const renamed = new Map([
      ["grid", "zz"],
      ["free", "m"],
      ["mixed", "a"],
      ["repeats", "b"],
      ["few", "c"],
    ]);
    const shuffled = base
      .map(({ a, p }, at) => ({ t: new Date(start + at * 60_000).toISOString(), a: renamed.get(a), p }))
      .reverse();
    const second = await measure({
      ...logOf([]),
      files: { "log.jsonl": jsonl(shuffled.slice(90)), "more.jsonl": jsonl(shuffled.slice(0, 90)) },
    });
    expect(second.analysis.log.usedRows).toBe(timed.usedRows);
    for (const requests of [60, 61, 62, 63])
      for (const name of names) expect(second.value(requests, name)).toEqual(first.value(requests, name));
    const bare = (exhibits: typeof first.analysis.exhibits) =>
      exhibits.map(({ accounts, ...rest }) => ({ ...rest, n: accounts.length }));
    expect(bare(second.analysis.exhibits)).toEqual(bare(first.analysis.exhibits));
  });

  it("never fall when an account adds templated prompts in place of free ones", async () => {
    let before = -1;
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      const draw = seededRandom(11);
      const rows = Array.from({ length: 80 }, (_, at) => {
        const free = loose(draw, subjects);
        return { a: "x", p: at < 80 * share ? templated(at) : free };
      });
      const { value } = await measure(logOf(rows));
      const now = value(80, "systematicCoverage") ?? Number.NaN;
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
    expect(before).toBeCloseTo(1, 6);
  });

  it("rise with the number of the log's own topics, not with volume", async () => {
    const rows = [6, 12, 24].flatMap((topics, account) =>
      Array.from({ length: 100 + account }, (_, at) => ({
        a: `u${account}`,
        p: `p${at}`,
        topic: `s${at % topics}`,
      })),
    );
    const often = Array.from({ length: 400 }, (_, at) => ({ a: "often", p: `p${at}`, topic: `s${at % 12}` }));
    const { value, analysis } = await measure(
      logOf([...rows, ...often], { columns: { prompt: "p", topic: "topic" } }),
    );
    const [few = 0, some = 0, many = 0] = [100, 101, 102].map(
      (n) => value(n, "topicDiversity") ?? Number.NaN,
    );
    expect(few).toBeLessThan(some);
    expect(some).toBeLessThan(many);
    expect(Math.abs((value(400, "topicDiversity") ?? 0) - some)).toBeLessThan(0.02);
    expect(analysis.topics[0]).toMatchObject({ topic: "s0" });
    expect(analysis.off.map(({ step }) => step)).not.toContain("topic diversity");
  });

  it.each([
    [19, 50],
    [39, 100],
  ])("say nothing of breadth where the log has %i topics and a draw %i requests", async (topics, draws) => {
    const rows = Array.from({ length: 200 }, (_, at) => ({ a: "x", p: `p${at}`, topic: `s${at % topics}` }));
    const scan = (more: typeof rows) =>
      measure(
        logOf([...rows, ...more], {
          columns: { prompt: "p", topic: "topic" },
          settings: { topics: { draws } },
        }),
      );
    const few = await scan([]);
    for (const name of ["topicDiversity", "topicEntropy"] as const) expect(few.value(200, name)).toBeNull();
    const reason = `${topics} topics in the log, and breadth is measured from ${topics + 1} on`;
    expect(few.analysis.off).toContainEqual({ step: "topic diversity", missing: [], reason });
    const enough = await scan([{ a: "y", p: "q", topic: "one more" }]);
    for (const name of ["topicDiversity", "topicEntropy"] as const)
      expect(enough.value(200, name)).toBeGreaterThan(0.9);
    expect(enough.analysis.off.map(({ step }) => step)).not.toContain("topic diversity");
  });

  it("see a walk over the log's own topics where no wording is left", async () => {
    const draw = seededRandom(3);
    const walked = (n: number, a: string, topic: (at: number) => number) =>
      Array.from({ length: n }, (_, at) => ({ a, p: loose(draw, subjects), topic: `s${topic(at)}` }));
    const { value, analysis, rows } = await measure(
      logOf(
        [
          ...walked(200, "walker", (at) => at % 20),
          ...walked(210, "shuffled", () => Math.floor(draw() * 20)),
          ...base.map((row) => ({ ...row, topic: row.a })),
        ],
        { columns: { prompt: "p", topic: "topic" } },
      ),
    );
    expect(value(200, "systematicCoverage")).toBeGreaterThan(0.9);
    expect(value(210, "systematicCoverage")).toBeLessThan(0.2);
    expect(await rows("SELECT DISTINCT name FROM promptTopic JOIN topicName USING (topic)")).toHaveLength(25);
    expect(analysis.exhibits[0]).toMatchObject({ topic: "grid" });
  });
});

describe("what is missing", () => {
  it("says which measures are off with hashes only, and still counts the log's topics", async () => {
    const rows = Array.from({ length: 40 }, (_, at) => ({ a: "x", p: `h${at}`, topic: `s${at % 20}` }));
    const { value, analysis } = await measure(logOf(rows, { columns: { promptHash: "p", topic: "topic" } }));
    expect(value(40, "topicDiversity")).toBeGreaterThan(0.9);
    expect(value(40, "systematicCoverage")).toBeUndefined();
    expect(analysis.off.map(({ step }) => step)).toEqual(
      expect.arrayContaining(["template families", "systematic coverage", "prompts that look model-written"]),
    );
    expect(analysis.exhibits).toEqual([]);
  });

  it("clusters embeddings where there are no words", async () => {
    const rows = Array.from({ length: 80 }, (_, at) => ({
      a: at % 2 ? "one" : "all",
      p: `h${at}`,
      e: Array.from({ length: 12 }, (_, place) => (place === (at % 2 ? 0 : at % 12) ? 1 : 0.01 * (at % 3))),
    }));
    const { rows: ask } = await measure(logOf(rows, { columns: { promptHash: "p", embedding: "e" } }));
    const found = await ask(
      "SELECT name, count(DISTINCT topic)::INTEGER AS topics FROM promptTopic JOIN account ON id = account GROUP BY name ORDER BY name",
    );
    expect(found[0]?.topics).toBeGreaterThan(1);
    expect(found[1]?.topics).toBe(1);
  });

  it("measures nothing of one account with one prompt, without failing", async () => {
    const { value, analysis } = await measure(logOf([{ a: "x", p: "hello" }]));
    for (const name of names) expect(value(1, name) ?? null).toBeNull();
    expect(analysis.exhibits).toEqual([]);
  });
});

describe("excerpts.json", () => {
  it("holds the template with its slots, masked, for nobody else to read; access.json holds no word", async () => {
    const rows = Array.from({ length: 40 }, (_, at) => ({
      a: "x",
      p: `${templated(at)} Send it to jane.roe@example.org or 0171 5550 ${1000 + at}, see https://example.org/${at}`,
    }));
    const { folder, analysis } = await measure(logOf(rows));
    const path = join(folder, "out", "excerpts.json");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, "utf8");
    const { exhibits } = accessExcerptsSchema.parse(JSON.parse(text));
    expect(exhibits[0]?.text).toContain("act as a patient teacher and write [1]");
    expect(exhibits[0]?.slots.flat()).toEqual(expect.arrayContaining(["beetles", "a riddle"]));
    for (const secret of ["jane", "5550", "example.org"]) expect(text).not.toContain(secret);
    for (const word of ["patient", "teacher", "jane"])
      expect(JSON.stringify({ ...analysis, topics: [] })).not.toContain(word);
  });
});
