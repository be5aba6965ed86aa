import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createProvider } from "../../src/providers/create-provider.ts";
import type { ProviderOptions, Reply } from "../../src/providers/provider.ts";
import type { Params } from "../../src/schema/probe.ts";
import { type Target, targetSchema } from "../../src/schema/target.ts";
import { type Behaviour, chatBody, sendJson, startFaultServer } from "./fault-server.ts";

const messages = [
  { role: "system" as const, content: "Be brief." },
  { role: "user" as const, content: "Name a lighthouse keeper." },
];
const never = new AbortController().signal;

function targetAt(baseURL: string | null, changes: Partial<Target> = {}): Target {
  return targetSchema.parse({
    name: "t",
    api: "openai",
    baseURL,
    model: "asked-model",
    lab: null,
    params: {},
    ...changes,
  });
}

/** Asks a server of the given behaviour once. */
async function ask(
  behave: Behaviour,
  changes: {
    target?: Partial<Target>;
    options?: Partial<ProviderOptions>;
    params?: Params;
    path?: string;
  } = {},
) {
  const server = await startFaultServer(behave);
  const provider = await createProvider({
    target: targetAt(`${server.origin}${changes.path ?? "/v1"}`, changes.target),
    apiKey: "sk-given-0123456789",
    headers: {},
    timeoutMs: 5_000,
    ...changes.options,
  });
  const reply = await provider.sample({ messages, params: changes.params ?? {} }, never);
  return { reply, server, request: server.requests[0] };
}

function answerOf(reply: Reply) {
  if ("error" in reply) throw reply.error;
  return reply.answer;
}
function errorOf(reply: Reply) {
  if (!("error" in reply)) throw new Error(`expected an error, got ${JSON.stringify(reply.answer)}`);
  return reply.error;
}

const planted = {
  OPENAI_API_KEY: "sk-users-own-openai-key",
  OPENAI_ADMIN_KEY: "sk-users-admin-key",
  OPENAI_ORG_ID: "org-of-the-user",
  OPENAI_PROJECT_ID: "proj-of-the-user",
  OPENAI_BASE_URL: "http://127.0.0.1:9/stolen",
  OPENAI_CUSTOM_HEADERS: "X-Leak: custom-header-of-the-user\nAuthorization: Bearer stolen-by-header",
  ANTHROPIC_API_KEY: "sk-ant-users-own-key",
  ANTHROPIC_AUTH_TOKEN: "users-auth-token",
  ANTHROPIC_BASE_URL: "http://127.0.0.1:9/stolen",
  ANTHROPIC_CUSTOM_HEADERS: "X-Leak: custom-header-of-the-user",
};
afterEach(() => {
  for (const name of Object.keys(planted)) delete process.env[name];
});

test.each(["openai", "openai-completions", "anthropic"] as const)(
  "%s: nothing of the user's environment is on the wire, with or without a key of our own",
  async (api) => {
    Object.assign(process.env, planted);
    for (const apiKey of ["sk-given-0123456789", null]) {
      const { request } = await ask((_, response) => sendJson(response, 200, {}), {
        target: { api, params: { max_tokens: 5 } },
        options: { apiKey },
      });
      const sent = JSON.stringify(request);
      for (const value of Object.values(planted))
        for (const line of value.split("\n")) expect(sent).not.toContain(line);
      expect(sent).not.toContain("stolen-by-header");

      expect(request?.headers.authorization).toBe(`Bearer ${apiKey ?? "none"}`);
      expect(request?.headers["openai-organization"]).toBeUndefined();
      expect(request?.headers["openai-project"]).toBeUndefined();
    }
    expect(process.env.OPENAI_API_KEY).toBe(planted.OPENAI_API_KEY);
  },
);

test("only what was named is on the wire: probe under target, dropped, renamed, extra body and headers over all", async () => {
  const { request } = await ask((_, response) => sendJson(response, 200, chatBody("Elias.")));
  expect(request?.body).toEqual({ model: "asked-model", messages });
  expect(request?.path).toBe("/v1/chat/completions");

  const changed = await ask((_, response) => sendJson(response, 200, chatBody("Elias.")), {
    params: { max_tokens: 12, temperature: 0, seed: 1 },
    target: {
      params: { temperature: 1 },
      rename: { max_tokens: "max_completion_tokens" },
      drop: ["seed"],
      extraBody: { provider: { only: ["x"] } },
    },
    options: { headers: { "User-Agent": "curl/8", "X-Team": "red" } },
  });
  expect(changed.request?.body).toEqual({
    model: "asked-model",
    messages,
    temperature: 1,
    max_completion_tokens: 12,
    provider: { only: ["x"] },
  });
  expect(changed.request?.headers["user-agent"]).toBe("curl/8");
  expect(changed.request?.headers["x-team"]).toBe("red");
  expect(changed.reply.exchange.request).toEqual({
    url: `${changed.server.origin}/v1/chat/completions`,
    headers: { "content-type": "application/json", "user-agent": "curl/8" },
    body: changed.request?.body,
  });
});

