import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { askFirst } from "../../src/cli/money/ask-first.ts";
import {
  type Behaviour,
  chatBody,
  type FaultServer,
  sendJson,
  startFaultServer,
} from "../providers/fault-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";
import { congener, ended, startCongener } from "./start-congener.ts";

const names = ["ref", "sus", "c1", "c2", "c3"];
const answer: Behaviour = (_, response) => sendJson(response, 200, chatBody("Elias."));

/** A study of 5 targets, 4 probes and 5 samples; an answer takes 9 tokens in and 3 out. */
async function study(
  server: FaultServer,
  changes: { limits?: string; prices?: string; params?: string } = {},
) {
  const dir = await temporaryFolder();
  const probes = Array.from(
    { length: 4 },
    (_, i) =>
      `  - { id: p${i}, family: naming, why: test, messages: [{ role: user, content: "Question ${i}?" }], params: ${changes.params ?? "{ max_tokens: 12 }"} }`,
  );
  await writeFile(join(dir, "suite.yaml"), `name: suite\nversion: "1"\nprobes:\n${probes.join("\n")}\n`);
  const targets = names.map(
    (name) =>
      `  ${name}: { api: openai, baseURL: "${server.origin}/v1", model: ${name}, family: lab-${name} }`,
  );
  await writeFile(
    join(dir, "congener.yaml"),
    `reference: ref\nsuspects: [sus]\ncontrols: [c1, c2, c3]\nsuites: [./suite.yaml]\nsamples: 5\nprices: prices.yaml\ntargets:\n${targets.join("\n")}\nlimits: { concurrency: 4${changes.limits ?? ""} }\n`,
  );
  const { host } = new URL(server.origin);
  await writeFile(
    join(dir, "prices.yaml"),
    changes.prices ?? `checked: 2026-11-01\nprices: [{ host: "${host}", input: 100, output: 1000 }]\n`,
  );
  return dir;
}

/** One answer in US dollars: 9 tokens at 100 and 3 at 1,000 a million. */
const oneAnswer = 0.0039;

test("the start of a run says requests, tokens and cost, with the day of the prices; a dry run says it too and asks nothing", async () => {
  const server = await startFaultServer(answer);
  const dir = await study(server);
  const plan = await congener(dir, "run", "--dry-run");
  expect(plan.code).toBe(0);
  expect(plan.out).toMatch(
    /^100 requests to 5 targets, retries on top\ntokens: .* in, 100 to 1\.2 k out; cost: \$0\.12 to \$\d\.\d\d \(prices: prices\.yaml, checked 2026-11-01\)\nref +20 to ask, 0 of 20 recorded, cost \$0\.02 to \$0\.\d\d\n/,
  );
  expect(server.requests).toHaveLength(0);
  expect((await congener(dir, "run", "--max-requests", "30")).err).toContain("100 requests to 5 targets");
  const { err } = await congener(dir, "run");
  // Requests that were in flight are among the recorded ones.
  expect(err).toMatch(/70 requests to 5 targets \(30 of 100 samples are recorded\), retries on top/);
  // The tokens of what is recorded are known by now.
  expect(err).toMatch(/tokens: 630 in, 210 out; cost: \$0\.27 /);
  expect(err).toContain("spent so far: $0.12");
  expect(err).toContain("cost of the run: $0.39");
  expect((await congener(dir, "run")).err).not.toContain("requests to");
}, 60_000);

test("a stop by a limit is exit 0 and by Ctrl-C 130, whoever has not been asked yet; with targets that failed it is 3", async () => {
  const server = await startFaultServer(answer);
  for (const flags of [
    ["--max-requests", "1"],
    ["--max-minutes", "0.00001"],
    ["--budget-usd", "0.02"],
  ]) {
    const { code, err, out } = await congener(await study(server), "run", ...flags);
    expect({ flags, code }).toEqual({ flags, code: 0 });
    expect(out).toMatch(/^\d of 100 samples recorded/m);
    expect(err).toContain("to go on");
    expect(err).not.toContain("nothing to compare");
  }
  const hasty = await startFaultServer((request, response, count) => {
    if (count === 1) child.kill("SIGINT");
    return answer(request, response, count);
  });
  const child = startCongener(await study(hasty), ["run"]);
  const stopped = await ended(child);
  expect(stopped.code).toBe(130);
  expect(stopped.err).toContain("stopped as asked; to go on: congener run");
  expect(stopped.err).not.toContain("nothing to compare");
  const locked = await startFaultServer((_, response) =>
    sendJson(response, 401, { error: { message: "no" } }),
  );
  const failed = await congener(await study(locked), "run");
  expect(failed.code).toBe(3);
  expect(failed.err).toContain("nothing to compare: the reference ref has no answer");
}, 60_000);

