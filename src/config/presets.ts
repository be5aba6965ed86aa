import type { Target } from "../schema/target.ts";

/**
 * What is known about one kind of server, as data: where it is, how it wants the key, which parameters it names otherwise,
 * rejects or ignores. A preset is resolved into the target's plain fields when the configuration is read, and what the
 * user writes wins over it.
 */
export interface Preset {
  readonly api: Exclude<Target["api"], "recorded">;
  /** Null where every user has an address of their own: then `exampleURL` says what it looks like. */
  readonly baseURL: string | null;
  readonly exampleURL?: string;
  /** Header that carries the key alone, instead of `Authorization: Bearer`. */
  readonly keyHeader?: string;
  /** Query parameters of every request. */
  readonly query?: Readonly<Record<string, string>>;
  /** Parameter -> the name that this server wants. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Parameter that is not sent -> why. */
  readonly drop?: Readonly<Record<string, string>>;
  /** Parameter that is sent, for it does no harm, and has no effect -> why. */
  readonly ignores?: Readonly<Record<string, string>>;
  readonly extraBody?: Target["extraBody"];
  /** A gateway in front of many hosts: a target must name the one it means. */
  readonly pinsProvider?: true;
}

const reasoningRejects = "OpenAI's reasoning models reject it unless it has the default value";
const newClaudeRejects =
  "Claude Opus 4.7 and later and Sonnet 5 reject it (400, temperature is deprecated) unless it has the default value";
const thinking = "accepted without effect while the model thinks, which it does by default";
const geminiRejects = "rejected with 400, Unknown name";

/** Presets by the name that `preset:` takes. Sources stand beside each entry. */
export const presets = {
  openai: { api: "openai", baseURL: "https://api.openai.com/v1" },

  // o-series and gpt-5.x: platform.openai.com/docs/guides/reasoning. Its budget also covers the reasoning, so a small
  // max_tokens ends in an empty, truncated answer.
  "openai-reasoning": {
    api: "openai",
    baseURL: "https://api.openai.com/v1",
    // 400 unsupported_parameter: "Use 'max_completion_tokens' instead."
    rename: { max_tokens: "max_completion_tokens" },
    drop: {
      temperature: reasoningRejects,
      top_p: reasoningRejects,
      presence_penalty: reasoningRejects,
      frequency_penalty: reasoningRejects,
      logprobs: "OpenAI's reasoning models reject it",
      top_logprobs: "OpenAI's reasoning models reject it",
      logit_bias: "OpenAI's reasoning models reject it",
      stop: "o3, o4-mini and later reject it",
    },
  },

  // The deployment stands in the URL and `model` is not read; the key goes in `api-key`, and a bearer token would be taken for
  // Entra ID's. 2024-10-21 is the last dated version of this API: learn.microsoft.com/azure/ai-foundry/openai/reference
  azure: {
    api: "openai",
    baseURL: null,
    exampleURL: "https://RESOURCE.openai.azure.com/openai/deployments/DEPLOYMENT",
    keyHeader: "api-key",
    query: { "api-version": "2024-10-21" },
  },
  // Azure's newer address takes the deployment's name as `model` and needs no version.
  "azure-v1": {
    api: "openai",
    baseURL: null,
    exampleURL: "https://RESOURCE.openai.azure.com/openai/v1",
    keyHeader: "api-key",
  },

  // openrouter.ai/docs/features/provider-routing: by default each request may go to another host, at another precision.
  openrouter: {
    api: "openai",
    baseURL: "https://openrouter.ai/api/v1",
    pinsProvider: true,
    extraBody: {
      provider: {
        // An error is better than an answer of another host.
        allow_fallbacks: false,
        // Otherwise parameters that a host does not know are dropped without a word.
        require_parameters: true,
      },
    },
  },

  // docs.together.ai/docs/logprobs: `logprobs` is the number of alternatives, and top_logprobs is not read. Renaming the one and
  // leaving the other out turns OpenAI's pair into it.
  together: {
    api: "openai",
    baseURL: "https://api.together.xyz/v1",
    rename: { top_logprobs: "logprobs" },
    drop: { logprobs: "Together wants the number of alternatives here, which top_logprobs gives" },
  },

  // console.groq.com/docs/openai: 400 for these. A temperature of 0 becomes 1e-8 there.
  groq: {
    api: "openai",
    baseURL: "https://api.groq.com/openai/v1",
    drop: {
      logprobs: "rejected with 400",
      top_logprobs: "rejected with 400",
      logit_bias: "rejected with 400",
    },
  },

  // api-docs.deepseek.com/guides/thinking_mode
  deepseek: {
    api: "openai",
    baseURL: "https://api.deepseek.com/v1",
    ignores: {
      temperature: thinking,
      top_p: thinking,
      presence_penalty: thinking,
      frequency_penalty: thinking,
    },
  },

  // ai.google.dev/gemini-api/docs/openai. The rejected names are from reports of its users (github.com/Vali-98/ChatterUI/issues/227,
  // n4ze3m/page-assist/issues/418, MinLL/SkyrimNet-GamePlugin/issues/77).
  gemini: {
    api: "openai",
    baseURL: "https://generativelanguage.googleapis.com/v1beta/openai",
    drop: {
      seed: geminiRejects,
      frequency_penalty: geminiRejects,
      presence_penalty: geminiRejects,
      top_k: geminiRejects,
      logit_bias: geminiRejects,
    },
  },

  // Local servers: they reject next to nothing. vLLM takes sampling defaults from the model's generation_config.json unless
  // it is started with --generation-config vllm; llama.cpp's are 0.8, top_k 40, top_p 0.95, min_p 0.05.
  vllm: { api: "openai", baseURL: "http://127.0.0.1:8000/v1", ignores: { user: "not read" } },
  sglang: { api: "openai", baseURL: "http://127.0.0.1:30000/v1" },
  "llama.cpp": { api: "openai", baseURL: "http://127.0.0.1:8080/v1" },
  // docs.ollama.com/api/openai-compatibility
  ollama: {
    api: "openai",
    baseURL: "http://127.0.0.1:11434/v1",
    ignores: { logit_bias: "not supported", user: "not supported" },
  },
  // lmstudio.ai/docs: logprobs of chat completions are null.
  "lm-studio": {
    api: "openai",
    baseURL: "http://127.0.0.1:1234/v1",
    ignores: { logprobs: "answered with null", top_logprobs: "answered with null" },
  },

  anthropic: { api: "anthropic", baseURL: "https://api.anthropic.com" },
  // docs.claude.com, what is new in Claude 4.7: a probe's or a study's common temperature would end the target.
  "anthropic-default-sampling": {
    api: "anthropic",
    baseURL: "https://api.anthropic.com",
    drop: { temperature: newClaudeRejects, top_p: newClaudeRejects, top_k: newClaudeRejects },
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof presets;

/** Names for `preset:`, in the order of the table. */
export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];