test("a chat answer comes with its raw body, provenance and usage", async () => {
  const raw = `${JSON.stringify(chatBody("Elias.", { body: { provider: "HostX" } }), null, 1)}\n`;
  const { reply } = await ask((_, response) =>
    sendJson(response, 200, raw, { "x-request-id": "r1", "set-cookie": "id=1" }),
  );
  expect(answerOf(reply)).toEqual({
    text: "Elias.",
    reasoning: null,
    outcome: "ok",
    servedModel: "served-model",
    provider: "HostX",
    systemFingerprint: "fp_1",
    finishReason: "stop",
    usage: { inputTokens: 9, outputTokens: 3, reasoningTokens: null },
    responseId: "chatcmpl-1",
  });
  expect(reply.exchange.response?.body).toBe(raw);
  expect(reply.exchange.response?.headers).toMatchObject({ "x-request-id": "r1" });
  expect(reply.exchange.response?.headers).not.toHaveProperty("set-cookie");
  expect(reply.exchange.attempt).toMatchObject({
    status: 200,
    errorClass: null,
    message: null,
    requestId: "r1",
  });
});

test.each<[string, object, { text: string; reasoning?: string | null; outcome: string }]>([
  [
    "text parts",
    chatBody([
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ]),
    { text: "ab", outcome: "ok" },
  ],
  ["empty", chatBody("  \n"), { text: "", outcome: "empty" }],
  ["null content", chatBody(null), { text: "", outcome: "empty" }],
  [
    "truncated",
    chatBody("Once", { choice: { finish_reason: "length" } }),
    { text: "Once", outcome: "truncated" },
  ],
  [
    "filtered",
    chatBody("half", { choice: { finish_reason: "content_filter" } }),
    { text: "", outcome: "filtered" },
  ],
  [
    "refused",
    chatBody(null, { message: { refusal: "I cannot." } }),
    { text: "I cannot.", outcome: "refused" },
  ],
  [
    "think tags",
    chatBody("<think>\nhm\n</think>\n\nElias."),
    { text: "Elias.", reasoning: "hm", outcome: "ok" },
  ],
  [
    "swallowed opening tag",
    chatBody("hm\n</think>\nElias."),
    { text: "Elias.", reasoning: "hm", outcome: "ok" },
  ],
  [
    "budget gone while thinking",
    chatBody("<think>hm", { choice: { finish_reason: "length" } }),
    { text: "", reasoning: "hm", outcome: "truncated" },
  ],
  [
    "reasoning_content",
    chatBody("E.", { message: { reasoning_content: "hm" } }),
    { text: "E.", reasoning: "hm", outcome: "ok" },
  ],
  [
    "reasoning",
    chatBody("E.", { message: { reasoning: "hm" } }),
    { text: "E.", reasoning: "hm", outcome: "ok" },
  ],
  [
    "reasoning_details before the others",
    chatBody("E.", { message: { reasoning_details: [{ text: "a" }, { summary: "b" }], reasoning: "c" } }),
    { text: "E.", reasoning: "a\nb", outcome: "ok" },
  ],
  [
    "NaN-like usage",
    chatBody("E.", { body: { usage: { prompt_tokens: "NaN" }, model: 7 } }),
    { text: "E.", outcome: "ok" },
  ],
  ["missing usage", chatBody("E.", { body: { usage: undefined } }), { text: "E.", outcome: "ok" }],
])("chat, %s", async (_, body, expected) => {
  const { reply } = await ask((_request, response) => sendJson(response, 200, body));
  expect(answerOf(reply)).toMatchObject({ reasoning: null, ...expected });
});

