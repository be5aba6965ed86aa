import type { DoctorNote, Examination, ParameterFinding } from "../../schema/doctor.ts";
import { answersTo, different, errorWords, repliesTo } from "./replies.ts";
import { openTexts } from "./variety-findings.ts";

/** Facts of all identity pages together; the first page that says something wins. */
export function pageFacts({ pages }: Examination): Readonly<Record<string, string | number | boolean>> {
  return Object.assign({}, ...pages.map(({ facts }) => facts).reverse());
}

/** What to know about an endpoint besides its parameters. Texts may quote the server. */
export function endpointNotes(
  examination: Examination,
  parameters: readonly ParameterFinding[],
): DoctorNote[] {
  const facts = pageFacts(examination);
  const notes: DoctorNote[] = [];
  const note = (code: string, message: string, advice: string) => notes.push({ code, message, advice });
  const verdictOf = (name: string) => parameters.find(({ parameter }) => parameter === name)?.verdict;
  const answers = examination.replies.filter(({ error }) => error === null);

  if (examination.shortKey)
    note(
      "short-key",
      "the key has fewer than 12 characters, so that what is written is not scanned for it",
      "use it for servers that take any key only",
    );
  const cold = answersTo(examination, "temperature-0").map(({ text }) => text);
  const drawn = openTexts(examination);
  if (drawn.length >= 4 && different(drawn) === 1)
    note(
      "answers-do-not-vary",
      `all ${drawn.length} answers to an open question are the same`,
      "repeated samples of this target count as one: ask for a higher temperature, or samples: 1",
    );
  else if (verdictOf("temperature") === "accepted" && different(cold) > 1)
    note(
      "temperature-0-varies",
      `temperature 0 does not repeat itself: ${different(cold)} different of ${cold.length} answers`,
      "its arithmetic is not repeatable, or several backends answer; see --mixture",
    );
  if (answers.some(({ reasoned }) => reasoned))
    note(
      "reasons-first",
      "it reasons before it answers, and short limits leave nothing for the answer",
      "give its max_tokens room for the reasoning, or turn reasoning off in extraBody",
    );
  for (const [code, name, values] of [
    [
      "several-fingerprints",
      "system fingerprints",
      answers.map(({ systemFingerprint }) => systemFingerprint),
    ],
    ["several-providers", "hosts", answers.map(({ provider }) => provider)],
  ] as const) {
    const named = [...new Set(values.filter((value) => value !== null))];
    if (named.length > 1)
      note(
        code,
        `${answers.length} answers came from ${named.length} ${name}: ${named.slice(0, 6).join(", ")}`,
        "several backends may answer: pin one in extraBody where the gateway allows it, and see --mixture",
      );
  }
  samplingNotes(examination, facts, note);
  const long = repliesTo(examination, "over-long")[0];
  const context = facts.contextTokens;
  if (long !== undefined && typeof context === "number")
    if (long.error === null)
      note(
        "prompt-cut",
        `a prompt longer than its context of ${context} tokens was answered, not refused${
          long.usage?.inputTokens == null ? "" : ` (${long.usage.inputTokens} tokens by its own count)`
        }: it is cut silently`,
        "keep prompts and max_tokens well below the context",
      );
  return notes;
}

function samplingNotes(
  examination: Examination,
  facts: ReturnType<typeof pageFacts>,
  note: (code: string, message: string, advice: string) => void,
): void {
  if (narrowedDefaults(facts).length > 0)
    note(
      "default-sampling",
      `where a request does not say, this server takes ${narrowedDefaults(facts).join(", ")}: its answers are not the model's own distribution`,
      "name them, as the suggested configuration does",
    );
  if (facts.server === "vLLM" || facts.ownedBy === "vllm")
    note(
      "default-sampling",
      "vLLM takes sampling defaults from the model's generation_config.json unless it was started with --generation-config vllm",
      "name temperature, top_p, top_k and min_p for every target",
    );
  if (facts.server === "Ollama")
    note(
      "ollama",
      "Ollama cuts prompts silently at its context, which the API cannot set, and any model can be copied to any name",
      "compare the digest with the one you expect",
    );
  const refusal = examination.replies.find(({ error }) => /chat.?template/i.test(error?.message ?? ""));
  if (refusal?.error)
    note(
      "no-chat-template",
      `it says of the chat template: ${errorWords(refusal.error.message)}`,
      "ask a base model with api: openai-completions",
    );
  else if (examination.target.api === "openai" && facts.chatTemplate === "none")
    note(
      "no-chat-template",
      "the model brings no chat template: the server makes one up",
      "ask it with api: openai-completions, unless the template is the one it was trained with",
    );
  else if (examination.target.api === "openai" && facts.chatTemplate === "ChatML")
    note(
      "chat-template-chatml",
      "its chat template is ChatML, which llama.cpp also takes where a model brings none",
      "if the model was not trained on ChatML, ask it with api: openai-completions",
    );
}

/** The defaults of a llama.cpp server that cut or sharpen the distribution. */
export function narrowedDefaults(facts: ReturnType<typeof pageFacts>): string[] {
  const neutral = { temperature: 1, top_k: 0, top_p: 1, min_p: 0 };
  return Object.entries(neutral).flatMap(([name, value]) => {
    const own = facts[name];
    return typeof own === "number" && Math.abs(own - value) > 1e-6
      ? [`${name} ${Number(own.toFixed(4))}`]
      : [];
  });
}
