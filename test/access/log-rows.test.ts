import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { goodRows, jsonl, scannedLog, temporaryFolder } from "./scanned-log.ts";

const noon = "2026-05-01T12:00:00Z";

test("rows that cannot be used are counted, and told with file and line", async () => {
  const lines = jsonl(goodRows(995)).trimEnd().split("\n");
  lines.splice(2, 0, "{torn", "", '["no object"]');
  lines.splice(100, 0, JSON.stringify({ t: "yesterday", a: "x" }), JSON.stringify({ t: noon, a: " " }));
  const bytes = Buffer.concat([
    Buffer.from(`${lines.slice(0, 200).join("\n")}\n{"t":"${noon}","a":"`),
    Buffer.from([0xff, 0xfe]),
    Buffer.from(`"}\n${lines.slice(200).join("\n")}\n{"a":"x"}`),
  ]);
  const { analysis } = await scannedLog({ files: { "log.jsonl": bytes } });
  expect(analysis.log).toMatchObject({ rows: 1001, badRows: 6, usedRows: 995, accounts: 1 });
  expect(analysis.log.badRowSample).toEqual([
    { file: "log.jsonl", line: 3, reason: "not JSON" },
    { file: "log.jsonl", line: 5, reason: "no time" },
    { file: "log.jsonl", line: 101, reason: "time is not readable, it looks like aaaaaaaaa" },
    { file: "log.jsonl", line: 102, reason: "no account" },
    { file: "log.jsonl", line: 201, reason: "not UTF-8" },
    { file: "log.jsonl", line: 1002, reason: "no time" },
  ]);
});

test("CSV rows that cannot be parted are told with the line they begin on", async () => {
  const good = goodRows(400).map(({ t, a }) => `${t},${a},"two\nlines"`);
  good.splice(10, 0, `${noon},x`, `${noon},x,y,z`, `${noon},"x"y,z`, `soon,x,""`);
  const { analysis } = await scannedLog({ files: { "log.csv": `t,a,p\n${good.join("\n")}\n` } });
  expect(analysis.log).toMatchObject({ rows: 404, badRows: 4, usedRows: 400 });
  expect(analysis.log.badRowSample).toEqual([
    { file: "log.csv", line: 22, reason: "too few columns" },
    { file: "log.csv", line: 23, reason: "too many columns" },
    { file: "log.csv", line: 24, reason: "a quotation is not closed, or goes on after its end" },
    { file: "log.csv", line: 25, reason: "time is not readable, it looks like aaaa" },
  ]);
});

test("a quotation that is never closed loses every line it swallows", async () => {
  const rows = goodRows(30).map(({ t, a }) => `${t},${a}`);
  rows.splice(20, 0, `${noon},"x`);
  const log = { files: { "log.csv": `t,a\n${rows.join("\n")}\n` } };
  await expect(scannedLog(log)).rejects.toThrow("11 of 31 rows cannot be used");
  const { analysis } = await scannedLog({ ...log, badRows: { count: 11 } });
  expect(analysis.log).toMatchObject({ rows: 31, badRows: 11, usedRows: 20 });
});

test("too many unusable rows stop the scan, by share or by number, and what was there stays", async () => {
  const folder = temporaryFolder();
  const good = { files: { "log.jsonl": jsonl(goodRows(98)) } };
  await scannedLog(good, folder);
  const before = readFileSync(join(folder, "out", "access.json"), "utf8");
  const bad = { files: { "log.jsonl": `${jsonl(goodRows(98))}{\n{\n` } };
  const failed = scannedLog(bad, folder);
  await expect(failed).rejects.toBeInstanceOf(UsageError);
  await expect(failed).rejects.toThrow(
    "2 of 100 rows cannot be used, more than --bad-rows 1 % allows: log.jsonl:99: not JSON; log.jsonl:100: not JSON; check the mapping",
  );
  await expect(scannedLog({ ...bad, badRows: { count: 1 } }, folder)).rejects.toThrow(
    "more than --bad-rows 1 allows",
  );
  expect(readFileSync(join(folder, "out", "access.json"), "utf8")).toBe(before);
  expect(readdirSync(join(folder, "out")).sort()).toEqual([
    "access.duckdb",
    "access.json",
    "accounts.csv",
    "pseudonym.key",
  ]);
  const { analysis } = await scannedLog({ ...bad, badRows: { share: 0.02 } }, folder);
  expect(analysis.log.usedRows).toBe(98);
});

