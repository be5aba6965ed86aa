import { describe, expect, test } from "vitest";
import { detectFormat } from "../../src/importers/detect-format.ts";
import type { ImportedRow } from "../../src/importers/imported-sample.ts";
import { splitCustomId } from "../../src/importers/openai-batch.ts";
import { readRows, resolveFiles } from "../../src/importers/read-rows.ts";
import { importFolder, lines } from "./import-folder.ts";

const folder = importFolder();

async function rowsOf(
  paths: string[],
  format: Parameters<typeof resolveFiles>[1] = "auto",
): Promise<ImportedRow[]> {
  const rows: ImportedRow[] = [];
  for await (const row of readRows(await resolveFiles(paths, format))) rows.push(row);
  return rows;
}
const failure = async (
  paths: string[],
  format: Parameters<typeof resolveFiles>[1] = "auto",
): Promise<string> => {
  const error = await rowsOf(paths, format).then(
    () => new Error("nothing was refused"),
    (thrown: Error) => thrown,
  );
  expect(error.name, error.message).toBe("UsageError");
  expect(error.message).not.toContain("\n");
  return error.message;
};

describe("jsonl", () => {
  const row = (more: object = {}) => ({
    model: "org/Model",
    prompt_id: "a/1",
    prompt: "Hi?",
    sample: 0,
    response: "Hello",
    ...more,
  });

  test("rows plain and gzip, with empty lines, CRLF, a byte order mark and no last line end", async () => {
    const text = `\uFEFF${JSON.stringify(row())}\r\n\r\n\n${JSON.stringify(row({ sample: 1, response: "Ünï\u2028 ok" }))}`;
    const plain = await rowsOf([await folder.write("a.jsonl", text)]);
    expect(plain).toMatchObject([
      {
        model: "org/Model",
        promptId: "a/1",
        prompt: "Hi?",
        sample: 0,
        text: "Hello",
        outcome: "ok",
        number: 1,
      },
      { sample: 1, text: "Ünï\u2028 ok", number: 4 },
    ]);
    const zipped = await rowsOf([await folder.write("a.gz", text)]);
    expect(zipped.map((one) => ({ ...one, file: "", place: "" }))).toEqual(
      plain.map((one) => ({ ...one, file: "", place: "" })),
    );
  });

  test("an empty or blank response is outcome empty; a number names a prompt; missing samples are counted", async () => {
    const { prompt: _, sample: __, ...bare } = row({ prompt_id: 7 });
    const rows = await rowsOf([
      await folder.write("a.jsonl", lines([{ ...bare, response: " \n" }, { ...bare, response: null }, bare])),
    ]);
    expect(rows).toMatchObject([
      { promptId: "7", prompt: "", sample: 0, text: "", outcome: "empty" },
      { sample: 1, text: "", outcome: "empty" },
      { sample: 2, text: "Hello", outcome: "ok" },
    ]);
  });

  test("an answer is kept byte for byte", async () => {
    const response = "  lead\r\n\ttab \u0000 \ud800 end  ";
    const [one] = await rowsOf([await folder.write("a.jsonl", lines([row({ response })]))]);
    expect(one).toMatchObject({ text: response, outcome: "ok" });
  });

  test.each<[string, object, RegExp]>([
    ["text that is no text", { response: 5 }, /a\.jsonl:2: field "response": expected text, got 5$/],
    ["no response", { response: undefined }, /a\.jsonl:2: field "response": expected text, got nothing$/],
    ["no model", { model: "" }, /a\.jsonl:2: field "model": expected a name .*, got ""$/],
    ["a model with a control character", { model: "a\u001b[31m" }, /field "model"/],
    [
      "half a sample",
      { sample: 0.5 },
      /a\.jsonl:2: field "sample": expected a whole number from 0, got 0\.5$/,
    ],
    [
      "a prompt id that is a list",
      { prompt_id: [] },
      /a\.jsonl:2: field "prompt_id": expected .*, got \[\]$/,
    ],
    ["a prompt that is a number", { prompt: 1 }, /field "prompt": expected text, got 1$/],
  ])("%s is refused with line and field", async (_, more, message) =>
    expect(await failure([await folder.write("a.jsonl", lines([row(), row(more)]))])).toMatch(message),
  );

  test.each<[string, string | Buffer, RegExp]>([
    ["a cut line", `${JSON.stringify(row())}\n{"model":`, /:2: not a JSON object in UTF-8/],
    [
      "a line that is a list",
      `${JSON.stringify(row())}\n[1]\n`,
      /:2: field "\(line\)": expected an object, got \[1\]/,
    ],
    [
      "bytes that are no UTF-8",
      Buffer.concat([Buffer.from(`${JSON.stringify(row())}\n`), Buffer.from([0x7b, 0xff, 0x7d])]),
      /:2: not a JSON object in UTF-8/,
    ],
  ])("%s is refused with its line", async (_, content, message) =>
    expect(await failure([await folder.write("a.jsonl", content)])).toMatch(message),
  );

  test("a gzip file that is cut short, a folder and a missing file are refused", async () => {
    const { gzipSync } = await import("node:zlib");
    const whole = gzipSync(lines(Array.from({ length: 50 }, (_, sample) => row({ sample }))));
    expect(await failure([await folder.write("cut.bin", whole.subarray(0, whole.length - 12))])).toMatch(
      /cannot read .*cut\.bin: unexpected end of file/,
    );
    expect(await failure([folder.path(".")])).toMatch(/it is a folder/);
    expect(await failure([folder.path("none")])).toMatch(/no such file/);
    expect(await failure([await folder.write("log.eval", Buffer.from("PK\u0003\u0004rest"))])).toMatch(
      /ZIP archive.*inspect log convert/,
    );
  });

  test("a line without an end is refused before it fills the memory", async () => {
    const { createGzip } = await import("node:zlib");
    const { createWriteStream } = await import("node:fs");
    const { pipeline } = await import("node:stream/promises");
    const path = folder.path("endless.gz");
    const chunk = Buffer.alloc(1 << 20, "a");
    await pipeline(
      function* () {
        yield `${JSON.stringify(row())}\n`;
        for (let count = 0; count < 80; count++) yield chunk;
      },
      createGzip({ level: 1 }),
      createWriteStream(path),
    );
    expect(await failure([path])).toMatch(/endless\.gz:2: the line is longer than \d+ bytes/);
  });
});

