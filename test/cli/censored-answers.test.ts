import { expect, test } from "vitest";
import { chatBody, sendJson, startFaultServer } from "../providers/fault-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";
import { runMain } from "./run-main.ts";
import { smallStudyModels as names, writeSmallStudy } from "./small-study.ts";

test("a target whose long answers run out of time is warned about once, while it is asked", async () => {
  const [slow] = names;
  let count = 0;
  const server = await startFaultServer((request, response) => {
    // Every third answer would take longer than anybody waits.
    if (request.body.model === slow && ++count % 3 === 0) return;
    sendJson(response, 200, chatBody("Elias"));
  });
  const dir = await temporaryFolder();
  writeSmallStudy(dir, server.origin, { limits: "{ timeoutMs: 150, concurrency: 1 }" });
  const { code, stderr } = await runMain(["run"], { cwd: dir });
  expect([code, stderr.match(/warning: \d+ attempts ran out of time; .*raise it\n/g)?.length]).toEqual([
    0, 1,
  ]);
  expect(stderr).toContain(`${slow}: warning: 3 attempts ran out of time`);
});

test("more samples than anybody means are refused before they are planned", async () => {
  const dir = await temporaryFolder();
  writeSmallStudy(dir, "http://127.0.0.1:1");
  const { code, stderr } = await runMain(["run", "--samples", "1e9"], { cwd: dir });
  expect([code, stderr]).toEqual([
    2,
    "congener: --samples expects at most 100000 a probe and target, got 1000000000\n",
  ]);
});
