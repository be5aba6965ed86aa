import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readTranscripts, verifiedTranscripts } from "../../src/store/read-transcripts.ts";
import { type Behaviour, chatBody, sendJson, startFaultServer } from "../providers/fault-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";

const bin = fileURLToPath(new URL("../../src/cli/bin.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

function start(cwd: string, words: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ["--import", tsx, bin, ...words], {
    cwd,
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** What a command printed and its exit code. */
async function outcome(child: ChildProcess) {
  const [out, err] = [child.stdout, child.stderr].map((stream) => stream?.toArray() ?? Promise.resolve([]));
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  const text = async (parts: Promise<Buffer[]> | undefined) => Buffer.concat((await parts) ?? []).toString();
  return { code, signal, out: await text(out), err: await text(err) };
}

const names = ["ref", "sus", "c1", "c2", "c3"];

async function study(
  origins: Record<string, string>,
  changes: { probes?: number; samples?: number; limits?: string } = {},
) {
  const dir = await temporaryFolder();
  const probes = Array.from(
    { length: changes.probes ?? 4 },
    (_, i) =>
      `  - id: p${i}\n    family: naming\n    why: test\n    messages: [{ role: user, content: "Question ${i}?" }]`,
  );
  await writeFile(join(dir, "suite.yaml"), `name: suite\nversion: "1"\nprobes:\n${probes.join("\n")}\n`);
  const targets = names.map(
    (name) =>
      `  ${name}: { api: openai, baseURL: "${origins[name] ?? origins.all}/v1", model: ${name}, family: lab-${name} }`,
  );
  await writeFile(
    join(dir, "congener.yaml"),
    `reference: ref\nsuspects: [sus]\ncontrols: [c1, c2, c3]\nsuites: [./suite.yaml]\nsamples: ${changes.samples ?? 2}\ntargets:\n${targets.join("\n")}\nlimits: ${changes.limits ?? "{ concurrency: 4, retryMinutes: 1 }"}\n`,
  );
  return dir;
}

const answer: Behaviour = (request, response) =>
  sendJson(response, 200, chatBody(`from ${request.body.model}`));

async function recorded(dir: string, target: string) {
  const list: string[] = [];
  for await (const { probe, index } of readTranscripts(dir, target)) list.push(`${probe}/${index}`);
  return list.sort();
}

test("run asks, says where the records are, and says on stdout only that", async () => {
  const server = await startFaultServer(answer);
  const dir = await study({ all: server.origin });
  const plan = await outcome(start(dir, ["run", "--dry-run"]));
  expect([plan.code, plan.out.split("\n").at(-2)]).toEqual([
    0,
    "40 requests at least, recorded in results/congener",
  ]);
  expect(server.requests).toHaveLength(0);
  const { code, out, err } = await outcome(start(dir, ["run", "-j", "3"]));
  expect([code, out]).toEqual([0, "40 of 40 samples recorded in results/congener\n"]);
  expect(err).toContain("next: congener compare results/congener");
  expect(server.requests).toHaveLength(40);
});

test("killed at a random moment again and again, a run completes with one line a sample and loses nothing", async () => {
  const server = await startFaultServer(async (request, response, count) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (count % 11 === 0) response.destroy();
    else if (count % 7 === 0) sendJson(response, 503, "");
    else await answer(request, response, count);
  });
  const dir = await study({ all: server.origin }, { probes: 12, samples: 6 });
  const run = join(dir, "results", "congener");
  const before = new Map<string, string>();
  for (let round = 0; round < 3; round++) {
    const asked = server.requests.length;
    const child = start(dir, ["run", "-q"]);
    const ended = outcome(child);
    // The server's own count is the event: kill in the middle of the work, at another place each time.
    while (server.requests.length < asked + 29 + 17 * round && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill("SIGKILL");
    expect((await ended).signal).toBe("SIGKILL");
    for (const name of names) {
      const text = await readFile(join(run, "transcripts", `${name}.jsonl`), "utf8").catch(() => "");
      const whole = text.slice(0, text.lastIndexOf("\n") + 1);
      expect(whole.startsWith(before.get(name) ?? "")).toBe(true);
      before.set(name, whole);
    }
  }
  const last = await outcome(start(dir, ["run", "-q"]));
  expect([last.code, last.err]).toEqual([0, ""]);
  const expected = Array.from({ length: 72 }, (_, i) => `p${Math.floor(i / 6)}/${i % 6}`).sort();
  for (const name of names) {
    expect(await recorded(run, name)).toEqual(expected);
    expect(
      (await readFile(join(run, "transcripts", `${name}.jsonl`), "utf8")).startsWith(before.get(name) ?? ""),
    ).toBe(true);
    let lines = 0;
    for await (const _ of verifiedTranscripts(run, name)) lines++;
    expect(lines).toBe(72);
  }
  expect(await readdir(run)).not.toContain("lock");
});

test("the first Ctrl-C lets requests in flight end, says how to resume, and exits with 130", async () => {
  const server = await startFaultServer((request, response, count) => {
    if (count === 12) child.kill("SIGINT");
    setTimeout(() => answer(request, response, count), 20);
  });
  const dir = await study({ all: server.origin }, { samples: 40 });
  const child = start(dir, ["run", "--run", "my run"]);
  const { code, out, err } = await outcome(child);
  expect(code).toBe(130);
  expect(err).toContain("to go on: congener run --run 'my run'");
  const run = join(dir, "my run");
  const lines = (await Promise.all(names.map((name) => recorded(run, name)))).flat().length;
  expect(lines).toBe(server.requests.length);
  expect(out).toBe(`${lines} of 800 samples recorded in my run\n`);
  expect(JSON.parse(await readFile(join(run, "manifest.json"), "utf8")).status).toBe("stopped");
});

test("a second Ctrl-C quits at once", async () => {
  const server = await startFaultServer((_, __, count) => void (count === 4 && child.kill("SIGINT")));
  const dir = await study({ all: server.origin });
  const child = start(dir, ["run"]);
  child.stderr?.on(
    "data",
    (part: Buffer) => void (part.includes("Ctrl-C again quits") && child.kill("SIGINT")),
  );
  expect((await outcome(child)).code).toBe(130);
});

test("a target that cannot be asked is one line, the others go on, and where nothing can be compared the exit code is 3", async () => {
  const good = await startFaultServer(answer);
  const locked = await startFaultServer((_, response) =>
    sendJson(response, 401, { error: { message: "bad key" } }),
  );
  const page = await startFaultServer((_, response) => sendJson(response, 200, "<html></html>"));
  const control = await study({ all: good.origin, c1: locked.origin, c2: page.origin });
  const partly = await outcome(start(control, ["run"]));
  expect(partly.code).toBe(3);
  expect(partly.err).toContain("nothing to compare: only 1 of the controls have answers, and 3 are needed");
  expect(partly.out).toBe("24 of 40 samples recorded in results/congener\n");
  expect(partly.err).toMatch(/^c1: ended \(auth\): .*HTTP 401: bad key; check the key/m);
  expect(partly.err).toMatch(/^c2: ended \(malformed\): .*expected JSON, got a web page \(HTML\)/m);
  expect(partly.err).toContain("16 samples are missing; to go on: congener run");

  const reference = await outcome(
    start(await study({ all: good.origin, ref: locked.origin }), ["run", "-q"]),
  );
  expect(reference.code).toBe(3);
  expect(reference.err).toMatch(
    /^congener: ref was ended \(auth\): .*\ncongener: nothing to compare: the reference ref has no answer/,
  );
  const suspect = await outcome(
    start(await study({ all: good.origin, sus: "http://127.0.0.1:1" }), ["run", "-q"]),
  );
  expect(suspect.code).toBe(3);
  expect(suspect.err).toContain("no suspect has an answer");
});

test("a changed target, a missing key and a wrong flag exit with 2 and one line", async () => {
  const server = await startFaultServer(answer);
  const dir = await study({ all: server.origin }, { samples: 1 });
  expect((await outcome(start(dir, ["run", "-q"]))).code).toBe(0);
  const config = await readFile(join(dir, "congener.yaml"), "utf8");
  const attempt = async (text: string, words: string[] = []) => {
    await writeFile(join(dir, "congener.yaml"), text);
    const { code, err } = await outcome(start(dir, ["run", ...words, "-q"]));
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    return `${code} ${err}`;
  };
  expect(await attempt(config.replace("model: sus", "model: other"))).toMatch(
    /^2 congener: target sus was asked differently .*model was "sus", is "other"/,
  );
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of the configuration look like that
  expect(await attempt(config.replace("model: ref,", 'model: ref, apiKey: "${NO_SUCH_KEY}",'))).toMatch(
    /^2 congener: .*congener\.yaml:7:\d+: environment variable NO_SUCH_KEY is unset/,
  );
  expect(await attempt(config, ["--only", "suss"])).toMatch(
    /^2 congener: --only suss: expected one of ref, sus/,
  );
  expect(await attempt(config, ["--samples", "0"])).toMatch(
    /^2 congener: --samples expects a positive whole number/,
  );
});

test("init writes a configuration that is valid once the keys are there, and never overwrites", async () => {
  const dir = await temporaryFolder();
  const first = await outcome(start(dir, ["init", "study"]));
  expect(first.code).toBe(0);
  expect(first.out).toContain("congener run --env-file .env --dry-run");
  const yaml = await readFile(join(dir, "study", "congener.yaml"), "utf8");
  expect(yaml).toMatch(/^# yaml-language-server: \$schema=.*schemas\/congener\.schema\.json\n/);
  await writeFile(
    join(dir, "study", ".env"),
    (await readFile(join(dir, "study", ".env.example"), "utf8")).replaceAll("=\n", "=a-key-of-mine\n"),
  );
  const plan = await outcome(start(join(dir, "study"), ["run", "--dry-run", "--env-file", ".env"]));
  expect([plan.code, plan.out.includes("acme-chat")]).toEqual([0, true]);
  const again = await outcome(start(dir, ["init", "study"]));
  expect([again.code, again.err]).toEqual([
    2,
    expect.stringMatching(/^congener: .*congener\.yaml is there already/),
  ]);
});