test("a request id counts once: the earliest row of it stays", async () => {
  const rows = [
    { t: "2026-05-01T12:00:05Z", a: "late", id: "r1" },
    { t: "2026-05-01T12:00:00Z", a: "early", id: "r1" },
    { t: "2026-05-01T12:00:05Z", a: "late", id: "r1" },
    { t: noon, a: "other", id: "r2" },
    { t: noon, a: "none", id: "" },
    { t: noon, a: "none", id: null },
    { t: noon, a: "none" },
  ];
  const { analysis, rows: ask } = await scannedLog({
    files: { "log.jsonl": jsonl(rows) },
    columns: { request: "id" },
  });
  expect(analysis.log).toMatchObject({ rows: 7, usedRows: 5, duplicates: 2 });
  expect(
    await ask(
      "SELECT name, count(*)::INT AS n FROM request JOIN account ON id = account GROUP BY name ORDER BY name",
    ),
  ).toEqual([
    { name: "early", n: 1 },
    { name: "none", n: 3 },
    { name: "other", n: 1 },
  ]);
});

test("impossible times and rows outside the period are counted and left out; backwards clocks are counted", async () => {
  const at = (t: string) => ({ t, a: "x" });
  const rows = [
    "1970-01-01T00:00:10Z",
    // One clock that is far ahead does not put all rows below it behind.
    "2040-01-01T00:00:00Z",
    "2026-05-01T10:00:00Z",
    "2026-05-01T09:30:00Z",
    "2026-05-01T08:00:00Z",
    "2026-05-03T00:00:00Z",
    "2026-06-01T12:00:00Z",
    "2026-06-02T00:00:01Z",
    "2040-01-01T00:00:00Z",
  ];
  const { analysis } = await scannedLog({
    files: { "1.jsonl": jsonl(rows.map(at)), "2.jsonl": jsonl([at("2026-05-01T00:00:00Z")]) },
    settings: { period: { from: "2026-05-01", until: "2026-05-03" } },
    now: "2026-06-01T00:00:00Z",
  });
  expect(analysis.log).toMatchObject({
    rows: 10,
    usedRows: 4,
    outsidePeriod: 2,
    clock: { beforeEarliest: 1, inFuture: 3, backwards: 1, largestBackwardsSeconds: 7200 },
  });
  await expect(
    scannedLog({ files: { "log.jsonl": jsonl(rows.map(at)) }, settings: { period: { from: "2027-01-01" } } }),
  ).rejects.toMatchObject({
    name: "InsufficientDataError",
    message: expect.stringMatching(
      /^no row is left: 9 read, 0 unusable, 4 of an impossible time, 5 outside the period/,
    ),
  });
});

test("a mapping that names a missing column says its line, and what the log has", async () => {
  const row = {
    t: noon,
    a: "x",
    "dotted.name": 1,
    usage: { input: 5 },
    'odd "; DROP TABLE account; --': "y",
  };
  const log = (columns: Record<string, string>) =>
    scannedLog({ files: { "log.jsonl": jsonl([row]) }, columns });
  await expect(log({ prompt: "promt" })).rejects.toThrow(
    'mapping.yaml:6:11: columns.prompt: no line at the start of the log has "promt": expected one of "t", "a", "dotted.name", "usage", "usage.input", "odd \\"; DROP TABLE account; --"',
  );
  await expect(log({ inputTokens: "usage.imput" })).rejects.toThrow("(did you mean usage.input?)");
  const { rows } = await log({
    inputTokens: "dotted.name",
    outputTokens: "usage.input",
    model: 'odd "; DROP TABLE account; --',
  });
  expect(await rows("SELECT inputTokens, outputTokens, model FROM request")).toEqual([
    { inputTokens: 1, outputTokens: 5, model: "y" },
  ]);
  const csv = { files: { "log.csv": `t,a,"x\r\ny"";--"\n${noon},x,z\n` } };
  await expect(scannedLog({ ...csv, columns: { model: "mode" } })).rejects.toThrow(
    'log.csv has no column "mode"',
  );
});

