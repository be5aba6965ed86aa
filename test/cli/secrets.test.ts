import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { type Behaviour, type SeenRequest, startFaultServer } from "../providers/fault-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";
import { binFile, runBin } from "./run-bin.ts";
import { runMain } from "./run-main.ts";
import { writeToyConfig } from "./toy-config.ts";

/** Every character that a header may carry and that some encoding changes. */
const special = `sp/ec+ial=key&<b>"q'\\u{0}%20~|^;,?@:#[x] $$1`;
const keys: Record<string, string> = {
  SPECIAL_KEY: special,
  FILE_KEY: "from-a-file-0123456789abcdef",
  HEADER_KEY: "header-key-9f8e7d6c5b4a3",
  LONG_KEY: `long-${"0123456789abcdefghijklmnopqrstuvwxyz/+".repeat(100)}`,
  REFUSED_KEY: "refused-key-zyxwvutsrq",
  ANTHROPIC_KEY_OF_MINE: "ant-key-2468013579-blue",
};
/** What a user of these SDKs has in the environment; none of it is named in the configuration. */
const bait: Record<string, string> = {
  OPENAI_API_KEY: "bait-openai-key-000001",
  OPENAI_ORG_ID: "bait-openai-org-000002",
  OPENAI_PROJECT_ID: "bait-openai-project-000003",
  OPENAI_CUSTOM_HEADERS: "x-bait: bait-custom-header-000004",
  OPENAI_BASE_URL: "http://127.0.0.1:1/bait-base-url",
  OPENAI_ADMIN_KEY: "bait-openai-admin-000005",
  OPENAI_LOG: "debug",
  ANTHROPIC_API_KEY: "bait-anthropic-key-000006",
  ANTHROPIC_AUTH_TOKEN: "bait-anthropic-token-000007",
  ANTHROPIC_CUSTOM_HEADERS: "x-bait: bait-anthropic-header-000008",
  ANTHROPIC_BASE_URL: "http://127.0.0.1:1/bait-anthropic-url",
  ANTHROPIC_LOG: "debug",
  AZURE_OPENAI_API_KEY: "bait-azure-key-000009",
  HF_TOKEN: "bait-hugging-face-000010",
};
const targetKeys: Record<string, readonly string[]> = {
  ref: ["SPECIAL_KEY"],
  sus: ["FILE_KEY", "HEADER_KEY"],
  c1: ["ANTHROPIC_KEY_OF_MINE"],
  c2: [],
  c3: ["LONG_KEY"],
  c4: ["REFUSED_KEY"],
};

const base64Forms = (key: string) =>
  ["", "a", "ab"].map((before) =>
    // Without the characters that also depend on what stands before and after.
    Buffer.from(`${before}${key}`)
      .toString("base64")
      .slice(before === "" ? 0 : 4)
      .replace(/.{0,3}=*$/, ""),
  );

/** All the ways in which a key may stand somewhere; any beginning of it tells as well. */
function formsOf(key: string): string[] {
  const json = (text: string) => JSON.stringify(text).slice(1, -1);
  const plain = [
    key,
    json(key),
    json(json(key)),
    encodeURIComponent(key),
    new URLSearchParams({ key }).toString().slice(4),
    key.slice(0, 11),
    json(key.slice(0, 11)),
  ];
  const base64 = base64Forms(key);
  return [
    ...plain,
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
    Buffer.from(key).toString("hex"),
  ];
}

function expectNoSecret(text: string, where: string): void {
  if (text.includes("bait-")) expect.fail(`${where} holds a key that is not even configured`);
  for (const [name, key] of Object.entries(keys))
    for (const form of formsOf(key))
      if (form.length >= 10 && text.includes(form))
        expect.fail(
          `${where} holds ${name} as ${form.slice(0, 40)} in ...${text.slice(Math.max(0, text.indexOf(form) - 80), text.indexOf(form) + 20)}`,
        );
}

/** Every file below a folder, by its path. */
const filesBelow = (dir: string): [string, string][] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, "utf8")]);

