// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration look like that
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { doctorTargets } from "../../src/cli/doctor/doctor-targets.ts";
import { renderDoctor } from "../../src/cli/doctor/render-doctor.ts";
import { writtenTargets } from "../../src/cli/doctor/suggested-target.ts";
import { parseConfig } from "../../src/config/config.ts";
import { createSecretFilter } from "../../src/store/secret-filter.ts";
import { drawLab } from "../../src/zoo/lab.ts";
import { startModelServer } from "../../src/zoo/model-server.ts";
import { layCommonGround, trainLab } from "../../src/zoo/population.ts";
import { sendJson } from "../providers/fault-server.ts";
import { chatAnswer, everything, refuse, startEndpoint } from "../sampling/imitated-servers.ts";
import { runBin } from "./run-bin.ts";

const key = "sk-planted-0123456789abcdef";
const env = { TOY_KEY: key };

/** A configuration whose suspect is at `suspect`; reference and controls are at `others`. */
const configText = (suspect: string, others: string, more = "") => `name: toy
reference: r
suspects: [s]
controls: [a, b, c]
targets:
  s: { api: openai, baseURL: "${suspect}", model: toy-1, family: acme, apiKey: "\${TOY_KEY}", headers: { X-Title: study }${more} }
  r: { api: openai, baseURL: "${others}", model: toy-2, family: ref }
  a: { api: openai, baseURL: "${others}", model: toy-3, family: one }
  b: { api: openai, baseURL: "${others}", model: toy-4, family: two }
  c: { api: openai, baseURL: "${others}", model: toy-5, family: three }
limits: { timeoutMs: 5000 }
`;

async function examine(text: string, name: string, repeats = 0) {
  const config = parseConfig(text, "congener.yaml", { env });
  const [report] = await doctorTargets(
    config.targets.filter(({ target }) => target.name === name),
    {
      limits: config.limits,
      written: writtenTargets(text, "congener.yaml"),
      repeats,
      seed: 1,
      signal: new AbortController().signal,
      scrub: createSecretFilter(config.secrets).text,
      onDone: () => {},
    },
  );
  if (report === undefined) throw new Error("no report");
  return report;
}

test("the suggested target is read by the configuration loader, keeps what was written, and is then accepted", async () => {
  const strict = await startEndpoint((body, response) => {
    if ("max_tokens" in body) return refuse(response, 400, "Unsupported parameter: 'max_tokens'.");
    if ("seed" in body || "top_p" in body) return refuse(response, 400, "Unsupported parameter.");
    sendJson(response, 200, chatAnswer(body, everything));
  });
  const text = configText(
    `${strict.origin}/v1`,
    "http://127.0.0.1:9/v1",
    ", params: { max_tokens: 40, seed: 3 }",
  );
  const { yaml } = await examine(text, "s");
  const body = (yaml ?? "").split("\n").slice(1).join("\n");
  const pasted = text.replace(/^ {2}s: .*$/m, body);
  expect(pasted).not.toBe(text);
  const { targets } = parseConfig(pasted, "congener.yaml", { env });
  const suspect = targets.find(({ target }) => target.name === "s");
  expect(suspect).toMatchObject({
    apiKey: key,
    headers: { "X-Title": "study" },
    target: {
      model: "toy-1",
      lab: "acme",
      params: { max_tokens: 40 },
      rename: { max_tokens: "max_completion_tokens" },
      drop: ["top_p", "seed"],
    },
  });
  expect(yaml).toContain("${TOY_KEY}");
  expect(yaml).not.toContain(key);
});