test.each<[string, number, object | string, string, RegExp]>([
  [
    "401",
    401,
    { error: { message: "Incorrect API key", code: "invalid_api_key" } },
    "auth",
    /HTTP 401 \(invalid_api_key\): Incorrect API key; check the key/,
  ],
  [
    "Google's bad key under 400",
    400,
    { error: { code: 400, message: "API key not valid.", status: "INVALID_ARGUMENT" } },
    "auth",
    /API key not valid/,
  ],
  ["403", 403, { error: { message: "no access" } }, "auth", /HTTP 403/],
  ["402", 402, { error: { message: "Insufficient credits" } }, "quota", /credit or quota/],
  [
    "quota under 429",
    429,
    { error: { code: "insufficient_quota", message: "You exceeded your current quota" } },
    "quota",
    /HTTP 429/,
  ],
  [
    "Anthropic's credit under 400",
    400,
    { type: "error", error: { type: "invalid_request_error", message: "Your credit balance is too low" } },
    "quota",
    /HTTP 400/,
  ],
  ["429", 429, { error: { message: "slow down" } }, "rate-limited", /slow down/],
  [
    "404 model",
    404,
    { error: { message: "The model `x` does not exist", code: "model_not_found" } },
    "unknown-model",
    /check model and baseURL/,
  ],
  [
    "404 page",
    404,
    "<html>Not found</html>",
    "unknown-model",
    /a web page \(HTML\); check model and baseURL/,
  ],
  [
    "unknown model under 400",
    400,
    { object: "error", message: "The model x does not exist." },
    "unknown-model",
    /does not exist/,
  ],
  ["413", 413, "", "context-length", /an empty body/],
  [
    "context length under 400",
    400,
    { error: { message: "maximum context length is 4096", code: "context_length_exceeded" } },
    "context-length",
    /4096/,
  ],
  [
    "unsupported parameter",
    400,
    { error: { message: "Unsupported parameter: seed", param: "seed", code: "unsupported_parameter" } },
    "bad-request",
    /Unsupported parameter: seed; check params/,
  ],
  ["408", 408, "", "timeout", /HTTP 408/],
  ["500", 500, "oops", "overloaded", /HTTP 500: oops/],
  ["503", 503, { error: { message: "busy" } }, "overloaded", /busy/],
  [
    "529",
    529,
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    "overloaded",
    /overloaded_error/,
  ],
  [
    "error inside 200",
    200,
    { error: { code: 502, message: "upstream gone" } },
    "overloaded",
    /an error inside: upstream gone/,
  ],
  ["rate limit inside 200", 200, { error: { code: 429, message: "slow" } }, "rate-limited", /slow/],
  [
    "error inside a choice",
    200,
    chatBody("", { choice: { error: { code: 502, message: "x" } } }),
    "overloaded",
    /an error inside/,
  ],
  ["no choices", 200, { ...chatBody("x"), choices: [] }, "malformed", /does not fit the API: choices/],
  ["choices missing", 200, { id: "warming up" }, "malformed", /choices/],
  ["content of a wrong type", 200, chatBody(7), "malformed", /choices\.0\.message\.content/],
  ["a string", 200, '"hello"', "malformed", /does not fit the API/],
  [
    "HTML",
    200,
    "<!doctype html><html>Login</html>",
    "malformed",
    /expected JSON, got a web page \(HTML\); check that baseURL/,
  ],
  ["half JSON", 200, '{"choices": [', "malformed", /expected JSON/],
  ["bare NaN", 200, '{"choices": NaN}', "malformed", /expected JSON/],
  [
    "an event stream without an answer",
    200,
    'data: {"x": 1}\n\ndata: [DONE]\n\n',
    "malformed",
    /does not fit the API: choices/,
  ],
  ["nothing", 200, "", "malformed", /an empty body/],
])("%s is classified and told in one line", async (_, status, body, errorClass, message) => {
  const { reply, server } = await ask((_request, response) => sendJson(response, status, body));
  const error = errorOf(reply);
  expect([error.errorClass, error.status]).toEqual([errorClass, status]);
  expect(error.message).toMatch(message);
  expect(error.message).toContain(`${server.origin}/v1/chat/completions: `);
  expect(error.message).not.toMatch(/[\n\r]|sk-given/);
  expect(reply.exchange.attempt).toMatchObject({ status, errorClass });
  expect(reply.exchange.response?.body).toBe(typeof body === "string" ? body : JSON.stringify(body));
  expect(server.requests).toHaveLength(1);
});

test.each([
  [400, { error: { code: "content_filter", message: "blocked by policy" } }],
  [403, { error: { code: 403, message: "input was flagged by moderation" } }],
  [200, { error: { code: "content_filter", message: "blocked" } }],
])("a filter that answers %i is the outcome filtered, not an error", async (status, body) => {
  const { reply } = await ask((_, response) => sendJson(response, status, body));
  expect(answerOf(reply)).toMatchObject({ outcome: "filtered", text: "" });
});

