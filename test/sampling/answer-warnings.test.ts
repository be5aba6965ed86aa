import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleRun } from "../../src/sampling/sample-run.ts";
import type { SamplingEvent } from "../../src/sampling/sampling-events.ts";
import { summarizeTarget } from "../../src/store/read-transcripts.ts";
import {
  type Behaviour,
  chatBody,
  eventStream,
  sendJson,
  sendStream,
  startFaultServer,
} from "../providers/fault-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";
import { date, endpointAt, limits, requestFor } from "./run-request.ts";

const key = "sk-echoed-0123456789abcdef";

/** Runs twelve samples of one target against a server of the given behaviour. */
async function run(behave: Behaviour, changes: Parameters<typeof endpointAt>[2] = {}) {
  const server = await startFaultServer(behave);
  const dir = join(await temporaryFolder(), "run");
  const events: SamplingEvent[] = [];
  const endpoint = endpointAt(server.origin, "gpt-4o", { apiKey: key, ...changes });
  const result = await sampleRun(dir, requestFor([endpoint]), {
    limits,
    date,
    secrets: [{ name: "ACME_KEY", value: key }],
    onEvent: (event) => events.push(event),
  });
  const files = await readdir(dir, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name), "utf8"));
  const written = (await Promise.all(texts)).join("\n");
  const warnings = events.flatMap((event) =>
    event.type === "warned" ? [`${event.code}: ${event.message}`] : [],
  );
  return { result, events, warnings, written, summary: await summarizeTarget(dir, "gpt-4o") };
}

test("another model, another host and a cache are each said once, and the answers are recorded with them", async () => {
  const { result, warnings, written, summary } = await run(
    (_, response) =>
      sendJson(
        response,
        200,
        chatBody("Elias.", {
          body: { id: "chatcmpl-of-the-cache-1", model: "deepseek-chat", provider: "OtherHost" },
        }),
      ),
    { extraBody: { provider: { only: ["my-host"], allow_fallbacks: false } } },
  );
  expect(result.status).toBe("complete");
  expect(warnings.map((text) => text.split(",")[0])).toEqual([
    "served-model: asked for gpt-4o",
    "other-provider: pinned to my-host",
    "repeated-response-id: two samples came with one response id (chatcmpl-of-the-cache-1) and one text: a cache answers",
  ]);
  expect(summary).toMatchObject({ servedModels: ["deepseek-chat"], repeatedResponses: 11 });
  expect(written.match(/"servedModel":"deepseek-chat","provider":"OtherHost"/g)).toHaveLength(12);
});

test("the asked model by its dated name, with new ids, is no warning", async () => {
  const { warnings, summary } = await run((_, response, count) =>
    sendJson(
      response,
      200,
      chatBody("Elias.", { body: { id: `chatcmpl-0123456789-${count}`, model: "gpt-4o-2024-08-06" } }),
    ),
  );
  expect(warnings).toEqual([]);
  expect(summary).not.toHaveProperty("repeatedResponses");
});

test("a server that repeats the key in every place leaves it in no file and no event", async () => {
  const { result, events, written } = await run((request, response, count) => {
    const got = String(request.headers.authorization);
    expect(got).toContain(key);
    if (count % 4 === 1) return sendJson(response, 429, { error: { message: `${"x".repeat(280)} ${got}` } });
    if (count % 4 === 2)
      return sendStream(
        response,
        eventStream(
          ...[...got].map((content) => ({ choices: [{ index: 0, delta: { content } }] })),
          "[DONE]",
        ),
      );
    if (count % 4 === 3)
      return sendJson(response, 200, chatBody(got, { body: { model: key, provider: got, id: got } }));
    sendJson(response, 200, chatBody("E.", { message: { reasoning: got } }), {
      "x-request-id": key,
      server: key,
    });
  });
  expect(result.status).toBe("complete");
  const everything = written + JSON.stringify(events);
  expect(everything).toContain("[secret:ACME_KEY]");
  const pieces = [...key].map((_, at) => key.slice(at, at + 8)).filter((piece) => piece.length === 8);
  expect(pieces.filter((piece) => everything.includes(piece))).toEqual([]);
});
