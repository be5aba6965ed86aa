import type { ColumnName } from "../../schema/access-settings.ts";
import { literal } from "../database.ts";
import { reasoningRegex } from "../harvest/reasoning-patterns.ts";
import { openHash, type Salts } from "./column-expressions.ts";

/** Characters of a prompt that patterns look at: a prompt of a megabyte must not cost a megabyte's time. */
const readChars = 4000;

/**
 * What a template leaves open: URLs, quotations, numbers with their marks, words of 25 letters and more. No Unicode class
 * and no bounded repeat: these cost RE2 a hundred times as much, and every request is read.
 */
const slots = [
  "https?://\\S+",
  '"[^"\\n]*"',
  "“[^”\\n]*”",
  "«[^»\\n]*»",
  "`[^`\\n]*`",
  "[0-9][0-9.,:/-]*",
  "[A-Za-z0-9_+=/-]{25,}",
].join("|");

/** SQL for a prompt with its slots marked, without regard to case: prompts of one template give one text. */
export function templateText(prompt: string): string {
  return `lower(regexp_replace(left(${prompt}, ${readChars}), ${literal(slots)}, '<>', 'g'))`;
}

/** SQL for what `request` holds of the prompt: its hash, its template's, its length, whether it asks for reasoning. */
export function promptExpressions(
  mapped: ReadonlySet<ColumnName>,
  salts: Salts,
  options: { readonly patterns: readonly string[] },
): readonly { readonly name: string; readonly sql: string }[] {
  const text = mapped.has("prompt");
  const hash = text
    ? openHash('"prompt"', salts)
    : mapped.has("promptHash")
      ? openHash('"promptHash"', salts)
      : "CAST(NULL AS UBIGINT)";
  const asks = `coalesce(regexp_matches(left("prompt", ${readChars}), ${literal(reasoningRegex(options.patterns))}), false)`;
  return [
    { name: "prompt", sql: hash },
    {
      name: "template",
      sql: text ? openHash(templateText('"prompt"'), salts) : "CAST(NULL AS UBIGINT)",
    },
    { name: "promptChars", sql: text ? `CAST(len("prompt") AS INTEGER)` : "CAST(NULL AS INTEGER)" },
    { name: "asksReasoning", sql: text ? asks : "CAST(NULL AS BOOLEAN)" },
  ];
}
