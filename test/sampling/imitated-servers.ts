import type { ServerResponse } from "node:http";
import { chatBody, type SeenRequest, sendJson, startFaultServer } from "../providers/fault-server.ts";

/** Words of a model that draws at random, or by seed; greedy at temperature 0. */
const words =
  "amber bridge candle drift ember forest glass harbour island juniper kettle lantern meadow needle orchard".split(
    " ",
  );

function draw(seed: number): () => number {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What an imitated model takes from a request. */
export interface Settings {
  readonly temperature?: boolean;
  readonly top_p?: boolean;
  readonly seed?: boolean;
  readonly stop?: boolean;
  readonly limit?: boolean;
  readonly system?: boolean;
  /** Words of its own. */
  readonly words?: readonly string[];
}

let asked = 0;

/** A text as a model that heeds `settings` would write it: twelve words, one a token. */
export function writes(
  body: SeenRequest["body"],
  settings: Settings,
): { text: string; cut: boolean; tokens: number } {
  const messages: { role: string; content: string }[] = body.messages ?? [];
  const told = messages
    .filter(({ role }) => role !== "system" || settings.system)
    .map(({ content }) => content)
    .join(" ");
  const greedy =
    (settings.temperature && body.temperature === 0) || (settings.top_p && (body.top_p ?? 1) < 0.1);
  const random = draw(greedy ? 0 : settings.seed && body.seed !== undefined ? body.seed : 1000 + ++asked);
  const vocabulary = settings.words ?? words;
  const said = told.includes("QUOKKA")
    ? ["QUOKKA"]
    : Array.from({ length: 12 }, () => vocabulary[Math.floor(random() * vocabulary.length)] as string);
  const limit = settings.limit ? (body.max_tokens ?? body.max_completion_tokens ?? 99) : 99;
  let text = said.slice(0, limit).join(" ");
  const stop: string[] = settings.stop ? [body.stop ?? body.stop_sequences ?? []].flat() : [];
  for (const end of stop) text = text.split(end)[0] as string;
  return { text, cut: said.length > limit, tokens: Math.min(limit, said.length) };
}

export const everything: Settings = {
  temperature: true,
  top_p: true,
  seed: true,
  stop: true,
  limit: true,
  system: true,
};

/** A chat completion of what such a model writes. */
export function chatAnswer(body: SeenRequest["body"], settings: Settings, changes: object = {}) {
  const { text, cut, tokens } = writes(body, settings);
  const seen = (body.messages ?? []).filter(
    ({ role }: { role: string }) => role !== "system" || settings.system,
  );
  const promptTokens = seen.map(({ content }: { content: string }) => content.split(" ").length);
  return chatBody(text, {
    choice: { finish_reason: cut ? "length" : "stop" },
    body: {
      model: body.model,
      usage: {
        prompt_tokens: promptTokens.reduce((sum: number, size: number) => sum + size, 0),
        completion_tokens: tokens,
      },
      ...changes,
    },
  });
}

export const refuse = (
  response: ServerResponse,
  status: number,
  message: string,
  param: string | null = null,
) => sendJson(response, status, { error: { message, type: "invalid_request_error", param, code: null } });

/** A server that answers POSTs as told, and GETs from `pages`, else with 404. */
export function startEndpoint(
  answer: (body: SeenRequest["body"], response: ServerResponse, request: SeenRequest) => void | Promise<void>,
  pages: Readonly<Record<string, unknown>> = {},
) {
  return startFaultServer(async (request, response) => {
    if (request.method === "POST") return answer(request.body, response, request);
    const page = pages[request.path];
    if (page === undefined) sendJson(response, 404, { error: "not found" });
    else sendJson(response, 200, page);
  });
}