test.each([
  [{ "retry-after-ms": "300", "retry-after": "9" }, 300],
  [{ "retry-after": "75" }, 75_000],
  [{ "retry-after": "Sat, 21 Nov 2026 09:00:30 GMT", date: "Sat, 21 Nov 2026 09:00:00 GMT" }, 30_000],
  // A moment is one of the server's clock, whatever it says here.
  [{ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT", date: "Thu, 01 Jan 2026 00:00:00 GMT" }, 30_000],
  [{ "retry-after": "Sat, 21 Nov 2026 11:00:00 GMT", date: "Sat, 21 Nov 2026 11:00:05 GMT" }, 0],
  // A clock that was never set, and no date at all: then ours.
  [{ "retry-after": "Sat, 21 Nov 2026 09:00:30 GMT", date: "Thu, 01 Jan 1970 00:00:09 GMT" }, 30_000],
  [{ "retry-after": "Sat, 21 Nov 2026 09:00:30 GMT", date: "today" }, 30_000],
  [
    {
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "1m2.5s",
      "x-ratelimit-reset-requests": "9h",
    },
    62_500,
  ],
  [
    {
      "anthropic-ratelimit-requests-remaining": "0",
      "anthropic-ratelimit-requests-reset": "2026-11-21T10:00:02Z",
      date: "Sat, 21 Nov 2026 10:00:00 GMT",
    },
    2_000,
  ],
  [{ "retry-after": "soon" }, null],
  [{ "retry-after": "864000" }, 864_000_000],
  // Unix time in seconds and in milliseconds, where a number of seconds belongs.
  [{ "retry-after": "1795251630", date: "Sat, 21 Nov 2026 09:00:00 GMT" }, 30_000],
  [{ "retry-after": "1795251630000", date: "Sat, 21 Nov 2026 09:00:00 GMT" }, 30_000],
  // No moment that a date can hold.
  [{ "retry-after": "9".repeat(400) }, null],
  [{ "retry-after-ms": "9".repeat(400), "retry-after": "7" }, 7_000],
  // A plain number is no year.
  [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "12.5" }, 12_500],
])("%j asks to wait %s ms", async (headers, expected) => {
  const now = Date.parse("2026-11-21T09:00:00Z");
  const { reply } = await ask((_, response) => sendJson(response, 429, {}, headers), {
    options: { now: () => now },
  });
  expect(errorOf(reply).retryAfterMs).toBe(expected);
});

test("a redirect is not followed, and the other server sees nothing", async () => {
  const other = await startFaultServer((_, response) => sendJson(response, 200, chatBody("stolen")));
  const { reply } = await ask((_, response) => {
    response.writeHead(307, { location: `${other.origin}/v1/chat/completions` });
    response.end();
  });
  expect(errorOf(reply)).toMatchObject({ errorClass: "bad-request", status: 307 });
  expect(errorOf(reply).message).toContain(`a redirect to ${other.origin}`);
  expect(other.requests).toEqual([]);
});

test.each<[string, Behaviour]>([
  ["no header", () => {}],
  [
    "half a body",
    (_, response) => void response.writeHead(200, { "content-type": "application/json" }).write('{"choi'),
  ],
  [
    "a body that trickles",
    (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
    },
  ],
])("a server that sends %s and stalls is a timeout within the limit", async (_, behave) => {
  const started = performance.now();
  const { reply } = await ask(behave, { options: { timeoutMs: 300 } });
  expect(errorOf(reply)).toMatchObject({ errorClass: "timeout", status: null });
  expect(errorOf(reply).message).toContain("no complete answer within 300 ms");
  expect(performance.now() - started).toBeLessThan(2_000);
});

test("reset, refused and half-closed connections are network errors in plain words", async () => {
  const reset = await ask((_, response) => void response.socket?.resetAndDestroy());
  expect(errorOf(reset.reply)).toMatchObject({ errorClass: "network", status: null });
  const cut = await ask((_, response) => {
    response.writeHead(200, { "content-length": "500" });
    response.write("{", () => response.destroy());
  });
  expect(errorOf(cut.reply)).toMatchObject({ errorClass: "network" });

  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as { port: number };
  closed.close();
  await once(closed, "close");
  const provider = await createProvider({
    target: targetAt(`http://127.0.0.1:${port}/v1`),
    apiKey: null,
    headers: {},
    timeoutMs: 3_000,
  });
  const error = errorOf(await provider.sample({ messages, params: {} }, never));
  expect(error.errorClass).toBe("network");
  expect(error.message).toBe(
    `http://127.0.0.1:${port}/v1/chat/completions: connection refused (ECONNREFUSED); check baseURL and that the server runs`,
  );
});

test("a body beyond the bound and one that is no UTF-8 are malformed", async () => {
  const long = await ask((_, response) => sendJson(response, 200, chatBody("x".repeat(5_000))), {
    options: { maxBodyBytes: 1_000 },
  });
  expect(errorOf(long.reply)).toMatchObject({ errorClass: "malformed" });
  expect(errorOf(long.reply).message).toContain("longer than 1000 bytes");
  const binary = await ask((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]));
  });
  expect(errorOf(binary.reply).message).toContain("no valid UTF-8");
});

