import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withDatabase } from "../../src/access/database.ts";
import { UsageError } from "../../src/errors.ts";
import { goodRows, jsonl, scannedLog, temporaryFolder } from "./scanned-log.ts";

const noon = "2026-05-01T12:00:00Z";

test("half a surrogate pair in a prompt does not take its sender out of the log", async () => {
  const rows = [
    String.raw`{"t":"${noon}","a":"evader","p":"lone \ud800 and \uDC01"}`,
    String.raw`{"t":"${noon}","a":"\ud83c\udfa9","p":"pair \ud83d\ude00, then \ude00"}`,
    String.raw`{"t":"${noon}","a":"path","p":"C:\\ud83d\ude00"}`,
    String.raw`{"t":"${noon}","a":"sound","p":"C:\\ud800"}`,
    String.raw`{"t":"${noon}","a":"torn \ud800"`,
  ];
  const found = await scannedLog({
    files: { "log.jsonl": `${rows.join("\n")}\n` },
    columns: { prompt: "p" },
    badRows: { count: 1 },
  });
  expect(found.analysis.log).toMatchObject({ rows: 5, usedRows: 4, badRows: 1 });
  expect(
    await found.rows(
      "SELECT name, text FROM promptSample JOIN account ON account.id = promptSample.account ORDER BY name",
    ),
  ).toEqual([
    { name: "evader", text: "lone \ufffd and \ufffd" },
    { name: "path", text: "C:\\ud83d\ufffd" },
    { name: "sound", text: "C:\\ud800" },
    { name: "🎩", text: "pair 😀, then \ufffd" },
  ]);
});

const asking = [
  "true",
  '"high"',
  '{"effort":"high","summary":null}',
  '{"effort":null,"max_tokens":2000}',
  '{"type":"enabled","budget_tokens":1024}',
];
const notAsking = [
  "null",
  "false",
  '"minimal"',
  "{}",
  '{"effort":null,"summary":null}',
  '{"effort":"minimal","summary":"auto"}',
  '{"type":"disabled","budget_tokens":1024}',
  '{"budget_tokens":0}',
  '{ "enabled" : false }',
];

test("an object that asks for no reasoning asks for none", async () => {
  const row = (value: string, index: number, account: string) =>
    `{"t":"${noon}","a":"${account} ${index}","r":${value}}`;
  const { rows } = await scannedLog({
    files: {
      "log.jsonl": [
        ...asking.map((value, index) => row(value, index, "asks")),
        ...notAsking.map((value, index) => row(value, index, "not")),
      ].join("\n"),
    },
    columns: { reasoning: "r" },
  });
  const wrong = await rows(
    "SELECT name FROM request JOIN account ON account.id = account WHERE asksReasoning <> starts_with(name, 'asks')",
  );
  expect(wrong).toEqual([]);
});

test("a nested Parquet column is read as the same JSON as in any other log", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "own.parquet");
  await withDatabase(
    { file: ":memory:", temporaryFolder: join(folder, "spill"), memory: "1GB", threads: 1 },
    (database) =>
      database.run(
        `COPY (SELECT TIMESTAMP '2026-05-01 12:00:00' AS t, 'off' AS a, {'enabled': false} AS r
           UNION ALL SELECT TIMESTAMP '2026-05-01 12:00:00', 'on', {'enabled': true}) TO '${file}' (FORMAT parquet)`,
      ),
  );
  const { rows } = await scannedLog({
    files: { "own.parquet": readFileSync(file) },
    columns: { reasoning: "r" },
  });
  expect(
    await rows("SELECT name, asksReasoning FROM request JOIN account ON account.id = account ORDER BY name"),
  ).toEqual([
    { name: "off", asksReasoning: false },
    { name: "on", asksReasoning: true },
  ]);
});

test("what stands where a time should be is not told, only how it looks", async () => {
  const good = goodRows(200).map(({ t, a }) => `${t},${a}`);
  const { analysis } = await scannedLog({
    files: { "log.csv": `t,a\n${good.join("\n")}\njané.doe@example.com 203.0.113.7,x\n` },
  });
  expect(analysis.log.badRowSample).toEqual([
    {
      file: "log.csv",
      line: 202,
      reason: "time is not readable, it looks like aaaa.aaa@aaaaaaa.aaa 000.0.000.0",
    },
  ]);
});

test.each([
  ["emptied", (path: string) => writeFileSync(path, "")],
  ["taken away", (path: string) => rmSync(path)],
])(
  "a log that is %s while it is read stops the scan: its accounts would look harmless",
  async (_, change) => {
    const rows = goodRows(50).map((row) => ({ ...row, p: `Say hi at ${row.t}.` }));
    const failed = scannedLog({
      files: { "log.jsonl": jsonl(rows) },
      columns: { prompt: "p" },
      progress: (what, out) => {
        if (what === "choosing prompts") change(join(out, "..", "log", "log.jsonl"));
      },
    });
    await expect(failed).rejects.toBeInstanceOf(UsageError);
    await expect(failed).rejects.toThrow(/changed while it was read: 50 of 50|cannot read log.jsonl/);
  },
);

test("one source cannot be two kinds of evidence that link accounts", async () => {
  const failed = scannedLog({
    files: { "log.jsonl": jsonl(goodRows(5)) },
    columns: { client: "a", payment: "a" },
  });
  await expect(failed).rejects.toThrow(/mapping.yaml:\d+:\d+: columns.payment: names "a", as client does/);
});

test("what an export writes for no value links nobody and makes no duplicates", async () => {
  const none = [
    "-",
    "none",
    "NULL",
    "n/a",
    " Unknown ",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  ];
  const rows = Array.from({ length: 60 }, (_, index) => {
    const empty = none[index % none.length];
    return {
      t: noon,
      a: `account ${index % 30}`,
      id: empty,
      pay: index < 48 ? empty : "one card",
      ip: "0.0.0.0",
    };
  });
  const { analysis, rows: ask } = await scannedLog({
    files: { "log.jsonl": jsonl(rows) },
    columns: { request: "id", payment: "pay", ip: "ip" },
  });
  expect(analysis.log).toMatchObject({ usedRows: 60, duplicates: 0 });
  expect(await ask("SELECT count(payment) AS payments, count(network) AS networks FROM request")).toEqual([
    { payments: 12n, networks: 0n },
  ]);
});