describe("alpaca-eval", () => {
  const item = (instruction: string, output: unknown) => ({
    instruction,
    output,
    generator: "m-7b",
    dataset: "koala",
    datasplit: "eval",
  });

  test("items become samples whose prompt id comes from the prompt", async () => {
    const path = await folder.write(
      "model_outputs.json",
      JSON.stringify([item("Q1", "A1"), item("Q2", ""), item("Q1", "A3")], null, 2),
    );
    const rows = await rowsOf([path]);
    expect(rows).toMatchObject([
      { model: "m-7b", prompt: "Q1", sample: 0, text: "A1", outcome: "ok" },
      { prompt: "Q2", sample: 0, outcome: "empty" },
      { prompt: "Q1", sample: 1, text: "A3" },
    ]);
    const ids = rows.map((row) => ("promptId" in row ? row.promptId : ""));
    expect(ids[0]).toMatch(/^alpaca-eval:[0-9a-f]{16}$/);
    expect(ids[2]).toBe(ids[0]);
    expect(ids[1]).not.toBe(ids[0]);
  });

  test("a bad item is named, and a cut file is told from a whole one", async () => {
    const text = JSON.stringify([item("Q1", "A1"), item("Q2", 5)]);
    const path = await folder.write("a.json", text);
    expect(await failure([path])).toMatch(/a\.json, item 2: field "output": expected text, got 5/);
    expect(await failure([await folder.write("b.json", text.slice(0, 90))])).toMatch(
      /b\.json: the JSON document is cut short/,
    );
    expect(await failure([await folder.write("c.json", `${text.slice(0, 90)}]]]`)])).toMatch(
      /c\.json: not valid JSON/,
    );
  });
});

