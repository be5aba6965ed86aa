import { z } from "zod";
import { type ColumnName, columnNames, mappedColumnsSchema } from "../schema/access-settings.ts";

interface Described {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly enum?: readonly string[];
}

/** A settings file with every default of a schema, each after a comment that says what it is for. */
export function settingsTemplate(schema: z.ZodType, title: string): string {
  const described = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Described;
  return `# ${title}\n# Every line is the default: what you leave out stays as it is here.\n\n${linesOf(described, "").join("\n")}\n`;
}

function linesOf({ properties = {} }: Described, indent: string): string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const comment = field.description === undefined ? [] : [`${indent}# ${field.description}`];
    if (field.properties !== undefined)
      return [
        ...(indent === "" ? [""] : []),
        ...comment,
        `${indent}${name}:`,
        ...linesOf(field, `${indent}  `),
      ];
    return [...comment, `${indent}${name}: ${JSON.stringify(field.default ?? null)}`];
  });
}

/** Names that logs often have; the analyst puts their own. */
const usualNames: Readonly<Record<ColumnName, string>> = {
  time: "timestamp",
  account: "account_id",
  request: "request_id",
  key: "api_key_id",
  organisation: "org_id",
  ip: "ip",
  network: "prefix",
  asn: "asn",
  country: "country",
  client: "user_agent",
  payment: "payment_fingerprint",
  model: "model",
  prompt: "prompt",
  promptHash: "prompt_hash",
  topic: "topic",
  embedding: "embedding",
  system: "system_prompt_hash",
  maxTokens: "max_tokens",
  temperature: "temperature",
  logprobs: "logprobs",
  reasoning: "reasoning",
  inputTokens: "usage.input_tokens",
  outputTokens: "usage.output_tokens",
  finish: "finish_reason",
  kind: "plan",
};

/** `mapping.yaml` to fill in: time and account stand, the rest is commented out. */
export function mappingTemplate(): string {
  const lines = columnNames.map((name) => {
    const field = mappedColumnsSchema.shape[name];
    const off = name === "time" || name === "account" ? "" : "# ";
    return `  ${`${off}${name}: ${usualNames[name]}`.padEnd(40)} # ${field.description ?? ""}`;
  });
  return [
    "# Which column of the log is what. Left: what Congener asks for. Right: the log's own name, in JSONL a dotted path.",
    "# Take the # from every line that your log has; one that is left out switches off the indicators that need it.",
    "",
    "format: auto      # auto, jsonl, csv or parquet; each also packed with gzip, but Parquet",
    "timeUnit: auto    # auto, iso, s, ms, us or ns; a time without a zone is read as UTC",
    "columns:",
    ...lines,
    "",
  ].join("\n");
}
