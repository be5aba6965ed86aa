import { CongenerError, UsageError } from "../../errors.ts";
import type { LogFile } from "./log-files.ts";

/**
 * Says of which file DuckDB's reader complains, in a line.
 * @throws UsageError for what the reader cannot make sense of; whatever else `work` throws
 */
export async function reading<T>(file: LogFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof CongenerError || !(cause instanceof Error)) throw cause;
    const [first = ""] = cause.message.split("\n");
    if (/^INTERRUPT Error/i.test(first)) throw cause;
    if (/state machine reached an invalid state/.test(first))
      throw new UsageError(
        "access.line-ends",
        `${file.name} mixes line ends (CRLF and LF) with quotations over several lines: expected one kind throughout; convert it, for example with dos2unix`,
        { cause },
      );
    if (/^(IO|Invalid Input|Conversion) Error|not valid UTF8|encoding/i.test(first))
      throw new UsageError(
        "access.log",
        `cannot read ${file.name}: ${first.replace(/^[A-Za-z ]*Error: /, "").replaceAll(file.path, file.name)}: expected JSONL, CSV or Parquet, whole; export it again`,
        { cause },
      );
    throw cause;
  }
}
