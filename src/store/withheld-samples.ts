import { createHash } from "node:crypto";
import { StoreError } from "../errors.ts";
import { statisticVersion } from "../schema/calibration.ts";
import { type Redaction, type WithheldSample, withheldSampleSchema } from "../schema/withheld-answer.ts";
import { damagedLine, parseLine, type RawLine, rawLines } from "./json-lines.ts";
import { describeIssues } from "./record-issues.ts";
import { featuresPath } from "./run-paths.ts";

/** Where one record of a features file lies. */
export interface WithheldPlace {
  readonly offset: number;
  readonly length: number;
  readonly number: number;
}

/** How every record begins that this version writes. */
const recordStart = /^\{"sampleId":"([0-9a-f]{64})"/;

/**
 * Where the records of a target's features file lie, by sample.
 * @throws StoreError where the file is not the one that the manifest names, holds a sample twice, or is of another version
 *   of the statistics
 */
export async function indexWithheld(
  dir: string,
  target: string,
  redaction: Redaction,
): Promise<Map<string, WithheldPlace>> {
  const path = featuresPath(dir, target);
  if (redaction.statisticVersion !== statisticVersion)
    throw new StoreError(
      "store.features-version",
      `the answers in ${dir} are withheld, and features of version ${redaction.statisticVersion} of the statistics stand for them: expected version ${statisticVersion}; use the version of congener that published it`,
    );
  const places = new Map<string, WithheldPlace>();
  const sum = createHash("sha256");
  for await (const { bytes, number, offset, terminated } of rawLines(path)) {
    sum.update(bytes);
    if (terminated) sum.update("\n");
    const sampleId = recordStart.exec(bytes.toString("latin1", 0, 96))?.[1];
    if (sampleId === undefined) throw damagedLine(path, number, "expected a record of a withheld answer");
    if (places.has(sampleId))
      throw damagedLine(path, number, `sample ${sampleId.slice(0, 12)} has features twice`);
    places.set(sampleId, { offset, length: bytes.length, number });
  }
  if (sum.digest("hex") !== redaction.features[target])
    throw new StoreError(
      "store.features",
      `${path} is not the file that the manifest names: its SHA-256 is another; a feature was changed, dropped or added since the run was redacted; restore it from a copy`,
    );
  return places;
}

/** A record as its line holds it. @throws StoreError naming file and line where it does not fit its schema */
export function parseWithheld(path: string, line: Pick<RawLine, "bytes" | "number">): WithheldSample {
  const parsed = withheldSampleSchema.safeParse(parseLine(path, line));
  if (parsed.success) return parsed.data;
  throw damagedLine(path, line.number, describeIssues(parsed.error));
}

/** The records of a target's features file in their order. @throws StoreError as `indexWithheld` does, but for its sum */
export async function* readWithheld(dir: string, target: string): AsyncGenerator<WithheldSample> {
  const path = featuresPath(dir, target);
  for await (const line of rawLines(path)) yield parseWithheld(path, line);
}

const repeatedEnd = '"repeated":true}';

/** How many of a target's withheld answers came with the response id and the text of an earlier one. */
export async function countRepeated(dir: string, target: string): Promise<number> {
  let count = 0;
  for await (const { bytes } of rawLines(featuresPath(dir, target)))
    if (bytes.toString("latin1", Math.max(0, bytes.length - repeatedEnd.length)) === repeatedEnd) count++;
  return count;
}