test("a column that holds something else is refused at the mapping's line", async () => {
  const rows = jsonl([{ t: noon, a: "x", m: "gpt", n: "12.0" }]);
  await expect(scannedLog({ files: { "log.jsonl": rows }, columns: { maxTokens: "m" } })).rejects.toThrow(
    'mapping.yaml:6:14: columns.maxTokens: log.jsonl has "gpt" in "m": expected a number',
  );
  await expect(scannedLog({ files: { "log.jsonl": rows }, columns: { time: "m" } })).rejects.toThrow(
    'mapping.yaml:4:9: columns.time: log.jsonl has "gpt" in "m": expected ISO 8601',
  );
  await expect(scannedLog({ files: { "log.jsonl": rows }, timeUnit: "ms" })).rejects.toThrow(
    "expected a number (timeUnit: ms)",
  );
  await expect(
    scannedLog({ files: { "log.jsonl": rows }, columns: { ip: "m", network: "n" } }),
  ).rejects.toThrow("columns.network: stands beside ip");
  const { rows: ask } = await scannedLog({
    files: { "log.jsonl": rows },
    columns: { maxTokens: "n", logprobs: "absent" },
  });
  expect(await ask("SELECT maxTokens, logprobs FROM request")).toEqual([{ maxTokens: 12, logprobs: false }]);
});

test("addresses become networks, hashed; nothing raw is kept but account names and sampled prompts", async () => {
  const ips = [
    "198.51.100.7",
    "198.51.100.200:443",
    "::ffff:198.51.100.9",
    "198.51.101.7",
    "2001:db8:7::1",
    "2001:0db8:0007:99::2",
    "[2001:db8:8::1]:443",
    "::1",
    "hashed-elsewhere",
  ];
  const rows = ips.map((ip, index) => ({
    t: noon,
    a: `a${index}`,
    ip,
    pay: "fp_tok_visa",
    k: "sk-live-KEY",
    o: "org-ACME",
    ua: "curl/8.SECRET",
    p: "Say hi.",
  }));
  const columns = { ip: "ip", payment: "pay", key: "k", organisation: "o", client: "ua", prompt: "p" };
  const { folder, rows: ask, analysis } = await scannedLog({ files: { "log.jsonl": jsonl(rows) }, columns });
  const networks = await ask("SELECT network FROM request ORDER BY account");
  const groups = networks.map(({ network }) => networks.findIndex((other) => other.network === network));
  expect(groups).toEqual([0, 0, 0, 3, 4, 4, 6, 7, 8]);
  for (const name of readdirSync(join(folder, "out"))) {
    const bytes = readFileSync(join(folder, "out", name), "latin1");
    for (const raw of ["198.51.100", "2001:db8", "2001:0db8", "visa", "sk-live", "ACME", "SECRET"])
      expect(bytes.includes(raw), `${raw} in ${name}`).toBe(false);
    if (name !== "access.json") expect(statSync(join(folder, "out", name)).mode & 0o777).toBe(0o600);
  }
  const json = JSON.stringify(analysis);
  expect(json).not.toContain("Say hi");
  expect(json).not.toMatch(/"a[0-9]"/);
  const again = await scannedLog({ files: { "log.jsonl": jsonl(rows) }, columns });
  expect(await again.rows("SELECT network FROM request ORDER BY account")).not.toEqual(networks);
  expect(await again.rows("SELECT prompt FROM request LIMIT 1")).toEqual(
    await ask("SELECT prompt FROM request LIMIT 1"),
  );
});

