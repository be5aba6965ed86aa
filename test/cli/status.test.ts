import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunState } from "../../src/cli/run-state/read-run-state.ts";
import { readRunState } from "../../src/cli/run-state/read-run-state.ts";
import { renderRunState } from "../../src/cli/run-state/render-run-state.ts";
import { createRun } from "../../src/store/run-writer.ts";
import {
  type Behaviour,
  chatBody,
  type FaultServer,
  sendJson,
  startFaultServer,
} from "../providers/fault-server.ts";
import { manifestFor, sampleOf, temporaryFolder } from "../store/run-fixture.ts";
import { congener, ended, startCongener } from "./start-congener.ts";

const names = ["ref", "sus", "c1", "c2", "c3", "c4"];

async function study(server: FaultServer, samples: number) {
  const dir = await temporaryFolder();
  const probes = Array.from(
    { length: 10 },
    (_, i) =>
      `  - { id: p${i}, family: naming, why: test, messages: [{ role: user, content: "Name a keeper (${i})." }], answer: { kind: name }, params: { max_tokens: 12 } }`,
  );
  await writeFile(join(dir, "suite.yaml"), `name: suite\nversion: "1"\nprobes:\n${probes.join("\n")}\n`);
  const targets = names.map(
    (name) =>
      `  ${name}: { api: openai, baseURL: "${server.origin}/v1", model: ${name}, family: lab-${name} }`,
  );
  await writeFile(
    join(dir, "congener.yaml"),
    `name: try\nreference: ref\nsuspects: [sus]\ncontrols: [c1, c2, c3, c4]\nsuites: [./suite.yaml]\nsamples: ${samples}\nprices: prices.yaml\ntargets:\n${targets.join("\n")}\nlimits: { concurrency: 8, retryMinutes: 1, askAboveUSD: 1000 }\n`,
  );
  const { host } = new URL(server.origin);
  await writeFile(join(dir, "prices.yaml"), `prices: [{ host: "${host}", input: 100, output: 1000 }]\n`);
  return dir;
}

/** Answers after a while, and knows how many requests are out. */
function slowServer(ms: number): {
  behave: Behaviour;
  out: () => number;
  arrived: (count: number) => Promise<void>;
} {
  let out = 0;
  let seen = 0;
  const waiting: { count: number; resolve: () => void }[] = [];
  return {
    out: () => out,
    arrived: (count) =>
      seen >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    behave: (request, response) => {
      out++;
      seen++;
      for (const { count, resolve } of waiting) if (seen >= count) resolve();
      response.on("close", () => out--);
      setTimeout(() => {
        if (request.body.model === "c3") sendJson(response, 401, { error: { message: "bad key \u001b[2J" } });
        else sendJson(response, 200, chatBody(`Elias${String.fromCharCode(27)}[31m\u202e`));
      }, ms);
    },
  };
}

const stateOf = async (dir: string): Promise<RunState> => {
  const { code, out, err } = await congener(dir, "status", "results/try", "--json");
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out);
};

/** Waits for what a process at work brings about; one that ends before is told with what it said. */
async function meanwhile(work: ReturnType<typeof ended>, event: Promise<void>): Promise<void> {
  const early = work.then(({ code, err }) => {
    throw new Error(`ended before with ${code}: ${err}`);
  });
  await Promise.race([event, early]);
  early.catch(() => {});
}

