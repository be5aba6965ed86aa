import { type AssembleStream, brokenOff } from "./event-stream.ts";
import { holdsError } from "./openai-shape.ts";

type Fields = Record<string, unknown>;

/**
 * The body of a chat or raw completion from its chunks: texts, reasoning and refusal joined, log-probabilities in a row, the last
 * `model`, `usage` and `finish_reason` that are said. Choices but the first are left out. A stream is complete when it
 * gave a finish reason or `[DONE]`; an error inside it becomes the body.
 */
export const assembleOpenAIStream: AssembleStream = ({ items, done }) => {
  const body: Fields = {};
  const choice: Fields = {};
  let begun = false;
  let finished = false;
  for (const item of items) {
    if (!isFields(item)) return { malformed: "an event of the stream is no object" };
    if (holdsError(item)) return { body: item };
    const { choices, ...envelope } = item;
    assignSaid(body, envelope);
    for (const piece of Array.isArray(choices) ? choices : []) {
      if (!isFields(piece) || (piece.index ?? 0) !== 0) continue;
      begun = true;
      const { delta, message, finish_reason: reason, ...rest } = piece;
      const isLast = typeof reason === "string" && reason !== "";
      const said = isFields(delta) ? delta : isFields(message) ? message : {};
      if (finished && !isLast && [said.content, rest.text].some((text) => typeof text === "string" && text))
        return { malformed: "the stream of events goes on with text after the end of the answer" };
      if (isLast) {
        finished = true;
        choice.finish_reason = reason;
      }
      append(choice, rest);
      choice.message = append((choice.message as Fields | undefined) ?? {}, said);
    }
  }
  if (!finished && !done) return brokenOff("finish_reason, no [DONE]");
  return { body: { ...body, choices: begun ? [choice] : [] } };
};

/** Fields that name something, so that a repetition replaces instead of going on. */
const names = new Set(["role", "type", "id", "index", "format", "object"]);

/** Adds a piece to what came before it: texts are joined, lists continued (by `index` where items have one), the rest replaced. */
function append(whole: Fields, piece: Fields): Fields {
  for (const [key, value] of Object.entries(piece)) {
    const before = whole[key];
    if (value === null || value === undefined) whole[key] ??= null;
    else if (typeof value === "string" && typeof before === "string" && !names.has(key))
      whole[key] = before + value;
    else if (Array.isArray(value) && Array.isArray(before)) whole[key] = appendItems(before, value);
    else if (isFields(value) && isFields(before)) whole[key] = append(before, value);
    else set(whole, key, value);
  }
  return whole;
}

function appendItems(before: readonly unknown[], pieces: readonly unknown[]): unknown[] {
  const items = [...before];
  for (const piece of pieces) {
    const at = isFields(piece) && typeof piece.index === "number" ? piece.index : null;
    const same = at === null ? -1 : items.findIndex((item) => isFields(item) && item.index === at);
    if (same === -1) items.push(piece);
    else items[same] = append({ ...(items[same] as Fields) }, piece as Fields);
  }
  return items;
}

/** Later values win where they say something: Azure's first chunk names an empty model. */
function assignSaid(body: Fields, envelope: Fields): void {
  for (const [key, value] of Object.entries(envelope))
    if (value !== null && value !== undefined && value !== "") set(body, key, value);
}

/** Sets an own field, whatever its name: an assignment to `__proto__` would change the object's prototype. */
function set(fields: Fields, key: string, value: unknown): void {
  Object.defineProperty(fields, key, { value, enumerable: true, writable: true, configurable: true });
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
