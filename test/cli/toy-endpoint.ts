import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const nouns = [
  "harbour",
  "lantern",
  "orchard",
  "violin",
  "glacier",
  "kettle",
  "meadow",
  "compass",
  "ribbon",
  "thimble",
];
const verbs = [
  "keeps",
  "mends",
  "follows",
  "forgets",
  "paints",
  "carries",
  "counts",
  "borrows",
  "greets",
  "hides",
];

export interface ToyEndpoint {
  /** With the trailing `/v1`. */
  readonly baseURL: string;
  /** Requests answered so far. */
  requests(): number;
  close(): Promise<void>;
}

/**
 * A real HTTP server that speaks OpenAI's chat protocol: each model has its own fixed taste in words, so that runs are
 * quick and repeatable. It is no language model, and nothing is claimed about its answers.
 *
 * @param onRequest - called with the number of each request, before it is answered
 */
export async function startToyEndpoint(onRequest: (count: number) => void = () => {}): Promise<ToyEndpoint> {
  let requests = 0;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    requests += 1;
    onRequest(requests);
    const { model = "", messages = [] } = JSON.parse(body === "" ? "{}" : body) as {
      model?: string;
      messages?: { content: string }[];
    };
    const prompt = messages.map(({ content }) => content).join("\n");
    response.writeHead(200, { "content-type": "application/json" }).end(
      JSON.stringify({
        id: `toy-${requests}`,
        object: "chat.completion",
        created: 1_700_000_000,
        model,
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: sentence(`${model}|${prompt}|${requests}`, model) },
            finish_reason: "stop",
          },
        ],
        usage: { prompt_tokens: 12, completion_tokens: 20, total_tokens: 32 },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Words drawn by a hash; half of the draws are the model's own pets. */
function sentence(seed: string, model: string): string {
  const draw = [...createHash("sha256").update(seed).digest()];
  const pet = [...createHash("sha256").update(model).digest()];
  const word = (list: readonly string[], at: number) => {
    const source = (draw[at] ?? 0) % 2 === 0 ? pet : draw;
    return list[(source[at + 1] ?? 0) % list.length] ?? "";
  };
  return `The ${word(nouns, 0)} ${word(verbs, 2)} a ${word(nouns, 4)}, and the ${word(nouns, 6)} ${word(verbs, 8)} it.`;
}
