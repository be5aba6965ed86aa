import { once } from "node:events";
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ProviderErrorClass } from "../../src/errors.ts";
import { createProvider } from "../../src/providers/create-provider.ts";
import { targetSchema } from "../../src/schema/target.ts";
import { type AskChanges, answerOf, askAt, askServer, errorOf, givenKey } from "./ask.ts";
import {
  type Behaviour,
  chatBody,
  messageBody,
  sendJson,
  startFaultServer,
  startRawServer,
} from "./fault-server.ts";

const apis = ["openai", "anthropic"] as const;
type Api = (typeof apis)[number];
const good = (api: Api, text = "Elias.") =>
  JSON.stringify(api === "openai" ? chatBody(text) : messageBody(text));
const path = { openai: "/v1/chat/completions", anthropic: "/v1/messages" };

/** Classes of the statuses that are not `bad-request` (below 500) or `overloaded` (from 500). */
const classByStatus: Record<number, ProviderErrorClass> = {
  401: "auth",
  402: "quota",
  403: "auth",
  404: "unknown-model",
  407: "auth",
  408: "timeout",
  409: "overloaded",
  410: "unknown-model",
  413: "context-length",
  424: "overloaded",
  425: "overloaded",
  429: "rate-limited",
  498: "overloaded",
  499: "overloaded",
  501: "bad-request",
  505: "bad-request",
};
const nextStep: Partial<Record<ProviderErrorClass, string>> = {
  auth: "check the key",
  quota: "credit or quota is used up",
  "unknown-model": "check model and baseURL",
  timeout: "raise limits.timeoutMs",
  overloaded: "it is asked again later",
  "rate-limited": "lower limits.concurrency",
  "context-length": "too long for this model",
  "bad-request": "rename or drop what this server does not take",
};

