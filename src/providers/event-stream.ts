import { createParser } from "eventsource-parser";

/** The events of a streamed answer, in order. */
export interface EventStream {
  /** JSON values of the events' data. */
  readonly items: readonly unknown[];
  /** Whether the stream said `[DONE]`. */
  readonly done: boolean;
}

/** A protocol's way to put a stream together into the body that the same answer has without one. */
export type AssembleStream = (
  stream: EventStream,
) => { readonly body: unknown } | { readonly malformed: string };

/** Whether a body is a stream of server-sent events, whatever its content type says: JSON begins with no field name. */
export function isEventStream(body: string): boolean {
  return /^\uFEFF?\s*(?:data|event|id|retry)?:/.test(body);
}

/**
 * Reads a stream of server-sent events that came in as a whole.
 *
 * Proxies that try again send events twice. An event with the SSE id of an earlier one is left out, and a stream in which
 * every event comes exactly twice in a row is read once. A single repetition without an id stays: nothing tells it from
 * a token that the model said twice.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function readEventStream(body: string): EventStream | { readonly malformed: string } {
  const data: string[] = [];
  const ids = new Set<string>();
  let done = false;
  const parser = createParser({
    onEvent: (event) => {
      if (event.id !== undefined && event.id !== "") {
        if (ids.has(event.id)) return;
        ids.add(event.id);
      }
      if (event.data.trim() === "[DONE]") done = true;
      else if (event.data.trim() !== "") data.push(event.data);
    },
  });
  parser.feed(body);
  // Servers often leave out the blank line after the last event.
  parser.feed("\n\n");
  const items: unknown[] = [];
  for (const text of withoutDoubling(data))
    try {
      items.push(JSON.parse(text));
    } catch {
      return { malformed: `event ${items.length + 1} of the stream is no JSON` };
    }
  return { items, done };
}

function withoutDoubling(data: readonly string[]): readonly string[] {
  const doubled =
    data.length >= 4 && data.length % 2 === 0 && data.every((text, at) => text === data[at - (at % 2)]);
  return doubled ? data.filter((_, at) => at % 2 === 0) : data;
}

/** What a stream is called that ended without saying so. */
export const brokenOff = (expected: string): { readonly malformed: string } => ({
  malformed: `the stream of events broke off before the answer was complete (no ${expected})`,
});
