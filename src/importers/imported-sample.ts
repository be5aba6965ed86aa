import { UsageError } from "../errors.ts";
import type { Message } from "../schema/probe.ts";
import type { Outcome, Usage, WireRequest } from "../schema/transcript.ts";

/** Where a row stands in the imported files; `place` is for people, for example `answers.jsonl:12`. */
export interface RowPlace {
  /** Path of the file, as it was given. */
  readonly file: string;
  /** Line of a JSONL file, or item of a JSON array, from 1. */
  readonly number: number;
  readonly place: string;
}

/** One recorded answer, whatever format it came in. */
export interface ImportedSample extends RowPlace {
  /** Kept exactly as it is written, `org/name` included. */
  readonly model: string;
  readonly promptId: string;
  /** The prompt as one text, or as messages where the format has them; "" where it was not recorded. */
  readonly prompt: string | readonly Message[];
  /** Sample number from 0. */
  readonly sample: number;
  /** The answer; "" unless the outcome is `ok`, `truncated` or `refused`. */
  readonly text: string;
  readonly outcome: Outcome;
  readonly reasoning?: string | null;
  readonly request?: WireRequest | null;
  readonly servedModel?: string | null;
  readonly systemFingerprint?: string | null;
  readonly finishReason?: string | null;
  readonly usage?: Usage | null;
}

/** A row that holds no answer (an error, a tool conversation): counted and reported, not imported. */
interface SkippedRow extends RowPlace {
  readonly skipped: string;
}

export type ImportedRow = ImportedSample | SkippedRow;

/** Outcome of an answer by its text and, where known, why it ended. */
export function outcomeOf(text: string, finishReason: string | null = null, refusal = false): Outcome {
  if (refusal) return "refused";
  if (finishReason === "content_filter") return "filtered";
  if (text.trim() === "") return "empty";
  return finishReason === "length" || finishReason === "max_tokens" || finishReason === "model_length"
    ? "truncated"
    : "ok";
}

/** Value of a field in an error message, short. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The error of a bad row: place, field, what was expected and what was got. */
export function badField(row: RowPlace, field: string, expected: string, got: unknown): UsageError {
  return new UsageError(
    "import.row",
    `${row.place}: field "${field}": expected ${expected}, got ${shown(got)}`,
  );
}

/** The value as an object, whose fields are still unknown. @throws UsageError naming row and field */
export function objectField(row: RowPlace, field: string, value: unknown): Record<string, unknown> {
  if (value !== null && typeof value === "object" && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw badField(row, field, "an object", value);
}

/** The value as text. @throws UsageError naming row and field */
export function textField(row: RowPlace, field: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw badField(row, field, "text", value);
}

/** The value as a name: text of 1 to 200 characters without control characters. @throws UsageError naming row and field */
export function nameField(row: RowPlace, field: string, value: unknown): string {
  if (
    typeof value === "string" &&
    value.trim() !== "" &&
    value.length <= 200 &&
    !/\p{Cc}|\p{Surrogate}/u.test(value)
  )
    return value;
  throw badField(row, field, "a name of 1 to 200 characters", value);
}

/** The value as a prompt id: text or a whole number. @throws UsageError naming row and field */
export function idField(row: RowPlace, field: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  throw badField(row, field, "a text or whole number that names the prompt", value);
}

/** A count that may be absent, as usage reports have it. */
export function countOrNull(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
