import { describe, expect, test } from "vitest";
import { createSecretFilter } from "../../src/store/secret-filter.ts";
import { type AskChanges, askServer, errorOf, givenKey } from "./ask.ts";
import {
  chatBody,
  eventStream,
  messageBody,
  type SeenRequest,
  sendJson,
  sendStream,
} from "./fault-server.ts";

const filter = createSecretFilter([{ name: "ACME_KEY", value: givenKey }]);
const { text: scrub } = filter;

/** What no part of may stand anywhere: eight characters of the key, in each of the forms in which a server may repeat it. */
const forms = [
  givenKey,
  encodeURIComponent(givenKey),
  Buffer.from(givenKey).toString("base64"),
  // Its first ten characters say "Bearer".
  Buffer.from(`Bearer ${givenKey}`).toString("base64").slice(10),
  Buffer.from(givenKey).toString("hex"),
];
const pieces = forms.flatMap((form) =>
  [...form].map((_, at) => form.slice(at, at + 8)).filter((piece) => piece.length === 8),
);
function expectNoKey(text: string) {
  expect(pieces.filter((piece) => text.includes(piece))).toEqual([]);
}

const sentKey = ({ headers }: SeenRequest) =>
  String(headers.authorization ?? headers["x-api-key"] ?? headers["api-key"] ?? "");
const withScrub = (changes: AskChanges = {}): AskChanges => ({
  ...changes,
  options: { scrub, ...changes.options },
});

const echoes: [string, (key: string) => string][] = [
  ["as it is", (key) => key],
  ["URL-encoded", (key) => encodeURIComponent(key)],
  ["in base64", (key) => Buffer.from(key).toString("base64")],
  ["in hexadecimal", (key) => Buffer.from(key).toString("hex")],
  ["in a JSON text", (key) => JSON.stringify({ header: key })],
  ["in HTML", (key) => `<!doctype html><p title="${key}">${key}</p>`],
];

describe.each(["openai", "anthropic"] as const)("%s: an endpoint that repeats the key", (api) => {
  test.each(echoes)("%s in its errors, wherever the message is cut, shows nothing of it", async (_, form) => {
    for (const status of [200, 302, 400, 401, 429, 500])
      for (const before of [0, 40, 60, 70, 270, 290, 460, 490]) {
        const { reply, server } = await askServer(
          (request, response) => {
            const text = `${"x".repeat(before)} ${form(sentKey(request))}`;
            const kind = (before / 10) % 3;
            const location = { location: `http://127.0.0.1:9/?key=${encodeURIComponent(sentKey(request))}` };
            if (kind === 0) sendJson(response, status, text, location);
            else if (kind === 1)
              sendJson(response, status, { error: { message: text, code: text } }, location);
            else sendJson(response, status, { error: { message: { text } }, detail: text }, location);
          },
          withScrub({ target: { api } }),
        );
        const error = errorOf(reply);
        expect(server.requests[0] && sentKey(server.requests[0])).toContain(givenKey);
        expectNoKey(error.message);
        expectNoKey(reply.exchange.attempt.message ?? "");
        expectNoKey(JSON.stringify(reply.exchange.request));
        // What is kept of the response is cleaned as a whole when it is written.
        expectNoKey(JSON.stringify(filter.value(reply.exchange).value));
      }
  });

  test.each(echoes)("%s in its answer: nothing of it is left in the record", async (_, form) => {
    const { reply } = await askServer(
      (request, response) => {
        const text = form(sentKey(request));
        sendJson(response, 200, api === "openai" ? chatBody(text) : messageBody(text), {
          "x-request-id": text,
        });
      },
      withScrub({ target: { api } }),
    );
    const { value, replaced } = filter.value(reply);
    expect(replaced).toEqual(["ACME_KEY"]);
    expectNoKey(JSON.stringify(value));
  });

  test("in the pieces of a stream: the pieces are not kept", async () => {
    const { reply } = await askServer(
      (request, response) => {
        const delta = (text: string) =>
          api === "openai"
            ? { choices: [{ index: 0, delta: { content: text } }] }
            : { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } };
        const key = sentKey(request);
        const parts = [...key].map((_, at) => key.slice(at * 3, at * 3 + 3)).filter((part) => part !== "");
        const start = [
          { type: "message_start", message: {} },
          { type: "content_block_start", index: 0, content_block: { type: "text" } },
        ];
        const end = api === "openai" ? ["[DONE]"] : [{ type: "message_stop" }];
        sendStream(response, eventStream(...(api === "openai" ? [] : start), ...parts.map(delta), ...end));
      },
      withScrub({ target: { api } }),
    );
    if (!("answer" in reply)) throw reply.error;
    expect(reply.answer.text).toContain(givenKey);
    expect(reply.exchange.response?.body).not.toContain('"delta"');
    expect(reply.exchange.response?.body).toContain("[secret:ACME_KEY]");
    expectNoKey(JSON.stringify(filter.value(reply).value));
  });
});

test("in tokens with their log-probabilities: the tokens are not kept", async () => {
  const { reply } = await askServer((_, response) => {
    const content = [...givenKey].map((token) => ({ token, logprob: -1, top_logprobs: [] }));
    sendJson(response, 200, chatBody(givenKey, { choice: { logprobs: { content } } }));
  }, withScrub());
  expect(reply.exchange.response?.body).not.toContain("logprob");
  const harmless = await askServer(
    (_, response) => sendJson(response, 200, chatBody("Elias.", { choice: { logprobs: { content: [] } } })),
    withScrub(),
  );
  expect(harmless.reply.exchange.response?.body).toContain("logprobs");
});

test("in a body that is too long: what is kept is cleaned before it is cut", async () => {
  const { reply } = await askServer(
    (request, response) => {
      sendJson(response, 200, `${"x".repeat(16_370)}${sentKey(request)}${"x".repeat(40_000)}`);
    },
    withScrub({ options: { maxBodyBytes: 50_000 } }),
  );
  expect(errorOf(reply).message).toContain("longer than 50000 bytes");
  expectNoKey(JSON.stringify(filter.value(reply.exchange).value));
});

test.each([
  ["openai", "api-key"],
  ["anthropic", "x-api-key"],
] as const)(
  "%s with keyHeader %s: the key is there and nowhere else, the query is on the URL",
  async (api, keyHeader) => {
    const { server, reply } = await askServer(
      (_, response) => sendJson(response, 200, api === "openai" ? chatBody("E.") : messageBody("E.")),
      { target: { api, keyHeader, query: { "api-version": "2024-10-21" } } },
    );
    const headers = server.requests[0]?.headers ?? {};
    const holding = Object.entries(headers).filter(([, value]) => String(value).includes(givenKey));
    expect(holding).toEqual([[keyHeader, givenKey]]);
    expect(headers.authorization).toBeUndefined();
    expect(server.requests[0]?.path).toMatch(/\?api-version=2024-10-21$/);
    expect(reply).toHaveProperty("answer");
    expectNoKey(JSON.stringify(reply.exchange));
  },
);
