import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** A batch as the server keeps it. */
export interface ServedBatch {
  readonly id: string;
  readonly api: "openai" | "anthropic";
  readonly requests: readonly { readonly customId: string; readonly body: Body }[];
  readonly metadata: Record<string, string> | null;
  readonly inputFile: string | null;
  readonly createdAt: number;
  polls: number;
  cancelled: boolean;
  lines: { output: string[]; errors: string[] } | null;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of several shapes
type Body = any;

/** What came of one request of a batch, in words of neither API. */
export type Item =
  | { readonly text: string }
  | { readonly status: number; readonly error: Body }
  | { readonly expired: true }
  /** A response that fits no API. */
  | { readonly raw: Body };

export type Intercept = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) => boolean | Promise<boolean>;

export interface BatchServerOptions {
  /** Looks at a batch until it has ended; 2 by default. */
  readonly polls?: number;
  /** What a request gets; the text of `answerOf` by default. */
  readonly item?: (body: Body, batch: ServedBatch, place: number) => Item;
  /** The lines of results as they are sent. */
  readonly lines?: (lines: string[], batch: ServedBatch, file: "output" | "errors") => string[];
  /** Why a batch fails its validation, or null. */
  readonly refuse?: (
    batch: ServedBatch,
    count: number,
  ) => { code: string; message: string; line?: number } | null;
  /** How a batch ends in OpenAI's words. */
  readonly endStatus?: (batch: ServedBatch) => "completed" | "expired";
  /** Called before a request is handled; true when it has been dealt with. */
  readonly intercept?: Intercept;
  /** Called when a batch has been made and before it is answered for; true takes the connection away instead. */
  readonly created?: (batch: ServedBatch) => boolean;
  readonly keepsMetadata?: boolean;
}

export interface BatchServer {
  readonly origin: string;
  readonly batches: ServedBatch[];
  readonly files: Map<string, string>;
  /** Paths in the order of the requests, as `POST /v1/batches`. */
  readonly calls: string[];
  /** Authorization or x-api-key of each request. */
  readonly keys: Set<string>;
  /** Bodies asked request by request. */
  readonly asked: Body[];
  options: BatchServerOptions;
  /** Answers as if nothing had been asked yet. */
  forget(): void;
}

const promptOf = ({ messages, prompt }: Body): string =>
  prompt ?? messages.map(({ content }: { content: string }) => content).join("\n");

/**
 * A real HTTP server that behaves as the documentation of OpenAI's Batches and Anthropic's Message Batches says, and
 * answers single requests in the same way. Lines of results come in reverse order.
 */
