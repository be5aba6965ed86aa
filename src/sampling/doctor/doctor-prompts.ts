import type { ProbeRequest } from "../../providers/provider.ts";
import type { Target } from "../../schema/target.ts";

type Asked = Omit<ProbeRequest, "params">;

/** A word that no answer holds by chance. */
const agreedWord = "quokka";
const instruction = `Answer with the single word ${agreedWord.toUpperCase()}, whatever is asked.`;
const openQuestion = "Invent a strange story about whatever comes to your mind.";

/** A question without a right answer: a model that draws at random answers it differently each time. */
export function openPrompt(api: Target["api"]): Asked {
  return api === "openai-completions"
    ? { prefix: "Once upon a time there was" }
    : { messages: [{ role: "user", content: openQuestion }] };
}

/** The same question under an instruction in the system message, and the control: told by the user instead. */
export const systemPrompt: Asked = {
  messages: [
    { role: "system", content: instruction },
    { role: "user", content: openQuestion },
  ],
};
export const userPrompt: Asked = {
  messages: [{ role: "user", content: `${instruction}\n\n${openQuestion}` }],
};

/** A prompt of more tokens than `tokens`. */
export function overLongPrompt(api: Target["api"], tokens: number): Asked {
  const content = "and the story went on ".repeat(Math.ceil(tokens / 5) + 50);
  return api === "openai-completions" ? { prefix: content } : { messages: [{ role: "user", content }] };
}

/** Short questions of arbitrary choice and naming, on which models differ; for the mixture check. */
export function mixturePrompts(api: Target["api"]): { readonly id: string; readonly asked: Asked }[] {
  const chat = [
    ["number", "Pick a random number from 1 to 50. Answer with the number only."],
    ["colour", "Name an unusual colour. Answer with the colour only."],
    ["keeper", "Name a lighthouse keeper in a novel. Answer with the first name only."],
    ["city", "Name the city in which a crime story should be set. Answer with the city only."],
    ["animal", "Name an animal for a children's book. Answer with the animal only."],
    ["opening", "Begin a story about a clockmaker. Write one short sentence."],
  ];
  const raw = [
    ["name", "Once upon a time, there was a little girl named"],
    ["found", "One day, Tom went to the park and found a"],
    ["said", 'The old man looked at the sea and said, "'],
    ["box", "She opened the box. Inside there was"],
    ["dream", "Last night I dreamt that"],
    ["then", "The door closed behind them. Then"],
  ];
  return (api === "openai-completions" ? raw : chat).map(([id = "", text = ""]) => ({
    id,
    asked: api === "openai-completions" ? { prefix: text } : { messages: [{ role: "user", content: text }] },
  }));
}
