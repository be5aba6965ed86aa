/**
 * How often the mixture check of `doctor` finds two llama.cpp servers behind one address, and how often it says so of one.
 * Usage: npm run bench:mixture -- --server LLAMA_SERVER --weights DIR [--repeats 25] [--checks 20]
 *
 * Each row is one pair of weights and one way of sharing requests; the address gives one name and adds no delay.
 */

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { z } from "zod";
import { seededRandom } from "../src/schema/random.ts";
import { startLlamaServer } from "./real-endpoints/llama-server.ts";

const { values } = parseArgs({
  options: {
    server: { type: "string" },
    weights: { type: "string" },
    repeats: { type: "string", default: "25" },
    checks: { type: "string", default: "20" },
  },
});
const { server, weights } = values;
if (server === undefined || weights === undefined)
  throw new Error("expected --server LLAMA_SERVER and --weights DIR");

const files = ["stories260K", "stories260K-q8_0", "stories260K-q4_0", "control-tinystories"] as const;
type File = (typeof files)[number];
/** Which of the two answers the n-th request. */
const ways = {
  "in turn": (n: number) => n % 2,
  "half at random": (_: number, random: () => number) => Number(random() < 0.5),
} as const;

const folder = await mkdtemp(join(tmpdir(), "congener-mixture-"));
const servers = await Promise.all(files.map((file) => startLlamaServer(server, resolve(weights), file)));
const addressOf = (file: File) => servers[files.indexOf(file)]?.baseURL ?? "";
const reportSchema = z.array(
  z.object({
    mixture: z.object({
      verdict: z.string(),
      level: z.number(),
      tests: z.array(z.object({ test: z.string(), adjustedPValue: z.number().nullable() })),
    }),
  }),
);
try {
  console.log(`${values.checks} checks a row, ${values.repeats} repeats of each question`);
  console.log("| backends | shared | checks that say so | by |");
  console.log("| --- | --- | --- | --- |");
  await row("stories260K", "stories260K", "in turn");
  for (const other of files.slice(1))
    for (const way of Object.keys(ways) as (keyof typeof ways)[]) await row("stories260K", other, way);
} finally {
  for (const { stop } of servers) stop();
  await rm(folder, { recursive: true });
}

async function row(first: File, second: File, way: keyof typeof ways): Promise<void> {
  let found = 0;
  const by = new Map<string, number>();
  for (let seed = 1; seed <= Number(values.checks); seed++) {
    const tests = await check(first, second, way, seed);
    if (tests !== null) found++;
    for (const test of tests ?? []) by.set(test, (by.get(test) ?? 0) + 1);
  }
  const backends = first === second ? `${first} alone` : `${first} and ${second}`;
  console.log(
    `| ${backends} | ${first === second ? "" : way} | ${found} of ${values.checks} | ${[...by].map(([test, count]) => `${test} ${count}`).join(", ")} |`,
  );
}

/** The tests that indicate a mixture; null where the check does not say so. */
async function check(
  first: File,
  second: File,
  way: keyof typeof ways,
  seed: number,
): Promise<readonly string[] | null> {
  const random = seededRandom(seed);
  let requests = 0;
  const proxy = createServer((asked, answer) => {
    const backend = ways[way](requests++, random) === 0 ? first : second;
    const onward = request(
      `${addressOf(backend).replace(/\/v1$/, "")}${asked.url}`,
      { method: asked.method ?? "GET", headers: asked.headers },
      async (reply) => {
        const body = (await reply.toArray()).join("").replaceAll(backend, "model");
        answer.writeHead(reply.statusCode ?? 502, { "content-type": "application/json" }).end(body);
      },
    );
    asked.pipe(onward);
  }).listen(0, "127.0.0.1");
  await new Promise((ready) => proxy.once("listening", ready));
  const { port } = proxy.address() as { port: number };
  const target = (name: string) =>
    `  ${name}: { api: openai-completions, baseURL: "http://127.0.0.1:${port}/v1", model: ${name}, params: { temperature: 1 }, extraBody: { top_k: 0, min_p: 0 } }\n`;
  const controls = ["a", "b", "c"];
  await writeFile(
    join(folder, "congener.yaml"),
    `reference: mixed\nsuspects: [other]\ncontrols: [${controls.join(", ")}]\ntargets:\n${["mixed", "other", ...controls].map(target).join("")}`,
  );
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        resolve("dist/cli/bin.js"),
        ...["doctor", "mixed", "--mixture", values.repeats, "--seed", String(seed), "--json"],
      ],
      { cwd: folder, maxBuffer: 1 << 26 },
    );
    const [report] = reportSchema.parse(JSON.parse(stdout));
    if (report === undefined || !["indicated", "declared"].includes(report.mixture.verdict)) return null;
    const { tests, level } = report.mixture;
    return tests
      .filter(({ adjustedPValue }) => adjustedPValue !== null && adjustedPValue <= level)
      .map(({ test }) => test);
  } finally {
    proxy.close();
  }
}
