import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runBin } from "./run-bin.ts";
import { writeSmallStudy } from "./small-study.ts";

/** Answers of reference and suspect, by question: a line of 10 MB, 200,000 lines, and 10 MB of what is written out. */
const huge = [
  "word ".repeat(2_000_000),
  "a line of words\n".repeat(200_000),
  "\u202E\u001B".repeat(2_000_000),
];

test("answers of megabytes go the whole way in bounded memory, and the report stays a page", {
  timeout: 240_000,
}, async () => {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const { model, messages } = JSON.parse(body) as { model: string; messages: { content: string }[] };
    const question = Number(/\d+/.exec(messages[0]?.content ?? "")?.[0]);
    const content = /^(ref|sus)$/.test(model) ? huge[question] : undefined;
    response.writeHead(200, { "content-type": "application/json" }).end(
      JSON.stringify({
        id: "x",
        object: "chat.completion",
        created: 1,
        model,
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: content ?? `plain words of ${model} on ${question}` },
            finish_reason: "stop",
          },
        ],
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = await mkdtemp(join(tmpdir(), "congener-huge-"));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });
  writeSmallStudy(folder, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    probes: 6,
    samples: 1,
  });
  // A bound on memory that no heap of all the answers at once, parsed and copied, would keep.
  const congener = (...words: string[]) =>
    runBin(words, { cwd: folder, env: { NODE_OPTIONS: "--max-old-space-size=768" } });
  const ran = await congener("run");
  expect(ran.code, ran.stderr).toBe(0);
  const compared = await congener("compare", "results/study");
  expect([0, 3], compared.stderr).toContain(compared.code);
  const reported = await congener("report", "results/study");
  expect(reported.code, reported.stderr).toBe(0);
  const size = async (name: string) => (await stat(join(folder, "results/study", name))).size;
  expect(await size("report.html")).toBeLessThan(3_000_000);
  expect(await size("report.md")).toBeLessThan(200_000);
  // Excerpts are cut when they are taken, so that the analysis does not grow with the answers either.
  expect(await size("analysis.json")).toBeLessThan(2_000_000);
  const shown = await congener("show", "results/study", "p0");
  expect(shown.stdout.length).toBeLessThan(10_000);
  expect(shown.stdout).toContain("⟨cut: ");
  expect(JSON.parse(await readFile(join(folder, "results/study/report.json"), "utf8")).run).toBe("study");
});