/** The credentials that came with a request, as the server sees them. */
const credentials = ({ headers }: SeenRequest): string[] =>
  [
    headers.authorization?.replace(/^Bearer /, ""),
    headers["x-api-key"],
    headers["x-acme"]?.toString().replace(/^Token /, ""),
  ].flatMap((value) => (typeof value === "string" && value !== "none" ? [value] : []));

/** Says a request's own keys back in every field, header and encoding that comes to mind. */
function echoing(): Behaviour {
  const asked = new Map<string, number>();
  return (request, response) => {
    const said = credentials(request);
    const model = request.body?.model ?? request.path;
    const question = /Question (\d+)/.exec(JSON.stringify(request.body))?.[1];
    const times = (asked.get(`${model} ${question}`) ?? 0) + 1;
    asked.set(`${model} ${question}`, times);
    const isFirst = times === 1;
    const echoes = said
      .flatMap((key) => [
        key,
        Buffer.from(key).toString("base64"),
        Buffer.from(`user:${key}`).toString("base64url"),
        encodeURIComponent(key),
        new URLSearchParams({ key }).toString(),
        JSON.stringify({ key }),
        Buffer.from(key).toString("hex"),
      ])
      .join(" and ");
    const first = said[0] ?? "nothing";
    const send = (status: number, body: string) => {
      const header = first.slice(0, 4_000);
      response.writeHead(status, {
        "content-type": "application/json",
        "x-request-id": header,
        server: header,
      });
      // In pieces that cut every key.
      for (let at = 0; at < body.length; at += 1_000) {
        response.write(body.slice(at, at + 7));
        response.write(body.slice(at + 7, at + 1_000));
      }
      response.end();
    };
    // Messages are shortened: a key must not survive by being cut in two.
    const error = (status: number, before: number) =>
      send(
        status,
        JSON.stringify({
          error: { message: `${".".repeat(before)}your key is ${first}, ${echoes}`, code: first },
        }),
      );
    if (request.body === null) error(404, 0);
    else if (model === "c4") error(401, 0);
    else if (question === "0" && isFirst) error(503, 272);
    else if (question === "1" && model === "ref") error(400, 262 + 10 * times);
    else if (question === "2" && isFirst) send(200, `<html>${echoes} ${htmlEscaped(first)}</html>`);
    else if (question === "3" && isFirst)
      send(200, JSON.stringify({ error: { message: echoes, code: 502 } }));
    else
      send(
        200,
        JSON.stringify((request.path.endsWith("/messages") ? message : completion)(first, echoes, question)),
      );
  };
}

const htmlEscaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const message = (key: string, echoes: string, question: string | undefined) => ({
  id: "m",
  type: "message",
  role: "assistant",
  model: key,
  content: [
    { type: "thinking", thinking: echoes },
    { type: "text", text: `The answer to ${question} is ${echoes}.` },
  ],
  stop_reason: "end_turn",
  usage: { input_tokens: 1, output_tokens: 1 },
});

const completion = (key: string, echoes: string, question: string | undefined) => ({
  id: key,
  object: "chat.completion",
  model: `model-${key}`,
  system_fingerprint: key,
  provider: key,
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: `The answer to ${question} is ${echoes}.`,
        reasoning_content: echoes,
      },
      finish_reason: "stop",
    },
  ],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  [key]: echoes,
});

