import { z } from "zod";
import { type AssembleStream, brokenOff } from "./event-stream.ts";
import { holdsError } from "./openai-shape.ts";

const eventSchema = z.looseObject({
  type: z.string(),
  index: z.int().min(0).optional(),
  message: z.looseObject({}).optional(),
  content_block: z
    .looseObject({ type: z.string(), text: z.string().optional(), thinking: z.string().optional() })
    .optional(),
  delta: z
    .looseObject({
      text: z.string().optional(),
      thinking: z.string().optional(),
      stop_reason: z.string().nullish(),
    })
    .optional(),
  usage: z.looseObject({}).nullish(),
});

/**
 * The body of a message from its events. Complete with `message_stop` or a stop reason; an error inside becomes the body.
 * @see https://docs.claude.com/en/docs/build-with-claude/streaming
 */
export const assembleAnthropicStream: AssembleStream = ({ items }) => {
  let message: Record<string, unknown> | null = null;
  let stopReason: string | null = null;
  let stopped = false;
  let usage: object = {};
  const blocks = new Map<number, { type: string; text: string; thinking: string }>();
  for (const item of items) {
    if (holdsError(item)) return { body: item };
    const parsed = eventSchema.safeParse(item);
    if (!parsed.success) return { malformed: "an event of the stream does not fit the API" };
    const event = parsed.data;
    const index = event.index ?? 0;
    if (event.type === "message_start") {
      if (message !== null) return { malformed: "the stream of events begins twice" };
      message = event.message ?? {};
      usage = { ...(message.usage as object | undefined) };
    } else if (event.type === "content_block_start") {
      if (blocks.has(index)) return { malformed: `block ${index} of the stream begins twice` };
      const { type = "", text = "", thinking = "" } = event.content_block ?? {};
      blocks.set(index, { type, text, thinking });
    } else if (event.type === "content_block_delta") {
      const block = blocks.get(index);
      if (block === undefined) return { malformed: `block ${index} of the stream has no beginning` };
      block.text += event.delta?.text ?? "";
      block.thinking += event.delta?.thinking ?? "";
    } else if (event.type === "message_delta") {
      stopReason = event.delta?.stop_reason ?? stopReason;
      usage = { ...usage, ...event.usage };
    } else if (event.type === "message_stop") stopped = true;
  }
  if (message === null || (!stopped && stopReason === null)) return brokenOff("stop_reason, no message_stop");
  const content = [...blocks].sort(([a], [b]) => a - b).map(([, block]) => block);
  return { body: { ...message, content, stop_reason: stopReason ?? message.stop_reason, usage } };
};
