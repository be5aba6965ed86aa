import { type ImportedRow, nameField, objectField, outcomeOf, textField } from "./imported-sample.ts";
import { jsonItems } from "./json-items.ts";
import { promptIdOf, sampleCounter } from "./prompt-identity.ts";

/**
 * AlpacaEval's `model_outputs.json`: one array of `{"instruction","output","generator","dataset"}`. A prompt's id comes
 * from its text, for files of different models do not always keep one order.
 *
 * Shape read from github.com/tatsu-lab/alpaca_eval, example/outputs.json and results/<model>/model_outputs.json.
 */
export async function* readAlpacaEval(path: string): AsyncGenerator<ImportedRow> {
  const file = path;
  const nextSample = sampleCounter();
  let number = 0;
  for await (const { value } of jsonItems(path, ["$.*"])) {
    number++;
    const row = { file, number, place: `${file}, item ${number}` };
    const { instruction, output, generator } = objectField(row, "(item)", value);
    const model = nameField(row, "generator", generator);
    const prompt = textField(row, "instruction", instruction);
    const text = textField(row, "output", output ?? (output === null ? "" : undefined));
    const promptId = promptIdOf("alpaca-eval", prompt);
    const outcome = outcomeOf(text);
    yield {
      ...row,
      model,
      promptId,
      prompt,
      sample: nextSample(model, promptId),
      text: outcome === "empty" ? "" : text,
      outcome,
    };
  }
}