async function writeStudy(dir: string, origin: string): Promise<void> {
  const entry = (name: string, rest: string) => `  ${name}: { model: ${name}, family: lab-${name}, ${rest} }`;
  const openai = `api: openai, baseURL: "${origin}/v1"`;
  const suite = Array.from(
    { length: 6 },
    (_, i) =>
      `  - { id: p${i}, family: f${i}, why: test, messages: [{ role: user, content: "Question ${i}?" }] }`,
  );
  await writeFile(
    join(dir, "suite.yaml"),
    ["name: suite", 'version: "1"', "probes:", ...suite, ""].join("\n"),
  );
  await writeFile(
    join(dir, "congener.yaml"),
    [
      "name: study",
      "reference: ref",
      "suspects: [sus]",
      "controls: [c1, c2, c3, c4]",
      "suites: [./suite.yaml]",
      "samples: 3",
      "limits: { concurrency: 4, retryMinutes: 1 }",
      "targets:",
      entry("ref", `${openai}, apiKey: "\${SPECIAL_KEY}"`),
      entry("sus", `${openai}, apiKey: "\${FILE_KEY}", headers: { x-acme: "Token \${HEADER_KEY}" }`),
      entry(
        "c1",
        `api: anthropic, baseURL: "${origin}", apiKey: "\${ANTHROPIC_KEY_OF_MINE}", params: { max_tokens: 50 }`,
      ),
      entry("c2", openai),
      entry("c3", `${openai}, apiKey: "\${LONG_KEY}"`),
      entry("c4", `${openai}, apiKey: "\${REFUSED_KEY}"`),
      "",
    ].join("\n"),
  );
}

/** The environment of a user: the keys of the study but for those in files, and much else. */
const { FILE_KEY: _fileKey, LONG_KEY: _longKey, ...environment } = { ...keys, ...bait };

async function study() {
  const server = await startFaultServer(echoing());
  const outside = await temporaryFolder();
  const dir = join(outside, "study");
  await mkdir(dir);
  await writeStudy(dir, server.origin);
  const envFiles = [join(outside, "a.env"), join(outside, "b.env")];
  await writeFile(
    envFiles[0] as string,
    `FILE_KEY=overridden-by-the-later-file\nSPECIAL_KEY=what-is-really-set-wins\n`,
  );
  await writeFile(envFiles[1] as string, `FILE_KEY=${keys.FILE_KEY}\nLONG_KEY='${keys.LONG_KEY}'\n`);
  return { server, dir, outside, flags: envFiles.flatMap((file) => ["--env-file", file]) };
}

beforeAll(() => {
  // What the test looks for is what the forms are.
  expect(() => expectNoSecret(`x ${Buffer.from(`ab${special}`).toString("base64")}`, "a text")).toThrow(
    /holds SPECIAL_KEY/,
  );
  expect(() => expectNoSecret(special.slice(0, 14), "a text")).toThrow(/holds SPECIAL_KEY/);
});

test("an endpoint that says the keys back leaves no key in any record, report or output, and no other key goes on the wire", async () => {
  const { server, dir, flags } = await study();
  const said: string[] = [];
  const congener = async (...words: string[]) => {
    const { code, stdout, stderr } = await runBin(words, { cwd: dir, env: environment });
    said.push(stdout, stderr);
    expectNoSecret(stdout, `stdout of ${words[0]}`);
    expectNoSecret(stderr, `stderr of ${words[0]}`);
    return { code, stdout, stderr };
  };
  const run = await congener("run", "-v", ...flags);
  expect(run.code).toBe(0);
  expect(run.stderr).toContain("[secret:REFUSED_KEY]");
  const askedByRun = server.requests.length;
  await congener("compare", "results/study", "-v");
  await congener("report", "results/study", "-v");
  await congener("run", ...flags, "--dry-run", "-v");
  await congener("doctor", "ref", ...flags, "-v");

  const files = filesBelow(join(dir, "results"));
  const names = files.map(([path]) => path.slice(join(dir, "results", "study").length + 1)).sort();
  expect(names).toEqual(
    expect.arrayContaining([
      "analysis.json",
      "attempts/ref.jsonl",
      "manifest.json",
      "report.findings.csv",
      "report.html",
      "report.json",
      "report.md",
      "transcripts/c1.jsonl",
      "transcripts/ref.jsonl",
    ]),
  );
  for (const [path, text] of files) expectNoSecret(text, path);
  const records = files.map(([, text]) => text).join("\n");
  for (const name of Object.keys(keys)) expect(records, name).toContain(`[secret:${name}]`);

  // Each target got its own key and nothing of anybody else's.
  expect(server.requests.length).toBeGreaterThan(80);
  for (const [at, request] of server.requests.entries()) {
    const own = (targetKeys[request.body?.model] ?? []).map((name) => keys[name]);
    if (at < askedByRun) expect(credentials(request).sort()).toEqual(own.sort());
    // The doctor was told to ask ref; it also looks whether a key is needed.
    else for (const credential of credentials(request)) expect(credential).toBe(keys.SPECIAL_KEY);
    const wire = JSON.stringify([request.path, request.headers, request.body]);
    expect(wire).not.toContain("bait");
  }
});

