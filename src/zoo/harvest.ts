import { Agent, request } from "node:http";
import { ProviderError } from "../errors.ts";
import type { TrainingText } from "./language-model.ts";

/** Requests in flight while harvesting. */
const concurrency = 8;

/**
 * Collect a teacher's answers as a distiller would: one chat request a prompt, temperature 1, over HTTP. Answers that
 * were cut off or came out empty are left out, as nobody trains on them.
 *
 * @param onAnswer - called after each answer
 * @throws ProviderError when the server answers anything but 200
 */
export async function harvest(options: {
  readonly baseURL: string;
  readonly model: string;
  readonly prompts: readonly string[];
  readonly maxTokens?: number;
  readonly onAnswer?: () => void;
}): Promise<TrainingText[]> {
  const { baseURL, model, prompts, maxTokens = 120, onAnswer } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const texts: (TrainingText | null)[] = prompts.map(() => null);
  let next = 0;
  async function work(): Promise<void> {
    for (let index = next++; index < prompts.length; index = next++) {
      const prompt = prompts[index] as string;
      const body = {
        model,
        messages: [{ role: "user", content: prompt }],
        temperature: 1,
        max_tokens: maxTokens,
      };
      const answer = await post(`${baseURL}/chat/completions`, JSON.stringify(body), agent);
      if (answer !== null) texts[index] = { prompt, answer };
      onAnswer?.();
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    agent.destroy();
  }
  return texts.filter((text) => text !== null);
}

/** The answer's text; null when it is empty or was cut off. */
function post(url: string, body: string, agent: Agent): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: "POST", agent, headers: { "content-type": "application/json" } },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(parts).toString("utf8");
          if (response.statusCode !== 200) {
            const message = `harvest failed: expected HTTP 200 from ${url}, got ${response.statusCode}`;
            reject(new ProviderError("malformed", message, { status: response.statusCode ?? null }));
            return;
          }
          const choice = (JSON.parse(text) as Answer).choices[0];
          resolve(
            choice?.finish_reason === "stop" && choice.message.content.trim() !== ""
              ? choice.message.content
              : null,
          );
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

interface Answer {
  readonly choices: readonly {
    readonly finish_reason: string;
    readonly message: { readonly content: string };
  }[];
}
