import { UsageError } from "../errors.ts";
import { sourceHead } from "./source-bytes.ts";

/** Formats of recorded answers, as `--format` has them. */
export const importFormats = ["jsonl", "alpaca-eval", "openai-batch", "inspect", "promptfoo"] as const;
export type ImportFormat = (typeof importFormats)[number];

/** What a file is: a format, and for a batch which of its two files. */
export interface DetectedFile {
  readonly path: string;
  readonly format: ImportFormat;
  /** True for the input file of a batch, which holds prompts and no answers. */
  readonly batchInput: boolean;
}

/** Enough for the first row of any format, and for the head of an Inspect log or promptfoo's file. */
const headBytes = 1 << 20;

function keysOf(text: string): string[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? Object.keys(value) : null;
  } catch {
    return null;
  }
}

/** Format of a file by its first bytes; null when they fit none. */
function formatOf(head: string, wholeFile: boolean): Omit<DetectedFile, "path"> | null {
  const found = (format: ImportFormat, batchInput = false) => ({ format, batchInput });
  const text = head.replace(/^\uFEFF/, "").trimStart();
  if (text.startsWith("[")) return /"(?:instruction|generator)"\s*:/.test(text) ? found("alpaca-eval") : null;
  const firstLine = text.split("\n", 1)[0] ?? "";
  const lineIsWhole = firstLine.length < text.length || wholeFile;
  const keys = lineIsWhole ? keysOf(firstLine) : null;
  if (keys !== null) {
    if (keys.includes("custom_id") && keys.includes("response")) return found("openai-batch");
    if (keys.includes("custom_id") && keys.includes("body")) return found("openai-batch", true);
    if (keys.includes("model") && keys.includes("response")) return found("jsonl");
  }
  if (/^\{\s*"(?:version|status|eval)"\s*:/.test(text) && /"eval"\s*:\s*\{/.test(text))
    return found("inspect");
  if (
    /^\{\s*"(?:evalId|results|config|shareableUrl|metadata)"\s*:/.test(text) &&
    /"results"\s*:\s*\{/.test(text)
  )
    return found("promptfoo");
  return null;
}

/**
 * Format of a file, from its content.
 * @throws UsageError `import.format` when no format fits, saying which there are
 */
export async function detectFormat(path: string): Promise<DetectedFile> {
  const head = await sourceHead(path, headBytes);
  const detected = formatOf(head.toString("utf8"), head.length < headBytes);
  if (detected === null)
    throw new UsageError(
      "import.format",
      `${path}: ${head.length === 0 ? "the file is empty" : "its content fits no known format"}; expected one of ${importFormats.join(", ")}: say which with --format`,
    );
  return { path, ...detected };
}
