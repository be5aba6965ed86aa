import { backendMixture, mixtureLevel } from "../analysis/backend-mixture.ts";
import type { Analysis, Caveat } from "../schema/analysis.ts";
import type { BackendMixture, BackendSample } from "../schema/backend-mixture.ts";
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
    const { samples, withheld } = await backendSamples(dir, target);
    const { verdict, sentence } = withheld
      ? declaredMixture(samples)
      : backendMixture(samples, { random: seededRandom(seed), inTurn: false, permutations, level });
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

/** What an endpoint says of itself, where its answers are withheld and cannot be compared. */
function declaredMixture(samples: readonly BackendSample[]): Pick<BackendMixture, "verdict" | "sentence"> {
  const several = (["servedModel", "provider"] as const).flatMap((field) => {
    const names = new Set(samples.flatMap((sample) => sample[field] ?? []));
    const what = field === "servedModel" ? "models" : "hosts";
    return names.size > 1 ? [`several ${what} (${[...names].sort().slice(0, 6).join(", ")})`] : [];
  });
  return several.length === 0
    ? { verdict: "not-testable", sentence: "" }
    : {
        verdict: "declared",
        sentence: `It names ${several.join(" and ")} itself (${samples.length} answers); whether its answers differ between them was not tested, for they are withheld: it is not one subject.`,
      };
}

/** Usable answers of a target; without their texts where these are withheld. */
async function backendSamples(
  dir: string,
  target: string,
): Promise<{ readonly samples: readonly BackendSample[]; readonly withheld: boolean }> {
  const samples: BackendSample[] = [];
  let withheld = false;
  for await (const line of readTranscripts(dir, target)) {
    const { text, outcome, probe, wording, startedAt, usage } = line;
    if (outcome !== "ok") continue;
    withheld ||= typeof text !== "string";
    const { servedModel, systemFingerprint, provider, latencyMs } = line;
    samples.push({
      probe: `${probe} ${wording}`,
      // Longer beginnings are not compared.
      text: typeof text === "string" ? text.slice(0, 2_000) : "",
      servedModel,
      systemFingerprint,
      provider,
      latencyMs,
      outputTokens: usage?.outputTokens ?? null,
      startedAtMs: startedAt === null ? null : Date.parse(startedAt),
    });
    if (samples.length >= mostSamples) break;
  }
  return { samples, withheld };
}