test("status follows a run from another process: running, retuned, stopped, crashed, complete", async () => {
  const slow = slowServer(40);
  const server = await startFaultServer(slow.behave);
  const dir = await study(server, 200);
  const child = startCongener(dir, ["run", "--only", "ref,sus,c3"]);
  const first = ended(child);
  await meanwhile(first, slow.arrived(60));

  const running = await stateOf(dir);
  expect(running).toMatchObject({
    status: "running",
    process: { pid: child.pid },
    concurrency: 8,
    planned: 12_000,
    command: "congener run --only ref,sus,c3",
    unpriced: [],
  });
  expect(running.recorded).toBeGreaterThan(20);
  // Targets that are not asked now take no time.
  expect(running.secondsLeft).toBeGreaterThan(0);
  const [ref, , , , c3] = running.targets;
  expect(ref).toMatchObject({ name: "ref", planned: 2_000, lastError: null, ended: null });
  expect(ref?.outcomes).toEqual({ ok: ref?.recorded });
  expect(ref?.perSecond).toBeGreaterThan(0);
  expect(ref?.secondsLeft).toBeGreaterThan(0);
  // An answer costs something from when it is there, and counts as recorded once it is on disk.
  const answers = (ref?.costUSD ?? 0) / 0.0039 - (ref?.recorded ?? 0);
  expect(answers).toBeGreaterThan(-1e-6);
  expect(answers).toBeLessThan(16);
  expect(c3?.ended).toMatch(/^auth: .*HTTP 401: bad key/);

  const slower = await congener(dir, "status", "results/try", "--set-concurrency", "1");
  expect(slower.err).toBe(`process ${child.pid} asks with a concurrency of 1 now; before it was 8\n`);
  expect(slower.out).toMatch(/\sleft,\s+concurrency\s+1\./);
  let most = 0;
  const before = server.requests.length;
  const watch = setInterval(() => {
    most = Math.max(most, slow.out());
  }, 1);
  // Those that were out when it changed have ended by then.
  await slow.arrived(before + 12);
  most = 0;
  await slow.arrived(before + 24);
  clearInterval(watch);
  expect(most).toBe(1);

  child.kill("SIGINT");
  const { code, err } = await first;
  expect(code).toBe(130);
  expect(err).toContain("concurrency is 1 from now on");
  const stopped = await stateOf(dir);
  expect(stopped).toMatchObject({ status: "stopped", process: null, ended: "asked-to", secondsLeft: null });
  expect(await readdir(join(dir, "results/try"))).not.toContain("control.json");

  const again = startCongener(dir, ["run", "-q", "--only", "ref,sus"]);
  const second = ended(again);
  await meanwhile(second, slow.arrived(server.requests.length + 20));
  again.kill("SIGKILL");
  expect((await second).signal).toBe("SIGKILL");
  const crashed = await stateOf(dir);
  expect(crashed).toMatchObject({ status: "crashed", process: null });
  expect(crashed.recorded).toBeGreaterThan(stopped.recorded);
  const text = await congener(dir, "status", "results/try");
  expect(text.out).toMatch(/^results\/try: crashed: [^.]*nothing\s+recorded\s+is\s+lost/);
  expect(text.out).toContain("Next: congener run --only ref,sus");
  expect(text.out).not.toContain("\u001b");

  const refused = await congener(dir, "status", "results/try", "--set-concurrency", "4");
  expect([refused.code, refused.err]).toEqual([
    2,
    "congener: no process is asking for results/try: expected one that runs; start it with the concurrency you want: congener run -j 4\n",
  ]);
}, 60_000);

test("a concurrency that makes no sense is refused, and a control file that makes none is passed over", async () => {
  const slow = slowServer(20);
  const server = await startFaultServer(slow.behave);
  const dir = await study(server, 20);
  const run = congener(dir, "run", "-q");
  await meanwhile(run, slow.arrived(20));
  for (const wrong of ["0", "2.5", "1025"]) {
    const { code, err } = await congener(dir, "status", "results/try", "--set-concurrency", wrong);
    expect([code, err]).toEqual([
      2,
      `congener: --set-concurrency expects a whole number from 1 to 1024, got ${wrong}\n`,
    ]);
  }
  await writeFile(join(dir, "results/try/control.json"), '{"schemaVersion":1,"concurrency":"many"}');
  expect((await run).code).toBe(0);
  const state = await stateOf(dir);
  expect(state).toMatchObject({ status: "stopped", recorded: 1_000, planned: 1_200 });
}, 60_000);

