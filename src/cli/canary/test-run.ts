import { shownTexts } from "../../canary/green-list/green-texts.ts";
import { testSuspect } from "../../canary/test-suspect.ts";
import { UsageError } from "../../errors.ts";
import type { CanaryOpening, CanarySuspect } from "../../schema/canary.ts";
import type { GreenOpening } from "../../schema/green-list.ts";
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
  given: readonly (CanaryOpening | GreenOpening)[],
  { suspects, controls }: CanaryRoles,
  options: {
    readonly secretsCommitted?: number | undefined;
    /** Read every answer for green lists, not only those to the committed prompts. */
    readonly allAnswers?: boolean | undefined;
  } = {},
): Promise<CanarySuspect[]> {
  const names = given.map(({ sealed }) => sealed.name);
  if (new Set(given.map(({ salt }) => salt)).size !== given.length)
    throw new UsageError(
      "canary.twice",
      `a secret is given twice: ${names.join(", ")}; name each opening once`,
    );
  const openings = given.filter((opening) => opening.kind === "canary-opening");
  const greenLists = given.filter((opening) => opening.kind === "canary-green-opening");
  const allAnswers = options.allAnswers === true;
  const manifest = await readManifest(dir);
  const prompts = shownTexts(manifest);
  const tested: CanarySuspect[] = [];
  const wanted = { openings, greenLists, allAnswers };
  const answers = new Map(
    await Promise.all(
      [...new Set([...suspects, ...controls])].map(
        async (name) => [name, await answeredCanaries(dir, manifest, name, wanted)] as const,
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
    for (const [index, { sealed }] of greenLists.entries())
      if ((own.texts[index]?.length ?? 0) === 0)
        throw new UsageError(
          "canary.not-asked",
          `${suspect} was never asked the test prompts of ${sealed.name} in ${dir}: expected ${sealed.prompts.length} prompts of ${sealed.samplesPerPrompt} samples; ask them with: congener canary test --ask, or read every answer of the run with --all-answers`,
        );
    tested.push(
      testSuspect(
        suspect,
        openings.map((opening, index) => ({
          opening,
          alreadyRead: own.alreadyRead,
          suspect: own.samples[index] ?? new Map(),
          controls: controls.flatMap((name) => {
            const samples = answers.get(name)?.samples[index] ?? new Map();
            return name === suspect || samples.size === 0 ? [] : [{ name, samples }];
          }),
        })),
        {
          transcriptHead: own.head,
          greenLists: greenLists.map((opening, index) => ({
            opening,
            scope: allAnswers ? "all-answers" : "committed-prompts",
            suspect: own.texts[index] ?? [],
            controls: controls.flatMap((name) => {
              const texts = answers.get(name)?.texts[index] ?? [];
              return name === suspect || texts.length === 0 ? [] : [{ name, texts }];
            }),
            prompts,
          })),
          ...(options.secretsCommitted === undefined ? {} : { secretsCommitted: options.secretsCommitted }),
        },
      ),
    );
  }
  return tested;
}