test("what asks for reasoning: the parameter, or the prompt in several languages", async () => {
  const prompts = [
    ["Explain step by step.", true],
    ["Think it through.", true],
    ["请一步一步地推理", true],
    ["Erkläre es Schritt für Schritt", true],
    ["Write an essay on reasoning.", false],
    ["a stepbystep", false],
    [null, false],
  ] as const;
  const flags = [
    ["high", true],
    [true, true],
    [4096, true],
    [{ type: "enabled", budget: 5 }, true],
    [{ type: "disabled" }, false],
    ["none", false],
    [0, false],
    [false, false],
    [null, false],
  ] as const;
  const rows = [
    ...prompts.map(([p, wanted]) => ({ t: noon, a: `${wanted} prompt ${p}`, p })),
    ...flags.map(([r, wanted], index) => ({ t: noon, a: `${wanted} flag ${index}`, r, p: "Hi." })),
  ];
  const { rows: ask } = await scannedLog({
    files: { "log.jsonl": jsonl(rows) },
    columns: { prompt: "p", reasoning: "r" },
  });
  for (const { name, asks } of await ask(
    "SELECT name, asksReasoning AS asks FROM request JOIN account ON id = account",
  ))
    expect(String(name)).toMatch(new RegExp(`^${asks} `));
  const { rows: bare } = await scannedLog({ files: { "log.jsonl": jsonl(rows) } });
  expect(await bare("SELECT DISTINCT asksReasoning, reasoning, prompt, network FROM request")).toEqual([
    { asksReasoning: null, reasoning: null, prompt: null, network: null },
  ]);
  await expect(
    scannedLog({
      files: { "log.jsonl": jsonl(rows) },
      columns: { prompt: "p" },
      settings: { harvest: { patterns: ["(open"] } },
    }),
  ).rejects.toThrow('harvest.patterns: "(open" is no RE2 pattern');
});

test("prompts of one template share its hash; other prompts do not", async () => {
  const prompts = [
    'Define "dog" in 20 words.',
    'define "a very long thing" in 3 words.',
    "Define the dog in 20 words.",
    "See https://a.example/x?y=1 and 3.14",
    "See http://b.example and 2",
  ];
  const rows = prompts.map((p, index) => ({ t: noon, a: `a${index}`, p }));
  const { rows: ask } = await scannedLog({ files: { "log.jsonl": jsonl(rows) }, columns: { prompt: "p" } });
  const hashes = (await ask("SELECT template FROM request ORDER BY account")).map(({ template }) => template);
  expect(hashes.map((hash) => hashes.indexOf(hash))).toEqual([0, 0, 2, 3, 3]);
});

test("a prompt of a megabyte is kept short, and a line over 16 MB is a bad row", async () => {
  const rows = [
    ...Array.from({ length: 20 }, (_, index) => ({
      t: noon,
      a: `a${index}`,
      p: `${index} ${"lorem ".repeat(170_000)}`,
    })),
    { t: noon, a: "huge", p: "x".repeat(17_000_000) },
  ];
  const { analysis, rows: ask } = await scannedLog({
    files: { "log.jsonl": jsonl(rows) },
    columns: { prompt: "p" },
    badRows: { count: 1 },
  });
  expect(analysis.log).toMatchObject({
    usedRows: 20,
    badRows: 1,
    badRowSample: [{ line: 21, reason: "longer than 16 MB" }],
  });
  expect(
    await ask(
      "SELECT max(len(text))::INT AS longest, min(promptChars) AS chars FROM promptSample JOIN request USING (prompt)",
    ),
  ).toEqual([{ longest: 4000, chars: 1_020_002 }]);
});

test("the sample of prompts holds the lowest hashes, the same ones in every account, within its bounds", async () => {
  const prompts = Array.from({ length: 60 }, (_, index) => `Prompt ${index}`);
  const rows = ["a", "b"].flatMap((a, shift) =>
    prompts.map((p, index) => ({ t: `2026-05-0${1 + ((index + shift) % 9)}T00:00:00Z`, a, p })),
  );
  const files = { "log.jsonl": jsonl([...rows, ...rows, { t: noon, a: "c", p: "Prompt 0" }]) };
  const sampled = async (sample: Record<string, number>) => {
    const { rows: ask } = await scannedLog({ files, columns: { prompt: "p" }, settings: { sample } });
    const found = await ask(
      "SELECT name, list(text ORDER BY prompt) AS texts FROM promptSample JOIN account ON id = account GROUP BY name ORDER BY name",
    );
    return found.map(({ texts }) => texts as string[]);
  };
  const [a, b, c] = await sampled({ prompts: 20 });
  expect(a).toHaveLength(20);
  expect(b).toEqual(a);
  expect(c).toEqual(["Prompt 0"]);
  const [more] = await sampled({ prompts: 40 });
  expect(more?.slice(0, 20)).toEqual(a);
});

