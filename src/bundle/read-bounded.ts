import { readFile, stat } from "node:fs/promises";
import { SchemaError, StoreError } from "../errors.ts";
import { toStoreError } from "../store/system-error.ts";

/** More than any file of a bundle that is read whole: an analysis of 60 models takes some 10 MB. */
const mostBytes = 256 << 20;

/** A file's bytes. @throws StoreError where it cannot be read or is larger than `most` */
export async function readBounded(path: string, most = mostBytes): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > most)
      throw new StoreError("bundle.size", `${path} has ${size} bytes: expected ${most} at most`);
    return await readFile(path);
  } catch (error) {
    throw toStoreError(error, "read", path);
  }
}

/**
 * A file's JSON value, which every reader reads alike: where a member stands twice in an object, some take the first.
 * @throws StoreError, SchemaError
 */
export async function readJsonBounded(path: string): Promise<unknown> {
  const text = (await readBounded(path)).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SchemaError("bundle.json", `${path} is damaged: expected JSON`, { cause });
  }
  if (`${JSON.stringify(value, null, 2)}\n` !== text && JSON.stringify(value) !== withoutSpace(text))
    throw new SchemaError(
      "bundle.json",
      `${path} can be read in two ways: expected each member of an object once, and values as JSON.stringify writes them`,
    );
  return value;
}

/** JSON without the white space between its tokens. */
const withoutSpace = (json: string): string =>
  json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|\s+/g, (token) => (token.startsWith('"') ? token : ""));
