import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { seededRandom } from "../../src/schema/random.ts";
import { verifiedTranscripts } from "../../src/store/read-transcripts.ts";
import { chatBody, sendJson, startFaultServer } from "../providers/fault-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";
import { binFile, runBin } from "./run-bin.ts";
import { smallStudyModels as names, writeSmallStudy } from "./small-study.ts";

const probes = 300;
const kills = 50;
const concurrency = 6;

interface Asked {
  readonly process: number;
  readonly sample: string;
  /** What the answer says, once it was sent whole. */
  answered: string | null;
}

/** Answers two requests of three soon; the others slowly, not at all, in half, or with an error. */
async function startFlakyServer(random: () => number) {
  const asked: Asked[] = [];
  let listener: (entry: Asked) => void = () => {};
  const server = await startFaultServer(async ({ body, headers }, response, count) => {
    const sample = `${body.model} ${/Question (\d+)/.exec(body.messages[0].content)?.[1]}`;
    const entry: Asked = { process: Number(headers["x-process"]), sample, answered: null };
    asked.push(entry);
    listener(entry);
    const draw = random();
    const delay = draw > 0.9 ? 60 + 100 * random() : 8 + 12 * random();
    await pause(delay);
    if (draw < 0.06) return void response.destroy();
    if (draw < 0.1) {
      response.writeHead(200, { "content-type": "application/json", "content-length": "400" });
      return void response.write('{"choices": [', () => response.destroy());
    }
    if (draw < 0.17) return sendJson(response, 503, { error: { message: "overloaded" } });
    if (draw < 0.22)
      return sendJson(response, 429, { error: { message: "slower" } }, { "retry-after-ms": "20" });
    const text = `answer ${count} of ${sample}`;
    response.on("finish", () => {
      entry.answered = text;
    });
    sendJson(response, 200, chatBody(text));
  });
  return {
    origin: server.origin,
    asked,
    /** Resolves at the first request of a process. */
    firstOf: (process: number) =>
      new Promise<void>((resolve) => {
        listener = (entry) => entry.process === process && resolve();
      }),
  };
}

/** The whole lines of every transcript file. */
async function linesOnDisk(run: string): Promise<Map<string, string>> {
  const whole = async (name: string) => {
    const text = await readFile(join(run, "transcripts", `${name}.jsonl`), "utf8").catch(() => "");
    return [name, text.slice(0, text.lastIndexOf("\n") + 1)] as const;
  };
  return new Map(await Promise.all(names.map(whole)));
}

const samplesIn = (lines: ReadonlyMap<string, string>) =>
  [...lines].flatMap(([name, text]) =>
    [...text.matchAll(/^.*?"probe":"p(\d+)"/gm)].map((match) => `${name} ${match[1]}`),
  );

test(`killed at ${kills} random moments against a flaky server, a run loses nothing and asks nothing recorded again`, async () => {
  const random = seededRandom(50);
  const server = await startFlakyServer(random);
  const dir = await temporaryFolder();
  // One sample a question and target, so that a request's body says which sample it is; its header says which process asked.
  await writeSmallStudy(dir, server.origin, {
    probes,
    samples: 1,
    limits: `{ concurrency: ${concurrency}, retryMinutes: 1 }`,
    target: `headers: { x-process: "\${PROCESS}" }`,
  });
  const run = join(dir, "results", "study");
  const recordedBefore: Set<string>[] = [];
  let disk = await linesOnDisk(run);
  let killed = 0;
  let startMs = 0;
  for (let process = 0; process < kills; process++) {
    recordedBefore.push(new Set(samplesIn(disk)));
    const child = start(dir, process);
    const spawnedAt = performance.now();
    const exit = once(child, "exit");
    // One in five dies while it starts, reads what is there and takes the lock; the others 50 to 300 ms into their work.
    if (process % 5 === 4) await Promise.race([pause(random() * startMs), exit]);
    else {
      await Promise.race([server.firstOf(process), exit]);
      startMs = Math.max(startMs, performance.now() - spawnedAt);
      await Promise.race([pause(50 + 250 * random()), exit]);
    }
    child.kill("SIGKILL");
    if ((await exit)[1] === "SIGKILL") killed++;
    const now = await linesOnDisk(run);
    for (const [name, text] of disk) expect(now.get(name)?.startsWith(text), name).toBe(true);
    disk = now;
  }
  // Whoever is quick enough to be done before the last kill leaves nothing to kill.
  expect(killed).toBe(kills);
  recordedBefore.push(new Set(samplesIn(disk)));
  const atLast = samplesIn(disk).length;
  expect(atLast).toBeGreaterThan(kills / 2);
  expect(atLast).toBeLessThan(names.length * probes);

  const last = await runBin(["run", "-q", "-j", "16"], { cwd: dir, env: { PROCESS: String(kills) } });
  expect([last.code, last.stderr]).toEqual([0, ""]);
  expect(last.stdout).toBe(
    `${names.length * probes} of ${names.length * probes} samples recorded in results/study\n`,
  );

  // Nothing that was on disk when a process died was asked by the next.
  for (const { process, sample } of server.asked)
    expect(recordedBefore[process]?.has(sample), `${sample}, asked again by process ${process}`).toBe(false);
  const ended = await linesOnDisk(run);
  for (const [name, text] of disk) expect(ended.get(name)?.startsWith(text), name).toBe(true);
  const answers = new Map<string, Set<string>>();
  for (const { sample, answered } of server.asked)
    if (answered !== null) answers.set(sample, (answers.get(sample) ?? new Set()).add(answered));
  for (const name of names) {
    const recorded: string[] = [];
    for await (const { transcript } of verifiedTranscripts(run, name)) {
      recorded.push(transcript.probe);
      const sample = `${name} ${transcript.probe.slice(1)}`;
      expect(answers.get(sample)?.has(String(transcript.text)), sample).toBe(true);
    }
    expect(recorded.toSorted()).toEqual(Array.from({ length: probes }, (_, i) => `p${i}`).toSorted());
  }
  // What was answered and not yet on disk when a process died: at most what it had in flight, and what waited for the disk.
  const paidTwice = [...answers.values()].reduce((sum, { size }) => sum + size - 1, 0);
  expect(paidTwice).toBeLessThan(kills * concurrency * 2);
  expect(await readdir(run)).not.toContain("lock");
}, 240_000);

function start(cwd: string, number: number): ChildProcess {
  return spawn(process.execPath, [binFile, "run", "-q"], {
    cwd,
    env: { PATH: process.env.PATH ?? "", PROCESS: String(number) },
    stdio: "ignore",
  });
}
