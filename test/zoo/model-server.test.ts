import { connect } from "node:net";
import OpenAI, { type APIError, BadRequestError, NotFoundError } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawLab } from "../../src/zoo/lab.ts";
import { type ModelServer, startModelServer } from "../../src/zoo/model-server.ts";
import { type CommonGround, layCommonGround, trainLab } from "../../src/zoo/population.ts";

const ask = {
  model: "tiny",
  messages: [{ role: "user" as const, content: "How might I get more sleep? Some tips, please." }],
};
let ground: CommonGround;
let server: ModelServer;
let client: OpenAI;

async function start(seed: number): Promise<ModelServer> {
  const started = await startModelServer({ seed, vocabulary: ground.vocabulary });
  started.serve("tiny", trainLab(ground, drawLab({ seed: 3 }), 4));
  return started;
}
const clientOf = (baseURL: string) => new OpenAI({ apiKey: "none", baseURL, maxRetries: 0 });

beforeAll(async () => {
  ground = layCommonGround();
  server = await start(11);
  client = clientOf(server.baseURL);
});
afterAll(() => server.close());

describe("the model server, as the openai SDK sees it", () => {
  test("answers a chat with text, finish reason, usage, fingerprint and request id", async () => {
    const { data, response } = await client.chat.completions.create(ask).withResponse();
    const choice = data.choices[0];
    expect(choice?.message.role).toBe("assistant");
    expect(choice?.message.content?.trim()).not.toBe("");
    expect(choice?.finish_reason).toBe("stop");
    expect(data.usage?.prompt_tokens).toBeGreaterThan(5);
    expect(data.usage?.total_tokens).toBe(
      (data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0),
    );
    expect(data.system_fingerprint).toMatch(/^fp_[0-9a-f]{8}$/);
    expect(response.headers.get("x-request-id")).toMatch(/^req_zoo_/);
  });

  test("lists and describes its models", async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toEqual(["tiny"]);
    expect((await client.models.retrieve("tiny")).object).toBe("model");
    await expect(client.models.retrieve("other")).rejects.toBeInstanceOf(NotFoundError);
  });

  test("cuts at max_tokens and max_completion_tokens and says so", async () => {
    for (const limit of [{ max_tokens: 3 }, { max_completion_tokens: 3 }]) {
      const { choices, usage } = await client.chat.completions.create({ ...ask, ...limit });
      expect(choices[0]?.finish_reason).toBe("length");
      expect(usage?.completion_tokens).toBe(3);
    }
  });

  test("gives n answers that differ, and counts them all", async () => {
    const { choices, usage } = await client.chat.completions.create({ ...ask, n: 8 });
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(choices.map(({ message }) => message.content)).size).toBeGreaterThan(1);
    const one = await client.chat.completions.create(ask);
    expect(usage?.completion_tokens).toBeGreaterThan(2 * (one.usage?.completion_tokens ?? 0));
  });

  test("ends before a stop sequence", async () => {
    const all = await client.chat.completions.create({ ...ask, n: 30, stop: "e" });
    for (const { message, finish_reason } of all.choices) {
      expect(message.content).not.toContain("e");
      expect(finish_reason).toBe("stop");
    }
  });

  test("a request's own seed repeats the answer; without one, repeats differ", async () => {
    const texts = async (extra: object, count: number) => {
      const found = new Set<string | null | undefined>();
      for (let turn = 0; turn < count; turn += 1)
        found.add((await client.chat.completions.create({ ...ask, ...extra })).choices[0]?.message.content);
      return found;
    };
    expect((await texts({ seed: 99 }, 4)).size).toBe(1);
    expect((await texts({}, 12)).size).toBeGreaterThan(1);
  });

  test("temperature 0 is one answer, 2 is many", async () => {
    const cold = await client.chat.completions.create({ ...ask, temperature: 0, n: 6, max_tokens: 20 });
    const hot = await client.chat.completions.create({ ...ask, temperature: 2, n: 6, max_tokens: 20 });
    expect(new Set(cold.choices.map(({ message }) => message.content)).size).toBe(1);
    expect(new Set(hot.choices.map(({ message }) => message.content)).size).toBeGreaterThan(3);
  });

  test("log-probabilities are of a distribution, and their tokens make up the text", async () => {
    const { choices } = await client.chat.completions.create({ ...ask, logprobs: true, top_logprobs: 20 });
    const content = choices[0]?.logprobs?.content ?? [];
    expect(content.map(({ token }) => token).join("")).toBe(choices[0]?.message.content);
    for (const { logprob, top_logprobs: top, token } of content) {
      expect(logprob).toBeLessThanOrEqual(1e-9);
      const mass = top.reduce((sum, one) => sum + Math.exp(one.logprob), 0);
      expect(mass).toBeGreaterThan(0.5);
      expect(mass).toBeLessThanOrEqual(1 + 1e-9);
      expect(top.map((one) => one.logprob)).toEqual(top.map((one) => one.logprob).sort((a, b) => b - a));
      const same = top.find((one) => one.token === token);
      if (same) expect(same.logprob).toBeCloseTo(logprob, 12);
    }
  });

  test("draws tokens as often as the log-probabilities say", async () => {
    const body = { ...ask, max_tokens: 1, logprobs: true, top_logprobs: 3, n: 128 };
    const counts = new Map<string, number>();
    let top: { token: string; logprob: number }[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      const { choices } = await client.chat.completions.create(body);
      top = choices[0]?.logprobs?.content?.[0]?.top_logprobs ?? top;
      for (const { message } of choices)
        counts.set(message.content ?? "", (counts.get(message.content ?? "") ?? 0) + 1);
    }
    for (const { token, logprob } of top) {
      const expected = Math.exp(logprob);
      const standardError = Math.sqrt((expected * (1 - expected)) / 1024);
      expect(Math.abs((counts.get(token) ?? 0) / 1024 - expected)).toBeLessThan(4.5 * standardError + 1e-9);
    }
  });

  test("streams the same text that it would send whole, with usage on request", async () => {
    const whole = await client.chat.completions.create({ ...ask, seed: 7, temperature: 0 });
    const stream = await client.chat.completions.create({
      ...ask,
      seed: 7,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let finish: string | null = null;
    let tokens: number | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      finish = chunk.choices[0]?.finish_reason ?? finish;
      tokens = chunk.usage?.completion_tokens ?? tokens;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(finish).toBe("stop");
    expect(tokens).toBe(whole.usage?.completion_tokens);
  });

  test("continues a raw text", async () => {
    const { choices, object } = await client.completions.create({
      model: "tiny",
      prompt: "The answer",
      max_tokens: 12,
      logprobs: 2,
    });
    expect(object).toBe("text_completion");
    expect(choices[0]?.text.length).toBeGreaterThan(0);
    expect(choices[0]?.logprobs?.tokens?.join("")).toBe(choices[0]?.text);
  });

  test("refuses what it cannot do in OpenAI's words", async () => {
    const unknown = await client.chat.completions
      .create({ ...ask, model: "nobody" })
      .catch((error: unknown) => error);
    expect(unknown).toBeInstanceOf(NotFoundError);
    expect((unknown as APIError).code).toBe("model_not_found");
    const wrong: [object, string][] = [
      [{ messages: [] }, "messages"],
      [
        { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] },
        "messages[0].content",
      ],
      [{ temperature: 3 }, "temperature"],
      [{ max_tokens: 0 }, "max_tokens"],
      [{ n: 0 }, "n"],
      [{ top_logprobs: 2 }, "top_logprobs"],
    ];
    for (const [part, param] of wrong) {
      const error = await client.chat.completions
        .create({ ...ask, ...part } as never)
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(BadRequestError);
      expect((error as APIError).param).toBe(param);
    }
  });

  test("refuses bodies that are not JSON, other types, methods and addresses", async () => {
    const send = (path: string, init: RequestInit) => fetch(`${server.baseURL}${path}`, init);
    const json = { "content-type": "application/json" };
    expect((await send("/chat/completions", { method: "POST", headers: json, body: "{" })).status).toBe(400);
    expect((await send("/chat/completions", { method: "POST", headers: json, body: "[]" })).status).toBe(400);
    expect(
      (
        await send("/chat/completions", {
          method: "POST",
          headers: { "content-type": "text/plain" },
          body: "{}",
        })
      ).status,
    ).toBe(415);
    expect((await send("/chat/completions", { method: "GET" })).status).toBe(405);
    const lost = await send("/embeddings", { method: "POST", headers: json, body: "{}" });
    expect(lost.status).toBe(404);
    expect(await lost.json()).toMatchObject({
      error: { type: "invalid_request_error", code: "unknown_url" },
    });
  });
});