describe("openai-batch", () => {
  const input = (customId: string, body: object = {}) => ({
    custom_id: customId,
    method: "POST",
    url: "/v1/chat/completions",
    body: {
      model: "gpt-x",
      messages: [
        { role: "developer", content: "Short." },
        { role: "user", content: [{ type: "text", text: "Capital?" }] },
      ],
      temperature: 1,
      ...body,
    },
  });
  const output = (customId: string, body: object, status = 200) => ({
    id: "batch_req_1",
    custom_id: customId,
    response: { status_code: status, request_id: "r", body },
    error: null,
  });
  const completion = (...choices: object[]) => ({
    model: "gpt-x-2026-01-01",
    system_fingerprint: "fp",
    choices,
    usage: { prompt_tokens: 9, completion_tokens: 2 },
  });
  const said = (content: string | null, more: object = {}) => ({
    index: 0,
    message: { role: "assistant", content, ...more },
    finish_reason: "stop",
  });

  test("prompts come from the input file, answers from the output file, in either order", async () => {
    const asked = await folder.write("in.jsonl", lines([input("cap#1"), input("cap"), input("other")]));
    const answered = await folder.write(
      "out.jsonl",
      lines([
        output("cap", completion(said("Paris"))),
        output("cap#1", completion({ ...said("Pa"), finish_reason: "length" })),
        output("other", { error: { message: "no" } }, 500),
      ]),
    );
    const rows = await rowsOf([answered, asked]);
    expect(rows).toMatchObject([
      {
        model: "gpt-x",
        promptId: "cap",
        sample: 0,
        text: "Paris",
        outcome: "ok",
        servedModel: "gpt-x-2026-01-01",
        systemFingerprint: "fp",
        usage: { inputTokens: 9, outputTokens: 2 },
      },
      { promptId: "cap", sample: 1, text: "Pa", outcome: "truncated", finishReason: "length" },
      { skipped: "no answer (status 500)" },
    ]);
    expect(rows[0]).toMatchObject({
      prompt: [
        { role: "system", content: "Short." },
        { role: "user", content: "Capital?" },
      ],
      request: { url: "/v1/chat/completions", body: { temperature: 1 } },
    });
    expect(await rowsOf([asked, answered], "openai-batch")).toEqual(rows);
  });

  test("several choices, refusals, filters, completions and the Responses API", async () => {
    const asked = await folder.write(
      "in.jsonl",
      lines([
        input("a"),
        input("b"),
        input("c", { messages: undefined, prompt: "Once" }),
        input("d", { messages: undefined, input: "Hi", instructions: "Be brief" }),
      ]),
    );
    const answered = await folder.write(
      "out.jsonl",
      lines([
        output("a", completion(said("one"), said("two"))),
        output(
          "b",
          completion(said(null, { refusal: "I can't." }), { ...said(""), finish_reason: "content_filter" }),
        ),
        output("c", { choices: [{ text: " upon", finish_reason: "stop" }] }),
        output("d", {
          output: [
            { type: "reasoning" },
            { type: "message", content: [{ type: "output_text", text: "Hello" }] },
          ],
          usage: { input_tokens: 1, output_tokens: 1 },
        }),
      ]),
    );
    expect(await rowsOf([asked, answered])).toMatchObject([
      { promptId: "a", sample: 0, text: "one" },
      { promptId: "a", sample: 1, text: "two" },
      { promptId: "b", sample: 0, text: "I can't.", outcome: "refused" },
      { promptId: "b", sample: 1, text: "", outcome: "filtered" },
      { promptId: "c", prompt: "Once", text: " upon" },
      {
        promptId: "d",
        prompt: [{ role: "system" }, { role: "user", content: "Hi" }],
        text: "Hello",
        usage: { outputTokens: 1 },
      },
    ]);
  });

  test("a batch without one of its files is refused", async () => {
    const asked = await folder.write("in.jsonl", lines([input("a")]));
    const answered = await folder.write(
      "out.jsonl",
      lines([output("a", completion(said("x"))), output("b", completion(said("x")))]),
    );
    expect(await failure([answered])).toMatch(/give its input file too/);
    expect(await failure([asked])).toMatch(/give its output file too/);
    expect(await failure([asked, answered])).toMatch(/out\.jsonl:2: no request has custom_id "b"/);
    const second = await folder.write("in2.jsonl", lines([input("a", { temperature: 0 })]));
    expect(await failure([asked, second, answered])).toMatch(
      /in2\.jsonl:1: custom_id "a" asks something else than at .*in\.jsonl:1/,
    );
  });

  test("a custom id ends in the sample number", () => {
    expect(splitCustomId("cap#12")).toEqual({ promptId: "cap", sample: 12 });
    expect(splitCustomId("cap#a")).toEqual({ promptId: "cap#a", sample: 0 });
    expect(splitCustomId("a#1#2")).toEqual({ promptId: "a#1", sample: 2 });
    expect(splitCustomId("#1")).toEqual({ promptId: "#1", sample: 0 });
  });
});

