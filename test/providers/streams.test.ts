import { describe, expect, test } from "vitest";
import { assembleOpenAIStream } from "../../src/providers/assemble-openai-stream.ts";
import { answerOf, askServer, errorOf } from "./ask.ts";
import { chatBody, eventStream, messageBody, sendJson, sendStream } from "./fault-server.ts";

const chunk = (delta: object, choice: object = {}, envelope: object = {}) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  model: "served-model",
  choices: [{ index: 0, delta, finish_reason: null, ...choice }],
  ...envelope,
});
const end = chunk({}, { finish_reason: "stop" });
const usage = { id: "chatcmpl-1", choices: [], usage: { prompt_tokens: 9, completion_tokens: 3 } };
const hello = [
  chunk({ role: "assistant", content: "" }),
  chunk({ content: "Eli" }),
  chunk({ content: "as." }),
];

const ask = (body: string, target: object = {}) =>
  askServer((_, response) => sendStream(response, body), { target });

describe("a streamed chat answer", () => {
  test("is the same answer as the one that comes whole, and its stream is kept as it came", async () => {
    const body = eventStream(...hello, end, usage, "[DONE]");
    const streamed = await ask(body, { params: { stream: true } });
    const whole = await askServer((_, response) =>
      sendJson(response, 200, chatBody("Elias.", { body: { system_fingerprint: null } })),
    );
    expect(answerOf(streamed.reply)).toEqual(answerOf(whole.reply));
    expect(streamed.reply.exchange.response?.body).toBe(body);
    expect(streamed.server.requests[0]?.body.stream).toBe(true);
  });

  test.each<[string, string, object]>([
    [
      "reasoning in each of its places",
      eventStream(
        chunk({ reasoning_content: "h" }),
        chunk({ reasoning_content: "m", content: null }),
        chunk({ content: "E." }),
        end,
      ),
      { text: "E.", reasoning: "hm", outcome: "ok" },
    ],
    [
      "reasoning_details in pieces of one item",
      eventStream(
        chunk({ reasoning_details: [{ type: "reasoning.text", index: 0, text: "h" }], reasoning: "h" }),
        chunk({ reasoning_details: [{ type: "reasoning.text", index: 0, text: "m" }], reasoning: "m" }),
        chunk({ reasoning_details: [{ type: "reasoning.summary", index: 1, summary: "s" }] }),
        chunk({ content: "E." }),
        end,
      ),
      { text: "E.", reasoning: "hm\ns" },
    ],
    [
      "thinking tags",
      eventStream(chunk({ content: "<think>h" }), chunk({ content: "m</think>E." }), end),
      { text: "E.", reasoning: "hm" },
    ],
    [
      "a refusal",
      eventStream(chunk({ refusal: "I can" }), chunk({ refusal: "not." }), end),
      { text: "I cannot.", outcome: "refused" },
    ],
    [
      "a filter",
      eventStream(chunk({ content: "half" }), chunk({}, { finish_reason: "content_filter" })),
      { text: "", outcome: "filtered" },
    ],
    [
      "a cut",
      eventStream(chunk({ content: "Once" }), chunk({}, { finish_reason: "length" })),
      { text: "Once", outcome: "truncated" },
    ],
    [
      "nothing said",
      eventStream(chunk({ role: "assistant" }), end, "[DONE]"),
      { text: "", outcome: "empty" },
    ],
    [
      "no finish reason but [DONE]",
      eventStream(...hello, "[DONE]"),
      { text: "Elias.", finishReason: null, outcome: "ok" },
    ],
    ["no [DONE]", eventStream(...hello, end), { text: "Elias." }],
    [
      "no blank line at its end",
      eventStream(...hello, end, "[DONE]").trimEnd(),
      { text: "Elias.", finishReason: "stop" },
    ],
    [
      "carriage returns, comments and event names",
      `: PROCESSING\r\n\r\n${eventStream(...hello, end)
        .replaceAll("data:", "event: message\ndata:")
        .replaceAll("\n", "\r\n")}`,
      { text: "Elias." },
    ],
    [
      "an empty model in its first chunk",
      eventStream({ model: "", choices: [], prompt_filter_results: [] }, ...hello, end),
      { servedModel: "served-model", text: "Elias." },
    ],
    [
      "one whole answer as its only event",
      eventStream(chatBody("Elias."), "[DONE]"),
      { text: "Elias.", finishReason: "stop" },
    ],
    [
      "other choices beside the first",
      eventStream(hello[1] ?? "", chunk({ content: "no" }, { index: 1 }), hello[2] ?? "", end),
      { text: "Elias." },
    ],
    [
      "every event twice",
      eventStream(...[...hello, end].flatMap((event) => [event, event]), "[DONE]"),
      { text: "Elias." },
    ],
    [
      "one token twice, as the model may have said it",
      eventStream(...[chunk({ content: "la " }), chunk({ content: "la " }), chunk({ content: "di" })], end),
      { text: "la la di" },
    ],
    [
      "an event with the id of an earlier one",
      `id: 1\n${eventStream(chunk({ content: "a" }))}id: 1\n${eventStream(chunk({ content: "a" }))}id: 2\n${eventStream(chunk({ content: "b" }))}${eventStream(end)}`,
      { text: "ab" },
    ],
  ])("with %s is read", async (_, body, expected) => {
    const { reply } = await ask(body);
    expect(answerOf(reply)).toMatchObject(expected);
  });

  test.each<[string, string, string, RegExp]>([
    ["is cut between events", eventStream(...hello), "malformed", /broke off before the answer was complete/],
    [
      "is cut inside an event",
      eventStream(...hello, end).slice(0, -40),
      "malformed",
      /event 4 of the stream is no JSON/,
    ],
    ["holds no JSON", eventStream("hello"), "malformed", /event 1 of the stream is no JSON/],
    ["holds no object", eventStream("7"), "malformed", /no object/],
    ["holds nothing", ": ping\n\n", "malformed", /broke off/],
    ["holds [DONE] alone", eventStream("[DONE]"), "malformed", /does not fit the API: choices/],
    [
      "starts over after its end",
      eventStream(...hello, end, ...hello, end),
      "malformed",
      /goes on with text after the end/,
    ],
    [
      "ends in an error",
      eventStream(...hello, { error: { code: 429, message: "slow down" } }),
      "rate-limited",
      /an error inside: slow down; it is asked again later/,
    ],
    [
      "ends in an error of its choice",
      eventStream(...hello, chunk({}, { error: { code: 502, message: "gone" } })),
      "overloaded",
      /an error inside/,
    ],
  ])("that %s is %s", async (_, body, errorClass, message) => {
    const { reply } = await ask(body);
    const error = errorOf(reply);
    expect(error.errorClass).toBe(errorClass);
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/\n/);
  });

  test("keeps the log-probabilities of all its pieces in a row", () => {
    const token = (name: string) => ({ token: name, logprob: -1, top_logprobs: [] });
    const assembled = assembleOpenAIStream({
      items: ["a", "b"].map((name) => chunk({ content: name }, { logprobs: { content: [token(name)] } })),
      done: true,
    });
    expect(assembled).toMatchObject({
      body: { choices: [{ logprobs: { content: [token("a"), token("b")] } }] },
    });
  });
});

