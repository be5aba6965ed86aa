import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createSeeder, generateChoices } from "./generate-choices.ts";
import { hashText } from "./hash.ts";
import type { LanguageModel } from "./language-model.ts";
import { ApiError, modelNotFound } from "./openai-error.ts";
import { readChatRequest, readCompletionRequest } from "./openai-request.ts";
import { completionBody, completionChunks } from "./openai-response.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A running OpenAI-compatible server on 127.0.0.1. */
export interface ModelServer {
  /** Ends in `/v1`, without a slash after it. */
  readonly baseURL: string;
  readonly port: number;
  /** Models may be added while it runs. */
  serve(id: string, model: LanguageModel): void;
  /** Stop listening and drop all connections; resolves when the port is free. */
  close(): Promise<void>;
}

const largestBody = 1_000_000;

/**
 * Serve language models over the chat, completion and model list endpoints of OpenAI's API.
 *
 * @param options.seed - answers are a function of it, of the request body and of how often that body came before
 * @param options.port - 0 for any free port
 * @throws the system's error when the port cannot be had
 */
export async function startModelServer(options: {
  readonly seed: number;
  readonly vocabulary: Vocabulary;
  readonly port?: number;
}): Promise<ModelServer> {
  const { seed, vocabulary, port = 0 } = options;
  const models = new Map<string, LanguageModel>();
  const seedOf = createSeeder(seed);
  let answered = 0;

  function generate(kind: "chat" | "completion", body: string, response: ServerResponse): void {
    const request =
      kind === "chat" ? readChatRequest(parseJson(body)) : readCompletionRequest(parseJson(body));
    const model = models.get(request.model);
    if (model === undefined) throw modelNotFound(request.model);
    const generated = generateChoices(model, vocabulary, { request, seed: seedOf(body, request.seed) });
    answered += 1;
    const number = `${seed.toString(36)}-${answered.toString(36).padStart(6, "0")}`;
    const head = {
      id: `${kind === "chat" ? "chatcmpl" : "cmpl"}-zoo-${number}`,
      created: Math.floor(Date.now() / 1000),
      fingerprint: `fp_${hashText(`${seed}|${request.model}|${address.port}`).toString(16).padStart(8, "0")}`,
    };
    response.setHeader("x-request-id", `req_zoo_${number}`);
    if (!request.stream) {
      sendJson(response, 200, completionBody(request, generated, head));
      return;
    }
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
    });
    for (const chunk of completionChunks(request, generated, head))
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    response.end("data: [DONE]\n\n");
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const kind = path === "/v1/chat/completions" ? "chat" : path === "/v1/completions" ? "completion" : null;
    if (kind !== null) {
      requireMethod(request, "POST");
      const type = request.headers["content-type"] ?? "";
      if (!/^application\/json\b/i.test(type))
        throw new ApiError(415, `Unsupported content type '${type}': expected 'application/json'.`);
      generate(kind, await readBody(request), response);
    } else if (path === "/v1/models") {
      requireMethod(request, "GET");
      sendJson(response, 200, { object: "list", data: [...models.keys()].map(describeModel) });
    } else if (path.startsWith("/v1/models/")) {
      requireMethod(request, "GET");
      const id = decodeModelId(path.slice("/v1/models/".length));
      if (!models.has(id)) throw modelNotFound(id);
      sendJson(response, 200, describeModel(id));
    } else {
      throw new ApiError(404, `Unknown request URL: ${request.method} ${path}.`, { code: "unknown_url" });
    }
  }

  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      const known = error instanceof ApiError ? error : new ApiError(500, "The server had an error.");
      if (!response.headersSent) sendJson(response, known.status, known.body);
      else response.destroy();
    });
  });
  const address = await new Promise<AddressInfo>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server.address() as AddressInfo));
  });
  return {
    baseURL: `http://127.0.0.1:${address.port}/v1`,
    port: address.port,
    serve: (id, model) => models.set(id, model),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const describeModel = (id: string) => ({ id, object: "model", created: 0, owned_by: "congener-zoo" });

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

function requireMethod(request: IncomingMessage, method: string): void {
  if (request.method !== method)
    throw new ApiError(
      405,
      `Not allowed to ${request.method ?? "?"} on ${request.url ?? "/"}: use ${method}.`,
      {
        code: "method_not_supported",
      },
    );
}

function decodeModelId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiError(400, "We could not parse the JSON body of your request: expected a JSON object.");
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > largestBody) throw new ApiError(413, `Request body is larger than ${largestBody} bytes.`);
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString("utf8");
}
