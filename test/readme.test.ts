import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runBin } from "./cli/run-bin.ts";
import { startToyEndpoint, type ToyEndpoint } from "./cli/toy-endpoint.ts";
import { summaryExcerpt } from "./readme-excerpt.ts";

const root = join(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const shellLines = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) =>
  block
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== ""),
);
const tested = new Set<string>();

/** Runs the README's line that starts so, as written but for the launcher, and expects success. */
async function runLine(start: string, cwd: string) {
  const line =
    shellLines.find((one) => one === start) ?? shellLines.find((one) => one.startsWith(`${start} `));
  if (line === undefined) throw new Error(`the README has no command ${start}`);
  tested.add(line);
  const words = line.replace(/^npx congener /, "").split(/\s+/);
  const result = await runBin(words, { cwd });
  expect(result, line).toMatchObject({ code: 0 });
  return result;
}

let workspace: string;
let endpoint: ToyEndpoint;
beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), "congener-readme-"));
  endpoint = await startToyEndpoint();
});
afterAll(async () => {
  await endpoint.close();
  rmSync(workspace, { recursive: true, force: true });
});

test("the set-up commands are scripts that exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  for (const line of shellLines.filter((candidate) => candidate.startsWith("npm "))) {
    tested.add(line);
    for (const [, name = ""] of line.matchAll(/npm (?:run )?(?!run|ci)([\w:-]+)/g))
      expect(Object.keys(scripts), line).toContain(name);
  }
  expect(scripts.demo).toBe("node dist/cli/bin.js demo");
});

test("the demo finds what was done, and writes its report", async () => {
  const folder = join(workspace, "demo");
  const { code, stdout } = await runBin(["demo", "--out", folder], { cwd: workspace });
  expect(code).toBe(0);
  expect(stdout).toContain("Miniature simulation");
  const { suspects } = JSON.parse(readFileSync(join(folder, "analysis.json"), "utf8")) as {
    suspects: { name: string; finding: string }[];
  };
  const findings = Object.fromEntries(suspects.map(({ name, finding }) => [name, finding]));
  expect(findings).toMatchObject({ "distilled-high": "derived", "re-served": "same-model" });
  expect(["not-distinguished", "inconclusive"]).toContain(findings.honest);
  expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("distilled-high");
}, 300_000);

test("the example of a probe passes the checks and is shown", async () => {
  const [, suite = ""] = /^```yaml\n([\s\S]*?)^```/m.exec(readme) ?? [];
  writeFileSync(join(workspace, "lighthouses.yaml"), suite);
  await runLine("npx congener probes lint", workspace);
  expect((await runLine("npx congener probes show", workspace)).stdout).toContain("lighthouse keeper");
});

test("recorded answers are imported and compared", async () => {
  const folder = join(workspace, "recorded");
  mkdirSync(folder);
  const models = ["acme-chat", "teacher-1", ...Array.from({ length: 10 }, (_, i) => `control-${i}`)];
  const rows = models.flatMap((model, m) =>
    Array.from({ length: 40 }, (_, p) => ({
      model,
      prompt_id: `topic${p % 10}.${p}`,
      prompt: `Say something about thing ${p}.`,
      sample: 0,
      response: `The ${["red", "blue", "old", "new"][(m * 7 + p * 3) % 4]} thing ${p} ${["sings", "waits", "shines"][(m + p) % 3]}.`,
    })),
  );
  const text = rows.map((row) => JSON.stringify(row)).join("\n");
  writeFileSync(join(folder, "answers.jsonl.gz"), gzipSync(text));
  const families = Object.fromEntries(models.map((model) => [model, `lab of ${model}`]));
  writeFileSync(join(folder, "labels.json"), JSON.stringify({ families }));
  await runLine("npx congener import", folder);
  const { stdout } = await runLine("npx congener compare results/recorded", folder);
  expect(stdout).toContain("acme-chat");
});

test("the example of library use runs on the imported run", async () => {
  const [, program = ""] = /^```ts\n([\s\S]*?)^```/m.exec(readme) ?? [];
  const library = pathToFileURL(join(root, "dist/index.js")).href;
  const script = program.replace('from "congener"', `from "${library}"`);
  expect(script).toContain(library);
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    cwd: join(workspace, "recorded"),
  });
  expect(stdout).toContain("acme-chat");
});

test("the first real run goes from init to the report, against a real server", async () => {
  await runLine("npx congener init", workspace);
  const folder = join(workspace, "my-study");
  const models = ["reference", "suspect", ...Array.from({ length: 10 }, (_, i) => `control-${i}`)];
  const target = (model: string) =>
    `  ${model}: { api: openai, baseURL: "${endpoint.baseURL}", model: ${model}, family: lab-of-${model}, apiKey: "\${TOY_KEY}" }`;
  const config = readFileSync(join(folder, "congener.yaml"), "utf8");
  const name = /^name: *(\S+)/m.exec(config)?.[1];
  expect(name).toBe("my-study");
  writeFileSync(
    join(folder, "congener.yaml"),
    [
      "name: my-study",
      "reference: reference",
      "suspects: [suspect]",
      `controls: [${models.slice(2).join(", ")}]`,
      "suites: [demo]",
      "samples: 2",
      "targets:",
      ...models.map(target),
    ].join("\n"),
  );
  writeFileSync(join(folder, ".env"), "TOY_KEY=key-of-the-toy-endpoint\n");
  expect((await runLine("npx congener plan", folder)).stdout).toContain("The configured run my-study");
  await runLine("npx congener run --env-file .env --dry-run", folder);
  expect(endpoint.requests()).toBe(0);
  await runLine("npx congener run --env-file .env", folder);
  expect(endpoint.requests()).toBeGreaterThan(0);
  expect((await runLine("npx congener status", folder)).stdout).toContain("complete");
  expect((await runLine("npx congener doctor", folder)).stdout).toContain("suggested");
  const plan = await runLine("npx congener plan --pilot results/my-study", folder);
  expect(plan.stdout).toContain("Pilot: my-study, reference reference, 10 controls of 10 labs");
  await runLine("npx congener compare results/my-study", folder);
  await runLine("npx congener report results/my-study", folder);
  expect(readFileSync(join(folder, "results/my-study/report.html"), "utf8")).toContain("suspect");
  await runLine("npx congener publish", folder);
  expect((await runLine("npx congener verify", folder)).stdout).toContain("everything in the bundle holds");
}, 300_000);

test("a simulated log is scanned, reported and judged", async () => {
  await runLine("npx congener access simulate", workspace);
  await runLine("npx congener access scan", workspace);
  await runLine("npx congener access report", workspace);
  expect((await runLine("npx congener access policy", workspace)).stdout).toContain("verify");
}, 300_000);

test("the excerpt is the summary of the committed example", () => {
  const [, excerpt = ""] = /<!-- excerpt: demo -->\n([\s\S]*?)<!-- \/excerpt -->/.exec(readme) ?? [];
  expect(excerpt, "make it anew with: npm run example").toBe(summaryExcerpt(join(root, "results/example")));
});

test("no command of the README is left untested", () => {
  expect(shellLines.filter((line) => !tested.has(line))).toEqual([]);
});