test("an aborted signal ends the request and throws its reason", async () => {
  const controller = new AbortController();
  const reason = new Error("stopped by the user");
  await expect(
    (async () => {
      const server = await startFaultServer(() => controller.abort(reason));
      const provider = await createProvider({
        target: targetAt(`${server.origin}/v1`),
        apiKey: null,
        headers: {},
        timeoutMs: 5_000,
      });
      return provider.sample({ messages, params: {} }, controller.signal);
    })(),
  ).rejects.toBe(reason);
});

test("raw completions continue a prefix, or a dialogue", async () => {
  const body = {
    model: "base",
    choices: [{ text: " Elias.", finish_reason: "stop", logprobs: null }],
    usage: null,
  };
  const { reply, request, server } = await ask((_, response) => sendJson(response, 200, body), {
    target: { api: "openai-completions" },
  });
  expect(request?.path).toBe("/v1/completions");
  expect(request?.body).toEqual({
    model: "asked-model",
    prompt: "Be brief.\n\nUser: Name a lighthouse keeper.\n\nAssistant:",
  });
  expect(answerOf(reply)).toMatchObject({ text: " Elias.", outcome: "ok", servedModel: "base", usage: null });
  const provider = await createProvider({
    target: targetAt(`${server.origin}/v1`, { api: "openai-completions" }),
    apiKey: null,
    headers: {},
    timeoutMs: 5_000,
  });
  await provider.sample({ prefix: "Once upon a", params: { max_tokens: 3 } }, never);
  expect(server.requests[1]?.body).toEqual({ model: "asked-model", prompt: "Once upon a", max_tokens: 3 });
});

test.each(["", "/v1", "/v1/"])("Anthropic under baseURL %j: path, system field and blocks", async (path) => {
  const body = {
    id: "msg_1",
    type: "message",
    model: "claude-x-20260101",
    content: [
      { type: "thinking", thinking: "", signature: "s" },
      { type: "thinking", thinking: "hm" },
      { type: "text", text: "Eli" },
      { type: "text", text: "as." },
    ],
    stop_reason: "end_turn",
    usage: { input_tokens: 9, output_tokens: 3, output_tokens_details: { thinking_tokens: 1 } },
  };
  const { reply, request } = await ask(
    (_, response) => sendJson(response, 200, body, { "request-id": "req_1" }),
    {
      path,
      target: { api: "anthropic", params: { max_tokens: 200_000 } },
    },
  );
  expect(request?.path).toBe("/v1/messages");
  expect(request?.body).toEqual({
    model: "asked-model",
    system: "Be brief.",
    messages: [messages[1]],
    max_tokens: 200_000,
  });
  expect(request?.headers["anthropic-version"]).toMatch(/^20\d\d-\d\d-\d\d$/);
  expect(answerOf(reply)).toEqual({
    text: "Elias.",
    reasoning: "hm",
    outcome: "ok",
    servedModel: "claude-x-20260101",
    provider: null,
    systemFingerprint: null,
    finishReason: "end_turn",
    usage: { inputTokens: 9, outputTokens: 3, reasoningTokens: 1 },
    responseId: "msg_1",
  });
  expect(reply.exchange.attempt.requestId).toBe("req_1");
});

test.each([
  ["refusal", [{ type: "text", text: "I won't." }], { outcome: "refused", text: "I won't." }],
  ["max_tokens", [{ type: "text", text: "Once" }], { outcome: "truncated", text: "Once" }],
  ["end_turn", [], { outcome: "empty", text: "" }],
])("Anthropic's stop reason %s", async (stop_reason, content, expected) => {
  const body = { type: "message", model: "m", content, stop_reason, usage: {} };
  const { reply } = await ask((_, response) => sendJson(response, 200, body), {
    target: { api: "anthropic" },
  });
  expect(answerOf(reply)).toMatchObject(expected);
});