test("hashes with topics stand in for prompts", async () => {
  const rows = [
    { t: noon, a: "x", h: "abc", topic: "law", e: [0.5, -1] },
    { t: noon, a: "x", h: "def", topic: "algebra", e: [1, 2] },
  ];
  const { rows: ask } = await scannedLog({
    files: { "log.jsonl": jsonl(rows) },
    columns: { promptHash: "h", topic: "topic", embedding: "e" },
  });
  expect(
    await ask("SELECT name, embedding, text FROM promptSample JOIN topic ON id = topic ORDER BY name"),
  ).toEqual([
    { name: "algebra", embedding: [1, 2], text: null },
    { name: "law", embedding: [0.5, -1], text: null },
  ]);
});

test("neither the order of rows, nor of files, nor the names of accounts change what is found", async () => {
  const rows = Array.from({ length: 120 }, (_, index) => ({
    t: `2026-05-0${1 + (index % 5)}T0${index % 10}:00:00Z`,
    a: `a${(index * 7) % 4}`,
    id: `r${index % 110}`,
    p: `Prompt ${index % 30}`,
  }));
  const columns = { request: "id", prompt: "p" };
  const found = async (files: Record<string, string>) => {
    const { analysis, rows: ask } = await scannedLog({ files, columns });
    const accounts = analysis.accounts.map(({ account: _, ...rest }) => JSON.stringify(rest)).sort();
    const sample = await ask("SELECT prompt, text, time FROM promptSample ORDER BY ALL");
    return { accounts, sample, log: { ...analysis.log, files: [], clock: null } };
  };
  const first = await found({ "1.jsonl": jsonl(rows) });
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(rows, { minLength: 120 }),
      fc.integer({ min: 1, max: 119 }),
      async (shuffled, cut) => {
        const renamed = shuffled.map((row) => ({ ...row, a: `z${9 - Number(row.a.slice(1))}` }));
        expect(
          await found({ "b.jsonl": jsonl(renamed.slice(0, cut)), "a.jsonl": jsonl(renamed.slice(cut)) }),
        ).toEqual(first);
      },
    ),
    { numRuns: 4, seed: 7 },
  );
}, 60_000);

test("an interrupted scan leaves what was there, and a killed one's rest goes with the next", async () => {
  const folder = temporaryFolder();
  const files = { "log.jsonl": jsonl(goodRows(50)) };
  const stop = new AbortController();
  const stopped = scannedLog(
    { files, signal: stop.signal, progress: (what) => what === "sorting requests" && stop.abort() },
    folder,
  );
  await expect(stopped).rejects.toThrow(/abort/i);
  expect(existsSync(join(folder, "out"))).toBe(false);
  mkdirSync(join(folder, "out", ".scan"), { recursive: true });
  writeFileSync(join(folder, "out", ".scan", "staging.duckdb"), "left over");
  await scannedLog({ files }, folder);
  expect(existsSync(join(folder, "out", ".scan"))).toBe(false);
  const contents = () =>
    readdirSync(join(folder, "out")).map((name) => [name, readFileSync(join(folder, "out", name), "hex")]);
  const before = contents();
  const again = new AbortController();
  await expect(
    scannedLog(
      { files, signal: again.signal, progress: (what) => what === "writing" && again.abort() },
      folder,
    ),
  ).rejects.toThrow(/abort/i);
  expect(contents()).toEqual(before);
  expect(before.map(([name]) => name)).toContain("pseudonym.key");
});
