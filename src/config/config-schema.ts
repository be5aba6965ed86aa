import { z } from "zod";
import { paramsSchema } from "../schema/probe.ts";
import { presetNames } from "./presets.ts";

const targetName = z.string().min(1).max(200);

const connectionSchema = z.strictObject({
  preset: z
    .enum(presetNames)
    .optional()
    .describe(
      "What is known about a kind of server; see docs/endpoints.md. What the target says itself wins",
    ),
  api: z
    .enum(["openai", "openai-completions", "anthropic"])
    .optional()
    .describe(
      "Wire protocol: chat completions, raw completions, or Anthropic's Messages; left out, the preset's",
    ),
  baseURL: z
    .string()
    .optional()
    .describe(`Base URL of the endpoint; left out, the API's own. May hold \${VARIABLE}`),
  model: z.string().min(1).describe("Model name as the endpoint knows it"),
  family: z.string().min(1).optional().describe("The lab that made the model; left out, it is unknown"),
  apiKey: z
    .string()
    .optional()
    .describe(`\${VARIABLE} that holds the key; left out for servers without keys`),
  keyHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, "expected a header name")
    .optional()
    .describe("Header that carries the key alone, as api-key; left out, Authorization: Bearer"),
  query: z
    .record(z.string(), z.string())
    .default({})
    .describe("Query parameters of every request, as api-version; never a key"),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe(`Further HTTP headers; values may hold \${VARIABLE}`),
  batch: z
    .boolean()
    .optional()
    .describe(
      "Whether the endpoint has a batch API like OpenAI's or Anthropic's; left out, only their own hosts are known to",
    ),
  params: paramsSchema
    .default({})
    .describe("Parameters of every request, as named on the wire; they win over a probe's own"),
  rename: z.record(z.string(), z.string()).default({}).describe("Parameter -> the name this endpoint wants"),
  drop: z
    .array(z.string())
    .optional()
    .describe("Parameters this endpoint must not get; given, it replaces the preset's list"),
  extraBody: z.record(z.string(), z.json()).default({}).describe("Merged into every request body as it is"),
});

const limitsSchema = z.strictObject({
  concurrency: z.int().min(1).max(1024).default(8).describe("Requests at once, per origin and key"),
  requestsPerMinute: z.number().positive().optional(),
  tokensPerMinute: z.number().positive().optional(),
  budgetUSD: z
    .number()
    .positive()
    .optional()
    .describe("US dollars that a run may cost as a whole; every price must be known"),
  askAboveUSD: z
    .number()
    .min(0)
    .default(10)
    .describe("A run that may cost more than so many US dollars asks first"),
  timeoutMs: z.int().min(100).max(3_600_000).default(120_000).describe("Wall-clock limit of one attempt"),
  retryMinutes: z
    .number()
    .min(0)
    .max(1440)
    .default(10)
    .describe("How long one sample is tried again before it is given up"),
});

/** `congener.yaml` as it is written, before variables are resolved and names are checked. */
export const configSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, "expected letters, digits and . _ - only, 100 at most")
    .optional()
    .describe("Name of the run: its records go to results/<name>"),
  reference: targetName.describe("The model that may have been copied"),
  suspects: z.array(targetName).min(1).describe("The models under test"),
  controls: z
    .array(targetName)
    .describe(
      "Models known not to descend from the reference: three at least, better ten or more of different labs",
    ),
  baselines: z
    .record(targetName, targetName)
    .default({})
    .describe("Suspect -> an ancestor or sibling base of it"),
  suites: z.array(z.string().min(1)).min(1).default(["core"]).describe("Suites by name or file"),
  samples: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe("Samples a probe and target; left out, the probe's own"),
  seed: z.int().optional().describe("Seed of the order in which samples are asked, and of their wordings"),
  paraphrase: z
    .boolean()
    .optional()
    .describe("Ask each sample in one of its probe's wordings, drawn by the seed; left out, in its own"),
  targets: z
    .record(targetName, connectionSchema)
    .describe("Every endpoint and model, by the name used above"),
  limits: limitsSchema.prefault({}),
  prices: z.string().min(1).optional().describe("File of prices; an unknown price is unknown, never 0"),
});

export type ConfigInput = z.output<typeof configSchema>;
export type Connection = z.output<typeof connectionSchema>;
export type Limits = z.output<typeof limitsSchema>;

/** JSON Schema of `congener.yaml`, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return { title: "congener.yaml", ...z.toJSONSchema(configSchema, { io: "input" }) };
}
