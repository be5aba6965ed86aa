import { UsageError } from "../errors.ts";
import { readAlpacaEval } from "./alpaca-eval.ts";
import { type DetectedFile, detectFormat, type ImportFormat } from "./detect-format.ts";
import type { ImportedRow } from "./imported-sample.ts";
import { readInspect } from "./inspect.ts";
import { readJsonl } from "./jsonl.ts";
import { readOpenaiBatch } from "./openai-batch.ts";
import { readPromptfoo } from "./promptfoo.ts";

const readers = {
  jsonl: readJsonl,
  "alpaca-eval": readAlpacaEval,
  inspect: readInspect,
  promptfoo: readPromptfoo,
} satisfies Partial<Record<ImportFormat, (path: string) => AsyncIterable<ImportedRow>>>;

/**
 * What each file is: by its content with `auto`, else as told (a batch's two files are always told apart by content).
 * @throws UsageError when a file cannot be read or fits no format, or when a batch lacks one of its files
 */
export async function resolveFiles(
  paths: readonly string[],
  format: ImportFormat | "auto",
): Promise<DetectedFile[]> {
  const files = await Promise.all(
    paths.map(
      async (path): Promise<DetectedFile> =>
        format === "auto" || format === "openai-batch"
          ? detectFormat(path)
          : { path, format, batchInput: false },
    ),
  );
  const batch = files.filter((file) => file.format === "openai-batch");
  if (format === "openai-batch" && batch.length < files.length)
    throw new UsageError(
      "import.format",
      `${files.find((file) => file.format !== "openai-batch")?.path} is no file of a batch; expected lines with custom_id and body or response`,
    );
  if (batch.length > 0 && !batch.some(({ batchInput }) => batchInput))
    throw new UsageError(
      "import.batch",
      `${batch[0]?.path} is a batch's output; give its input file too, which holds the prompts`,
    );
  if (batch.length > 0 && batch.every(({ batchInput }) => batchInput))
    throw new UsageError(
      "import.batch",
      `${batch[0]?.path} is a batch's input; give its output file too, which holds the answers`,
    );
  return files;
}

/** Rows of all files, streamed, file after file; a batch's files together. @throws UsageError naming a bad row */
export async function* readRows(files: readonly DetectedFile[]): AsyncGenerator<ImportedRow> {
  for (const { path, format } of files) if (format !== "openai-batch") yield* readers[format](path);
  const batch = files.filter((file) => file.format === "openai-batch");
  const pathsOf = (input: boolean) =>
    batch.filter(({ batchInput }) => batchInput === input).map(({ path }) => path);
  if (batch.length > 0) yield* readOpenaiBatch(pathsOf(false), pathsOf(true));
}