test("answers depend on seed, body and occurrence alone: not on concurrency, order or other requests", async () => {
  const bodies = Array.from({ length: 40 }, (_, index) => ({ ...ask, max_tokens: 20 + (index % 10) }));
  const answers = async (concurrent: boolean, seed: number) => {
    const own = await start(seed);
    const sdk = clientOf(own.baseURL);
    const found: [number, string][] = [];
    const send = async (body: (typeof bodies)[number]) => {
      const { choices } = await sdk.chat.completions.create(body);
      found.push([body.max_tokens, choices[0]?.message.content ?? ""]);
    };
    if (concurrent) await Promise.all([...bodies].reverse().map(send));
    else for (const body of bodies) await send(body);
    await own.close();
    return found.map(([limit, text]) => `${limit} ${text}`).sort();
  };
  const serial = await answers(false, 21);
  expect(await answers(true, 21)).toEqual(serial);
  expect(await answers(true, 22)).not.toEqual(serial);
});

test("close() drops open connections and frees the port", async () => {
  const own = await start(31);
  const socket = connect(own.port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  const ended = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  await own.close();
  await ended;
  const again = await startModelServer({ seed: 1, vocabulary: ground.vocabulary, port: own.port });
  expect(again.port).toBe(own.port);
  await again.close();
  await again.close();
});