test("without what a session said, a run is counted from its files, and both say the same", async () => {
  const slow = slowServer(1);
  const server = await startFaultServer(slow.behave);
  const dir = await study(server, 2);
  expect((await congener(dir, "run", "-q")).code).toBe(0);
  const run = join(dir, "results/try");
  const told = await stateOf(dir);
  await rm(join(run, "progress.json"));
  const counted = await stateOf(dir);
  const comparable = ({ targets, recorded, planned, outcomes, costUSD, status }: RunState) => ({
    recorded,
    planned,
    outcomes,
    costUSD: costUSD?.toFixed(6),
    status,
    targets: targets.map(({ name, recorded: count, failed, outcomes: of }) => ({ name, count, failed, of })),
  });
  expect(comparable(counted)).toEqual(comparable(told));
  expect(counted.targets[4]?.lastError).toMatch(/^auth: .*bad key/);
  // A line that was added since makes what the session said stale.
  await writeFile(
    join(run, "progress.json"),
    JSON.stringify({ ...JSON.parse(await readFile(join(run, "manifest.json"), "utf8")) }),
  );
  expect(comparable(await stateOf(dir))).toEqual(comparable(told));

  const list = await congener(dir, "runs", "list");
  expect(list.out).toMatch(
    /^Run +Status +Targets +Samples +Started +Written +Cost\nresults\/try +stopped +6 +100 of 120 +\d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d +\$0\.39/,
  );
  const shown = await congener(dir, "show", "results/try", "p1", "--answers", "1");
  expect(shown.out).toMatch(
    /^p1 \(naming, name, suite suite\)\nPrompt: Name a keeper \(1\)\.\n\nref: 2 ok\n/,
  );
  expect(shown.out).toContain("#0 Elias⟨U+001B⟩[31m⟨U+202E⟩");
  expect(shown.out).toContain("c3: nothing recorded");
  const wrong = await congener(dir, "show", "results/try", "p11");
  expect([wrong.code, wrong.err]).toEqual([
    2,
    expect.stringMatching(/^congener: no probe p11 in this run; the nearest name is p1/),
  ]);
  const none = await congener(dir, "runs", "list", "nowhere");
  expect([none.code, none.err]).toEqual([
    2,
    expect.stringMatching(/^congener: cannot list runs in .*nowhere/),
  ]);
}, 60_000);

test("a run of an hour ago and a table of forty columns can be read", async () => {
  const dir = await temporaryFolder();
  const writer = await createRun(dir, {
    ...manifestFor(["a-model-with-a-rather-long-name", "b"]),
    status: "complete",
  });
  await writer.append(sampleOf("b", { outcome: "refused" }));
  await writer.close();
  const state = await readRunState(dir, []);
  expect(state).toMatchObject({
    status: "complete",
    recorded: 1,
    planned: 12,
    costUSD: null,
    unpriced: ["a-model-with-a-rather-long-name", "b"],
  });
  const text = renderRunState(state, "results/old", { columns: 40, now: 0 });
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(40);
  expect(text).toContain("cost\nunknown");
  expect(text).toContain("Other than ok: 1 refused");
  expect(text).toContain("Next: congener compare results/old");
});

test("a wait of days that a server asks for is told, and is no rate with seconds left", async () => {
  let asked = 0;
  let told = () => {};
  const paused = new Promise<void>((resolve) => {
    told = resolve;
  });
  const server = await startFaultServer((_, response) => {
    if (++asked <= 4) return sendJson(response, 200, chatBody("Elias"));
    response.on("close", told);
    sendJson(response, 429, { error: { message: "slow" } }, { "retry-after": "864000" });
  });
  const dir = await study(server, 2);
  const child = startCongener(dir, ["run", "--only", "ref"]);
  const end = ended(child);
  await meanwhile(end, paused);
  let state = await stateOf(dir);
  // What is told about once a second.
  for (let tries = 0; tries < 50 && (state.targets[0]?.pausedUntil ?? null) === null; tries++)
    state = await stateOf(dir);
  const [ref] = state.targets;
  const leftMs = Date.parse(ref?.pausedUntil ?? "") - Date.parse(state.updatedAt);
  expect(leftMs / 86_400_000).toBeCloseTo(10, 2);
  expect(ref?.secondsLeft).toBeGreaterThan(860_000);
  expect(renderRunState(state, "results/try", { columns: 80, now: Date.now() })).toContain(
    `ref asked to wait until ${ref?.pausedUntil}`,
  );
  child.kill("SIGINT");
  const { code, err } = await end;
  expect(code).toBe(130);
  expect(err).toContain("ref: it asks to wait 10 d; nothing is asked of it before\n");
  expect(err).toMatch(/recorded, .*waiting as asked for ref \((9 d 23 h|10 d)\)\n/);
});