test("an unknown price is unknown, never 0; a budget with one is exit 2 and says how to give it", async () => {
  const server = await startFaultServer(answer);
  const { host } = new URL(server.origin);
  const dir = await study(server, {
    prices: `prices: [{ host: "${host}", model: ref, input: 100, output: 1000 }]\n`,
  });
  const plan = await congener(dir, "run", "--dry-run");
  expect(plan.out).toMatch(/cost: \$0\.02 to \$0\.\d\d \+ \?/);
  expect(plan.out).toContain("price unknown, which is not 0: sus, c1, c2, c3; give it");
  expect(plan.out).toMatch(/^sus .*cost unknown$/m);
  const refused = await congener(dir, "run", "-q", "--budget-usd", "1");
  expect([refused.code, refused.err.trimEnd().split("\n")]).toEqual([
    2,
    [
      expect.stringMatching(
        /^congener: --budget-usd needs every price, and that of sus \(and of c1, c2, c3\) is unknown.*host: "127\.0\.0\.1:\d+", model: "sus".*--max-requests$/,
      ),
    ],
  ]);
  expect(server.requests).toHaveLength(0);
  await writeFile(join(dir, "free.yaml"), `prices: [{ host: "${host}", input: 0, output: 0 }]\n`);
  const free = await congener(dir, "run", "--budget-usd", "1", "--prices", "free.yaml", "--only", "sus");
  expect([free.code, server.requests.length]).toEqual([0, 20]);
  expect((await congener(dir, "run", "-q", "--prices", "none.yaml")).err).toMatch(
    /^congener: cannot read the prices/,
  );
  for (const wrong of ["0", "x"]) {
    const { code, err } = await congener(dir, "run", "-q", "--budget-usd", wrong);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^congener: --budget-usd expects a (positive )?number/),
    ]);
  }
}, 60_000);

test("a budget stops the run as a whole: exit 0, status stopped, and the same command asks nothing more", async () => {
  const server = await startFaultServer(answer);
  const dir = await study(server, { limits: ", budgetUSD: 9" });
  const first = await congener(dir, "run", "--budget-usd", "0.2");
  expect(first.code).toBe(0);
  expect(first.err).toContain("budget: $0.2 for the run as a whole, $0.20 of it left");
  expect(first.err).toContain("stopped at the budget, for the next request could go beyond it");
  const asked = server.requests.length;
  expect(asked * oneAnswer).toBeLessThanOrEqual(0.2);
  expect(asked * oneAnswer).toBeGreaterThan(0.17);
  const manifest = async () =>
    JSON.parse(await readFile(join(dir, "results/congener/manifest.json"), "utf8"));
  expect((await manifest()).status).toBe("stopped");
  expect(first.out).toBe(`${asked} of 100 samples recorded in results/congener\n`);

  const again = await congener(dir, "run", "--budget-usd", "0.2");
  expect([again.code, again.err, server.requests.length]).toEqual([
    0,
    expect.stringMatching(/cost of the run: \$0\.1\d of \$0\.2\n/),
    asked,
  ]);
  // What it says to go on with is enough.
  const command = /to go on, give it more: congener (run --budget-usd [\d.]+)/.exec(again.err)?.[1] ?? "";
  const last = await congener(dir, ...command.split(" "));
  expect([last.code, server.requests.length]).toEqual([0, 100]);
  expect((await manifest()).status).toBe("complete");
}, 60_000);

test("missing usage is estimated upward and failed attempts that may have been billed are counted, and both are said", async () => {
  const server = await startFaultServer((request, response, count) => {
    if (count % 10 === 3) response.destroy();
    else if (request.body.model === "c1")
      sendJson(response, 200, chatBody("Elias.", { body: { usage: null } }));
    else void answer(request, response, count);
  });
  const { err } = await congener(await study(server), "run", "--budget-usd", "9");
  expect(err).toMatch(
    /cost of the run: \$0\.\d\d of \$9; in it 20 samples without a count of tokens, estimated upward from bytes, and \d+ failed attempts? that may have been billed, at the most possible/,
  );
}, 60_000);

test("a run above the configured amount needs --yes where nobody can be asked, and a budget below it does not", async () => {
  const server = await startFaultServer(answer);
  const dir = await study(server, { limits: ", askAboveUSD: 0.5" });
  const refused = await congener(dir, "run", "-q");
  expect([refused.code, refused.err]).toEqual([
    2,
    expect.stringMatching(
      /^congener: this may cost up to \$1\.\d\d, more than limits\.askAboveUSD \(\$0\.50\), and there is no terminal to ask on: add --yes .*\n$/,
    ),
  ]);
  expect((await congener(dir, "run", "--dry-run")).code).toBe(0);
  expect(server.requests).toHaveLength(0);
  expect((await congener(dir, "run", "-q", "--max-requests", "5")).code).toBe(0);
  expect(server.requests).toHaveLength(5);
  expect((await congener(dir, "run", "-q", "--budget-usd", "0.1")).code).toBe(0);
  // Without a limit of tokens nobody knows the upper end: it is reckoned with long answers.
  const unlimited = await study(server, { limits: ", askAboveUSD: 0.5", params: "{}" });
  expect((await congener(unlimited, "run", "-q")).err).toContain("this may cost up to $41");
  expect((await congener(dir, "run", "-q", "--yes")).code).toBe(0);
  expect(server.requests).toHaveLength(100);
}, 60_000);

test("on a terminal it asks, and only y or yes goes on", async () => {
  const terminal = (typed: string | null) => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const stderr = new PassThrough();
    stdin.end(typed ?? "");
    return { stdin, stderr, isTTY: true };
  };
  const costs = { mostUSD: 12.5, askAboveUSD: 10 };
  const first = terminal("y\n");
  expect(await askFirst(costs, first)).toBe(true);
  expect(first.stderr.read().toString()).toBe("This may cost up to $12.50. Ask? [y/N] ");
  for (const [typed, goesOn] of [
    ["YES\n", true],
    ["n\n", false],
    ["\n", false],
    ["yet\n", false],
    [null, false],
  ] as const)
    expect(await askFirst(costs, terminal(typed))).toBe(goesOn);
  const cheap = terminal(null);
  expect(await askFirst({ mostUSD: 10, askAboveUSD: 10 }, cheap)).toBe(true);
  expect(cheap.stderr.read()).toBeNull();
});
