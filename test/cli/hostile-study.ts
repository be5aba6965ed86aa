import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const probes = 25;
/** Hostile answers of each model to a question; two plain ones follow, by which the models can be compared. */
const samples = 10;
const plain = 2;

/** Models of the study; the last one refuses every request with a message of its own. */
export const hostileModels = ["ref", "sus", "c1", "c2", "c3", "dead"];

/** An endpoint that answers, names itself and fails with hostile texts only. */
export interface HostileEndpoint {
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * A real HTTP server of OpenAI's chat protocol. Reference and suspect give the same texts to the same question; over the
 * models each text is given at least once. Served model, fingerprint, host, id and error messages are such texts too.
 */
export async function startHostileEndpoint(texts: readonly string[]): Promise<HostileEndpoint> {
  const asked = new Map<string, number>();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const { model, messages } = JSON.parse(body === "" ? "{}" : body) as {
      model?: string;
      messages?: { content: string }[];
    };
    const question = Number(/\d+/.exec(messages?.[0]?.content ?? "")?.[0] ?? 0);
    const key = `${model} ${question}`;
    const turn = asked.get(key) ?? 0;
    asked.set(key, turn + 1);
    const first = Math.max(0, hostileModels.indexOf(model ?? "") - 1) * probes * samples;
    const text = (offset: number) => texts[(first + question * samples + turn + offset) % texts.length] ?? "";
    const send = (status: number, value: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (model === "dead") return send(401, { error: { message: text(0), type: text(1), code: text(2) } });
    const ownWords = `The ${model} answers ${question} as ${model} does, with words that ${model} is fond of.`;
    send(200, {
      id: text(3),
      object: "chat.completion",
      created: 1_700_000_000,
      model: text(4),
      provider: text(5),
      system_fingerprint: text(6),
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: turn < samples ? text(0) : ownWords },
          finish_reason: "stop",
        },
      ],
      usage: { prompt_tokens: 12, completion_tokens: 20, total_tokens: 32 },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Writes `congener.yaml` and `suite.yaml` with probes `p0`, `p1` ... that ask `Question 0?`, `Question 1?` ... */
export function writeHostileStudy(folder: string, origin: string): void {
  const suite = Array.from(
    { length: probes },
    (_, i) =>
      `  - { id: p${i}, family: family-${i % 5}, why: test, messages: [{ role: user, content: "Question ${i}?" }] }`,
  );
  const targets = hostileModels.map(
    (name) => `  ${name}: { api: openai, baseURL: "${origin}/v1", model: ${name}, family: lab-${name} }`,
  );
  writeFileSync(
    join(folder, "suite.yaml"),
    ["name: suite", 'version: "1"', "probes:", ...suite, ""].join("\n"),
  );
  writeFileSync(
    join(folder, "congener.yaml"),
    [
      "name: study",
      "reference: ref",
      "suspects: [sus]",
      "controls: [c1, c2, c3, dead]",
      "suites: [./suite.yaml]",
      `samples: ${samples + plain}`,
      "limits: { concurrency: 16, retryMinutes: 1 }",
      "targets:",
      ...targets,
      "",
    ].join("\n"),
  );
}
