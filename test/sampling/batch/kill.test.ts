import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { seededRandom } from "../../../src/schema/random.ts";
import { readTranscripts, summarizeTarget } from "../../../src/store/read-transcripts.ts";
import { temporaryFolder } from "../../store/run-fixture.ts";
import { startBatchServer } from "./batch-server.ts";

const root = join(import.meta.dirname, "../../..");
/** `npm test` builds it first. */
const dist = join(root, "dist");
const childFile = join(import.meta.dirname, "batch-child.mjs");
const samples = 8;
const mostKills = 7;

/** Runs in a process of its own and returns its status, or null when it was killed. */
async function runChild(
  args: readonly string[],
  { onStart, onSample }: { onStart: (child: ChildProcess) => void; onSample: () => void },
): Promise<string | null> {
  const child = spawn(process.execPath, [childFile, dist, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onStart(child);
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text.replaceAll(".", "");
    for (const _ of text.matchAll(/[.]/g)) onSample();
  });
  const [code, signal] = await once(child, "close");
  if (signal === "SIGKILL") return null;
  expect(code).toBe(0);
  return stdout;
}

test.each(["openai", "anthropic"])(
  "%s: killed again and again on the way, a run submits nothing twice and ends with one line a sample",
  { timeout: 120_000 },
  async (api) => {
    const random = seededRandom(api === "openai" ? 11 : 12);
    const dir = join(await temporaryFolder(), "run");
    let child: ChildProcess | null = null;
    let callsLeft = 0;
    let samplesLeft = 0;
    const server = await startBatchServer({
      polls: 3,
      // Killed when a request has arrived, which the server then deals with, or never sees.
      intercept: async (_request, response) => {
        if (child === null || --callsLeft !== 0) return false;
        const killed = once(child, "exit");
        child.kill("SIGKILL");
        await killed;
        if (random() < 0.5) return false;
        response.destroy();
        return true;
      },
    });
    let kills = 0;
    let status: string | null = null;
    while (status === null) {
      callsLeft = kills < mostKills ? 1 + Math.floor(random() * 4) : Number.POSITIVE_INFINITY;
      // Every third time while results are being recorded.
      samplesLeft =
        kills < mostKills && kills % 3 === 2 ? 1 + Math.floor(random() * 5) : Number.POSITIVE_INFINITY;
      if (Number.isFinite(samplesLeft)) callsLeft = Number.POSITIVE_INFINITY;
      status = await runChild([dir, server.origin, api, String(samples)], {
        onStart: (started) => {
          child = started;
        },
        onSample: () => {
          if (--samplesLeft === 0) child?.kill("SIGKILL");
        },
      });
      if (status === null) kills++;
    }
    expect(kills).toBeGreaterThan(3);
    expect(status).toBe("complete");
    expect(server.batches.length).toBeGreaterThan(1);
    const asked: Record<string, number> = {};
    for (const { body } of server.batches.flatMap(({ requests }) => requests))
      asked[body.messages[0].content] = (asked[body.messages[0].content] ?? 0) + 1;
    expect(asked).toEqual({
      "Question 0?": samples,
      "Question 1?": samples,
      "Question 2?": samples,
      "Question 3?": samples,
    });
    const ids = new Set<string>();
    let lines = 0;
    for await (const { sampleId, batchId } of readTranscripts(dir, "model")) {
      lines++;
      ids.add(sampleId);
      expect(batchId).toMatch(/^batch_/);
    }
    expect([lines, ids.size]).toEqual([4 * samples, 4 * samples]);
    expect((await summarizeTarget(dir, "model")).failed).toBe(0);
  },
);
