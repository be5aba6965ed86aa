import { z } from "zod";

type Facts = Record<string, string | number | boolean>;

const number = z.number().optional().catch(undefined);
const text = z.string().optional().catch(undefined);
const sampling = z
  .object({ temperature: number, top_k: number, top_p: number, min_p: number })
  .optional()
  .catch(undefined);

const modelsSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      created: number,
      owned_by: text,
      root: text,
      max_model_len: number,
      meta: z
        .object({ n_params: number, n_vocab: number, n_ctx_train: number, size: number, ftype: text })
        .nullish()
        .catch(undefined),
    }),
  ),
});

const propsSchema = z.object({
  model_path: text,
  build_info: text,
  model_ftype: text,
  chat_template: text,
  default_generation_settings: z
    .object({
      n_ctx: number,
      params: sampling,
      temperature: number,
      top_k: number,
      top_p: number,
      min_p: number,
    })
    .optional()
    .catch(undefined),
});

const versionSchema = z.object({ version: z.string() });
const tagsSchema = z.object({
  models: z.array(
    z.object({
      name: text,
      model: text,
      digest: text,
      modified_at: text,
      details: z
        .object({ parameter_size: text, quantization_level: text, family: text })
        .optional()
        .catch(undefined),
    }),
  ),
});

/** What an identity page says, as far as it is understood; nothing where it is another page. */
export function factsOf(path: string, body: string, model: string): Facts {
  const value = parsed(body);
  switch (path) {
    case "/v1/models":
      return modelFacts(value, model);
    case "/props":
      return propsFacts(value);
    case "/version":
    case "/api/version": {
      const { data } = versionSchema.safeParse(value);
      if (data === undefined) return {};
      return { server: path === "/version" ? "vLLM" : "Ollama", version: data.version };
    }
    case "/api/tags": {
      const models = tagsSchema.safeParse(value).data?.models ?? [];
      const mine = models.find(({ name, model: other }) => [name, other].some((one) => sameTag(one, model)));
      return defined({
        digest: mine?.digest,
        modified: mine?.modified_at,
        parameters: mine?.details?.parameter_size,
        quantization: mine?.details?.quantization_level,
        family: mine?.details?.family,
      });
    }
    default:
      return {};
  }
}

function modelFacts(value: unknown, model: string): Facts {
  const { data } = modelsSchema.safeParse(value);
  if (data === undefined) return {};
  const mine =
    data.data.find(({ id }) => id === model) ?? (data.data.length === 1 ? data.data[0] : undefined);
  const created = mine?.created;
  return defined({
    models: data.data.length,
    listed: data.data.some(({ id }) => id === model),
    id: mine?.id,
    ownedBy: mine?.owned_by,
    root: mine?.root,
    created:
      created !== undefined && created > 0 && created < 1e11
        ? new Date(created * 1000).toISOString().slice(0, 10)
        : undefined,
    contextTokens: mine?.max_model_len,
    trainedContextTokens: mine?.meta?.n_ctx_train,
    parameters: mine?.meta?.n_params,
    vocabulary: mine?.meta?.n_vocab,
    bytes: mine?.meta?.size,
    quantization: mine?.meta?.ftype,
  });
}

function propsFacts(value: unknown): Facts {
  const { data } = propsSchema.safeParse(value);
  const settings = data?.default_generation_settings;
  if (data === undefined || (settings === undefined && data.model_path === undefined)) return {};
  // Since the end of 2024 the sampling settings are under `params`.
  const defaults = settings?.params ?? settings;
  return defined({
    server: "llama.cpp",
    version: data.build_info,
    quantization: data.model_ftype,
    // The folder is the server's own affair; the file's name says what is served.
    modelFile: data.model_path?.split(/[/\\]/).at(-1),
    contextTokens: settings?.n_ctx,
    temperature: defaults?.temperature,
    top_k: defaults?.top_k,
    top_p: defaults?.top_p,
    min_p: defaults?.min_p,
    chatTemplate: data.chat_template === undefined ? undefined : templateKind(data.chat_template),
  });
}

/** ChatML is what llama.cpp falls back on where a model brings no template of its own. */
function templateKind(template: string): string {
  if (template.trim() === "") return "none";
  return /<\|im_start\|>/.test(template) ? "ChatML" : "other";
}

const sameTag = (one: string | undefined, model: string) => one === model || one === `${model}:latest`;

/** Without what is not there, and with texts cut: a server may say anything. */
function defined(facts: Record<string, string | number | boolean | undefined>): Facts {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === "string" ? value.slice(0, 200) : value]],
    ),
  );
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
