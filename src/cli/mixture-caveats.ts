import { backendMixture, mixtureLevel } from "../analysis/backend-mixture.ts";
import type { Analysis, Caveat } from "../schema/analysis.ts";
import type { BackendSample } from "../schema/backend-mixture.ts";
import { seededRandom } from "../schema/random.ts";
import { readTranscripts } from "../store/read-transcripts.ts";

/** Answers of one target that are looked at, at most. */
const mostSamples = 20_000;

/**
 * The caveat where a recorded target answered as several backends would; none where that was not detected, or where the
 * answers were imported and tell nothing of who gave them.
 *
 * @param targets - names of the suspect and the reference; Bonferroni over them
 */
async function mixtureCaveats(
  dir: string,
  targets: readonly string[],
  seed: number,
): Promise<ReadonlyMap<string, Caveat>> {
  const caveats = new Map<string, Caveat>();
  const names = new Set(targets);
  const level = mixtureLevel / names.size;
  // Enough for the smallest p-value to pass Holm's correction.
  const permutations = Math.min(19_999, Math.max(1_999, 1_000 * names.size));
  for (const target of names) {
    const samples = await backendSamples(dir, target);
    const { verdict, sentence } = backendMixture(samples, {
      random: seededRandom(seed),
      inTurn: false,
      permutations,
      level,
    });
    if (verdict === "declared" || verdict === "indicated")
      caveats.set(target, {
        code: "backend-mixture",
        message: `${target}: ${sentence}`,
        advice:
          "Pin one host and quantisation in extraBody where the gateway allows it, ask anew, and see congener doctor --mixture; a mixture weakens every likeness.",
      });
  }
  return caveats;
}

/** The analysis with those caveats at the suspects they concern; that of the reference at every suspect. */
export async function withMixtureCaveats(dir: string, analysis: Analysis): Promise<Analysis> {
  const { reference, suspects, seed } = analysis;
  const caveats = await mixtureCaveats(dir, [reference, ...suspects.map(({ name }) => name)], seed);
  if (caveats.size === 0) return analysis;
  return {
    ...analysis,
    suspects: suspects.map((suspect) => ({
      ...suspect,
      caveats: [...suspect.caveats, ...[suspect.name, reference].flatMap((name) => caveats.get(name) ?? [])],
    })),
  };
}

async function backendSamples(dir: string, target: string): Promise<BackendSample[]> {
  const samples: BackendSample[] = [];
  for await (const line of readTranscripts(dir, target)) {
    const { text, outcome, probe, wording, startedAt, usage } = line;
    if (outcome !== "ok" || typeof text !== "string") continue;
    const { servedModel, systemFingerprint, provider, latencyMs } = line;
    samples.push({
      probe: `${probe} ${wording}`,
      // Longer beginnings are not compared.
      text: text.slice(0, 2_000),
      servedModel,
      systemFingerprint,
      provider,
      latencyMs,
      outputTokens: usage?.outputTokens ?? null,
      startedAtMs: startedAt === null ? null : Date.parse(startedAt),
    });
    if (samples.length >= mostSamples) break;
  }
  return samples;
}
