import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createSocketServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of several shapes
  readonly body: any;
}

export interface FaultServer {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly requests: SeenRequest[];
}

export type Behaviour = (
  request: SeenRequest,
  response: ServerResponse,
  count: number,
) => void | Promise<void>;

/** A real HTTP server on 127.0.0.1 that behaves as told and keeps what it was sent; it ends with the test. */
export async function startFaultServer(behave: Behaviour): Promise<FaultServer> {
  const requests: SeenRequest[] = [];
  const listener: RequestListener = async (incoming, response) => {
    const body = await text(incoming);
    const seen = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers: incoming.headers,
      body: body === "" ? null : JSON.parse(body),
    };
    requests.push(seen);
    await behave(seen, response, requests.length);
  };
  const server = createServer((incoming, response) => void listener(incoming, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** A good chat completion; `message` and `choice` change parts of it. */
export function chatBody(
  content: unknown,
  changes: { message?: object; choice?: object; body?: object } = {},
) {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "served-model",
    system_fingerprint: "fp_1",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content, ...changes.message },
        finish_reason: "stop",
        ...changes.choice,
      },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
    ...changes.body,
  };
}

/** A good Anthropic message; `changes` replace parts of it. */
export function messageBody(text: string, changes: object = {}) {
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "served-model",
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
    usage: { input_tokens: 9, output_tokens: 3 },
    ...changes,
  };
}

/** Events of a stream, each an object (sent as JSON) or a raw text; `[DONE]` is a text. */
export function eventStream(...events: readonly (object | string)[]): string {
  return events
    .map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`)
    .join("");
}

export function sendStream(response: ServerResponse, body: string) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end(body);
}

/**
 * A server that answers every request with bytes of the test's own making, for what no HTTP library would send.
 * `answer` is called once a request has come in whole; it ends with the test.
 */
export async function startRawServer(answer: (socket: Socket) => void): Promise<{ readonly origin: string }> {
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let received = "";
    socket.on("data", (part) => {
      received += part.toString("latin1");
      const [head, body] = received.split("\r\n\r\n", 2);
      const length = Number(/content-length: (\d+)/i.exec(head ?? "")?.[1] ?? 0);
      if (body === undefined || body.length < length) return;
      received = "";
      answer(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
