import { badField, type ImportedRow, idField, nameField, outcomeOf, textField } from "./imported-sample.ts";
import { jsonLines } from "./json-lines.ts";

/**
 * Congener's own exchange format, one answer a line: `{"model","prompt_id","prompt","sample","response"}`. Without
 * `prompt` the prompt is unknown (""), without `sample` rows of one model and prompt are numbered as they come, and a
 * `response` of null is an empty one. Other fields are left aside.
 */
export async function* readJsonl(path: string): AsyncGenerator<ImportedRow> {
  const counts = new Map<string, number>();
  for await (const { value, ...row } of jsonLines(path)) {
    const model = nameField(row, "model", value.model);
    const promptId = idField(row, "prompt_id", value.prompt_id);
    const text = textField(row, "response", value.response ?? (value.response === null ? "" : undefined));
    let sample = value.sample;
    if (sample === undefined) {
      const key = JSON.stringify([model, promptId]);
      sample = counts.get(key) ?? 0;
      counts.set(key, Number(sample) + 1);
    }
    if (typeof sample !== "number" || !Number.isSafeInteger(sample) || sample < 0)
      throw badField(row, "sample", "a whole number from 0", sample);
    const outcome = outcomeOf(text);
    const prompt = textField(row, "prompt", value.prompt ?? "");
    yield { ...row, model, promptId, prompt, sample, text: outcome === "empty" ? "" : text, outcome };
  }
}
