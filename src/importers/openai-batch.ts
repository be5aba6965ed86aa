import { UsageError } from "../errors.ts";
import type { Message } from "../schema/probe.ts";
import type { WireRequest } from "../schema/transcript.ts";
import {
  badField,
  countOrNull,
  type ImportedRow,
  idField,
  nameField,
  objectField,
  outcomeOf,
  type RowPlace,
} from "./imported-sample.ts";
import { jsonLines } from "./json-lines.ts";
import { chatMessages, contentText } from "./prompt-identity.ts";

interface BatchRequest {
  readonly place: string;
  readonly model: string;
  readonly prompt: string | Message[];
  readonly request: WireRequest;
}

/**
 * A `custom_id` as prompt id and sample number: `<prompt id>#<sample>`, or `<prompt id>` alone for sample 0.
 * "cap-fr#3" is the fourth sample of prompt "cap-fr".
 */
export function splitCustomId(customId: string): { promptId: string; sample: number } {
  const match = /^(.+)#(\d{1,9})$/s.exec(customId);
  return match === null
    ? { promptId: customId, sample: 0 }
    : { promptId: match[1] ?? "", sample: Number(match[2]) };
}

function readPrompt(row: RowPlace, body: Record<string, unknown>): string | Message[] {
  if (body.messages !== undefined) {
    const messages = chatMessages(body.messages);
    if (messages === null) throw badField(row, "body.messages", "chat messages of text", body.messages);
    return messages;
  }
  const prompt = body.prompt ?? body.input;
  if (typeof prompt === "string") {
    // The Responses API has the system prompt apart.
    return typeof body.instructions === "string"
      ? [
          { role: "system", content: body.instructions },
          { role: "user", content: prompt },
        ]
      : prompt;
  }
  const messages = chatMessages(prompt);
  if (messages === null) throw badField(row, "body", "messages, prompt or input", Object.keys(body));
  return messages;
}

async function readRequests(paths: readonly string[]): Promise<Map<string, BatchRequest>> {
  const requests = new Map<string, BatchRequest>();
  for (const path of paths)
    for await (const { value, ...row } of jsonLines(path)) {
      const customId = idField(row, "custom_id", value.custom_id);
      const body = objectField(row, "body", value.body);
      const model = nameField(row, "body.model", body.model);
      const url = typeof value.url === "string" ? value.url : null;
      const other = requests.get(customId);
      const request = {
        place: row.place,
        model,
        prompt: readPrompt(row, body),
        request: { url, headers: {}, body: body as WireRequest["body"] },
      };
      if (other !== undefined && JSON.stringify(other.request.body) !== JSON.stringify(body))
        throw new UsageError(
          "import.conflict",
          `${row.place}: custom_id "${customId}" asks something else than at ${other.place}; import one batch at a time`,
        );
      requests.set(customId, request);
    }
  return requests;
}

interface Answer {
  readonly text: string;
  readonly refusal: boolean;
  readonly finishReason: string | null;
}

/** Answers of a response body: chat completions, completions, or the Responses API. */
function readAnswers(row: RowPlace, body: Record<string, unknown>): Answer[] {
  const reason = (value: unknown): string | null => (typeof value === "string" ? value : null);
  if (Array.isArray(body.choices))
    return body.choices.map((entry: unknown, index) => {
      const choice = objectField(row, `response.body.choices[${index}]`, entry);
      const finishReason = reason(choice.finish_reason);
      if (typeof choice.text === "string") return { text: choice.text, refusal: false, finishReason };
      const message = objectField(row, `response.body.choices[${index}].message`, choice.message);
      if (typeof message.refusal === "string") return { text: message.refusal, refusal: true, finishReason };
      const text = contentText(message.content ?? "");
      if (text === null)
        throw badField(row, `response.body.choices[${index}].message.content`, "text", message.content);
      return { text, refusal: false, finishReason };
    });
  if (Array.isArray(body.output)) {
    const messages = (body.output as unknown[]).filter(
      (item) => (item as { type?: unknown } | null)?.type === "message",
    );
    const text = messages.map((item) => contentText((item as { content?: unknown }).content) ?? "").join("");
    const { reason: incomplete } = (body.incomplete_details ?? {}) as { reason?: unknown };
    return [
      {
        text,
        refusal: false,
        finishReason: incomplete === "max_output_tokens" ? "length" : reason(incomplete),
      },
    ];
  }
  throw badField(row, "response.body", "choices or output", Object.keys(body));
}

/**
 * Output and input files of OpenAI's Batch API (and of servers that speak it). The output has the answers, the input the
 * prompts; `custom_id` joins them and is read as `<prompt id>#<sample>`. The model is the one that was asked for; the one
 * that answered is kept beside it. Requests that failed are left out. With `n` choices, choice i of sample s is s*n+i.
 *
 * Shapes read from OpenAI's API reference, "The request input object" and "The request output object"
 * (platform.openai.com/docs/api-reference/batch).
 *
 * @throws UsageError for a bad row, and for an answer whose request is in none of the input files
 */
export async function* readOpenaiBatch(
  outputs: readonly string[],
  inputs: readonly string[],
): AsyncGenerator<ImportedRow> {
  const requests = await readRequests(inputs);
  for (const path of outputs)
    for await (const { value, ...row } of jsonLines(path)) {
      const customId = idField(row, "custom_id", value.custom_id);
      const asked = requests.get(customId);
      if (asked === undefined)
        throw new UsageError(
          "import.row",
          `${row.place}: no request has custom_id "${customId}"; give the batch's input file too, which holds the prompts`,
        );
      const response = objectField(row, "response", value.response ?? {});
      if (value.response === null || value.response === undefined || response.status_code !== 200) {
        yield { ...row, skipped: `no answer (status ${String(response.status_code ?? "none")})` };
        continue;
      }
      const body = objectField(row, "response.body", response.body);
      const answers = readAnswers(row, body);
      const { promptId, sample } = splitCustomId(customId);
      const usage = (body.usage ?? {}) as Record<string, unknown>;
      for (const [index, { text, refusal, finishReason }] of answers.entries()) {
        const outcome = outcomeOf(text, finishReason, refusal);
        yield {
          ...row,
          model: asked.model,
          promptId,
          prompt: asked.prompt,
          sample: sample * answers.length + index,
          text: outcome === "empty" || outcome === "filtered" ? "" : text,
          outcome,
          request: asked.request,
          servedModel: typeof body.model === "string" ? body.model : null,
          systemFingerprint: typeof body.system_fingerprint === "string" ? body.system_fingerprint : null,
          finishReason,
          usage: {
            inputTokens: countOrNull(usage.prompt_tokens ?? usage.input_tokens),
            outputTokens: countOrNull(usage.completion_tokens ?? usage.output_tokens),
            reasoningTokens: null,
          },
        };
      }
    }
}
