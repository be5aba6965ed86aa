import type { ColumnName } from "../../schema/access-settings.ts";
import { identifier, literal } from "../database.ts";
import { networkPrefix } from "./network-prefix.ts";

/** How times are written in a file. */
export type TimeUnit = "iso" | "s" | "ms" | "us" | "ns";

const perSecond = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 } as const;

/** How numbers as large as this count time: seconds reach 10^11 in the year 5138. */
export function timeUnitOf(values: readonly string[]): TimeUnit {
  const numbers = values.filter((value) => /^\s*-?\d+(\.\d*)?(e\d+)?\s*$/i.test(value)).map(Number);
  if (numbers.length * 2 <= values.length) return "iso";
  const sorted = numbers.map(Math.abs).sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  if (middle < 1e11) return "s";
  if (middle < 1e14) return "ms";
  return middle < 1e17 ? "us" : "ns";
}

/** SQL for a time as TIMESTAMP in UTC, NULL where the text is none; text without a zone is UTC. */
export function timeExpression(unit: TimeUnit, text = '"time"'): string {
  if (unit === "iso") {
    const zoned = `TRY_CAST(${text} AS TIMESTAMPTZ)`;
    return `CASE WHEN isfinite(${zoned}) THEN CAST(${zoned} AS TIMESTAMP) END`;
  }
  const seconds = `(TRY_CAST(${text} AS DOUBLE) / ${perSecond[unit]})`;
  return `CASE WHEN abs(${seconds}) < 1e11 THEN make_timestamp(CAST(${seconds} * 1e6 AS BIGINT)) END`;
}

/** What the salts are for: the secret one hides who, the open one only spreads prompts evenly. */
export interface Salts {
  /** Of this scan's folder: without it an address or a payment cannot be guessed from its hash. */
  readonly secret: string;
  /** From the seed, so that the same log gives the same sample of prompts. */
  readonly open: number;
}

/**
 * What exports write where they have no value, the digests of an empty text among it (MD5, SHA-1, SHA-256). Taken for
 * values, they would link all who have none, and drop their requests as duplicates.
 */
const noValues = [
  ..."- -- 0 n/a na nan nil none null (null) <null> undefined unknown anonymous redacted [redacted] 0.0.0/24 127.0.0/24".split(
    " ",
  ),
  "d41d8cd98f00b204e9800998ecf8427e",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];
const isValue = (text: string): string =>
  `lower(trim(${text})) NOT IN ('', ${noValues.map(literal).join(", ")})`;

/** SQL for the columns of `request` that come from one column of the log each. A column that is not mapped is NULL. */
export function columnExpressions(
  mapped: ReadonlySet<ColumnName>,
  salts: Salts,
): readonly { readonly name: string; readonly sql: string }[] {
  const hidden = (text: string) =>
    `CASE WHEN ${isValue(text)} THEN md5_number_lower(${literal(`${salts.secret}:`)} || ${text}) END`;
  const expressions: readonly [string, string, readonly ColumnName[], string][] = [
    ["key", "UBIGINT", ["key"], hidden('"key"')],
    ["organisation", "UBIGINT", ["organisation"], hidden('"organisation"')],
    mapped.has("ip")
      ? ["network", "UBIGINT", ["ip"], hidden(networkPrefix('"ip"'))]
      : ["network", "UBIGINT", ["network"], hidden('"network"')],
    ["asn", "UBIGINT", ["asn"], hidden(`upper("asn")`)],
    ["country", "VARCHAR", ["country"], shortText("country")],
    ["client", "UBIGINT", ["client"], hidden('"client"')],
    ["payment", "UBIGINT", ["payment"], hidden('"payment"')],
    ["model", "VARCHAR", ["model"], shortText("model")],
    ["system", "UBIGINT", ["system"], openHash('"system"', salts)],
    ["maxTokens", "INTEGER", ["maxTokens"], wholeNumber("maxTokens")],
    ["temperature", "FLOAT", ["temperature"], `TRY_CAST("temperature" AS FLOAT)`],
    ["logprobs", "BOOLEAN", ["logprobs"], flag("logprobs")],
    ["reasoning", "BOOLEAN", ["reasoning"], flag("reasoning")],
    ["inputTokens", "INTEGER", ["inputTokens"], wholeNumber("inputTokens")],
    ["outputTokens", "INTEGER", ["outputTokens"], wholeNumber("outputTokens")],
    ["finish", "VARCHAR", ["finish"], `lower(${shortText("finish")})`],
    ["topicName", "VARCHAR", ["topic"], shortText("topic")],
    ["kind", "VARCHAR", ["kind"], shortText("kind")],
    [
      "requestHash",
      "UBIGINT",
      ["request"],
      `CASE WHEN ${isValue('"request"')} THEN ${openHash('"request"', salts)} END`,
    ],
  ];
  return expressions.map(([name, type, needs, sql]) => ({
    name,
    sql: needs.every((column) => mapped.has(column)) ? sql : `CAST(NULL AS ${type})`,
  }));
}

/** SQL for a hash that the seed alone decides; NULL for empty text. */
export const openHash = (text: string, salts: Salts): string =>
  `CASE WHEN ${text} <> '' THEN hash(${text}, CAST(${salts.open} AS BIGINT)) END`;

const shortText = (column: ColumnName): string => `nullif(left(${identifier(column)}, 200), '')`;

const wholeNumber = (column: ColumnName): string =>
  `TRY_CAST(TRY_CAST(${identifier(column)} AS DOUBLE) AS INTEGER)`;

/** What says no as a value: of a flag, or of a member of an object. */
const no = ["false", "f", "no", "n", "0", "0.0", "none", "null", "off", "disabled", "minimal"];

const noMember = `"[^"]*" *: *(?:"(?:${no.join("|")})?"|${no.join("|")}|\\{ *\\}|\\[ *\\])`;
/** An object that is empty, or all of whose members say no: an API writes {"effort": null} where nothing was asked for. */
const emptyHanded = `\\{\\s*(?:${noMember}\\s*(?:,\\s*${noMember}\\s*)*)?\\}|\\[\\s*\\]`;
/** A type, an effort or a switch that says no, whatever stands beside it. */
const switchedOff = `"(?:type|effort|enabled)" *: *(?:"(?:${no.join("|")})"|(?:false|0) *[,}])`;

/** A flag, an effort, a budget or an object: asked for unless it says no. */
function flag(column: ColumnName): string {
  const text = `lower(trim(coalesce(${identifier(column)}, '')))`;
  const words = ["", ...no].map(literal).join(", ");
  return `CASE WHEN ${text} IN (${words}) OR regexp_full_match(${text}, ${literal(emptyHanded)})
    OR regexp_matches(${text}, ${literal(switchedOff)}) THEN false ELSE true END`;
}
