import { canaryProbe } from "../../src/canary/canary-suite.ts";
import type { CanaryOpening } from "../../src/schema/canary.ts";
import { suiteHash, targetHash } from "../../src/schema/identity.ts";
import type { Manifest } from "../../src/schema/manifest.ts";
import { type Probe, probeSchema } from "../../src/schema/probe.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { targetSchema } from "../../src/schema/target.ts";
import type { Attempt, SampleRecord } from "../../src/schema/transcript.ts";
import { createRun } from "../../src/store/run-writer.ts";
import { minted, opened } from "../canary/minted.ts";
import { sampleOf } from "../store/run-fixture.ts";

export const talkativeModels = ["Ref", "sus", "Vendor/c1", "c2", "c3", "c4"];
const samples = 2;
const systemPrompt = "You are the confidential house butler of Blackmoor Castle.";

/** A run that tests every place where a text could hide, and what was said in it. */
export interface TalkativeRun {
  readonly dir: string;
  /** Every prompt, answer and other confidential text. */
  readonly said: readonly string[];
  readonly opening: CanaryOpening;
}

const words =
  "amber basket candle dormouse elderberry fountain gooseberry harvest icicle juniper kingfisher lantern meadow nightjar orchard peppermint quarry rainbarrel saddlebag thunder umbrella velvet waterfall xylophone yesterday zeppelin".split(
    " ",
  );

function sentence(random: Random, length: number): string {
  const drawn = Array.from({ length }, () => words[Math.floor(random() * words.length)] ?? "");
  return `${drawn.join(" ").replace(/^./, (letter) => letter.toUpperCase())}.`;
}

const moment = "2026-11-21T09:00:00.000Z";
const attempt: Attempt = {
  startedAt: moment,
  latencyMs: 3,
  status: 200,
  errorClass: null,
  message: null,
  retryAfterMs: null,
  requestId: "req_0123456789abcdef",
};

/**
 * Six models; free, closed and identity probes with wordings, examples and right answers, test prompts of a revealed canary;
 * reasoning, token log-probabilities, repeated, cut and refused answers; failed attempts that quote the prompt; and endpoints
 * that repeat prompt and answer in every name that they may choose.
 */
