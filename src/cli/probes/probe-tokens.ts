import { promptText } from "../../probes/prompt-text.ts";
import { probeHash } from "../../schema/identity.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { RankedProbe } from "../../schema/ranking.ts";
import { readTranscripts } from "../../store/read-transcripts.ts";

const bytesPerToken = 4;

/** Mean tokens of a sample by content hash of the probe, over some targets of a run. */
export async function probeTokens(
  dir: string,
  manifest: Manifest,
  targets: readonly string[],
): Promise<Map<string, RankedProbe["tokens"]>> {
  const prompts = new Map(
    manifest.suites.flatMap(({ probes }) =>
      probes.map((probe) => [probeHash(probe), tokensOf(promptText(probe))] as const),
    ),
  );
  const sums = new Map<string, { samples: number; input: number; output: number; estimated: boolean }>();
  for (const target of targets)
    for await (const { probeHash: hash, usage, text } of readTranscripts(dir, target)) {
      const sum = sums.get(hash) ?? { samples: 0, input: 0, output: 0, estimated: false };
      const [input, output] = [usage?.inputTokens ?? null, usage?.outputTokens ?? null];
      sums.set(hash, {
        samples: sum.samples + 1,
        input: sum.input + (input ?? prompts.get(hash) ?? 0),
        output: sum.output + (output ?? (typeof text === "string" ? tokensOf(text) : 0)),
        estimated: sum.estimated || input === null || output === null,
      });
    }
  return new Map(
    [...sums].map(([hash, { samples, input, output, estimated }]) => [
      hash,
      { input: input / samples, output: output / samples, estimated },
    ]),
  );
}

const tokensOf = (text: string) => Math.ceil(Buffer.byteLength(text) / bytesPerToken);
