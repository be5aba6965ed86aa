/**
 * Tries `doctor`, `run`, `compare` and `report` on llama.cpp servers with small real models of known lineage, and prints
 * what they say as Markdown for docs/real-endpoints.md.
 * Usage: npm run bench:real-endpoints -- --server LLAMA_SERVER --weights DIR [--samples 30] [--keep]
 *
 * LLAMA_SERVER is llama.cpp's server program, DIR holds the GGUF files named below. Three miniature models of the zoo are
 * controls beside the two real ones, for a comparison needs at least three labs.
 */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Analysis, analysisSchema } from "../dist/schema/analysis.js";
import { startZoo } from "../src/zoo/start-zoo.ts";
import { type LlamaServer, startLlamaServer } from "./real-endpoints/llama-server.ts";

const { values } = parseArgs({
  options: {
    server: { type: "string" },
    weights: { type: "string" },
    samples: { type: "string", default: "30" },
    keep: { type: "boolean", default: false },
  },
});
if (values.server === undefined || values.weights === undefined)
  throw new Error("expected --server LLAMA_SERVER and --weights DIR");
const weights = resolve(values.weights);
const bin = resolve("dist/cli/bin.js");

/** What each model is, as its maker documents it. */
const models = {
  stories: { file: "stories260K", lab: "stories", truth: "the reference" },
  again: { file: "stories260K", lab: "unknown", truth: "same weights, a second server" },
  chat: { file: "stories260K", lab: "unknown", truth: "same weights, through the chat API" },
  "eight-bit": { file: "stories260K-q8_0", lab: "unknown", truth: "same weights in 8 bits" },
  "four-bit": {
    file: "stories260K-q4_0",
    lab: "unknown",
    truth: "same weights in 4 bits, visibly different",
  },
  "fine-tune": { file: "stories260K-finetuned-gutenberg", lab: "unknown", truth: "fine-tuned on other text" },
  student: {
    file: "student-of-stories",
    lab: "unknown",
    truth: "trained from scratch on the reference's texts",
  },
  independent: { file: "control-tinystories", lab: "control", truth: "same domain, human-made text" },
  "other-author": { file: "aidreams260K", lab: "aidreams", truth: "other author, data and tokenizer" },
} as const;
type Name = keyof typeof models;
const names = Object.keys(models) as Name[];
const suspects = names.filter((name) => name !== "stories");

const header = [
  "| model | what it is | finding | reason | LR | same-model p | rank of content affinity |",
  "| --- | --- | --- | --- | --- | --- | --- |",
].join("\n");
/** What is read of `doctor --json`. */
const reportsSchema = z.array(
  z.object({
    target: z.string(),
    parameters: z.array(z.object({ parameter: z.string(), verdict: z.string() })),
  }),
);

const folder = await mkdtemp(join(tmpdir(), "congener-real-"));
const servers: LlamaServer[] = [];
const zoo = await startZoo({ seed: 7, port: 0 });
try {
  const addresses = new Map<Name, string>();
  for (const name of names) {
    const server = await startLlamaServer(values.server, weights, models[name].file);
    servers.push(server);
    addresses.set(name, server.baseURL);
  }
  await cp(new URL("real-endpoints/stories.yaml", import.meta.url), join(folder, "stories.yaml"));
  const tables: string[] = [];
  // A control cannot be its own suspect: the two real ones are tried in comparisons of their own.
  await writeFile(join(folder, "congener.yaml"), configText(addresses));
  const doctor = await congener("doctor", "chat", "--config", "congener.yaml");
  tables.push("### What doctor says of one of them", "```text", doctor.trimEnd(), "```");
  const json: unknown = JSON.parse(await congener("doctor", "--config", "congener.yaml", "--json"));
  tables.push("### What doctor found, all of them", verdictTable(reportsSchema.parse(json)));
  const mixture = await congener("doctor", "stories", "--config", "congener.yaml", "--mixture", "20");
  tables.push("### Is it one backend?", "```text", mixtureLines(mixture), "```");
  console.error("asking ...");
  const startedMs = performance.now();
  const asked = await congener("run", "--config", "congener.yaml", "-q", "--yes");
  const seconds = (performance.now() - startedMs) / 1000;
  tables.push("### What was asked", `${asked.trim().split("\n")[0]}, in ${seconds.toFixed(0)} s.`);
  tables.push("### Findings", header);
  for (const suspect of suspects) tables.push(row(suspect, await compareOne(suspect)));
  console.log(tables.join("\n"));
  if (values.keep) console.error(`kept in ${folder}`);
} finally {
  for (const server of servers) server.stop();
  await zoo.close();
  if (!values.keep) await rm(folder, { recursive: true });
}

