import { existsSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { withDatabase } from "../../src/access/database.ts";
import { goodRows, jsonl, type LogCase, scannedLog, temporaryFolder } from "./scanned-log.ts";

const three = [
  { t: "2026-05-01T10:00:00Z", a: "b", p: "Say hi." },
  { t: "2026-05-01T11:00:00Z", a: "a", p: 'Say "hi", twice\nand again.' },
  { t: "2026-05-02T11:00:00Z", a: "a", p: "Wo? Grüße, 東京" },
];
const requests =
  "SELECT name, strftime(request.time, '%Y-%m-%dT%H:%M:%SZ') AS t, text FROM request JOIN account ON account.id = account JOIN promptSample USING (account, prompt) ORDER BY t";
const wanted = three.map(({ t, a, p }) => ({ name: a, t, text: p }));

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const csv = (delimiter: string, end: string) =>
  `${[["t", "a", "p"], ...three.map(({ t, a, p }) => [t, a, quoted(p)])].map((row) => row.join(delimiter)).join(end)}${end}`;

test.each<[string, Record<string, string | Buffer>]>([
  ["JSONL", { "log.jsonl": jsonl(three) }],
  [
    "JSONL with a byte order mark and CRLF",
    { "log.jsonl": `\uFEFF${jsonl(three).replaceAll("\n", "\r\n")}` },
  ],
  [
    "JSONL without a last line end, with blank lines",
    { "log.jsonl": `\n${jsonl(three).trimEnd().replaceAll("\n", "\n\n \n")}` },
  ],
  ["packed JSONL", { "log.jsonl.gz": gzipSync(jsonl(three)) }],
  ["packed JSONL whose name does not say so", { "log.jsonl": gzipSync(jsonl(three)) }],
  ["plain JSONL named .gz", { "log.jsonl.gz": jsonl(three) }],
  [
    "two packed members in one file",
    { "log.jsonl.gz": Buffer.concat([gzipSync(jsonl(three.slice(0, 1))), gzipSync(jsonl(three.slice(1)))]) },
  ],
  ["CSV", { "log.csv": csv(",", "\n") }],
  ["CSV with a byte order mark and CRLF", { "log.csv": `\uFEFF${csv(",", "\r\n")}` }],
  ["CSV with semicolons", { "log.csv": csv(";", "\n") }],
  ["TSV", { "log.tsv": csv("\t", "\n") }],
  ["packed CSV", { "log.csv.gz": gzipSync(csv(",", "\n")) }],
  [
    "several files of several formats",
    {
      "1.jsonl": jsonl(three.slice(0, 1)),
      "2.csv": `a,t,p\na,${three[1]?.t},${quoted(three[1]?.p ?? "")}\n`,
      "3.jsonl.gz": gzipSync(jsonl(three.slice(2))),
    },
  ],
])("%s is read", async (_, files) => {
  const { analysis, rows } = await scannedLog({ files, columns: { prompt: "p" } });
  expect(await rows(requests)).toEqual(wanted);
  expect(analysis.log).toMatchObject({ rows: 3, usedRows: 3, badRows: 0, accounts: 2, duplicates: null });
});

test("Parquet is read, with nested columns and times of its own", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "own.parquet");
  await withDatabase(
    { file: ":memory:", temporaryFolder: join(folder, "spill"), memory: "500MB", threads: 1 },
    (database) =>
      database.run(
        `COPY (SELECT CAST(t AS TIMESTAMP) AS t, a, {text: p, "odd ""name": 3} AS "in", i AS id FROM (VALUES
        ('2026-05-01 10:00:00', 'b', 'Say hi.', 1), ('2026-05-01 11:00:00', 'a', 'Say', 2)) v(t, a, p, i)) TO '${file}' (FORMAT parquet)`,
      ),
  );
  const log = {
    files: {},
    logs: [file],
    columns: { prompt: "in.text", inputTokens: 'in.odd "name', request: "id" },
  };
  const { analysis, rows } = await scannedLog(log, folder);
  expect(await rows("SELECT time, inputTokens FROM request ORDER BY time")).toEqual([
    { time: new Date("2026-05-01T10:00:00Z"), inputTokens: 3 },
    { time: new Date("2026-05-01T11:00:00Z"), inputTokens: 3 },
  ]);
  expect(analysis.log.files).toEqual([
    { name: "own.parquet", format: "parquet", timeUnit: "iso", rows: 2, badRows: 0 },
  ]);
  await expect(scannedLog({ ...log, columns: { prompt: "in.txt" } }, folder)).rejects.toThrow(
    'mapping.yaml:6:11: columns.prompt: own.parquet has no column "in.txt"',
  );
});

