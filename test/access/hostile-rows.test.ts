import { expect, test } from "vitest";
import { scannedLog } from "./scanned-log.ts";

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
