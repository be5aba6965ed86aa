import { createProvider } from "../../src/providers/create-provider.ts";
import type { ProviderOptions, Reply } from "../../src/providers/provider.ts";
import type { Params } from "../../src/schema/probe.ts";
import { type Target, targetSchema } from "../../src/schema/target.ts";
import { type Behaviour, startFaultServer } from "./fault-server.ts";

/** The key that `askServer` gives. */
export const givenKey = "sk-given-0123456789/+abc";

export interface AskChanges {
  readonly target?: Partial<Target>;
  readonly options?: Partial<ProviderOptions>;
  readonly params?: Params;
}

/** Asks a server of the given behaviour once, over a real socket. */
export async function askServer(behave: Behaviour, changes: AskChanges = {}) {
  const server = await startFaultServer(behave);
  const reply = await askAt(server.origin, changes);
  return { reply, server };
}

/** Asks whatever answers at an origin once. */
export async function askAt(origin: string, changes: AskChanges = {}): Promise<Reply> {
  const provider = await createProvider({
    target: targetSchema.parse({
      name: "t",
      api: "openai",
      baseURL: `${origin}/v1`,
      model: "asked-model",
      lab: null,
      params: { max_tokens: 50 },
      ...changes.target,
    }),
    apiKey: givenKey,
    headers: {},
    timeoutMs: 5_000,
    ...changes.options,
  });
  return provider.sample(
    { messages: [{ role: "user", content: "Name a lighthouse keeper." }], params: changes.params ?? {} },
    new AbortController().signal,
  );
}

/** @throws the reply's error */
export function answerOf(reply: Reply) {
  if ("error" in reply) throw reply.error;
  return reply.answer;
}

export function errorOf(reply: Reply) {
  if (!("error" in reply)) throw new Error(`expected an error, got ${JSON.stringify(reply.answer)}`);
  return reply.error;
}