export async function writeTalkativeRun(dir: string): Promise<TalkativeRun> {
  const random = seededRandom(11);
  const said = new Set<string>([systemPrompt]);
  const say = (length: number) => {
    const text = sentence(random, length);
    said.add(text);
    return text;
  };
  const opening = opened(minted(3, { slots: 4, variants: 4, samplesPerSlot: samples }));
  const probes: Probe[] = [
    ...Array.from({ length: 8 }, (_, i) =>
      probeSchema.parse({
        id: `free.p${i}`,
        family: i % 2 ? "stories" : "letters",
        messages: [
          { role: "system", content: systemPrompt },
          { role: "user", content: say(12) },
        ],
        paraphrases: [say(9)],
        why: say(8),
      }),
    ),
    ...Array.from({ length: 4 }, (_, i) =>
      probeSchema.parse({
        id: `closed.p${i}`,
        family: "choices",
        messages: [{ role: "user", content: say(10) }],
        answer: {
          kind: "name",
          correct: "Elderberry",
          examples: [[`The name is Gooseberry ${i}, as ${say(5)}`, "gooseberry"]],
        },
      }),
    ),
    probeSchema.parse({
      id: "identity.who",
      family: "identity",
      messages: [{ role: "user", content: "Who are you, dear talkative machine, and who made you?" }],
    }),
    ...opening.sealed.slots.map((slot) => probeSchema.parse(canaryProbe(slot, samples))),
  ];
  for (const { messages = [] } of probes) for (const { content } of messages) said.add(content);
  const targets = talkativeModels.map((name) => {
    const target = targetSchema.parse({
      name,
      api: "openai",
      baseURL: "http://127.0.0.1:1/v1",
      model: `model-of-${name}`,
      lab: name === "Ref" ? "Blumenthal" : `lab of ${name}`,
      params: { temperature: 1, stop: ["The End of the Story"], system: systemPrompt },
      extraBody: { reasoning_effort: "high", chat_template_kwargs: { preamble: systemPrompt } },
    });
    return { ...target, hash: targetHash(target) };
  });
  said.add("The End of the Story");
  const [reference = "", suspect = "", ...controls] = talkativeModels;
  const manifest: Manifest = {
    schemaVersion: 1,
    congenerVersion: "0.1.0",
    name: "talkative",
    createdAt: moment,
    updatedAt: moment,
    status: "complete",
    origin: "asked",
    samples,
    seed: 1,
    roles: { reference, suspects: [suspect], controls, baselines: {} },
    suites: [{ name: "core", version: "1", description: say(7), hash: suiteHash(probes), probes }],
    targets,
    labels: null,
    sources: [],
  };
  const answerTo = (probe: Probe, model: number): string => {
    const slot = opening.sealed.slots.find(({ id }) => probe.id.endsWith(id));
    if (slot !== undefined) return slot.variants[(slot.planted + (model < 2 ? 0 : model)) % 4]?.value ?? "";
    if (probe.family === "identity")
      return model < 2 ? `I was made by Blumenthal. ${say(4)}` : `I am nobody, ${say(6)}`;
    if (probe.answer.kind !== "free") return words[model < 2 ? 6 : (model * 3) % words.length] ?? "";
    // The suspect borrows the reference's sentences.
    const own = say(30);
    return model === 1 && random() < 0.7 ? `${borrowed.get(probe.id) ?? own} ${say(4)}` : own;
  };
  const borrowed = new Map<string, string>();
  const writer = await createRun(dir, manifest);
  for (const [model, name] of talkativeModels.entries())
    for (const probe of probes)
      for (let index = 0; index < samples; index++) {
        const prompt = probe.messages?.at(-1)?.content ?? "";
        const text = answerTo(probe, model);
        said.add(text);
        if (model === 0) borrowed.set(probe.id, text);
        await writer.append(recorded({ name, model, probe, index, prompt, text, say }));
      }
  await writer.recordFailure({
    suite: "core",
    probe: "free.p0",
    wording: 0,
    target: "c4",
    index: samples,
    attempts: [{ ...attempt, status: 400, errorClass: "bad-request", message: `bad: ${[...said][1]}` }],
  });
  await writer.close();
  return { dir, said: [...said], opening };
}

interface Said {
  readonly name: string;
  readonly model: number;
  readonly probe: Probe;
  readonly index: number;
  readonly prompt: string;
  readonly text: string;
  readonly say: (length: number) => string;
}

function recorded({ name, model, probe, index, prompt, text, say }: Said): SampleRecord {
  const reasoning = index === 1 ? say(15) : null;
  const free = probe.id.startsWith("free");
  const outcome =
    free && model === 3 && index === 1 ? "refused" : free && model === 4 && index === 1 ? "truncated" : "ok";
  const failed = {
    ...attempt,
    status: 429,
    errorClass: "rate-limited",
    message: `refused: ${prompt}`,
    requestId: prompt,
  };
  const id = `chatcmpl-${probe.id}-${model}-is-an-id`;
  const listed = [
    { token: text.slice(0, 4), logprob: -0.1 },
    { token: "the", logprob: -3 },
    { token: "a", logprob: -3 },
  ];
  const logprobs = {
    content: [text.slice(0, 4), text.slice(4, 9)].map((token) => ({ token, top_logprobs: listed })),
  };
  const body = { id, choices: [{ message: { content: text }, logprobs: free ? logprobs : null }] };
  return sampleOf(name, {
    probe: probe.id,
    index,
    text,
    reasoning,
    outcome,
    request: { url: null, headers: {}, body: { messages: [{ role: "user", content: prompt }] } },
    response: { status: 200, headers: { "x-echo": prompt }, body: JSON.stringify(body) },
    attempts: index === 1 ? [failed, attempt] : [attempt],
    // One endpoint repeats what it is asked and what it says wherever it can.
    servedModel: model === 2 ? `${text} ${prompt}` : `model-of-${name}`,
    provider: model === 2 ? prompt : "Google AI Studio",
    systemFingerprint: model === 2 ? `fp ${text}` : "fp_0123456789",
    finishReason: model === 2 ? `stopped after: ${text}` : "stop",
  });
}
