import { readFile } from "node:fs/promises";
import { closest, distance } from "fastest-levenshtein";
import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { UsageError } from "../errors.ts";

/** A parsed YAML (or JSON) file that knows where everything stands. */
export interface YamlSource {
  readonly value: unknown;
  /** An error at the value (or with `key`, at the key) of a path; the nearest ancestor where there is none. */
  fail(path: readonly PropertyKey[], message: string, at?: "key" | "value"): UsageError;
  /** One error for all of a schema's complaints, each with its place, the first three spelled out. */
  failAll(
    issues: readonly z.core.$ZodIssue[],
    keysAt: (path: readonly PropertyKey[]) => readonly string[],
  ): UsageError;
}

/**
 * Reads and parses a YAML file; see `parseYamlSource`.
 * @param told - code of the error where it cannot be read, what the file is called in it, and what to do next
 */
export async function readYamlSource(
  file: string,
  told: { readonly code: string; readonly what: string; readonly next: string },
): Promise<YamlSource> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(told.code, `cannot read ${told.what}: ${why}; ${told.next}`, { cause });
  }
  return parseYamlSource(text, file);
}

/**
 * Parses YAML 1.2 (of which JSON is a part), with merge keys.
 * @throws UsageError with file, line and column for the first syntax error or repeated key
 */
export function parseYamlSource(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const syntax = document.errors[0];
  if (syntax !== undefined) {
    const message =
      syntax.code === "DUPLICATE_KEY"
        ? `the key ${quoted(keyTextAt(text, syntax.pos[0]))} stands twice: expected each name once; rename or remove one`
        : `${syntax.message.split("\n")[0]}: expected YAML`;
    throw new UsageError("config.syntax", `${place(syntax.pos[0])}: ${message}`);
  }
  const fail: YamlSource["fail"] = (path, message, at = "value") =>
    new UsageError("config.invalid", `${place(offsetOf(document, path, at))}: ${message}`);
  return {
    value: toValue(document, place),
    fail,
    failAll(issues, keysAt) {
      const found = issues.flatMap((issue) => complaintsOf(issue, keysAt));
      // In the file's order, whatever order the schema checks in.
      const sorted = found
        .map((complaint) => ({ ...complaint, offset: offsetOf(document, complaint.path, complaint.at) }))
        .sort((a, b) => a.offset - b.offset);
      const messages = sorted.map(({ offset, message }) => `${place(offset)}: ${message}`);
      const shown = messages.slice(0, 3);
      const more = messages.length > 3 ? [`and ${messages.length - 3} more`] : [];
      return new UsageError("config.invalid", [...shown, ...more].join("; "));
    },
  };
}

/** ` (did you mean X?)`, or nothing when no candidate is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return "";
  const nearest = closest(word, candidates);
  return distance(word, nearest) <= Math.max(2, Math.floor(word.length / 3))
    ? ` (did you mean ${nearest}?)`
    : "";
}

function toValue(document: Document, place: (offset: number) => string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError("config.syntax", `${place(0)}: ${reason}`, { cause });
  }
}

function offsetOf(document: Document, path: readonly PropertyKey[], at: "key" | "value"): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const [depth, step] of path.entries()) {
    const wantsKey = at === "key" && depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => String(isScalar(item.key) ? item.key.value : item.key) === String(step),
      );
      if (!isPair(pair)) return offset;
      const key = isNode(pair.key) ? pair.key.range?.[0] : undefined;
      offset = key ?? offset;
      if (wantsKey) return offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === "number") node = node.items[step];
    else return offset;
    // An empty value has no place of its own: its key's is used.
    if (isNode(node) && node.range && !(isScalar(node) && node.source === "")) offset = node.range[0];
  }
  return offset;
}

function unknownKey(key: string, path: readonly PropertyKey[], valid: readonly string[]): string {
  const where = path.length === 0 ? "" : ` in ${path.join(".")}`;
  const guess = didYouMean(key, valid);
  return `unknown key ${quoted(key)}${where}${guess || `: expected one of ${valid.join(", ")}`}`;
}

interface Complaint {
  readonly path: readonly PropertyKey[];
  readonly at: "key" | "value";
  readonly message: string;
}

function complaintsOf(
  issue: z.core.$ZodIssue,
  keysAt: (path: readonly PropertyKey[]) => readonly string[],
): Complaint[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      path: [...path, key],
      at: "key",
      message: unknownKey(key, path, keysAt(path)),
    }));
  const name = path.length === 0 ? "the file" : path.join(".");
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined"))
    return [
      { path: path.slice(0, -1), at: "key", message: `${name} is missing: expected ${issue.expected}` },
    ];
  const at = issue.code === "invalid_key" ? "key" : "value";
  return [{ path, at, message: `${name}: ${issue.message.replace(/^Invalid input: /, "")}` }];
}

function keyTextAt(text: string, offset: number): string {
  return /^["']?([^\s:"'{},]*)/.exec(text.slice(offset))?.[1] ?? "";
}

const quoted = (text: string): string => JSON.stringify(text);
