import { expect, test } from "vitest";
import { createAnswerWatch } from "../../src/providers/answer-watch.ts";
import type { Answer } from "../../src/providers/provider.ts";
import { targetSchema } from "../../src/schema/target.ts";
import { ordinaryAnswer } from "./ordinary-answer.ts";

const watch = (extraBody: object = {}) => {
  const watched = createAnswerWatch(
    targetSchema.parse({
      name: "t",
      api: "openai",
      baseURL: null,
      model: "gpt-4o",
      lab: null,
      params: {},
      extraBody,
    }),
  );
  return (changes: Partial<Answer>) =>
    watched({
      ...ordinaryAnswer,
      ...changes,
    }).map(({ code, message }) => `${code}: ${message}`);
};

test("the asked model and its dated name are not worth a word, each other name is said once", () => {
  const of = watch();
  expect(of({ servedModel: "gpt-4o-2024-08-06" })).toEqual([]);
  expect(of({ servedModel: "gpt-4o-2024-08-06" })).toEqual([]);
  expect(watch()({ servedModel: "gpt-4o" })).toEqual([]);
  expect(of({ servedModel: "gpt-4o-mini" })).toEqual([
    "served-model: asked for gpt-4o, answered by gpt-4o-mini: another name",
    "several-models: answers come from more than one model: gpt-4o-2024-08-06, now gpt-4o-mini",
  ]);
  expect(of({ servedModel: "gpt-4o-mini" })).toEqual([]);
  expect(watch()({ servedModel: "deepseek-chat" })).toEqual([
    "served-model: asked for gpt-4o, answered by deepseek-chat: a model of another family",
  ]);
});

test("an answer of another host than the pinned one is said, however the gateway spells it", () => {
  const of = watch({ provider: { only: ["amazon-bedrock/fp8"], allow_fallbacks: false } });
  expect(of({ provider: "Amazon Bedrock" })).toEqual([]);
  expect(of({ provider: "DeepInfra" })).toEqual([
    "other-provider: pinned to amazon-bedrock/fp8, answered by DeepInfra",
  ]);
  expect(of({ provider: "DeepInfra" })).toEqual([]);
});

test("several hosts behind a gateway that pins none are said", () => {
  const of = watch();
  expect(of({ provider: "A-Host" })).toEqual([]);
  expect(of({ provider: "B-Host" })).toEqual([
    "several-providers: answers come from more than one host: A-Host, now B-Host",
  ]);
});

test("a response id that comes twice with the same text is a cache; short ids and other texts are not", () => {
  const of = watch();
  const responseId = "chatcmpl-0123456789abcdef";
  expect(of({ responseId })).toEqual([]);
  expect(of({ responseId: "chatcmpl-0123456789abcdeg" })).toEqual([]);
  expect(of({ responseId, text: "Silas." })).toEqual([]);
  expect(of({ responseId })).toEqual([
    `repeated-response-id: two samples came with one response id (${responseId}) and one text: a cache answers, and repeated samples are no new ones`,
  ]);
  expect(of({ responseId })).toEqual([]);
  const short = watch();
  expect([short({ responseId: "chatcmpl-12" }), short({ responseId: "chatcmpl-12" })]).toEqual([[], []]);
});
