import { join } from "node:path";
import { SchemaError } from "../errors.ts";
import {
  type BundleStatement,
  bundlePredicateType,
  bundleStatementSchema,
} from "../schema/evidence-bundle.ts";
import { canonicalJson } from "../schema/identity.ts";
import { describeIssues } from "../store/record-issues.ts";
import { bundleFiles, collidingNames, isBundleName, uncoveredFiles } from "./layout.ts";
import { readBounded } from "./read-bounded.ts";

/** Some 130 bytes a file: enough for 100,000 files. */
const mostStatementBytes = 16 << 20;

/** A bundle's statement and the bytes it was read from. */
export interface ReadStatement {
  readonly statement: BundleStatement;
  readonly bytes: Buffer;
}

/**
 * Reads `bundle.json`, which must be its own canonical form, so that it says one thing to every reader.
 * @throws StoreError, SchemaError in one line
 */
export async function readStatement(dir: string): Promise<ReadStatement> {
  const path = join(dir, bundleFiles.statement);
  const bytes = await readBounded(path, mostStatementBytes);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new SchemaError("bundle.json", `${path} is damaged: expected JSON`, { cause });
  }
  refuseOtherVersion(path, value);
  const parsed = bundleStatementSchema.safeParse(value);
  if (!parsed.success)
    throw new SchemaError(
      "bundle.statement",
      `${path} does not fit its schema: ${describeIssues(parsed.error)}`,
    );
  if (!Buffer.from(canonicalJson(value)).equals(bytes))
    throw new SchemaError(
      "bundle.canonical",
      `${path} is not canonical JSON (RFC 8785): it was edited or reformatted`,
    );
  refuseNames(path, parsed.data);
  return { statement: parsed.data, bytes };
}

/** Another version is told as such, with the version of Congener that reads it where it says one. */
function refuseOtherVersion(path: string, value: unknown): void {
  const { predicateType, predicate } = (value ?? {}) as { predicateType?: unknown; predicate?: unknown };
  const { bundleVersion, congenerVersion } = (predicate ?? {}) as Record<string, unknown>;
  const isOurs =
    typeof predicateType === "string" && predicateType.startsWith("urn:congener:evidence-bundle:");
  if (
    !isOurs ||
    (predicateType === bundlePredicateType && (bundleVersion === undefined || bundleVersion === 1))
  )
    return;
  const wrote = typeof congenerVersion === "string" ? congenerVersion.slice(0, 40) : "that wrote it";
  const [got, expected] =
    predicateType === bundlePredicateType
      ? [`bundleVersion ${String(JSON.stringify(bundleVersion)).slice(0, 20)}`, "bundleVersion 1"]
      : [predicateType.slice(0, 60), bundlePredicateType];
  throw new SchemaError(
    "bundle.version",
    `${path} is an evidence bundle of another version (${got}): expected ${expected}; verify it with congener ${wrote}`,
  );
}

function refuseNames(path: string, { subject }: BundleStatement): void {
  const names = subject.map(({ name }) => name);
  const fail = (what: string) => new SchemaError("bundle.name", `${path} ${what}`);
  const odd = names.find((name) => !isBundleName(name));
  if (odd !== undefined)
    throw fail(`names ${JSON.stringify(odd.slice(0, 200))}: expected plain relative paths`);
  const colliding = collidingNames([...uncoveredFiles, ...names]);
  if (colliding !== null)
    throw fail(`names ${colliding.join(" and ")}: expected names that differ in more than case`);
  const at = names.findIndex((name, index) => index > 0 && name < (names[index - 1] as string));
  if (at !== -1) throw fail(`names ${names[at]} after ${names[at - 1]}: expected them sorted`);
}
