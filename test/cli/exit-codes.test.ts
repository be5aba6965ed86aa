// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration look like that
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BinResult, runBin } from "./run-bin.ts";
import { toyModels, writeToyConfig } from "./toy-config.ts";
import { startToyEndpoint } from "./toy-endpoint.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "congener-exit-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const env = { TOY_KEY: "key-of-the-toy-endpoint" };
const congener = (args: readonly string[], onStart: (child: ChildProcess) => void = () => {}) =>
  runBin(args, { cwd: folder, env, onStart });

/** Exit 2, nothing on stdout, one line on stderr with every one of the fragments. */
function expectOneLine({ code, stdout, stderr }: BinResult, fragments: readonly string[]): void {
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(/^congener: /);
  for (const fragment of fragments) expect(stderr).toContain(fragment);
}

describe("exit 2: wrong files and folders", () => {
  test.each([["compare"], ["report"]])("%s of a folder that is no run", async (command) => {
    expectOneLine(await congener([command, "results/nope"]), ["results/nope"]);
  });

  test("run without a configuration says how to get one", async () => {
    expectOneLine(await congener(["run"]), ["congener.yaml", "congener init"]);
  });

  test.each<[string, (text: string) => string, string[]]>([
    [
      "a misspelt key",
      (text) => text.replace("samples:", "sampels:"),
      ["congener.yaml:6:1", "sampels", "samples"],
    ],
    [
      "a literal key",
      (text) => text.replace("${TOY_KEY}", "sk-literal-0123456789"),
      ["congener.yaml", "apiKey"],
    ],
    ["an unset variable", (text) => text.replace("${TOY_KEY}", "${NOT_SET_HERE}"), ["NOT_SET_HERE"]],
    ["text that is no YAML", () => "name: [", ["congener.yaml:"]],
    ["two controls", (text) => text.replace(/controls: .*/, "controls: [control-0, control-1]"), ["control"]],
    ["an unknown suite", (text) => text.replace("./toy.yaml", "toyy"), ["toyy"]],
  ])("a configuration with %s", async (_name, edit, fragments) => {
    writeToyConfig(folder, "http://127.0.0.1:9/v1", edit);
    const result = await congener(["run"]);
    expectOneLine(result, fragments);
    expect(result.stderr).not.toContain("sk-literal");
    expect(readdirSync(folder)).not.toContain("results");
  });

  test("a run folder of another version", async () => {
    writeFileSync(join(folder, "manifest.json"), JSON.stringify({ schemaVersion: 99 }));
    expectOneLine(await congener(["compare", "."]), ["manifest.json"]);
  });

  test("import of a row without an answer names line and field", async () => {
    const rows = [
      { model: "a", prompt_id: "p", prompt: "q", sample: 0, response: "r" },
      { model: "a", prompt_id: "p", prompt: "q", sample: 1 },
    ];
    writeFileSync(join(folder, "rows.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
    const result = await congener(["import", "rows.jsonl", "--run", "results/x", "--quiet"]);
    expectOneLine(result, ["rows.jsonl:2", "response"]);
  });
});

test("exit 0, then what was recorded is not asked again, and 1 where --fail-on holds", async () => {
  const endpoint = await startToyEndpoint();
  try {
    writeToyConfig(folder, endpoint.baseURL);
    const first = await congener(["run", "--quiet"]);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(endpoint.requests()).toBe(toyModels.length * 3 * 2);
    expect((await congener(["run"])).code).toBe(0);
    expect(endpoint.requests()).toBe(toyModels.length * 3 * 2);

    const compared = await congener(["compare", "results/toy", "--json"]);
    expect(compared.code).toBe(0);
    const { suspects } = JSON.parse(compared.stdout) as { suspects: { name: string; finding: string }[] };
    expect(suspects.map(({ name }) => name)).toEqual(["suspect"]);
    const finding = suspects[0]?.finding ?? "";
    expect((await congener(["compare", "results/toy", "--fail-on", finding])).code).toBe(1);
    const other = finding === "not-distinguished" ? "inconclusive" : "not-distinguished";
    expect((await congener(["compare", "results/toy", "--fail-on", other])).code).toBe(0);
  } finally {
    await endpoint.close();
  }
});

test("exit 3: the endpoint knows none of the models", async () => {
  const server = createServer((request, response) => {
    request.resume();
    response
      .writeHead(404, { "content-type": "application/json" })
      .end('{"error":{"message":"no such model","code":"model_not_found"}}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    writeToyConfig(folder, `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    const { code, stderr } = await congener(["run"]);
    expect(code).toBe(3);
    expect(stderr).toContain("unknown-model");
    expect((await congener(["compare", "results/toy"])).code).toBe(3);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("Ctrl-C during run is exit 130, says how to resume, and loses nothing", async () => {
  let child: ChildProcess | undefined;
  const endpoint = await startToyEndpoint((count) => {
    if (count === 9) child?.kill("SIGINT");
  });
  try {
    writeToyConfig(folder, endpoint.baseURL, (text) => `${text}limits: { concurrency: 2 }\n`);
    const { code, stderr } = await congener(["run"], (started) => {
      child = started;
    });
    expect(code).toBe(130);
    expect(stderr).toContain("congener run");
    const asked = endpoint.requests();
    expect(asked).toBeLessThan(toyModels.length * 3 * 2);
    expect((await congener(["run"])).code).toBe(0);
    expect(endpoint.requests()).toBe(toyModels.length * 3 * 2);
  } finally {
    await endpoint.close();
  }
});