describe("inspect", () => {
  const answer = (content: unknown, more: object = {}) => ({
    model: "m-1",
    choices: [{ message: { role: "assistant", content, source: "generate" }, stop_reason: "stop" }],
    ...more,
  });
  const log = (samples: object[]) => ({
    version: 2,
    status: "success",
    eval: { task: "tasks/popularity", model: "ollama/gemma3" },
    plan: {},
    samples,
  });

  test("samples and epochs become samples of the task's prompts", async () => {
    const path = await folder.write(
      "log.json",
      JSON.stringify(
        log([
          {
            id: 1,
            epoch: 1,
            input: "Q",
            output: answer("Yes", { usage: { input_tokens: 66, output_tokens: 3 } }),
          },
          {
            id: 1,
            epoch: 2,
            input: "Q",
            output: answer([
              { type: "reasoning", reasoning: "hm" },
              { type: "text", text: "No" },
            ]),
          },
          {
            id: "x",
            epoch: 1,
            input: [{ role: "user", content: "Z" }],
            output: { choices: [], error: "filtered" },
          },
          {
            id: "y",
            epoch: 1,
            input: "attachment://k",
            attachments: { k: "long" },
            output: { completion: "old" },
          },
        ]),
        null,
        2,
      ),
    );
    expect(await rowsOf([path])).toMatchObject([
      {
        model: "ollama/gemma3",
        promptId: "popularity:1",
        prompt: "Q",
        sample: 0,
        text: "Yes",
        outcome: "ok",
        servedModel: "m-1",
        usage: { outputTokens: 3 },
      },
      { promptId: "popularity:1", sample: 1, text: "No" },
      { skipped: "no output" },
      { promptId: "popularity:y", prompt: "long", text: "old" },
    ]);
  });

  test("the prompt is what the model saw, unless it had written part of it", async () => {
    const turns = [
      { role: "system", content: "Be exact." },
      { role: "user", content: "Q", source: "input" },
    ];
    const final = { role: "assistant", content: "A", source: "generate" };
    const path = await folder.write(
      "log.json",
      JSON.stringify(
        log([
          { id: 1, epoch: 1, input: "Q", messages: [...turns, final], output: answer("A") },
          { id: 2, epoch: 1, input: "Q", messages: [...turns, final, turns[1], final], output: answer("A") },
        ]),
      ),
    );
    expect(await rowsOf([path])).toMatchObject([
      {
        prompt: [
          { role: "system", content: "Be exact." },
          { role: "user", content: "Q" },
        ],
      },
      { prompt: "Q" },
    ]);
  });

  test("NaN and Infinity, which Python writes, are read over wherever a chunk ends", async () => {
    const sample = (index: number) =>
      `{"id":${index},"epoch":1,"input":"say \\"NaN, -Infinity\\" ${"x".repeat(index % 97)}","scores":[NaN,-Infinity, Infinity,-1],"output":${JSON.stringify(answer(`NaN ${index}`))}}`;
    const samples = Array.from({ length: 3_000 }, (_, index) => sample(index + 1));
    const path = await folder.write(
      "log.json",
      `{"version":2,"eval":{"model":"m","task":"t","x":NaN},"samples":[${samples.join(",")}],"end":Infinity}`,
    );
    const rows = await rowsOf([path]);
    expect(rows).toHaveLength(3_000);
    expect(rows[2_999]).toMatchObject({ promptId: "t:3000", text: "NaN 3000" });
    expect(
      rows.every((row) => "prompt" in row && String(row.prompt).startsWith('say "NaN, -Infinity" ')),
    ).toBe(true);
  });

  test("bad samples are named", async () => {
    const bad = async (sample: object) =>
      failure([
        await folder.write(
          "log.json",
          JSON.stringify(log([{ id: 1, epoch: 1, input: "Q", output: answer("A") }, sample])),
        ),
      ]);
    expect(await bad({ id: 2, epoch: 0, input: "Q", output: answer("A") })).toMatch(
      /log\.json, sample 2: field "epoch": expected a whole number from 1, got 0/,
    );
    expect(await bad({ epoch: 1, input: "Q", output: answer("A") })).toMatch(/sample 2: field "id"/);
    expect(await bad({ id: 2, epoch: 1, input: "Q", output: answer(5) })).toMatch(
      /sample 2: field "output\.choices\[0\]\.message\.content": expected text, got 5/,
    );
  });
});

