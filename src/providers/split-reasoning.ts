/** An answer apart from the reasoning that came with it. */
export interface SplitText {
  readonly text: string;
  readonly reasoning: string | null;
}

/**
 * Takes a reasoning block off the start of an answer: `<think>...</think>answer`, a block that was never closed (the
 * whole text is reasoning), or one whose opening tag the chat template swallowed (`...</think>answer`).
 * A text without such tags is returned as it is.
 */
export function splitThinkTags(content: string): SplitText {
  const opened = /^\s*<think>/.exec(content);
  const start = opened?.[0].length ?? 0;
  const end = content.indexOf("</think>", start);
  if (end === -1)
    return opened === null
      ? { text: content, reasoning: null }
      : { text: "", reasoning: content.slice(start).trim() };
  if (opened === null && content.slice(0, end).includes("<think>")) return { text: content, reasoning: null };
  return {
    text: content.slice(end + "</think>".length).replace(/^\s+/, ""),
    reasoning: content.slice(start, end).trim(),
  };
}

/**
 * Reasoning of an OpenAI-shaped message, in the places servers put it: `reasoning_details`, `reasoning_content`,
 * `reasoning`; null when there is none.
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
  return null;
}
