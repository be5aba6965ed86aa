import { InsufficientDataError } from "../errors.ts";
import type { CanaryOpening, CanarySuspect, CanaryTest } from "../schema/canary.ts";
import { clopperPearson } from "../stats/clopper-pearson.ts";
import { holm } from "../stats/holm.ts";
import { commitmentHash } from "./commit.ts";
import { type CanaryScore, type SlotSamples, scoreSlots, unplantedHits } from "./score-slots.ts";

/** The answers of one model to the test prompts of one secret. */
export interface TestedModel {
  readonly name: string;
  readonly samples: SlotSamples;
}

/** One secret with what suspect and controls said to its test prompts. */
export interface SecretAnswers {
  readonly opening: CanaryOpening;
  readonly suspect: SlotSamples;
  readonly controls: readonly TestedModel[];
}

const intervalLevel = 0.95;

/**
 * Tests the secrets on one suspect: exact binomial tail a secret, Holm over every secret ever committed, the unplanted
 * lists and the controls beside it.
 *
 * @param secrets - at least one; each commitment once
 * @param options.transcriptHead - head of the hash chain of the suspect's transcripts
 * @param options.secretsCommitted - how many secrets the owner ever committed, where the openings do not tell all
 * @throws InsufficientDataError when no slot of a secret has the samples that were committed to
 */
export function testSuspect(
  suspect: string,
  secrets: readonly SecretAnswers[],
  options: { readonly transcriptHead: string; readonly secretsCommitted?: number },
): CanarySuspect {
  const tests = secrets.map((secret) => testSecret(suspect, secret));
  const secretsCommitted = Math.max(
    options.secretsCommitted ?? 1,
    secretsOf(secrets.map(({ opening }) => opening)),
  );
  const adjusted = holmOverCommitted(
    tests.map(({ pValue }) => pValue),
    secretsCommitted,
  );
  return {
    suspect,
    transcriptHead: options.transcriptHead,
    secretsCommitted,
    tests: tests.map((test, index) => ({ ...test, adjustedPValue: adjusted[index] ?? 1 })),
  };
}

/** Secrets that were committed as far as openings tell: each names all commitments before it. */
export function secretsOf(openings: readonly CanaryOpening[]): number {
  return new Set(openings.flatMap((opening) => [...opening.previous, commitmentHash(opening)])).size;
}

/** Holm's correction where a secret that was committed but not tested counts as p = 1. */
export function holmOverCommitted(pValues: readonly number[], secretsCommitted: number): number[] {
  const untested = Math.max(0, secretsCommitted - pValues.length);
  return holm([...pValues, ...new Array<number>(untested).fill(1)]).slice(0, pValues.length);
}

function testSecret(suspect: string, { opening, ...answers }: SecretAnswers): CanaryTest {
  const { sealed } = opening;
  const score = scoreSlots(sealed, answers.suspect);
  const slots = sealed.slots.length;
  if (score.incomplete === slots)
    throw new InsufficientDataError(
      "canary.incomplete",
      `${suspect} has fewer than ${sealed.samplesPerSlot} samples in every slot of ${sealed.name}: the commitment expects ${sealed.samplesPerSlot} a slot; ask it with: congener canary test --ask`,
    );
  return {
    ...figuresOf(opening, score),
    adjustedPValue: score.pValue,
    controls: answers.controls.map(({ name, samples }) => {
      const { slotResults: _slots, ...ofControl } = scoreSlots(sealed, samples);
      return { name, ...ofControl };
    }),
  };
}

/** All that follows from an opening and the suspect's readings alone. */
export function figuresOf(
  opening: CanaryOpening,
  score: CanaryScore,
): Omit<CanaryTest, "adjustedPValue" | "controls"> {
  const { sealed, committedAt } = opening;
  const slots = sealed.slots.length;
  const chance = 1 / sealed.variants;
  return {
    name: sealed.name,
    commitment: commitmentHash(opening),
    committedAt,
    slots,
    variants: sealed.variants,
    samplesPerSlot: sealed.samplesPerSlot,
    ...score,
    interval: [...clopperPearson(score.hits, slots, intervalLevel)],
    uptake: (score.hits / slots - chance) / (1 - chance),
    unplanted: unplantedHits(sealed, score.slotResults),
  };
}