describe("promptfoo", () => {
  const file = (results: object[]) =>
    JSON.stringify({
      evalId: "eval-1",
      results: { version: 3, timestamp: "t", prompts: [], results, stats: {} },
      config: {},
    });

  test("results become samples; label before id, rendered prompt, errors left out", async () => {
    const chat = JSON.stringify([
      { role: "system", content: "s" },
      { role: "user", content: "hi" },
    ]);
    const rows = await rowsOf([
      await folder.write(
        "p.json",
        file([
          {
            promptIdx: 0,
            testIdx: 0,
            provider: { id: "openai:gpt", label: "gpt" },
            prompt: { raw: "Hello Ann", label: "x" },
            vars: { name: "Ann" },
            response: { output: "Hi", tokenUsage: { prompt: 3, completion: 1 } },
          },
          {
            provider: { id: "openai:gpt", label: "gpt" },
            prompt: { raw: "Hello Ann" },
            response: { output: "Hi again" },
          },
          { provider: { id: "echo" }, prompt: { raw: chat }, response: { output: { a: 1 } } },
          { provider: "old:style", prompt: { raw: "[not json" }, response: { output: "" } },
          { provider: { id: "echo" }, prompt: { raw: "x" }, error: "boom" },
        ]),
      ),
    ]);
    expect(rows).toMatchObject([
      {
        model: "gpt",
        prompt: "Hello Ann",
        sample: 0,
        text: "Hi",
        usage: { inputTokens: 3, outputTokens: 1 },
      },
      { model: "gpt", prompt: "Hello Ann", sample: 1, text: "Hi again" },
      {
        model: "echo",
        prompt: [
          { role: "system", content: "s" },
          { role: "user", content: "hi" },
        ],
        text: '{"a":1}',
      },
      { model: "old:style", prompt: "[not json", outcome: "empty" },
      { skipped: "no output" },
    ]);
  });

  test("a bad result is named", async () => {
    const path = await folder.write(
      "p.json",
      file([{ provider: {}, prompt: { raw: "x" }, response: { output: "y" } }]),
    );
    expect(await failure([path])).toMatch(/p\.json, result 1: field "provider\.id"/);
  });
});

test("auto tells the formats apart, and says so when it cannot", async () => {
  const detect = async (content: string) => (await detectFormat(await folder.write("f", content))).format;
  expect(await detect('{"model":"m","prompt_id":"a","response":"x"}')).toBe("jsonl");
  expect(await detect('{"prompt_id":"a","sample":1,"response":"{\\"eval\\":{","model":"m"}\n')).toBe("jsonl");
  expect(await detect('  [ {"instruction":"x","output":"y","generator":"m"}]')).toBe("alpaca-eval");
  expect(await detect('{"custom_id":"a","body":{}}\n{}')).toBe("openai-batch");
  expect(await detect('{\n "version": 2,\n "eval": {"model":"m"}, "samples": []}')).toBe("inspect");
  expect(await detect('{"evalId":"e","results":{"version":3,"results":[]}}')).toBe("promptfoo");
  for (const content of ["", "hello", "[1,2]", '{"a":1}', "model,response\nm,x"])
    expect(await failure([await folder.write("f", content)])).toMatch(
      /expected one of jsonl, alpaca-eval, .*--format/,
    );
});
