import { closest, distance } from "fastest-levenshtein";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { UsageError } from "../errors.ts";
import { answerSchema, messageSchema, probeSchema } from "../schema/probe.ts";
import { type SuiteFile, selectionFileSchema, suiteFileSchema } from "./suite-file.ts";

/** A parsed suite file with the place of each of its probes. */
export interface ParsedSuiteFile extends SuiteFile {
  /** Name of the file as it was given, for messages. */
  readonly file: string;
  /** Line (from 1) on which the probe (or the id) of the same index starts. */
  readonly lines: readonly number[];
  /** What a selection selects; its probes are empty until `readSuiteFile` has looked them up. Null for other files. */
  readonly selection: { readonly of: string; readonly ids: readonly string[] } | null;
}

type Path = readonly (string | number)[];

function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** Offset of a key itself: an unknown key is wrong where it stands, not where its map begins. */
function keyOffset(document: Document, path: Path, key: string): number {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMap(map))
    for (const { key: node } of map.items)
      if (isScalar(node) && String(node.value) === key && node.range) return node.range[0];
  return offsetOf(document, path);
}

function knownKeys(path: Path): string[] {
  const last = path.at(-1);
  if (path.length === 0)
    return [...new Set([...Object.keys(suiteFileSchema.shape), ...Object.keys(selectionFileSchema.shape)])];
  if (path.length === 2 && path[0] === "probes") return Object.keys(probeSchema.shape);
  if (last === "answer") return Object.keys(answerSchema.shape);
  return path.includes("messages") || path.includes("paraphrases") ? Object.keys(messageSchema.shape) : [];
}

function pathText(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A zod issue as place and words; the deepest issue of a union's likeliest member stands for the union. */
function describe(
  issue: z.core.$ZodIssue,
  document: Document,
  data: unknown,
): { offset: number; message: string } {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  const where = pathText(path) || "the file";
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const known = knownKeys(path);
    const near = known.length > 0 ? closest(key, known) : undefined;
    const hint =
      near !== undefined && distance(key, near) <= 3
        ? `; did you mean "${near}"?`
        : known.length > 0
          ? `; expected one of ${known.join(", ")}`
          : "";
    return { offset: keyOffset(document, path, key), message: `unknown key "${key}" in ${where}${hint}` };
  }
  const got = path.reduce<unknown>(
    (value, part) => (value as Record<string | number, unknown> | null | undefined)?.[part],
    data,
  );
  const expected = issue.message
    .replace(/^Invalid (?:input|option): /, "")
    .replace(/, received .*$/, "")
    .replace(/^Too small: expected \w+ to (?:have|be) >=?(\d+)(.*)$/, "expected at least $1$2")
    .replace(/\b1 items$/, "1 item");
  const quotes = expected === "expected string" && ["number", "boolean"].includes(typeof got);
  return {
    offset: offsetOf(document, path),
    message: `${where}: ${expected}, got ${shown(got)}${quotes ? "; put it in quotes" : ""}`,
  };
}

/**
 * Parses one suite file.
 * @param text - YAML (or JSON) text
 * @param file - name for messages
 * @throws UsageError `probes.syntax` or `probes.schema`: file, line, column, what was expected, and what was got; of
 *   several problems the first, and all of them in its cause, an AggregateError
 */
export function parseSuiteFile(text: string, file: string): ParsedSuiteFile {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = counter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new UsageError(
      "probes.syntax",
      `${at(broken.pos[0])}: not valid YAML: ${broken.message.replace(/\s+/g, " ")}`,
    );
  let data: unknown;
  try {
    data = document.toJS();
  } catch (cause) {
    throw new UsageError(
      "probes.syntax",
      `${file}: YAML aliases cannot be resolved: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
  if (data === null || data === undefined)
    throw new UsageError(
      "probes.empty",
      `${file}: the suite file is empty; expected name, version and probes`,
    );
  const keys = typeof data === "object" ? Object.keys(data) : [];
  if (!Array.isArray(data) && keys.length > 0 && !keys.some((key) => ["probes", "of", "ids"].includes(key)))
    throw new UsageError(
      "probes.schema",
      `${at(0)}: the suite has no probes; expected probes, or of and ids to select from another suite`,
    );
  const selects = !keys.includes("probes") && (keys.includes("of") || keys.includes("ids"));
  const parsed = (selects ? selectionFileSchema : suiteFileSchema).safeParse(data);
  if (!parsed.success) {
    const problems = parsed.error.issues
      .map((issue) => describe(issue, document, data))
      .sort((a, b) => a.offset - b.offset)
      .map(({ offset, message }) => `${at(offset)}: ${message}`);
    const more = problems.length - 1;
    throw new UsageError("probes.schema", `${problems[0]}${more > 0 ? ` (and ${more} more)` : ""}`, {
      cause: new AggregateError(problems.map((problem) => new Error(problem))),
    });
  }
  const linesOf = (key: string, count: number) =>
    Array.from({ length: count }, (_, index) => counter.linePos(offsetOf(document, [key, index])).line);
  if ("probes" in parsed.data)
    return { ...parsed.data, file, lines: linesOf("probes", parsed.data.probes.length), selection: null };
  const { of, ids, ...head } = parsed.data;
  return { ...head, probes: [], file, lines: linesOf("ids", ids.length), selection: { of, ids } };
}
