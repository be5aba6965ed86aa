// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration look like that

/** A `congener.yaml` that is valid as it stands. @param schema - address of its JSON Schema, for editors */
export function configTemplate(schema: string): string {
  return `# yaml-language-server: $schema=${schema}
name: my-study
reference: claude            # the model that may have been copied
suspects: [acme-chat]        # the models under test
controls: [gpt, gemini, mistral, deepseek]   # of other labs than the reference: three at least, better ten or more
suites: [quick]              # quick, core, or a file of your own
samples: 10                  # a probe and target

targets:
  # Keys come from the environment (or --env-file). Only what stands under params is sent.
  claude:
    api: anthropic
    model: claude-sonnet-4-5
    family: anthropic        # the lab
    apiKey: "\${ANTHROPIC_API_KEY}"
    params: { max_tokens: 1000 }
  acme-chat:
    api: openai              # chat completions; openai-completions for raw ones
    baseURL: "http://127.0.0.1:8000/v1"
    model: acme-chat
    family: acme
    # apiKey: "\${ACME_API_KEY}"
  gpt:
    api: openai
    model: gpt-4.1-mini
    family: openai
    apiKey: "\${OPENAI_API_KEY}"
  # What is known about a server is a preset; see docs/endpoints.md. OpenRouter's wants one provider named.
  gemini: &openrouter
    preset: openrouter
    model: google/gemini-2.5-flash
    family: google
    apiKey: "\${OPENROUTER_API_KEY}"
    extraBody: { provider: { only: [google-vertex] } }
  mistral:
    <<: *openrouter
    model: mistralai/mistral-medium-3.1
    family: mistral
    extraBody: { provider: { only: [mistral] } }
  deepseek:
    <<: *openrouter
    model: deepseek/deepseek-chat-v3.1
    family: deepseek
    extraBody: { provider: { only: [deepseek] } }

limits: { concurrency: 8, timeoutMs: 120000 }   # per origin and key
`;
}

/** Names of the keys that the template uses. */
export const envTemplate = `# Copy to .env, fill in, and keep it out of version control.
ANTHROPIC_API_KEY=
OPENAI_API_KEY=
OPENROUTER_API_KEY=
# ACME_API_KEY=
`;