test("a target with a preset is examined as the preset sends it, and the suggestion adds differences only", async () => {
  const strict = (refused: readonly string[]) =>
    startEndpoint((body, response, { headers }) => {
      const wrong = refused.find((name) => name in body);
      if (headers.authorization !== `Bearer ${key}`) return refuse(response, 401, "Incorrect API key");
      if (wrong !== undefined) return refuse(response, 400, `Unsupported parameter: '${wrong}'.`);
      sendJson(response, 200, chatAnswer(body, everything));
    });
  const reasoning = ["max_tokens", "temperature", "top_p", "logprobs", "stop"];
  const presetText = (origin: string, more = "") =>
    configText(`${origin}/v1`, "http://127.0.0.1:9/v1", more).replace(
      "s: { api: openai,",
      "s: { preset: openai-reasoning,",
    );
  const fitting = await strict(reasoning);
  const { yaml, parameters } = await examine(presetText(fitting.origin), "s");
  const verdicts = Object.fromEntries(parameters.map((found) => [found.parameter, found]));
  expect(verdicts.max_tokens?.verdict).toBe("accepted");
  expect(verdicts.temperature).toMatchObject({
    verdict: "unknown",
    why: expect.stringMatching(
      /^preset openai-reasoning does not send it: OpenAI's reasoning models reject it/,
    ),
  });
  expect(fitting.requests.filter(({ body }) => reasoning.some((name) => name in (body ?? {})))).toEqual([]);
  expect(yaml).toContain("preset: openai-reasoning");
  expect(yaml).not.toMatch(/rename|drop|params/);

  // It takes no seed either: the preset's list is written out with it, for a list of the target's own replaces it.
  const more = await strict([...reasoning, "seed"]);
  const text = presetText(more.origin);
  const suggested = (await examine(text, "s")).yaml ?? "";
  expect(suggested).not.toContain("rename");
  const pasted = text.replace(/^ {2}s: .*$/m, suggested.split("\n").slice(1).join("\n"));
  const targetOf = (written: string) =>
    parseConfig(written, "congener.yaml", { env }).targets.find(({ target }) => target.name === "s")?.target;
  const before = targetOf(text);
  expect(targetOf(pasted)).toEqual({ ...before, drop: [...(before?.drop ?? []), "seed"] });

  // Who writes drop: [] wants the parameters sent: then they are asked about.
  const own = await examine(presetText(fitting.origin, ", drop: []"), "s");
  expect(own.parameters.find(({ parameter }) => parameter === "temperature")?.verdict).toBe("rejected");
  expect(own.yaml).toMatch(/drop:\n +- temperature/);
});

test("the model list is asked for as the preset sends keys and queries", async () => {
  const azure = await startEndpoint(
    (body, response) => sendJson(response, 200, chatAnswer(body, everything)),
    { "/v1/models": { data: [{ id: "toy-1" }] } },
  );
  const text = configText(`${azure.origin}/v1`, "http://127.0.0.1:9/v1").replace(
    "s: { api: openai,",
    "s: { preset: azure,",
  );
  await examine(text, "s");
  const list = azure.requests.find(({ path }) => path.startsWith("/v1/models"));
  expect(list?.path).toBe("/v1/models?api-version=2024-10-21");
  expect(list?.headers).toMatchObject({ "api-key": key });
  expect(list?.headers.authorization).toBeUndefined();
});

test("an endpoint that echoes the key in answers, errors and pages: the report does not hold it", async () => {
  const echo = await startEndpoint(
    (body, response, { headers }) => {
      const said = `your ${headers.authorization} is fine`;
      if (body.n === 2) return refuse(response, 400, said);
      sendJson(response, 200, { ...chatAnswer(body, everything), model: said, system_fingerprint: said });
    },
    { "/v1/models": { data: [{ id: "toy-1", owned_by: `${"x".repeat(180)} ${key}` }] } },
  );
  const report = await examine(configText(`${echo.origin}/v1`, "http://127.0.0.1:9/v1"), "s");
  const { value } = createSecretFilter([{ name: "TOY_KEY", value: key }]).value(report);
  const shown = `${JSON.stringify(value)} ${renderDoctor(value, 100)}`;
  expect(shown).not.toContain(key.slice(0, 14));
  expect(shown).toContain("[secret:TOY_KEY]");
});

test("a report fits forty columns and eighty, and shows no control character of a server", async () => {
  const server = await startEndpoint((body, response) =>
    sendJson(response, 200, { ...chatAnswer(body, everything), system_fingerprint: "a\u001b[31m\u202eb" }),
  );
  const report = await examine(configText(`${server.origin}/v1`, "http://127.0.0.1:9/v1"), "s");
  for (const columns of [40, 80, 200]) {
    const lines = renderDoctor({ ...report, yaml: null }, columns).split("\n");
    expect(Math.max(...lines.slice(1).map((line) => line.length))).toBeLessThanOrEqual(
      Math.min(columns, 120),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u202e]/);
  }
  const wide = renderDoctor(report, 80);
  expect(wide).toMatch(/^ {2}temperature {11}accepted {8}at 0 1 different/m);
});

