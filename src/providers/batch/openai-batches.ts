import { toFile } from "openai";
import { z } from "zod";
import { ProviderError } from "../../errors.ts";
import { oneLine } from "../classify-error.ts";
import { chatBody, readChat } from "../openai-chat.ts";
import { openaiClient } from "../openai-client.ts";
import { completionBody, readCompletion } from "../openai-completions.ts";
import type { ProviderOptions } from "../provider.ts";
import type { BatchApi, BatchItem, BatchState } from "./batch-api.ts";
import { batchCall, fitting } from "./batch-call.ts";
import { notExecuted, parsedLine, respondedItem } from "./batch-item.ts";
import { downloadingFetch, resultLines } from "./result-lines.ts";

/** How long sending a file of requests up may take, in milliseconds, whatever the limit of an ordinary request. */
const uploadMs = 900_000;
/** A list of batches is not followed for more pages of a hundred than this. */
const mostPages = 50;

const moment = z.number().nullish();
const batchSchema = z.object({
  id: z.string().min(1),
  status: z.string(),
  input_file_id: z.string().nullish(),
  output_file_id: z.string().nullish(),
  error_file_id: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  created_at: z.number(),
  completed_at: moment,
  expired_at: moment,
  cancelled_at: moment,
  errors: z
    .object({
      data: z
        .array(
          z.object({
            code: z.string().nullish(),
            message: z.string().nullish(),
            line: z.number().nullish(),
            param: z.string().nullish(),
          }),
        )
        .nullish(),
    })
    .nullish()
    .catch(null),
  request_counts: z
    .object({ completed: z.number(), failed: z.number(), total: z.number() })
    .nullish()
    .catch(null),
});
type Batch = z.output<typeof batchSchema>;

const resultSchema = z.object({
  custom_id: z.string(),
  response: z
    .object({ status_code: z.int(), request_id: z.string().nullish().catch(null), body: z.unknown() })
    .nullish(),
  error: z
    .object({ code: z.string().nullish().catch(null), message: z.string().nullish().catch(null) })
    .nullish(),
});

/**
 * OpenAI's Batches API and those made after it: a file of requests goes up, a batch is made of it, and its answers come
 * back in one file, its errors in another.
 * @see https://platform.openai.com/docs/api-reference/batch
 */
