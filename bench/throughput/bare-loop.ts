/**
 * What anyone would write who wants answers and nothing else: the openai SDK in a p-limit loop, storing nothing.
 * Run: tsx bench/throughput/bare-loop.ts ORIGIN REQUESTS CONCURRENCY
 */
import OpenAI from "openai";
import pLimit from "p-limit";

const [origin, requests, concurrency] = process.argv.slice(2);
const client = new OpenAI({ apiKey: "none", baseURL: `${origin}/v1`, maxRetries: 0 });
const limit = pLimit(Number(concurrency));
let characters = 0;
await Promise.all(
  Array.from({ length: Number(requests) }, (_, i) =>
    limit(async () => {
      const completion = await client.chat.completions.create({
        model: "bench",
        messages: [{ role: "user", content: `Question ${i % 200}: name a lighthouse keeper in a novel.` }],
        max_tokens: 60,
      });
      characters += completion.choices[0]?.message.content?.length ?? 0;
    }),
  ),
);
if (characters === 0) throw new Error("no answers came");