/** A proxy in front of two models of a real server: 30 % of the requests go to the second, which is slower. */
async function mixtureProxy(upstream: string, models: readonly [string, string], slowMs: number) {
  let state = 7;
  const second = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 < 0.3;
  };
  const server = createServer(async (incoming, response) => {
    let body = "";
    for await (const part of incoming) body += part;
    if (incoming.method !== "POST") return void response.writeHead(404).end("{}");
    const other = second();
    const sent = JSON.stringify({ ...JSON.parse(body), model: models[other ? 1 : 0] });
    const asked = httpRequest(
      `${upstream}/chat/completions`,
      { method: "POST", headers: { "content-type": "application/json" } },
      async (answer) => {
        let text = "";
        for await (const part of answer) text += part;
        const { system_fingerprint: _fingerprint, ...rest } = JSON.parse(text);
        setTimeout(
          () =>
            response
              .writeHead(answer.statusCode ?? 500, { "content-type": "application/json" })
              .end(JSON.stringify({ ...rest, model: "one-model" })),
          other ? slowMs : 0,
        );
      },
    );
    asked.end(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

test("two zoo models mixed at 30 % behind one address are found by speed; one of them alone is not called one", async () => {
  const ground = layCommonGround();
  const zoo = await startModelServer({ seed: 5, vocabulary: ground.vocabulary });
  onTestFinished(() => zoo.close());
  for (const seed of [3, 8]) zoo.serve(`m${seed}`, trainLab(ground, drawLab({ seed }), 4));
  const text = configText(
    await mixtureProxy(zoo.baseURL, ["m3", "m8"], 80),
    await mixtureProxy(zoo.baseURL, ["m3", "m3"], 0),
  );
  const [mixed, single] = await Promise.all([examine(text, "s", 25), examine(text, "r", 25)]);
  expect(mixed.mixture?.verdict).toBe("indicated");
  expect(mixed.mixture?.sentence).toMatch(/its fast and its slow answers differ/);
  expect(mixed.mixture?.composition.servedModel).toEqual([
    { value: "one-model", count: mixed.mixture?.answers },
  ]);
  expect(single.mixture?.verdict).toBe("not-detected");
  expect(renderDoctor(single, 80)).toMatch(/that\s+is not "one model"/);
}, 60_000);

test("the command: dead targets are exit 3 with a line each, the others are reported, nothing is written", async () => {
  const server = await startEndpoint((body, response) =>
    sendJson(response, 200, chatAnswer(body, everything)),
  );
  const folder = mkdtempSync(join(tmpdir(), "congener-doctor-"));
  writeFileSync(join(folder, "congener.yaml"), configText(`${server.origin}/v1`, "http://127.0.0.1:9/v1"));
  const dead = await runBin(["doctor", "s", "r", "--json"], { cwd: folder, env });
  expect(dead.code).toBe(3);
  expect(dead.stderr).toMatch(/^asking 2 targets: at most 40 requests each/m);
  expect(dead.stderr).toMatch(/^congener: r: http:.*connection refused/m);
  const reports = JSON.parse(dead.stdout) as { target: string; parameters: unknown[]; error: unknown }[];
  expect(reports.map(({ target, parameters }) => [target, parameters.length > 5])).toEqual([
    ["s", true],
    ["r", false],
  ]);
  const good = await runBin(["doctor", "s"], { cwd: folder, env });
  expect([good.code, good.stdout.split(":")[0]]).toEqual([0, "s"]);
  for (const [args, message] of [
    [["doctor", "nobody"], /no target is named nobody: expected one of s, r/],
    [["doctor", "--mixture", "-1"], /--mixture expects a whole number from 0 to 200/],
  ] as const) {
    const wrong = await runBin(args, { cwd: folder, env });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(message);
  }
  expect(readdirSync(folder)).toEqual(["congener.yaml"]);
});
