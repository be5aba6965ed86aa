import { z } from "zod";
import { ProviderError } from "../../errors.ts";
import { anthropicClient, messageBody, readMessage } from "../anthropic-messages.ts";
import type { ProviderOptions } from "../provider.ts";
import type { BatchApi, BatchItem, BatchState, LostBatch } from "./batch-api.ts";
import { batchCall, fitting } from "./batch-call.ts";
import { notExecuted, parsedLine, respondedItem } from "./batch-item.ts";
import { downloadingFetch, resultLines } from "./result-lines.ts";

/** How long sending a batch may take, in milliseconds, whatever the limit of an ordinary request. */
const uploadMs = 900_000;
/** A list of batches is not followed for more pages of a hundred than this. */
const mostPages = 50;
/** How far this machine's clock may be ahead of the provider's, in milliseconds. */
const clockSlackMs = 3_600_000;

const batchSchema = z.object({
  id: z.string().min(1),
  processing_status: z.string(),
  created_at: z.iso.datetime({ offset: true }),
  ended_at: z.string().nullish(),
  archived_at: z.string().nullish(),
  cancel_initiated_at: z.string().nullish(),
  request_counts: z
    .object({
      processing: z.number(),
      succeeded: z.number(),
      errored: z.number(),
      canceled: z.number(),
      expired: z.number(),
    })
    .nullish()
    .catch(null),
});
type Batch = z.output<typeof batchSchema>;
const listSchema = z.object({
  data: z.array(batchSchema),
  has_more: z.boolean().nullish(),
  last_id: z.string().nullish(),
});

const resultSchema = z.object({
  custom_id: z.string(),
  result: z.discriminatedUnion("type", [
    z.object({ type: z.literal("succeeded"), message: z.unknown() }),
    z.object({ type: z.literal("errored"), error: z.unknown() }),
    z.object({ type: z.literal("canceled") }),
    z.object({ type: z.literal("expired") }),
  ]),
});

/** HTTP status that goes with each type of error, for a batch's errors come without. */
const statusOfError: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};
const errorSchema = z.object({
  error: z.object({ type: z.string() }),
  request_id: z.string().nullish().catch(null),
});

/**
 * Anthropic's Message Batches: the requests go along with the batch, which keeps no metadata; one file of results.
 * @see https://platform.claude.com/docs/en/build-with-claude/batch-processing
 */
