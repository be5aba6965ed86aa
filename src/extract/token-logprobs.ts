import { z } from "zod";

/** One generated token with the most probable tokens at its place. */
export interface TokenChoice {
  readonly token: string;
  /** Listed token -> probability in [0, 1], as the endpoint reports it; the list is cut after a few. */
  readonly listed: ReadonlyMap<string, number>;
}

/** Tokens at the start of a response that are read. */
const positionsRead = 8;
/** Longest list of alternatives that any API gives. */
const alternativesRead = 20;

const logprob = z.number().max(1e-3);
const chatLogprobs = z.object({
  content: z.array(
    z.object({
      token: z.string(),
      top_logprobs: z
        .array(z.object({ token: z.string(), logprob }))
        .catch([])
        .default([]),
    }),
  ),
});
const rawLogprobs = z.object({
  tokens: z.array(z.string()),
  top_logprobs: z.array(z.record(z.string(), logprob).nullable()).nullable().catch(null).default(null),
});
const bodySchema = z.object({
  choices: z.tuple(
    [z.object({ logprobs: z.union([chatLogprobs, rawLogprobs]).nullable().default(null) })],
    z.unknown(),
  ),
});

/**
 * The first tokens of a response with the alternatives listed for each: OpenAI's chat completions
 * (`logprobs.content[].top_logprobs`) and raw completions (`logprobs.top_logprobs`). At most 8 tokens of 20 alternatives.
 *
 * Word-start marks that some servers leave in (`Ġ`, `▁`) become spaces, and the first token loses its leading ones, which
 * depend on the chat template rather than on the model. Strings that thereby become equal add up.
 *
 * @returns null where the body is no such response or lists no alternatives
 */
export function tokenLogprobs(body: string): readonly TokenChoice[] | null {
  const logprobs = parse(body);
  if (logprobs === null) return null;
  const places =
    "content" in logprobs
      ? logprobs.content.slice(0, positionsRead).map(({ token, top_logprobs }) => ({
          token,
          top: top_logprobs.map((one) => [one.token, one.logprob] as const),
        }))
      : logprobs.tokens
          .slice(0, positionsRead)
          .map((token, at) => ({ token, top: Object.entries(logprobs.top_logprobs?.[at] ?? {}) }));
  if ((places[0]?.top.length ?? 0) === 0) return null;
  return places.map(({ token, top }, at) => {
    const listed = new Map<string, number>();
    const best = [...top].sort((first, second) => second[1] - first[1]).slice(0, alternativesRead);
    for (const [text, value] of best) {
      const key = spelling(text, at);
      listed.set(key, (listed.get(key) ?? 0) + Math.min(1, Math.exp(value)));
    }
    return { token: spelling(token, at), listed };
  });
}

function parse(body: string): z.output<typeof bodySchema>["choices"][0]["logprobs"] {
  try {
    return bodySchema.safeParse(JSON.parse(body)).data?.choices[0].logprobs ?? null;
  } catch {
    return null;
  }
}

function spelling(token: string, at: number): string {
  const plain = token.replace(/^[Ġ▁]/u, " ");
  return at === 0 ? plain.trimStart() || plain : plain;
}