test("a crash, and what Node writes of a process, hold no key", async () => {
  const { server, dir, outside, flags } = await study();
  const crash = join(outside, "crash.mjs");
  await writeFile(
    crash,
    `const key = process.env.SPECIAL_KEY;
    process.on("SIGHUP", () => { throw new Error("thrown with " + key, { cause: new Error("because of Bearer " + key) }); });`,
  );
  const reports = join(outside, "reports");
  await mkdir(reports);
  const child = spawn(process.execPath, [binFile, "run", "-v", ...flags], {
    cwd: dir,
    env: {
      PATH: process.env.PATH ?? "",
      ...environment,
      NODE_OPTIONS: `--import ${pathToFileURL(crash)} --report-on-signal --report-signal=SIGUSR2 --report-uncaught-exception --report-on-fatalerror --report-directory=${reports}`,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
  const asked = async (count: number) => {
    while (server.requests.length < count && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await asked(3);
  child.kill("SIGUSR2");
  while (readdirSync(reports).length === 0 && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill("SIGHUP");
  const [code] = await once(child, "close");
  const text = Buffer.concat((await output).flat()).toString();
  expect([code, text]).toEqual([
    2,
    expect.stringMatching(/unexpected error: Error: thrown with \[secret:SPECIAL_KEY\]/),
  ]);
  expect(text).toContain("caused by Error: because of Bearer [secret:SPECIAL_KEY]");
  expectNoSecret(text, "the output of a crash");
  const written = filesBelow(reports);
  expect(written.length).toBeGreaterThan(0);
  for (const [path, content] of written) {
    expect(content).toContain("environmentVariables");
    for (const name of Object.keys(keys))
      expect(content.includes(JSON.stringify(keys[name]).slice(1, -1)), `${path} holds ${name}`).toBe(false);
  }
  for (const [path, content] of filesBelow(join(dir, "results"))) expectNoSecret(content, path);
});

test.each([["plan", "--pilot"], ["status"], ["runs", "list"]])(
  "%s, which asks no endpoint, keeps keys out of what it prints too",
  async (...words) => {
    const cwd = await temporaryFolder();
    const key = "toy-key-0123456789abcdef";
    writeToyConfig(cwd, "http://127.0.0.1:9/v1");
    // A folder that is not there is named in the message.
    const { code, stderr } = await runMain([...words, `results/${key}`], { cwd, env: { TOY_KEY: key } });
    expect(code).toBe(2);
    expect(stderr).toContain("results/[secret:TOY_KEY]");
  },
);

test("wrong configurations are told without the values of variables", async () => {
  const { dir, flags } = await study();
  const config = readFileSync(join(dir, "congener.yaml"), "utf8");
  for (const [from, to] of [
    [/baseURL: "http[^"]*"/, `baseURL: "\${SPECIAL_KEY}"`],
    [/baseURL: "http[^"]*"/, `baseURL: "http://user:\${HEADER_KEY}@localhost"`],
    [/apiKey: "\$\{SPECIAL_KEY\}"/, `apiKey: "${keys.FILE_KEY}"`],
    [/x-acme: "[^"]*"/, `x-acme-token: "${keys.HEADER_KEY}"`],
    [/model: ref/, `model: "\${HEADER_KEY}"`],
  ] as const) {
    await writeFile(join(dir, "congener.yaml"), config.replace(from, to));
    const { code, stdout, stderr } = await runBin(["run", "-v", ...flags], { cwd: dir, env: environment });
    expect([code, stdout]).toEqual([2, ""]);
    expectNoSecret(stderr, to);
  }
});