export function createAnthropicBatches(options: ProviderOptions): BatchApi {
  const { target } = options;
  const client = anthropicClient(options);
  const downloads = anthropicClient(options, downloadingFetch);
  const path = "/v1/messages/batches";
  const origin = (target.baseURL ?? "https://api.anthropic.com").replace(/\/+$/, "").replace(/\/v1$/, "");
  const url = `${origin}/v1/messages`;
  const pathOf = (batchId: string) => `${path}/${encodeURIComponent(batchId)}`;
  const get = (from: string, signal: AbortSignal, query?: Record<string, string>) =>
    batchCall(options, signal, {
      send: (fetchOptions) => client.get(from, { fetchOptions: fetchOptions as never, query }),
    });
  const api: BatchApi = {
    limits: { requests: 100_000, bytes: 256_000_000 },
    url,
    body: (request) => messageBody(target, request),
    line: (customId, params) => JSON.stringify({ custom_id: customId, params }),
    upload: null,
    async create({ lines }, signal) {
      const body = Buffer.from(`{"requests":[${lines.join(",")}]}`, "utf8");
      const value = await batchCall(options, signal, {
        timeoutMs: Math.max(options.timeoutMs, uploadMs),
        send: (fetchOptions) =>
          client.post(path, {
            body,
            headers: { "content-type": "application/json" },
            fetchOptions: fetchOptions as never,
            timeout: uploadMs,
          }),
      });
      return fitting(batchSchema, value, `${origin}${path}`).id;
    },
    async find(lost, signal) {
      const undecided: string[] = [];
      for await (const batch of listed(signal)) {
        if (Date.parse(batch.created_at) < lost.since.getTime() - clockSlackMs) break;
        const total = stateOf(batch).counts?.total ?? lost.customIds.size;
        if (total !== lost.customIds.size || lost.others.has(batch.id)) continue;
        if (batch.processing_status !== "ended") undecided.push(batch.id);
        else if (await holds(stateOf(batch), lost, signal)) return { batchId: batch.id };
      }
      return { undecided };
    },
    state: async (batchId, signal) =>
      stateOf(fitting(batchSchema, await get(pathOf(batchId), signal), `${origin}${path}`)),
    async *results({ batchId, resultFiles }, signal) {
      if (resultFiles.length === 0)
        throw new ProviderError(
          "bad-request",
          `${origin}${pathOf(batchId)}: its results are no longer kept (29 days after its creation)`,
        );
      // Not `results_url`: the key would go wherever it points.
      const lines = resultLines(options, signal, (fetchOptions) =>
        downloads.get(`${pathOf(batchId)}/results`, { fetchOptions: fetchOptions as never }),
      );
      for await (const line of lines)
        yield "unreadable" in line ? line : parsedLine(line.text, (value) => itemOf(value));
    },
    async cancel(batchId, signal) {
      await batchCall(options, signal, {
        send: (fetchOptions) =>
          client.post(`${pathOf(batchId)}/cancel`, { fetchOptions: fetchOptions as never }),
      });
    },
  };
  return api;

  /** Batches of the workspace, newest first. */
  async function* listed(signal: AbortSignal): AsyncGenerator<Batch> {
    let after: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const query = { limit: "100", ...(after === undefined ? {} : { after_id: after }) };
      const { data, has_more, last_id } = fitting(
        listSchema,
        await get(path, signal, query),
        `${origin}${path}`,
      );
      yield* data;
      after = last_id ?? data.at(-1)?.id;
      if (has_more !== true || after === undefined) return;
    }
  }

  /** Whether an ended batch has the custom ids that are looked for: its first result tells. */
  async function holds(state: BatchState, lost: LostBatch, signal: AbortSignal): Promise<boolean> {
    if (state.resultFiles.length === 0) return false;
    for await (const result of api.results(state, signal))
      if ("customId" in result) return lost.customIds.has(result.customId);
    return false;
  }

  function itemOf(value: unknown): BatchItem | null {
    const parsed = resultSchema.safeParse(value);
    if (!parsed.success) return null;
    const { custom_id: customId, result } = parsed.data;
    const about = { customId, requestId: null, url };
    if (result.type === "succeeded")
      return respondedItem(about, { status: 200, body: result.message }, { read: readMessage, options });
    if (result.type !== "errored")
      return notExecuted(
        customId,
        null,
        `${url}: ${result.type === "expired" ? "not executed before the batch expired" : "cancelled with its batch"}`,
      );
    const error = errorSchema.safeParse(result.error);
    const status = statusOfError[error.data?.error.type ?? ""] ?? 500;
    return respondedItem(
      { ...about, requestId: error.data?.request_id ?? null },
      { status, body: result.error },
      { read: readMessage, options },
    );
  }
}

function stateOf(batch: Batch): BatchState {
  const { processing_status: status, request_counts: counts, ended_at: endedAt } = batch;
  const ended = status === "ended";
  const total =
    counts && counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired;
  return {
    batchId: batch.id,
    phase: ended ? "ended" : "working",
    status,
    cancelled: Boolean(batch.cancel_initiated_at),
    counts: counts && typeof total === "number" ? { done: total - counts.processing, total } : null,
    lastedMs: endedAt ? Math.max(0, Date.parse(endedAt) - Date.parse(batch.created_at)) : null,
    problem: null,
    resultFiles: ended && !batch.archived_at ? ["results"] : [],
  };
}