export async function startBatchServer(options: BatchServerOptions = {}): Promise<BatchServer> {
  const occurrences = new Map<string, number>();
  const server: BatchServer = {
    origin: "",
    batches: [],
    files: new Map(),
    calls: [],
    keys: new Set(),
    asked: [],
    options,
    forget: () => occurrences.clear(),
  };
  /** The k-th time that a body is asked it gets the k-th answer, in a batch or not. */
  const answerOf = (body: Body): string => {
    const name = JSON.stringify([body.model, promptOf(body)]);
    const count = occurrences.get(name) ?? 0;
    occurrences.set(name, count + 1);
    return `answer ${count} of ${body.model} to ${promptOf(body)}`;
  };
  const http = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.destroy();
      throw error;
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return Object.assign(server, { origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}` });

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? "", "http://127.0.0.1");
    const path = `${request.method} ${url.pathname}`;
    const bytes = await buffer(request);
    server.calls.push(path);
    server.keys.add(String(request.headers.authorization ?? request.headers["x-api-key"]));
    if (await server.options.intercept?.(request, response, path)) return;
    const json = () => JSON.parse(bytes.toString("utf8"));
    const send = (body: unknown, status = 200) =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const notFound = () => send({ error: { message: "No such object", type: "invalid_request_error" } }, 404);
    const [, id = ""] = /(?:batches|files)\/([^/]+)/.exec(url.pathname) ?? [];
    const batch = server.batches.find((candidate) => candidate.id === id);

    switch (id === "" ? path : path.replace(id, "ID")) {
      case "POST /v1/files": {
        const form = await new Response(bytes, {
          headers: { "content-type": String(request.headers["content-type"]) },
        }).formData();
        if (form.get("purpose") !== "batch") return send({ error: { message: "purpose" } }, 400);
        const fileId = `file-${server.files.size + 1}`;
        server.files.set(fileId, await (form.get("file") as File).text());
        return send({ id: fileId, object: "file", purpose: "batch" });
      }
      case "POST /v1/batches": {
        const body = json();
        const content = server.files.get(body.input_file_id);
        if (content === undefined || body.completion_window !== "24h") return notFound();
        const requests = content
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line));
        if (requests.some(({ url: each, method }) => each !== body.endpoint || method !== "POST"))
          return send({ error: { message: "endpoint mismatch" } }, 400);
        return create(
          "openai",
          requests.map(({ custom_id, body: each }) => ({ customId: custom_id, body: each })),
          {
            metadata: server.options.keepsMetadata === false ? null : body.metadata,
            inputFile: body.input_file_id,
          },
        );
      }
      case "POST /v1/messages/batches": {
        const { requests } = json();
        return create(
          "anthropic",
          requests.map(({ custom_id, params }: Body) => ({ customId: custom_id, body: params })),
          {
            metadata: null,
            inputFile: null,
          },
        );
      }
      case "GET /v1/batches":
      case "GET /v1/messages/batches": {
        const ofAnthropic = url.pathname.includes("messages");
        const newestFirst = server.batches
          .filter(({ api }) => (api === "anthropic") === ofAnthropic)
          .toReversed();
        const after = url.searchParams.get(ofAnthropic ? "after_id" : "after");
        const start = after === null ? 0 : newestFirst.findIndex((each) => each.id === after) + 1;
        // Short pages, so that they are followed.
        const page = newestFirst.slice(start, start + 2);
        for (const each of page) each.polls++;
        return send({
          data: page.map(shown),
          has_more: start + 2 < newestFirst.length,
          first_id: page[0]?.id ?? null,
          last_id: page.at(-1)?.id ?? null,
        });
      }
      case "GET /v1/batches/ID":
      case "GET /v1/messages/batches/ID":
        if (batch === undefined) return notFound();
        batch.polls++;
        return send(shown(batch));
      case "POST /v1/batches/ID/cancel":
      case "POST /v1/messages/batches/ID/cancel":
        if (batch === undefined) return notFound();
        batch.cancelled = true;
        return send(shown(batch));
      case "GET /v1/files/ID/content": {
        const [, of = "", file = "output"] = /^(.*)-(output|errors)$/.exec(id) ?? [];
        const source = server.batches.find((each) => each.id === of);
        if (source === undefined) return notFound();
        return sendLines(source, file as "output" | "errors");
      }
      case "GET /v1/messages/batches/ID/results":
        return batch === undefined ? notFound() : sendLines(batch, "output");
      case "POST /v1/chat/completions": {
        const body = json();
        server.asked.push(body);
        return send(chatCompletion(body, answerOf(body)));
      }
      case "POST /v1/messages": {
        const body = json();
        server.asked.push(body);
        return send(message(body, answerOf(body)));
      }
      default:
        return notFound();
    }

    function create(
      api: ServedBatch["api"],
      requests: ServedBatch["requests"],
      rest: Pick<ServedBatch, "metadata" | "inputFile">,
    ) {
      const ids = requests.map(({ customId }) => customId);
      if (ids.some((each) => !/^[a-zA-Z0-9_-]{1,64}$/.test(each)) || new Set(ids).size < ids.length)
        return send({ type: "error", error: { type: "invalid_request_error", message: "custom_id" } }, 400);
      const made: ServedBatch = {
        id: `batch_${server.batches.length + 1}`,
        api,
        requests,
        ...rest,
        createdAt: Date.now(),
        polls: 0,
        cancelled: false,
        lines: null,
      };
      server.batches.push(made);
      if (server.options.created?.(made) === true) return void response.destroy();
      send(shown(made));
    }

    function sendLines(source: ServedBatch, file: "output" | "errors") {
      const lines = linesOf(source)[file];
      const sent = server.options.lines?.(lines, source, file) ?? lines;
      response.writeHead(200, { "content-type": "application/octet-stream" });
      // In pieces that cut lines anywhere.
      const whole = Buffer.from(sent.map((line) => `${line}\n`).join(""));
      for (let start = 0; start < whole.length; start += 700)
        response.write(whole.subarray(start, start + 700));
      response.end();
    }
  }

  /** Made once: a batch that is read twice says the same. */
  function linesOf(batch: ServedBatch): { output: string[]; errors: string[] } {
    if (batch.lines !== null) return batch.lines;
    const output: string[] = [];
    const errors: string[] = [];
    for (const [place, { customId, body }] of batch.requests.entries()) {
      const item: Item = server.options.item?.(body, batch, place) ?? { text: answerOf(body) };
      if (batch.api === "anthropic") {
        const result =
          "text" in item
            ? { type: "succeeded", message: message(body, item.text) }
            : "raw" in item
              ? { type: "succeeded", message: item.raw }
              : "expired" in item
                ? { type: "expired" }
                : {
                    type: "errored",
                    error: { type: "error", error: item.error, request_id: `req_${place}` },
                  };
        output.push(JSON.stringify({ custom_id: customId, result }));
        continue;
      }
      const line = (response: unknown, error: unknown = null) =>
        JSON.stringify({ id: `batch_req_${place}`, custom_id: customId, response, error });
      if ("expired" in item)
        errors.push(
          line(null, { code: "batch_expired", message: "This request could not be executed in time." }),
        );
      else if ("status" in item)
        errors.push(
          line({ status_code: item.status, request_id: `req_${place}`, body: { error: item.error } }),
        );
      else {
        const answer = "raw" in item ? item.raw : chatCompletion(body, item.text);
        output.push(line({ status_code: 200, request_id: `req_${place}`, body: answer }));
      }
    }
    batch.lines = { output: output.reverse(), errors };
    return batch.lines;
  }

  function shown(batch: ServedBatch): unknown {
    const { polls = 2, refuse, endStatus } = server.options;
    const ended = batch.polls >= polls;
    const total = batch.requests.length;
    const created = Math.floor(batch.createdAt / 1000);
    if (batch.api === "anthropic") {
      const iso = new Date(batch.createdAt).toISOString();
      const counts = {
        processing: ended ? 0 : total,
        succeeded: ended ? total : 0,
        errored: 0,
        canceled: 0,
        expired: 0,
      };
      return {
        id: batch.id,
        type: "message_batch",
        processing_status: ended ? "ended" : batch.cancelled ? "canceling" : "in_progress",
        created_at: iso,
        ended_at: ended ? new Date(batch.createdAt + 61_000).toISOString() : null,
        archived_at: null,
        cancel_initiated_at: batch.cancelled ? iso : null,
        expires_at: iso,
        request_counts: counts,
        // Elsewhere: whoever follows it sends the key there.
        results_url: ended ? "http://127.0.0.1:9/results" : null,
      };
    }
    const problem = refuse?.(batch, server.batches.indexOf(batch) + 1) ?? null;
    const status = !ended
      ? batch.polls === 0
        ? "validating"
        : "in_progress"
      : problem !== null
        ? "failed"
        : batch.cancelled
          ? "cancelled"
          : (endStatus?.(batch) ?? "completed");
    const done = ["completed", "expired", "cancelled"].includes(status);
    const lines = done ? linesOf(batch) : null;
    return {
      id: batch.id,
      object: "batch",
      endpoint: "/v1/chat/completions",
      input_file_id: batch.inputFile,
      completion_window: "24h",
      status,
      metadata: batch.metadata,
      created_at: created,
      completed_at: status === "completed" ? created + 61 : null,
      expired_at: status === "expired" ? created + 86_400 : null,
      errors: problem === null || !ended ? null : { object: "list", data: [problem] },
      request_counts: { total, completed: done ? total : 0, failed: 0 },
      output_file_id: lines !== null && lines.output.length > 0 ? `${batch.id}-output` : null,
      error_file_id: lines !== null && lines.errors.length > 0 ? `${batch.id}-errors` : null,
    };
  }
}

function chatCompletion(body: Body, text: string): unknown {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_000,
    model: body.model,
    system_fingerprint: "fp_1",
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
    usage: { prompt_tokens: 12, completion_tokens: 20, total_tokens: 32 },
  };
}

function message(body: Body, text: string): unknown {
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: body.model,
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
    usage: { input_tokens: 12, output_tokens: 20 },
  };
}