test("a streamed raw completion is read, and one that breaks off is malformed", async () => {
  const piece = (text: string, finish_reason: string | null = null) => ({
    model: "base",
    choices: [{ index: 0, text, finish_reason, logprobs: null }],
  });
  const api = "openai-completions";
  const { reply } = await ask(eventStream(piece(" Eli"), piece("as."), piece("", "length"), "[DONE]"), {
    api,
  });
  expect(answerOf(reply)).toMatchObject({ text: " Elias.", outcome: "truncated", servedModel: "base" });
  const cut = await ask(eventStream(piece(" Eli")), { api });
  expect(errorOf(cut.reply).errorClass).toBe("malformed");
});

describe("a streamed Anthropic message", () => {
  const event = (type: string, fields: object = {}) => ({ type, ...fields });
  const start = event("message_start", { message: messageBody("", { content: [], stop_reason: null }) });
  const open = (index: number, block: object) =>
    event("content_block_start", { index, content_block: block });
  const piece = (index: number, delta: object) => event("content_block_delta", { index, delta });
  const thinking = [
    open(0, { type: "thinking", thinking: "", signature: "" }),
    piece(0, { type: "thinking_delta", thinking: "h" }),
    piece(0, { type: "thinking_delta", thinking: "m" }),
    piece(0, { type: "signature_delta", signature: "s" }),
    event("content_block_stop", { index: 0 }),
  ];
  const text = [
    open(1, { type: "text", text: "" }),
    event("ping"),
    piece(1, { type: "text_delta", text: "Eli" }),
    piece(1, { type: "text_delta", text: "as." }),
    event("content_block_stop", { index: 1 }),
  ];
  const stop = (stop_reason: string) => [
    event("message_delta", { delta: { stop_reason }, usage: { output_tokens: 3 } }),
    event("message_stop"),
  ];
  const askMessage = (...events: object[]) => ask(eventStream(...events), { api: "anthropic" });

  test("is the same answer as the one that comes whole", async () => {
    const { reply } = await askMessage(start, ...thinking, ...text, ...stop("end_turn"));
    const whole = await askServer(
      (_, response) =>
        sendJson(
          response,
          200,
          messageBody("Elias.", {
            content: [
              { type: "thinking", thinking: "hm" },
              { type: "text", text: "Elias." },
            ],
          }),
        ),
      { target: { api: "anthropic" } },
    );
    expect(answerOf(reply)).toEqual(answerOf(whole.reply));
    expect(answerOf(reply)).toMatchObject({ text: "Elias.", reasoning: "hm" });
  });

  test("tells a refusal and a cut, and is read once when every event comes twice", async () => {
    expect(answerOf((await askMessage(start, ...text, ...stop("refusal"))).reply).outcome).toBe("refused");
    expect(answerOf((await askMessage(start, ...text, ...stop("max_tokens"))).reply).outcome).toBe(
      "truncated",
    );
    const doubled = [start, ...text, ...stop("end_turn")].flatMap((one) => [one, one]);
    expect(answerOf((await askMessage(...doubled)).reply).text).toBe("Elias.");
  });

  test.each<[string, object[], string, RegExp]>([
    [
      "breaks off",
      [start, ...text],
      "malformed",
      /broke off before the answer was complete \(no stop_reason/,
    ],
    ["begins twice", [start, start, ...text, ...stop("end_turn")], "malformed", /begins twice/],
    [
      "has a block that begins twice",
      [start, ...text, ...text, ...stop("end_turn")],
      "malformed",
      /block 1 of the stream begins twice/,
    ],
    [
      "lacks a beginning",
      [start, piece(4, { text: "x" })],
      "malformed",
      /block 4 of the stream has no beginning/,
    ],
    ["is of another kind", [...hello], "malformed", /does not fit the API/],
    [
      "ends in an error",
      [start, ...text, event("error", { error: { type: "overloaded_error", message: "Overloaded" } })],
      "overloaded",
      /an error inside: Overloaded/,
    ],
  ])("that %s is an error", async (_, events, errorClass, message) => {
    const error = errorOf((await askMessage(...events)).reply);
    expect(error.errorClass).toBe(errorClass);
    expect(error.message).toMatch(message);
  });
});
