/**
 * What the model name in an answer says about the model that was asked for.
 *
 * `same`: no information, for a server repeats what it is asked, whatever it runs. `dated`: the alias with a date or
 * revision, as APIs resolve them. `other-version`: another size or version of the same family. `other-name`: another name, of
 * a family that is not known here. `other-family`: a hard signal, a name of another family of models.
 */
export type ServedModel = "unsaid" | "same" | "dated" | "other-version" | "other-name" | "other-family";

/** Families of models by how their names begin (or where one stands as a word). */
const families: readonly (readonly [family: string, pattern: RegExp])[] = [
  ["DeepSeek", /\bdeepseek/],
  ["GPT", /\b(gpt|chatgpt|davinci|babbage|o[1-9]\b)/],
  ["Claude", /\bclaude\b/],
  ["Gemini", /\bgemini/],
  ["Gemma", /\bgemma/],
  ["Llama", /\b(meta-?)?llama/],
  ["Qwen", /\b(qwen|qwq)/],
  ["Mistral", /\b(mistral|mixtral|magistral|codestral|devstral|ministral|pixtral)/],
  ["Grok", /\bgrok\b/],
  ["Cohere", /\b(command-[ra]|command|aya)\b/],
  ["GLM", /\b(glm|chatglm)/],
  ["Kimi", /\b(kimi|moonshot)/],
  ["Phi", /\bphi\b/],
  ["Yi", /\byi\b/],
  ["MiniMax", /\bminimax/],
  ["Nova", /\bnova\b/],
  ["SmolLM", /\bsmollm/],
];

/** A date or revision at the end of a name: -2024-08-06, -20241022, -0613, -001, @20240620, -latest, -05-20. */
const revision =
  /[-_@:.](latest|preview|exp|beta|stable|v?\d{4}-\d{2}-\d{2}|\d{8}|\d{6}|\d{4}|\d{3}|\d{2}-\d{2})$/;

/** Compares a served model's name with the one that was asked for; see `ServedModel`. */
export function servedModel(asked: string, served: string | null): ServedModel {
  if (served === null || served.trim() === "") return "unsaid";
  const [a, s] = [plainName(asked), plainName(served)];
  if (a === s) return "same";
  if (undated(a) === undated(s)) return "dated";
  const [ofAsked, ofServed] = [familyOf(asked), familyOf(served)];
  if (ofAsked === null || ofServed === null) return "other-name";
  return ofAsked === ofServed ? "other-version" : "other-family";
}

/** The name without path, namespace, file ending and routing suffix (`openai/gpt-4o`, `models/x.gguf`, `m:free`), lower case. */
function plainName(name: string): string {
  const last = name.slice(-300).trim().toLowerCase().split(/[/\\]/).at(-1) ?? "";
  return last
    .replace(/\.gguf$/, "")
    .replace(/:(free|nitro|floor|online|extended)$/, "")
    .replace(/^gpt-35/, "gpt-3.5");
}

function undated(name: string): string {
  const shorter = name.replace(revision, "");
  return shorter === name ? name : undated(shorter);
}

/** A distilled model carries two families' names: that of its own weights is the last (deepseek-r1-distill-llama-8b). */
function familyOf(name: string): string | null {
  const text = plainName(name).replaceAll("_", "-");
  const found = families.flatMap(([family, pattern]) => {
    const at = text.search(pattern);
    return at === -1 ? [] : [{ family, at }];
  });
  if (text.includes("distill")) return found.sort((a, b) => b.at - a.at)[0]?.family ?? null;
  return found.sort((a, b) => a.at - b.at)[0]?.family ?? null;
}