export function createOpenAIBatches(options: ProviderOptions): BatchApi {
  const { target } = options;
  const client = openaiClient(options);
  const downloads = openaiClient(options, downloadingFetch);
  const ofChat = target.api === "openai";
  // Before anything is shortened: a key cut in half would not be found any more.
  const scrub = options.scrub ?? ((text: string) => text);
  const endpoint = ofChat ? "/v1/chat/completions" : "/v1/completions";
  const base = (target.baseURL ?? "https://api.openai.com/v1").replace(/\/+$/, "");
  const url = `${base}${endpoint.slice("/v1".length)}`;
  const get = (path: string, signal: AbortSignal, query?: Record<string, string>) =>
    batchCall(options, signal, {
      send: (fetchOptions) => client.get(path, { fetchOptions: fetchOptions as never, query }),
    });

  return {
    limits: { requests: 50_000, bytes: 200_000_000 },
    url,
    body: (request) => (ofChat ? chatBody(target, request) : completionBody(target, request)),
    line: (customId, body) => JSON.stringify({ custom_id: customId, method: "POST", url: endpoint, body }),
    async upload(lines, key, signal) {
      const bytes = Buffer.from(`${lines.join("\n")}\n`, "utf8");
      const file = await toFile(bytes, `congener-${key}.jsonl`, { type: "application/jsonl" });
      const value = await batchCall(options, signal, {
        timeoutMs: Math.max(options.timeoutMs, uploadMs),
        send: (fetchOptions) =>
          client.files.create(
            { file, purpose: "batch" },
            { fetchOptions: fetchOptions as never, timeout: uploadMs },
          ),
      });
      return fitting(z.object({ id: z.string().min(1) }), value, `${base}/files`).id;
    },
    async create({ key, fileId }, signal) {
      const value = await batchCall(options, signal, {
        send: (fetchOptions) =>
          client.post("/batches", {
            body: {
              input_file_id: fileId,
              endpoint,
              completion_window: "24h",
              metadata: { congener_batch: key },
            },
            fetchOptions: fetchOptions as never,
          }),
      });
      return fitting(batchSchema, value, `${base}/batches`).id;
    },
    async find(lost, signal) {
      // A day of slack: it is another machine's clock. The key tells the batch for certain.
      const oldest = lost.since.getTime() / 1000 - 86_400;
      let after: string | undefined;
      for (let page = 0; page < mostPages; page++) {
        const query = { limit: "100", ...(after === undefined ? {} : { after }) };
        const value = await get("/batches", signal, query);
        const { data, has_more } = fitting(listSchema, value, `${base}/batches`);
        const found = data.find(
          ({ metadata, input_file_id }) =>
            metadata?.congener_batch === lost.key || (lost.fileId !== null && input_file_id === lost.fileId),
        );
        if (found !== undefined) return { batchId: found.id };
        const last = data.at(-1);
        if (last === undefined || has_more !== true || last.created_at < oldest) break;
        after = last.id;
      }
      return { undecided: [] };
    },
    state: async (batchId, signal) =>
      stateOf(
        fitting(batchSchema, await get(`/batches/${encodeURIComponent(batchId)}`, signal), `${base}/batches`),
        scrub,
      ),
    async *results({ resultFiles }, signal) {
      for (const file of resultFiles) {
        const path = `/files/${encodeURIComponent(file)}/content`;
        const lines = resultLines(options, signal, (fetchOptions) =>
          downloads.get(path, { fetchOptions: fetchOptions as never }),
        );
        for await (const line of lines)
          yield "unreadable" in line ? line : parsedLine(line.text, (value) => itemOf(value));
      }
    },
    async cancel(batchId, signal) {
      await batchCall(options, signal, {
        send: (fetchOptions) =>
          client.post(`/batches/${encodeURIComponent(batchId)}/cancel`, {
            fetchOptions: fetchOptions as never,
          }),
      });
    },
  };

  function itemOf(value: unknown): BatchItem | null {
    const parsed = resultSchema.safeParse(value);
    if (!parsed.success) return null;
    const { custom_id: customId, response, error } = parsed.data;
    const requestId = response?.request_id ?? null;
    if (response) {
      const { status_code: status, body } = response;
      return respondedItem(
        { customId, requestId, url },
        { status, body },
        {
          read: ofChat ? readChat : readCompletion,
          options,
        },
      );
    }
    if (!error) return null;
    const said = oneLine(scrub(`${error.message ?? "no reason given"} (${error.code ?? "no code"})`));
    if (error.code === "request_timeout") {
      const timeout = new ProviderError("timeout", `${url}: ${said}`);
      return { customId, requestId, response: null, result: { error: timeout } };
    }
    return notExecuted(customId, requestId, `${url}: ${said}`);
  }
}

const listSchema = z.object({ data: z.array(batchSchema), has_more: z.boolean().nullish() });

function stateOf(batch: Batch, scrub: (text: string) => string): BatchState {
  const { status, request_counts: counts } = batch;
  const endedAt = batch.completed_at ?? batch.expired_at ?? batch.cancelled_at ?? null;
  const problems = batch.errors?.data ?? [];
  return {
    batchId: batch.id,
    phase: status === "failed" ? "failed" : endStatuses.includes(status) ? "ended" : "working",
    status,
    cancelled: status === "cancelled",
    counts: counts ? { done: counts.completed + counts.failed, total: counts.total } : null,
    lastedMs: endedAt === null ? null : Math.max(0, (endedAt - batch.created_at) * 1000),
    problem:
      status !== "failed"
        ? null
        : {
            code: problems[0]?.code ?? "",
            message: oneLine(
              scrub(
                problems
                  .slice(0, 3)
                  .map(
                    ({ message, line }) => `${line ? `line ${line}: ` : ""}${message ?? "no reason given"}`,
                  )
                  .join("; ") || "no reason given",
              ),
              500,
            ),
          },
    resultFiles: [batch.output_file_id, batch.error_file_id].flatMap((file) => file || []),
  };
}

const endStatuses = ["completed", "expired", "cancelled"];
