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

/** A file's JSON value. @throws StoreError, SchemaError */
export async function readJsonBounded(path: string): Promise<unknown> {
  const bytes = await readBounded(path);
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new SchemaError("bundle.json", `${path} is damaged: expected JSON`, { cause });
  }
}
