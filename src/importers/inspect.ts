import { UsageError } from "../errors.ts";
import type { Message } from "../schema/probe.ts";
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
import { jsonItems } from "./json-items.ts";
import { chatMessages, contentText } from "./prompt-identity.ts";

interface LogHeader {
  readonly model: string;
  readonly task: string;
}

function readHeader(row: RowPlace, value: unknown): LogHeader {
  const { model, task } = objectField(row, "eval", value);
  const name = typeof task === "string" && task !== "" ? (task.split("/").at(-1) ?? task) : "inspect";
  return { model: nameField(row, "eval.model", model), task: name };
}

/** Long texts are kept aside in some logs: `attachment://<hash>` stands for an entry of the sample's attachments. */
function resolveAttachment(text: string, attachments: unknown): string {
  const prefix = "attachment://";
  if (!text.startsWith(prefix)) return text;
  const kept = (attachments as Record<string, unknown> | undefined)?.[text.slice(prefix.length)];
  return typeof kept === "string" ? kept : text;
}

/**
 * What the model was asked: the conversation up to its answer, system message of the solver included; the sample's own
 * input where there is no such record or where the model itself wrote an earlier turn.
 */
function readPrompt({ input, messages, attachments }: Record<string, unknown>): string | Message[] | null {
  const turns = Array.isArray(messages) ? (messages as ({ role?: unknown; source?: unknown } | null)[]) : [];
  const asked = turns.at(-1)?.role === "assistant" ? turns.slice(0, -1) : [];
  const selfMade = asked.some((turn) => turn?.role === "assistant" && turn.source === "generate");
  const conversation =
    (selfMade ? null : chatMessages(asked)) ?? (typeof input === "string" ? input : chatMessages(input));
  if (conversation === null) return null;
  if (typeof conversation === "string") return resolveAttachment(conversation, attachments);
  return conversation.map(({ role, content }) => ({
    role,
    content: resolveAttachment(content, attachments),
  }));
}

/** Choices of an output; older logs have their text as `completion` alone. */
function readChoices(row: RowPlace, output: Record<string, unknown>): unknown[] {
  const choices = output.choices ?? [];
  if (!Array.isArray(choices)) throw badField(row, "output.choices", "a list", choices);
  if (choices.length > 0 || typeof output.completion !== "string" || output.completion === "") return choices;
  return [{ message: { content: output.completion } }];
}

function* readSample(row: RowPlace, header: LogHeader, value: unknown): Generator<ImportedRow> {
  const sample = objectField(row, "(sample)", value);
  const prompt = readPrompt(sample);
  if (prompt === null) return yield { ...row, skipped: "input is no plain conversation" };
  const epoch = sample.epoch ?? 1;
  if (typeof epoch !== "number" || !Number.isSafeInteger(epoch) || epoch < 1)
    throw badField(row, "epoch", "a whole number from 1", epoch);
  const promptId = `${header.task}:${idField(row, "id", sample.id)}`;
  const output = objectField(row, "output", sample.output ?? {});
  const choices = readChoices(row, output);
  if (choices.length === 0) return yield { ...row, skipped: "no output" };
  const usage = (output.usage ?? {}) as Record<string, unknown>;
  for (const [index, entry] of choices.entries()) {
    const choice = objectField(row, `output.choices[${index}]`, entry);
    const message = objectField(row, `output.choices[${index}].message`, choice.message);
    const content = contentText(message.content);
    if (content === null)
      throw badField(row, `output.choices[${index}].message.content`, "text", message.content);
    const finishReason = typeof choice.stop_reason === "string" ? choice.stop_reason : null;
    const text = resolveAttachment(content, sample.attachments);
    const outcome = outcomeOf(text, finishReason);
    yield {
      ...row,
      model: header.model,
      promptId,
      prompt,
      sample: (epoch - 1) * choices.length + index,
      text: outcome === "ok" || outcome === "truncated" ? text : "",
      outcome,
      finishReason,
      servedModel: typeof output.model === "string" && output.model !== "" ? output.model : null,
      usage: {
        inputTokens: countOrNull(usage.input_tokens),
        outputTokens: countOrNull(usage.output_tokens),
        reasoningTokens: countOrNull(usage.reasoning_tokens),
      },
    };
  }
}

/**
 * An Inspect AI log in JSON (`inspect eval --log-format json`, or `inspect log convert --to json`): `eval.model`,
 * `eval.task`, and `samples[]` with `id`, `epoch`, `input` and `output.choices[]`. The prompt is the
 * conversation up to the answer; epoch e is sample e-1. Prompt ids are `<task>:<sample id>`.
 *
 * Shapes read from github.com/UKGovernmentBEIS/inspect_ai: src/inspect_ai/log/_log.py (EvalLog, EvalSample),
 * model/_model_output.py (ModelOutput), and log/_recorders/json.py, which says that logs may hold NaN and Infinity.
 *
 * @throws UsageError on a bad row, or when samples stand before `eval`
 */
export async function* readInspect(path: string): AsyncGenerator<ImportedRow> {
  const file = path;
  let header: LogHeader | null = null;
  let number = 0;
  for await (const { value, key } of jsonItems(path, ["$.eval", "$.samples.*"])) {
    if (key === "eval") {
      header = readHeader({ file, number: 0, place: file }, value);
      continue;
    }
    number++;
    if (header === null)
      throw new UsageError(
        "import.format",
        `${file}: samples stand before eval; expected an Inspect log with eval.model first`,
      );
    yield* readSample({ file, number, place: `${file}, sample ${number}` }, header, value);
  }
  if (header === null)
    throw new UsageError("import.format", `${file}: no eval section; expected an Inspect log in JSON`);
}