const noon = "2026-05-01T12:00:00.000Z";
const epoch = Date.parse(noon) / 1000;
test.each<[string, string, unknown]>([
  ["seconds", "s", epoch],
  ["seconds as text", "s", String(epoch)],
  ["milliseconds", "ms", epoch * 1e3],
  ["microseconds", "us", epoch * 1e6],
  ["nanoseconds", "ns", epoch * 1e9],
  ["a Z", "iso", "2026-05-01T12:00:00Z"],
  ["an offset", "iso", "2026-05-01T17:30:00+05:30"],
  ["no zone, which is UTC", "iso", "2026-05-01 12:00:00"],
  ["no seconds", "iso", "2026-05-01T12:00"],
])("a time with %s is read", async (_, unit, t) => {
  const { analysis } = await scannedLog({ files: { "log.jsonl": jsonl([{ t, a: "x" }]) } });
  expect(analysis.log.firstTime).toBe(noon);
  expect(analysis.log.files[0]?.timeUnit).toBe(unit);
});

test("a file's unit of time is its own", async () => {
  const files = { "1.jsonl": jsonl([{ t: epoch, a: "x" }]), "2.jsonl": jsonl([{ t: epoch * 1000, a: "x" }]) };
  const { analysis } = await scannedLog({ files });
  expect(analysis.log).toMatchObject({ firstTime: noon, lastTime: noon, usedRows: 2 });
});

test("files, folders and patterns are each read once, whatever their names hold", async () => {
  const one = (a: string) => jsonl([{ t: noon, a }]);
  const files = {
    "it's [1]*?.jsonl": one("quote"),
    "plain.jsonl": one("plain"),
    "deep/inner.jsonl": one("inner"),
    "notes.txt": "x",
    ".hidden.jsonl": "x",
  };
  const read = async (logs: string[]) => {
    const { analysis } = await scannedLog({ files, logs });
    return analysis.log.files.map(({ name }) => name);
  };
  expect(await read(["log"])).toEqual(["it's [1]*?.jsonl", "plain.jsonl"]);
  expect(await read(["log/plain.jsonl", "log/p*.jsonl", "log/plain.jsonl"])).toEqual(["plain.jsonl"]);
  expect(await read(["log/it's [1]*?.jsonl"])).toEqual(["it's [1]*?.jsonl"]);
  expect(await read(["log/**/*.jsonl"])).toContain("inner.jsonl");
});

const cut = gzipSync(jsonl(goodRows(2000)));
test.each<[string, LogCase, RegExp]>([
  [
    "a gzip file cut short",
    { files: { "log.jsonl.gz": cut.subarray(0, cut.length - 20) } },
    /^log\.jsonl\.gz is cut short or damaged/,
  ],
  [
    "a damaged gzip file",
    {
      files: {
        "log.jsonl.gz": Buffer.concat([cut.subarray(0, 200), Buffer.alloc(400, 7), cut.subarray(600)]),
      },
    },
    /is cut short or damaged/,
  ],
  [
    "zstd",
    { files: { "log.jsonl": Buffer.from("28b52ffd00112233", "hex") } },
    /packed with zstd: expected plain text, gzip or Parquet/,
  ],
  ["UTF-16", { files: { "log.csv": Buffer.from("\uFEFFt,a\n", "utf16le") } }, /is UTF-16: expected UTF-8/],
  ["a JSON array", { files: { "log.json": "[{}]" } }, /one JSON array: expected an object a line; jq/],
  ["bytes", { files: { "log.csv": Buffer.alloc(64) } }, /is not text/],
  ["half a Parquet file", { files: { "log.parquet": "PAR1 and no more" } }, /log\.parquet.*Parquet/],
  [
    "text where the mapping says Parquet",
    { files: { "log.csv": "t,a\n" }, format: "parquet" },
    /is text, but the mapping says format: parquet/,
  ],
  [
    "mixed line ends in CSV",
    { files: { "log.csv": `t,a\r\n"2026-05-01\r\n",b\n2026-05-01,c\n` } },
    /line ends/,
  ],
  ["a folder without logs", { files: { "notes.txt": "x" } }, /^log holds no log: expected files that end in/],
  ["nothing", { files: {}, logs: ["nowhere.jsonl"] }, /^nowhere\.jsonl is not there/],
  ["an empty file", { files: { "log.jsonl": "" } }, /^the log is empty/],
  ["blank lines", { files: { "log.jsonl": "\n\n \n" } }, /^the log is empty/],
  ["a header alone", { files: { "log.csv": "t,a\n" } }, /^the log is empty/],
])("%s is refused in one line, and nothing is written", async (_, log, message) => {
  const folder = temporaryFolder();
  const failed = scannedLog(log, folder);
  await expect(failed).rejects.toThrow(message);
  await expect(failed).rejects.toMatchObject({ code: expect.stringMatching(/^access\./) });
  expect(existsSync(join(folder, "out"))).toBe(false);
});
