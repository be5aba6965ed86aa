import { z } from "zod";
import { paramsSchema } from "./probe.ts";

export const apiSchema = z.enum(["openai", "openai-completions", "anthropic", "recorded"]);

/**
 * One endpoint, model and parameters, as it is kept in the manifest: never a key, never a header value.
 * `recorded` marks answers that were imported rather than asked for.
 */
export const targetSchema = z.strictObject({
  name: z.string().min(1).max(200),
  api: apiSchema,
  /** Base URL of the endpoint without user, password, query or fragment; null where the API's own default holds or for `recorded`. */
  baseURL: z.string().nullable(),
  model: z.string().min(1),
  /** Who made the model; null is unknown. */
  lab: z.string().nullable(),
  params: paramsSchema,
  rename: z.record(z.string(), z.string()).default({}),
  drop: z.array(z.string()).default([]),
  extraBody: z.record(z.string(), z.json()).default({}),
  /** Query parameters of every request; absent where there are none. */
  query: z.record(z.string(), z.string()).optional(),
  /** Header that carries the key alone; absent where it goes as the API's own SDK sends it. */
  keyHeader: z.string().optional(),
});

/** One endpoint, model and parameters; see `targetSchema`. */
export type Target = z.output<typeof targetSchema>;
