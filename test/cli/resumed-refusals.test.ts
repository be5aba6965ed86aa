import { expect, test } from "vitest";
import { chatBody, sendJson, startFaultServer } from "../providers/fault-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";
import { runMain } from "./run-main.ts";
import { writeSmallStudy } from "./small-study.ts";

test("a target that refuses most probes is asked all of them when the run is resumed, if it answered before", async () => {
  let asked = 0;
  const server = await startFaultServer((request, response) => {
    if (request.body.model !== "sus" || ++asked === 1) return sendJson(response, 200, chatBody("Elias"));
    sendJson(response, 400, { error: { message: "not this one" } });
  });
  const dir = await temporaryFolder();
  writeSmallStudy(dir, server.origin, { probes: 8, limits: "{ concurrency: 1 }" });
  await runMain(["run", "--only", "sus", "--max-requests", "1"], { cwd: dir });
  expect(asked).toBe(1);
  const { stderr } = await runMain(["run", "--only", "sus"], { cwd: dir });
  expect(asked).toBe(16);
  expect(stderr).not.toContain("ended");
});