describe.each(apis)("%s", (api) => {
  const ask = (behave: Behaviour, changes: AskChanges = {}) =>
    askServer(behave, { ...changes, target: { api, ...changes.target } });
  const provider = (origin: string) =>
    createProvider({
      target: targetSchema.parse({
        name: "t",
        api,
        baseURL: origin,
        model: "m",
        lab: null,
        params: { max_tokens: 5 },
      }),
      apiKey: givenKey,
      headers: {},
      timeoutMs: 5_000,
    });
  const question = { messages: [{ role: "user" as const, content: "Hello." }], params: {} };
  const never = new AbortController().signal;

  test("every status from 400 to 599 has its class, its words and its next step, after one request", async () => {
    let status = 0;
    const server = await startFaultServer((_, response) =>
      sendJson(response, status, { error: { message: "it went wrong" } }),
    );
    const { sample } = await provider(server.origin);
    for (status = 400; status < 600; status++) {
      const reply = await sample(question, never);
      const error = errorOf(reply);
      const expected = classByStatus[status] ?? (status < 500 ? "bad-request" : "overloaded");
      expect([status, error.errorClass, error.status]).toEqual([status, expected, status]);
      expect(error.message).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\S+: HTTP \d+: it went wrong; [^\n]+$/);
      expect(error.message).toContain(`: HTTP ${status}: it went wrong; `);
      expect(error.message).toContain(nextStep[expected]);
      expect(reply.exchange.attempt).toMatchObject({
        status,
        errorClass: expected,
        message: error.message,
        retryAfterMs: null,
      });
    }
    expect(server.requests).toHaveLength(200);
  });

  test("every status from 200 to 299 is read by its body", async () => {
    let status = 0;
    const server = await startFaultServer((_, response) => sendJson(response, status, good(api)));
    const { sample } = await provider(server.origin);
    for (status = 200; status < 300; status++) {
      const reply = await sample(question, never);
      // These have no body, whatever the server writes.
      if (status === 204) expect(errorOf(reply).message).toContain("expected JSON, got an empty body");
      else expect([status, answerOf(reply).text]).toEqual([status, "Elias."]);
    }
  });

  test("every status from 300 to 399 is told and not followed: the other server sees nothing", async () => {
    const other = await startFaultServer((_, response) => sendJson(response, 200, good(api, "stolen")));
    let status = 0;
    const server = await startFaultServer((_, response) => {
      response.writeHead(status, { location: `${other.origin}${path[api]}` });
      response.end();
    });
    const { sample } = await provider(server.origin);
    for (status = 300; status < 400; status++) {
      const error = errorOf(await sample(question, never));
      expect([error.errorClass, error.status]).toEqual(["bad-request", status]);
      expect(error.message).toContain(
        `HTTP ${status}, a redirect to ${other.origin}${path[api]}: not followed`,
      );
    }
    expect(server.requests).toHaveLength(100);
    expect(other.requests).toEqual([]);
  });

  test("a redirect with HTML, with a Refresh header or in a body of status 200 is not followed either", async () => {
    const other = await startFaultServer((_, response) => sendJson(response, 200, good(api, "stolen")));
    const page = `<html><meta http-equiv="refresh" content="0;url=${other.origin}"></html>`;
    const { reply } = await ask((_, response) => {
      response.writeHead(200, {
        "content-type": "text/html",
        refresh: `0;url=${other.origin}`,
        location: other.origin,
      });
      response.end(page);
    });
    expect(errorOf(reply).message).toContain("expected JSON, got a web page (HTML); check that baseURL");
    expect(other.requests).toEqual([]);
  });

  test("early hints before the answer are skipped", async () => {
    const { reply } = await ask((_, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      sendJson(response, 200, good(api));
    });
    expect(answerOf(reply).text).toBe("Elias.");
  });

  describe("bytes that are no good HTTP", () => {
    const head = (...lines: string[]) => ["HTTP/1.1 200 OK", ...lines, "", ""].join("\r\n");
    const body = good(api);
    const cases: [string, string, ProviderErrorClass, RegExp][] = [
      ["no HTTP at all", "hello\r\n\r\n", "network", /does not match the HTTP\/1\.1 protocol/],
      [
        "a switch of protocols",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        "network",
        /closed before the answer was complete/,
      ],
      [
        "a status beyond 599",
        `HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nno`,
        "overloaded",
        /HTTP 999: no/,
      ],
      [
        "a length that promises more",
        head(`Content-Length: ${body.length + 50}`, "Connection: close") + body,
        "network",
        /content-length|closed before the answer was complete/,
      ],
      [
        "a length that promises less",
        head("Content-Length: 20") + body,
        "malformed",
        /expected JSON, got \{"id"/,
      ],
      ["a negative length", head("Content-Length: -1") + body, "network", /Content-Length/],
      ["a length of words", head("Content-Length: many") + body, "network", /Content-Length/],
      [
        "a bad chunk size",
        `${head("Transfer-Encoding: chunked")}zz\r\n${body}\r\n0\r\n\r\n`,
        "network",
        /chunk size/,
      ],
      [
        "a chunk that is cut",
        `${head("Transfer-Encoding: chunked", "Connection: close")}ff\r\n${body.slice(0, 20)}`,
        "network",
        /Invalid EOF state|closed before the answer was complete/,
      ],
      [
        "a flood of headers",
        head(...Array.from({ length: 3_000 }, (_, i) => `x-flood-${i}: ${"a".repeat(50)}`)),
        "network",
        /the response headers are longer than is read/,
      ],
      [
        "a header without end",
        head(`x-flood: ${"a".repeat(300_000)}`),
        "network",
        /the response headers are longer than is read/,
      ],
      ["a broken header", head("no colon here"), "network", /Invalid header token/],
      ["control characters in a header", head("x-a: b\x01\x07c"), "network", /Invalid header value/],
    ];
    test.each(cases)("%s", async (_, bytes, errorClass, message) => {
      const { origin } = await startRawServer((socket) => {
        socket.write(bytes, "latin1");
        if (/cut|hello|Connection: close/.test(bytes)) socket.end();
      });
      const reply = await askAt(origin, { target: { api } });
      const error = errorOf(reply);
      expect([error.errorClass, error.message]).toEqual([errorClass, expect.stringMatching(message)]);
      expect(error.message).toContain(`${origin}${path[api]}: `);
      expect(error.message).not.toMatch(/\n|sk-given/);
      expect(reply.exchange.attempt.errorClass).toBe(errorClass);
    });

    test("HTTP/1.0 without a length, and a byte order mark, are read", async () => {
      const { origin } = await startRawServer((socket) => {
        socket.end(Buffer.concat([Buffer.from("HTTP/1.0 200 OK\r\n\r\n\ufeff"), Buffer.from(body)]));
      });
      expect(answerOf(await askAt(origin, { target: { api } })).text).toBe("Elias.");
    });
  });

  describe("connections", () => {
    test.each<[string, Behaviour, RegExp]>([
      [
        "reset before the answer",
        (_, response) => void response.socket?.resetAndDestroy(),
        /connection reset|closed before/,
      ],
      ["closed before the answer", (_, response) => void response.socket?.end(), /closed before the answer/],
      [
        "reset in the middle of the body",
        (_, response) => {
          response.writeHead(200, { "content-type": "application/json", "content-length": "5000" });
          response.write(good(api).slice(0, 30), () => response.socket?.resetAndDestroy());
        },
        /connection reset|closed before/,
      ],
      [
        "closed in the middle of a chunked body",
        (_, response) => {
          response.writeHead(200, { "content-type": "application/json" });
          response.write(good(api).slice(0, 30), () => response.destroy());
        },
        /closed before the answer/,
      ],
    ])("%s are network errors, and the next request goes through", async (_, behave, message) => {
      const server = await startFaultServer((request, response, count) =>
        count === 1 ? behave(request, response, count) : sendJson(response, 200, good(api)),
      );
      const { sample } = await provider(server.origin);
      const first = errorOf(await sample(question, never));
      expect([first.errorClass, first.status]).toEqual(["network", null]);
      expect(first.message).toMatch(message);
      expect(first.message).toContain("check baseURL and that the server runs");
      expect(answerOf(await sample(question, never)).text).toBe("Elias.");
    });

    test("a port where nobody listens is refused in plain words", async () => {
      const closed = createServer().listen(0, "127.0.0.1");
      await once(closed, "listening");
      const { port } = closed.address() as { port: number };
      closed.close();
      await once(closed, "close");
      const error = errorOf(await askAt(`http://127.0.0.1:${port}`, { target: { api } }));
      expect(error.message).toContain("connection refused (ECONNREFUSED)");
    });

    test.each<[string, Behaviour]>([
      ["before the headers", () => {}],
      ["after the headers", (_, response) => void response.writeHead(200).flushHeaders()],
      [
        "inside the body",
        (_, response) =>
          void response.writeHead(200, { "content-type": "application/json" }).write(good(api).slice(0, 40)),
      ],
      ["inside an error's body", (_, response) => void response.writeHead(500).write('{"error":')],
      [
        "by a slow trickle that never ends",
        (_, response) => {
          response.writeHead(200);
          const timer = setInterval(() => response.write(" "), 20);
          response.on("close", () => clearInterval(timer));
        },
      ],
    ])("a stall %s is a timeout at the limit", async (_, behave) => {
      const { reply } = await ask(behave, { options: { timeoutMs: 250 } });
      expect(errorOf(reply)).toMatchObject({ errorClass: "timeout", status: null });
      expect(errorOf(reply).message).toContain(
        "no complete answer within 250 ms; raise limits.timeoutMs if answers take long",
      );
      expect(reply.exchange.attempt.latencyMs).toBeLessThan(2_000);
    });

    test("a slow trickle that ends in time is an answer", async () => {
      const { reply } = await ask((_, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const parts = good(api).match(/.{1,20}/gs) ?? [];
        const timer = setInterval(() => {
          const part = parts.shift();
          if (part !== undefined) return void response.write(part);
          clearInterval(timer);
          response.end();
        }, 5);
      });
      expect(answerOf(reply).text).toBe("Elias.");
    });
  });

  describe("bodies", () => {
    const malformed: [string, string | Buffer, RegExp, Record<string, string>?][] = [
      ["HTML", "<!doctype html><html>Sign in</html>", /expected JSON, got a web page \(HTML\)/],
      ["HTML under a JSON type", "<html><body>Bad gateway</body></html>", /a web page \(HTML\)/],
      [
        "plain text under the type of HTML",
        "moved",
        /a web page \(HTML\)/,
        { "content-type": "text/html; charset=utf-8" },
      ],
      ["XML", '<?xml version="1.0"?><Error/>', /a web page/],
      ["nothing", "", /expected JSON, got an empty body/],
      ["spaces", " \n ", /an empty body/],
      ["zero bytes", "\0\0\0", /nothing that can be shown/],
      ["half JSON", good(api).slice(0, -20), /expected JSON, got \{"id"/],
      ["two JSON values", good(api) + good(api), /expected JSON, got \{"id"/],
      ["bare NaN", '{"usage": NaN}', /expected JSON, got \{"usage": NaN\}/],
      ["null", "null", /does not fit the API: body/],
      ["a number", "7", /does not fit the API: body/],
      ["a list", "[]", /does not fit the API: body/],
      ["an empty object", "{}", /does not fit the API: (choices|content)/],
      ["200,000 brackets", `${"[".repeat(200_000)}${"]".repeat(200_000)}`, /does not fit the API: body/],
      [
        "invalid UTF-8",
        Buffer.concat([Buffer.from(good(api).slice(0, -2)), Buffer.from([0xc3, 0x28, 0xff])]),
        /the response is no valid UTF-8; check that baseURL/,
      ],
      ["UTF-16", Buffer.from(good(api), "utf16le"), /expected JSON/],
      ["bytes that are no gzip", Buffer.from(good(api)), /no valid gzip/, { "content-encoding": "gzip" }],
      ["half a gzip", gzipSync(good(api)).subarray(0, 60), /no valid gzip/, { "content-encoding": "gzip" }],
    ];
    test.each(malformed)("%s are malformed", async (_, body, message, headers) => {
      const { reply } = await ask((_request, response) => {
        response.writeHead(200, { "content-type": "application/json", ...headers });
        response.end(body);
      });
      const error = errorOf(reply);
      expect([error.errorClass, error.message]).toEqual(["malformed", expect.stringMatching(message)]);
      expect(error.message).not.toMatch(/[\n\0]/);
      expect(error.message.length).toBeLessThan(500);
    });

    test.each<[string, string]>([
      ["text/plain", "text/plain"],
      ["no type a client knows", "application/x-unheard-of"],
      ["a stream of events that is none", "text/event-stream"],
    ])("good JSON under %s is an answer", async (_, type) => {
      const { reply } = await ask((_request, response) => {
        response.writeHead(200, { "content-type": type });
        response.end(good(api));
      });
      expect(answerOf(reply).text).toBe("Elias.");
    });

    test("a packed body is unpacked", async () => {
      const { reply } = await ask((_, response) => {
        response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
        response.end(gzipSync(good(api)));
      });
      expect(answerOf(reply).text).toBe("Elias.");
    });

    test("a body without end is given up at the bound, and 16,384 characters of it are kept", async () => {
      let closed = false;
      const { reply, server } = await ask((_, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const part = Buffer.alloc(1 << 16, "x");
        const more = () => {
          while (!closed && response.write(part)) {}
          if (!closed) response.once("drain", more);
        };
        response.on("close", () => {
          closed = true;
        });
        more();
      });
      expect(errorOf(reply).errorClass).toBe("malformed");
      expect(errorOf(reply).message).toContain("the response is longer than 16777216 bytes");
      expect(reply.exchange.response?.body).toHaveLength(16_384);
      expect(server.requests).toHaveLength(1);
    });

    test("a gigabyte of zeros in a megabyte of gzip is given up at the bound", async () => {
      const member = gzipSync(Buffer.alloc(64 << 20), { level: 9 });
      const bomb = Buffer.concat(Array.from({ length: 16 }, () => member));
      expect(bomb.length).toBeLessThan(2 << 20);
      const before = process.memoryUsage().rss;
      const { reply } = await ask((_, response) => {
        response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
        response.end(bomb);
      });
      expect(errorOf(reply).message).toContain("the response is longer than 16777216 bytes");
      expect(reply.exchange.response?.body.length).toBeLessThanOrEqual(16_384);
      expect(process.memoryUsage().rss - before).toBeLessThan(300 << 20);
    });

    test("an error page of any size is told in a line", async () => {
      const { reply } = await ask((_, response) => sendJson(response, 503, "overload ".repeat(500_000)));
      expect(errorOf(reply)).toMatchObject({ errorClass: "overloaded", status: 503 });
      expect(errorOf(reply).message.length).toBeLessThan(500);
    });

    test("an error inside 200 is classified by what it says", async () => {
      const errors: [object, ProviderErrorClass][] = [
        [{ error: { code: 502, message: "gone" } }, "overloaded"],
        [{ error: { code: "429", message: "slow" } }, "rate-limited"],
        [{ error: { type: "rate_limit_error", message: "slow" } }, "rate-limited"],
        [{ error: { code: 401, message: "no" } }, "auth"],
        [{ error: { code: "insufficient_quota", message: "pay" } }, "quota"],
        [{ error: { code: 404, message: "no model" } }, "unknown-model"],
        [{ error: { message: "context_length_exceeded" } }, "context-length"],
        [{ type: "error", error: { type: "overloaded_error", message: "busy" } }, "overloaded"],
        [{ object: "error", message: "flat", code: 400 }, "bad-request"],
        [{ error: "a text" }, "overloaded"],
      ];
      for (const [body, errorClass] of errors) {
        const { reply } = await ask((_, response) => sendJson(response, 200, body));
        expect([body, errorOf(reply).errorClass]).toEqual([body, errorClass]);
        expect(errorOf(reply).message).toContain("HTTP 200 with an error inside: ");
      }
    });

    test("an answer that names prototypes changes none", async () => {
      const extra = '"__proto__":{"polluted":1,"refusal":"no"},"constructor":{"prototype":{"polluted":1}}';
      const body = good(api).replace('"role":', `${extra},"role":`).replace("{", `{${extra},`);
      expect(body).toContain("polluted");
      const { reply } = await ask((_, response) => sendJson(response, 200, body));
      expect(answerOf(reply)).toMatchObject({ text: "Elias.", outcome: "ok" });
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
      expect(reply.exchange.response?.body).toBe(body);
    });

    test("of a key that stands twice the last is read, as everywhere in JavaScript", async () => {
      const twice = good(api).replace(/"model":/, '"model":"first","model":');
      const { reply } = await ask((_, response) => sendJson(response, 200, twice));
      expect(answerOf(reply).servedModel).toBe("served-model");
    });

    test("deep nesting beside the answer does not disturb it", async () => {
      const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
      const body = good(api).replace("{", `{"extra":${deep},`);
      const { reply } = await ask((_, response) => sendJson(response, 200, body));
      expect(answerOf(reply).text).toBe("Elias.");
      const error = await ask((_, response) => sendJson(response, 200, `{"error":{"message":${deep}}}`));
      expect(errorOf(error.reply).errorClass).toBe("overloaded");
    });

    test.each<[string, string]>([
      ["missing", "null"],
      ["a text", '"many"'],
      ["a list", "[]"],
      ["NaN in quotes", '{"input_tokens":"NaN","prompt_tokens":"NaN","completion_tokens":-1}'],
      [
        "infinite",
        '{"input_tokens":1e999,"prompt_tokens":1e999,"output_tokens":0.5,"completion_tokens":0.5}',
      ],
    ])("usage that is %s becomes unknown, never a number", async (_, usage) => {
      const body = good(api).replace(/"usage":\{[^}]*\}/, `"usage":${usage}`);
      expect(body).toContain(usage);
      const { reply } = await ask((_request, response) => sendJson(response, 200, body));
      const answer = answerOf(reply);
      expect(answer.text).toBe("Elias.");
      expect(answer.usage ?? { inputTokens: null, outputTokens: null }).toMatchObject({
        inputTokens: null,
        outputTokens: null,
      });
    });
  });
});
