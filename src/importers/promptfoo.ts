import type { Message } from "../schema/probe.ts";
import {
  badField,
  countOrNull,
  type ImportedRow,
  nameField,
  objectField,
  outcomeOf,
  type RowPlace,
  textField,
} from "./imported-sample.ts";
import { jsonItems } from "./json-items.ts";
import { chatMessages, promptIdOf, sampleCounter } from "./prompt-identity.ts";

/** promptfoo keeps a chat prompt as the JSON text of its messages. */
function readPrompt(raw: string): string | Message[] {
  if (!raw.trimStart().startsWith("[")) return raw;
  try {
    return chatMessages(JSON.parse(raw)) ?? raw;
  } catch {
    return raw;
  }
}

function providerName(row: RowPlace, provider: unknown): string {
  if (typeof provider === "string") return nameField(row, "provider", provider);
  const { label, id } = objectField(row, "provider", provider);
  return nameField(row, "provider.id", typeof label === "string" && label !== "" ? label : id);
}

/**
 * promptfoo's results in JSON (`promptfoo eval --output results.json`): `results.results[]` with `provider` (id and
 * label), `prompt.raw` (as rendered), and `response.output`. The provider's label, else its id, is the model; a prompt's
 * id comes from its text. Rows with an error instead of an answer are left out.
 *
 * Shape read from github.com/promptfoo/promptfoo, src/types/index.ts (EvaluateResult, EvaluateSummaryV3, OutputFile).
 */
export async function* readPromptfoo(path: string): AsyncGenerator<ImportedRow> {
  const file = path;
  const nextSample = sampleCounter();
  let number = 0;
  for await (const { value } of jsonItems(path, ["$.results.results.*"])) {
    number++;
    const row = { file, number, place: `${file}, result ${number}` };
    const result = objectField(row, "(result)", value);
    const model = providerName(row, result.provider);
    const prompt = readPrompt(textField(row, "prompt.raw", objectField(row, "prompt", result.prompt).raw));
    const promptId = promptIdOf("promptfoo", prompt);
    const sample = nextSample(model, promptId);
    const response = objectField(row, "response", result.response ?? {});
    const { output, tokenUsage, finishReason } = response;
    if (output === undefined || output === null) {
      yield { ...row, skipped: "no output" };
      continue;
    }
    // Structured answers were parsed by promptfoo; their JSON text is what was said.
    const said = typeof output === "object" ? JSON.stringify(output) : output;
    if (typeof said !== "string") throw badField(row, "response.output", "text", output);
    const usage = (tokenUsage ?? {}) as Record<string, unknown>;
    const reason = typeof finishReason === "string" ? finishReason : null;
    const outcome = outcomeOf(said, reason, response.isRefusal === true);
    yield {
      ...row,
      model,
      promptId,
      prompt,
      sample,
      text: outcome === "empty" || outcome === "filtered" ? "" : said,
      outcome,
      finishReason: reason,
      usage: {
        inputTokens: countOrNull(usage.prompt),
        outputTokens: countOrNull(usage.completion),
        reasoningTokens: null,
      },
    };
  }
}
