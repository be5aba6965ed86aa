/**
 * The server of the throughput bench, a process of its own: every chat completion takes so many milliseconds, and is
 * counted. `GET /stats` says when the first request came and the last answer left, and starts counting anew.
 * Run: tsx bench/throughput/server.ts LATENCY_MS
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServerStats } from "./stats.ts";

const latencyMs = Number(process.argv[2] ?? 50);
const empty = (): ServerStats => ({ requests: 0, mostAtOnce: 0, firstAt: null, lastAt: null });
let stats = empty();
let open = 0;

const server = createServer((request, response) => {
  if (request.method === "GET") {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(stats));
    stats = empty();
    return;
  }
  stats.firstAt ??= Date.now();
  open++;
  stats.mostAtOnce = Math.max(stats.mostAtOnce, open);
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on("end", () => setTimeout(() => answer(bytes), latencyMs));
  const answer = (asked: number) => {
    open--;
    stats.requests++;
    stats.lastAt = Date.now();
    const body = JSON.stringify({
      id: `chatcmpl-${stats.requests.toString(36).padStart(24, "0")}`,
      object: "chat.completion",
      created: Math.floor(Date.now() / 1000),
      model: "bench-model-2026-01-01",
      system_fingerprint: "fp_bench",
      choices: [
        { index: 0, message: { role: "assistant", content: text(stats.requests) }, finish_reason: "stop" },
      ],
      usage: {
        prompt_tokens: Math.ceil(asked / 4),
        completion_tokens: 60,
        total_tokens: Math.ceil(asked / 4) + 60,
      },
    });
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "x-request-id": `req_${stats.requests}`,
    });
    response.end(body);
  };
});

/** About 400 characters that are never twice the same. */
const text = (number: number) =>
  Array.from({ length: 60 }, (_, i) => ((number * 7919 + i * 104_729) % 46_656).toString(36)).join(" ");

server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
