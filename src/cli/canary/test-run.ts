import { testSuspect } from "../../canary/test-suspect.ts";
import { UsageError } from "../../errors.ts";
import type { CanaryOpening, CanarySuspect } from "../../schema/canary.ts";
import { readManifest } from "../../store/manifest-file.ts";
import { answeredCanaries } from "./answered-canaries.ts";

/** Who is tested, and who beside. */
export interface CanaryRoles {
  readonly suspects: readonly string[];
  readonly controls: readonly string[];
}

/**
 * Tests openings on the suspects of a run, from what is on disk alone.
 *
 * @param options.secretsCommitted - where more secrets were committed than the openings tell
 * @throws UsageError for an opening named twice, or when the run never asked the canary's test prompts
 */
export async function testRun(
  dir: string,
  openings: readonly CanaryOpening[],
  { suspects, controls }: CanaryRoles,
  options: { readonly secretsCommitted?: number | undefined } = {},
): Promise<CanarySuspect[]> {
  const names = openings.map(({ sealed }) => sealed.name);
  if (new Set(openings.map(({ salt }) => salt)).size !== openings.length)
    throw new UsageError(
      "canary.twice",
      `a secret is given twice: ${names.join(", ")}; name each opening once`,
    );
  const manifest = await readManifest(dir);
  const tested: CanarySuspect[] = [];
  const answers = new Map(
    await Promise.all(
      [...new Set([...suspects, ...controls])].map(
        async (name) => [name, await answeredCanaries(dir, manifest, name, openings)] as const,
      ),
    ),
  );
  for (const suspect of suspects) {
    const own = answers.get(suspect);
    if (own === undefined) continue;
    for (const [index, { sealed }] of openings.entries())
      if ((own.samples[index]?.size ?? 0) === 0)
        throw new UsageError(
          "canary.not-asked",
          `${suspect} was never asked the test prompts of ${sealed.name} in ${dir}: expected ${sealed.slots.length} prompts of ${sealed.samplesPerSlot} samples; ask them with: congener canary test --ask, or run the suite that congener canary commit --suite writes`,
        );
    tested.push(
      testSuspect(
        suspect,
        openings.map((opening, index) => ({
          opening,
          suspect: own.samples[index] ?? new Map(),
          controls: controls.flatMap((name) => {
            const samples = answers.get(name)?.samples[index] ?? new Map();
            return name === suspect || samples.size === 0 ? [] : [{ name, samples }];
          }),
        })),
        {
          transcriptHead: own.head,
          ...(options.secretsCommitted === undefined ? {} : { secretsCommitted: options.secretsCommitted }),
        },
      ),
    );
  }
  return tested;
}
