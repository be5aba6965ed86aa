/** An answer apart from the reasoning that came with it. */
export interface SplitText {
  readonly text: string;
  readonly reasoning: string | null;
}

/** Opening tags of reasoning at the start of an answer: most servers', Gemini's, Seed's, Magistral's raw template. */
const openingTag = /^\s*(?:<(think|thinking|thought|seed:think)>|\[THINK\])/;
/** The closing tag whose opening one chat templates put into the prompt. */
const swallowed = "</think>";

/**
 * Takes a reasoning block off the start of an answer: `<think>...</think>answer`, a block that was never closed (the
 * whole text is reasoning), or one whose opening tag the chat template swallowed (`...</think>answer`).
 * A text without such tags is returned as it is.
 */
export function splitThinkTags(content: string): SplitText {
  const opened = openingTag.exec(content);
  const start = opened?.[0].length ?? 0;
  const closing = opened === null ? swallowed : opened[1] === undefined ? "[/THINK]" : `</${opened[1]}>`;
  const end = content.indexOf(closing, start);
  if (end === -1)
    return opened === null
      ? { text: content, reasoning: null }
      : { text: "", reasoning: content.slice(start).trim() };
  if (opened === null && content.slice(0, end).includes("<think>")) return { text: content, reasoning: null };
  return {
    text: content.slice(end + closing.length).replace(/^\s+/, ""),
    reasoning: content.slice(start, end).trim(),
  };
}

/**
 * Reasoning of an OpenAI-shaped message, in the places servers put it: `reasoning_details`, `reasoning_content`,
 * `reasoning`, parts of `content` of the type `thinking` (Mistral); null when there is none.
 */
export function reasoningOf(message: Readonly<Record<string, unknown>>): string | null {
  const details = message.reasoning_details;
  if (Array.isArray(details)) {
    const texts = details.flatMap((detail: unknown) => {
      if (detail === null || typeof detail !== "object") return [];
      const { text, summary } = detail as { text?: unknown; summary?: unknown };
      return [text, summary].filter((part): part is string => typeof part === "string");
    });
    if (texts.length > 0) return texts.join("\n");
  }
  for (const place of [message.reasoning_content, message.reasoning])
    if (typeof place === "string" && place !== "") return place;
  const parts: unknown = message.content;
  return (Array.isArray(parts) ? parts.map(thinkingText).join("") : "") || null;
}

/** Text of a content part of the type `thinking`, whose `thinking` is a string or a list of text parts; else nothing. */
function thinkingText(part: unknown): string {
  if (part === null || typeof part !== "object") return "";
  const { type, thinking } = part as { type?: unknown; thinking?: unknown };
  if (type !== "thinking") return "";
  const inner: unknown[] = Array.isArray(thinking) ? thinking : [thinking];
  return inner.map((one) => (typeof one === "string" ? one : textOf(one))).join("");
}

function textOf(part: unknown): string {
  const text = part !== null && typeof part === "object" ? (part as { text?: unknown }).text : undefined;
  return typeof text === "string" ? text : "";
}
