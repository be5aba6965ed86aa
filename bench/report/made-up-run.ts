import { suiteHash, targetHash } from "../../src/schema/identity.ts";
import type { Manifest } from "../../src/schema/manifest.ts";
import { probeSchema } from "../../src/schema/probe.ts";
import { targetSchema } from "../../src/schema/target.ts";
import type { SampleRecord } from "../../src/schema/transcript.ts";
import { createRun } from "../../src/store/run-writer.ts";
import { type MadeUpModel, madeUpAnswer } from "./made-up-answers.ts";

export interface RunSize {
  readonly models: number;
  readonly probes: number;
  /** At least models times probes; what is more are second samples of the first probes, dealt out to the models. */
  readonly responses: number;
  readonly wordsPerAnswer: number;
}

const families = 20;
const moment = "2026-11-21T09:00:00.000Z";
const suspects = ["student", "honest", "half-student"];

/** A reference, three suspects and controls, two models a lab. */
function cast(count: number): MadeUpModel[] {
  const reference = { name: "reference", lab: "lab of the reference" };
  const own = (name: string) => ({ name, lab: `lab of ${name}` });
  return [
    reference,
    { ...own("student"), teacher: { model: reference, share: 0.7 } },
    own("honest"),
    { ...own("half-student"), teacher: { model: reference, share: 0.3 } },
    ...Array.from({ length: count - 4 }, (_, i) => ({ name: `control-${i}`, lab: `lab ${i >> 1}` })),
  ];
}

/** Writes such a run through the store; the same but for the store's random salts every time. Returns what it holds. */
export async function writeMadeUpRun(
  dir: string,
  size: RunSize,
): Promise<{ responses: number; bytes: number }> {
  const { models: count, probes: probeCount, responses } = size;
  if (count < 7 || responses < count * probeCount)
    throw new RangeError(
      `expected at least 7 models and one response a model and probe (${count * probeCount}), got ${count} and ${responses}`,
    );
  const models = cast(count);
  // Probes of a family stand together, as in the shipped suites.
  const familyOf = (p: number) => Math.floor((p * families) / probeCount);
  const probes = Array.from({ length: probeCount }, (_, p) =>
    probeSchema.parse({
      id: `family-${familyOf(p)}.p${p}`,
      family: `family-${familyOf(p)}`,
      messages: [{ role: "user", content: `Write about subject ${p} in your own words, with an example.` }],
      params: { max_tokens: 400 },
    }),
  );
  const targets = models.map(({ name, lab }) => {
    const target = targetSchema.parse({
      name,
      api: "openai",
      baseURL: "http://127.0.0.1:1/v1",
      model: name,
      lab,
      params: { temperature: 1 },
    });
    return { ...target, hash: targetHash(target) };
  });
  const manifest: Manifest = {
    schemaVersion: 1,
    congenerVersion: "0.1.0",
    name: "made-up",
    createdAt: moment,
    updatedAt: moment,
    status: "complete",
    origin: "asked",
    samples: Math.ceil(responses / (count * probeCount)),
    seed: 1,
    roles: {
      reference: "reference",
      suspects,
      controls: models.slice(4).map(({ name }) => name),
      baselines: {},
    },
    suites: [{ name: "made-up", version: "1", description: "", hash: suiteHash(probes), probes }],
    targets,
    labels: null,
    sources: [],
  };
  const writer = await createRun(dir, manifest);
  let bytes = 0;
  function* records(): Generator<SampleRecord> {
    for (const [m, model] of models.entries())
      for (let asked = 0; asked < Math.ceil((responses - m) / count); asked++) {
        const p = asked % probeCount;
        const index = Math.floor(asked / probeCount);
        const { text, outcome } = madeUpAnswer(model, p, index, size.wordsPerAnswer);
        bytes += Buffer.byteLength(text);
        yield recordOf({ model: model.name, probe: probes[p]?.id ?? "", place: asked, index, text, outcome });
      }
  }
  const { written } = await writer.appendMany(records());
  // As after a run: the manifest says how many lines were on disk.
  await writer.setManifest(manifest);
  await writer.close();
  return { responses: written, bytes };
}

function recordOf(answer: {
  readonly model: string;
  readonly probe: string;
  readonly place: number;
  readonly index: number;
  readonly text: string;
  readonly outcome: SampleRecord["outcome"];
}): SampleRecord {
  const { model, probe, place, index, text, outcome } = answer;
  const tokens = Math.ceil(text.length / 4);
  const attempt = {
    startedAt: moment,
    latencyMs: 900,
    status: 200,
    errorClass: null,
    message: null,
    retryAfterMs: null,
    requestId: `req-${place}`,
  };
  const busy = { ...attempt, status: 429, errorClass: "rate-limit", message: "busy", retryAfterMs: 1000 };
  const finishReason = outcome === "truncated" ? "length" : "stop";
  return {
    suite: "made-up",
    probe,
    wording: 0,
    target: model,
    index,
    request: {
      url: "http://127.0.0.1:1/v1/chat/completions",
      headers: { "content-type": "application/json" },
      body: {
        model,
        messages: [{ role: "user", content: `Write about subject ${probe}.` }],
        max_tokens: 400,
        temperature: 1,
      },
    },
    attempts: place % 100 === 0 ? [busy, attempt] : [attempt],
    response: {
      status: 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        id: `chatcmpl-${model}-${String(place).padStart(12, "0")}`,
        object: "chat.completion",
        created: 1_790_000_000,
        model,
        choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: finishReason }],
        usage: { prompt_tokens: 20, completion_tokens: tokens, total_tokens: 20 + tokens },
      }),
    },
    text,
    reasoning: null,
    outcome,
    latencyMs: 900,
    servedModel: model,
    provider: null,
    systemFingerprint: null,
    finishReason,
    usage: { inputTokens: 20, outputTokens: tokens, reasoningTokens: null },
    startedAt: moment,
  };
}
