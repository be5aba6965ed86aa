import { InsufficientDataError } from "../errors.ts";
import type { CanaryOpening, CanarySuspect, CanaryTest } from "../schema/canary.ts";
import { clopperPearson } from "../stats/clopper-pearson.ts";
import { holm } from "../stats/holm.ts";
import { commitmentHash, type Opened } from "./commit.ts";
import { type GreenAnswers, testGreenList } from "./green-list/test-green-list.ts";
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
 * @param secrets - each commitment once; at least one, or a green list
 * @param options.transcriptHead - head of the hash chain of the suspect's transcripts
 * @param options.greenLists - secrets of the other kind, corrected together with these
 * @param options.secretsCommitted - how many secrets the owner ever committed, where the openings do not tell all
 * @throws InsufficientDataError when no slot of a secret has the samples that were committed to
 */
export function testSuspect(
  suspect: string,
  secrets: readonly SecretAnswers[],
  options: {
    readonly transcriptHead: string;
    readonly secretsCommitted?: number;
    readonly greenLists?: readonly GreenAnswers[];
  },
): CanarySuspect {
  const { greenLists = [] } = options;
  const tests = secrets.map((secret) => testSecret(suspect, secret));
  const greenTests = greenLists.map((list) => testGreenList(suspect, list));
  const secretsCommitted = Math.max(
    options.secretsCommitted ?? 1,
    secretsOf([...secrets, ...greenLists].map(({ opening }) => opening)),
  );
  const adjusted = holmOverCommitted(
    [...tests, ...greenTests].map(({ pValue }) => pValue),
    secretsCommitted,
  );
  const corrected = <T>(test: T, index: number) => ({ ...test, adjustedPValue: adjusted[index] ?? 1 });
  return {
    suspect,
    transcriptHead: options.transcriptHead,
    secretsCommitted,
    tests: tests.map((test, index) => corrected(test, index)),
    ...(greenTests.length === 0
      ? {}
      : { greenTests: greenTests.map((test, index) => corrected(test, tests.length + index)) }),
  };
}

/** Secrets that were committed as far as openings tell: each names all commitments before it. */
export function secretsOf(openings: readonly Opened[]): number {
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