function configText(addresses: ReadonlyMap<Name, string>): string {
  const target = (name: Name) => {
    const { file, lab } = models[name];
    const api = name === "chat" ? "openai" : "openai-completions";
    return `  ${name}: { api: ${api}, baseURL: "${addresses.get(name)}", model: ${file}, family: ${lab}, params: { temperature: 1 }, extraBody: { top_k: 0, top_p: 1, min_p: 0 } }`;
  };
  const miniatures = zoo.labs.filter(({ role }) => role === "control").slice(0, 3);
  return [
    "name: real",
    "reference: stories",
    `suspects: [${suspects.filter((name) => !isControl(name)).join(", ")}]`,
    `controls: [independent, other-author, ${miniatures.map(({ name }) => name).join(", ")}]`,
    "suites: [./stories.yaml]",
    `samples: ${values.samples}`,
    "limits: { concurrency: 4 }",
    "targets:",
    ...names.map(target),
    ...miniatures.map(
      ({ name, lab, model, baseURL }) =>
        `  ${name}: { api: openai-completions, baseURL: "${baseURL}", model: ${model}, family: ${lab}, params: { temperature: 1 } }`,
    ),
    "",
  ].join("\n");
}

function isControl(name: Name): boolean {
  return name === "independent" || name === "other-author";
}

/** Verdicts: one row a parameter, one column a target. */
function verdictTable(reports: z.output<typeof reportsSchema>): string {
  const asked = new Set(reports.flatMap(({ parameters }) => parameters.map(({ parameter }) => parameter)));
  const rows = [...asked].map((parameter) => [
    parameter,
    ...reports.map(
      ({ parameters }) => parameters.find((found) => found.parameter === parameter)?.verdict ?? "not asked",
    ),
  ]);
  const head = ["", ...reports.map(({ target }) => target)];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The part of `doctor`'s text that speaks of the mixture check. */
function mixtureLines(text: string): string {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => /^\s*backends:/.test(line));
  const to = lines.findIndex((line, i) => i > from && /^\s*suggested/.test(line));
  return lines.slice(from, to === -1 ? undefined : to).join("\n");
}

async function compareOne(suspect: Name): Promise<Analysis["suspects"][number]> {
  await congener("compare", "results/real", "--suspect", suspect, "--seed", "1", "-q");
  const analysis = analysisSchema.parse(
    JSON.parse(await readFile(join(folder, "results/real/analysis.json"), "utf8")),
  );
  const [compared] = analysis.suspects;
  if (compared === undefined) throw new Error(`no comparison of ${suspect}`);
  return compared;
}

function row(name: Name, suspect: Analysis["suspects"][number]): string {
  const { finding, reason, log10LR, sameModel, rankAmongControls } = suspect;
  const cells = [
    name,
    models[name].truth,
    `\`${finding}\``,
    reason,
    log10LR === null ? "not computed" : (10 ** log10LR).toPrecision(2),
    sameModel.pValue?.toPrecision(2) ?? "not computed",
    rankAmongControls.pValue?.toPrecision(2) ?? "not computed",
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Standard output; exit codes of findings are no failure. */
function congener(...args: string[]): Promise<string> {
  return new Promise((done, fail) => {
    execFile(
      process.execPath,
      [bin, ...args],
      { cwd: folder, maxBuffer: 1 << 26, env: { ...process.env, NO_COLOR: "1", COLUMNS: "110" } },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code === "number" && error.code > 1)
          fail(new Error(`${args.join(" ")}: ${stderr}`));
        else done(stdout);
      },
    );
  });
}
