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

function readPrompt(input: unknown, attachments: unknown): string | Message[] | null {
  if (typeof input === "string") return resolveAttachment(input, attachments);
  return (
    chatMessages(input)?.map(({ role, content }) => ({
      role,
      content: resolveAttachment(content, attachments),
    })) ?? null
  );
}

function* readSample(row: RowPlace, header: LogHeader, value: unknown): Generator<ImportedRow> {
  const sample = objectField(row, "(sample)", value);
  const prompt = readPrompt(sample.input, sample.attachments);
  if (prompt === null) return yield { ...row, skipped: "input is no plain conversation" };
  const epoch = sample.epoch ?? 1;
  if (typeof epoch !== "number" || !Number.isSafeInteger(epoch) || epoch < 1)
    throw badField(row, "epoch", "a whole number from 1", epoch);
  const promptId = `${header.task}:${idField(row, "id", sample.id)}`;
  const output = objectField(row, "output", sample.output ?? {});
  const choices = output.choices ?? [];
  if (!Array.isArray(choices)) throw badField(row, "output.choices", "a list", choices);
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
 * `eval.task`, and `samples[]` with `id`, `epoch`, `input` and `output.choices[]`. The prompt is the sample's `input`;
 * epoch e is sample e-1. Prompt ids are `<task>:<sample id>`.
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
