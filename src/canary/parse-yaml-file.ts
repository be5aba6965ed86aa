import { isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { UsageError } from "../errors.ts";

/** What a file says, and where each part of it stands. */
export interface YamlFile<T> {
  readonly data: T;
  /** `file:line` of the part at a path, or of the nearest part around it. */
  readonly placeOf: (path: readonly (string | number)[]) => string;
}

/**
 * Parses a file of the owner's (YAML or JSON) and checks it by a schema.
 *
 * @param file - name for messages
 * @param schemaFile - where the schema is to be read, for messages
 * @throws UsageError with file and line: syntax, or a field that does not fit
 */
export function parseYamlFile<T>(
  text: string,
  file: string,
  { schema, schemaFile }: { readonly schema: z.ZodType<T>; readonly schemaFile: string },
): YamlFile<T> {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const placeOf = (path: readonly (string | number)[]): string => {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return `${file}:${counter.linePos(node.range[0]).line}`;
    }
    return `${file}:1`;
  };
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new UsageError(
      "canary.syntax",
      `${file}:${counter.linePos(broken.pos[0]).line}: not valid YAML: ${broken.message.replace(/\s+/g, " ")}`,
    );
  let data: unknown;
  try {
    data = document.toJS();
  } catch (cause) {
    throw new UsageError("canary.syntax", `${file}: YAML aliases cannot be resolved`, { cause });
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return { data: parsed.data, placeOf };
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).filter((part) => typeof part !== "symbol");
  throw new UsageError(
    "canary.schema",
    `${placeOf(path)}: ${path.join(".") || "the file"}: ${issue?.message}; see ${schemaFile}`,
  );
}
