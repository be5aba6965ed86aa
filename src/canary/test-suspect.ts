import { InsufficientDataError } from "../errors.ts";
import type { CanaryOpening, CanarySuspect, CanaryTest, ClusterTest, Sealed } from "../schema/canary.ts";
import { binomialUpperTail } from "../stats/binomial-upper-tail.ts";
import { clopperPearson } from "../stats/clopper-pearson.ts";
import { plantedIndices } from "./cluster-lists.ts";
import { commitmentHash, type Opened } from "./commit.ts";
import { correctSecrets } from "./correct-secrets.ts";
import { type GreenAnswers, testGreenList } from "./green-list/test-green-list.ts";
import {
  type CanaryScore,
  type SlotSamples,
  scoreReadings,
  scoreSlots,
  unplantedHits,
} from "./score-slots.ts";

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
  /** Whether the samples are no texts but the variants that were read in them: those of a redacted run. */
  readonly alreadyRead?: boolean;
}

const intervalLevel = 0.95;

/**
 * Tests the secrets on one suspect: exact binomial tail a secret, and a cluster of it, corrected for every secret ever
 * committed, the unplanted lists and the controls beside it.
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
  const corrected = correctSecrets(tests, greenTests, secretsCommitted);
  return {
    suspect,
    transcriptHead: options.transcriptHead,
    secretsCommitted,
    tests: corrected.tests,
    ...(greenTests.length === 0 ? {} : { greenTests: corrected.greenTests }),
  };
}

/** Secrets that were committed as far as openings tell: each names all commitments before it. */
export function secretsOf(openings: readonly Opened[]): number {
  return new Set(openings.flatMap((opening) => [...opening.previous, commitmentHash(opening)])).size;
}

function testSecret(suspect: string, { opening, ...answers }: SecretAnswers): CanaryTest {
  const { sealed } = opening;
  const scoreOf = answers.alreadyRead === true ? scoreReadings : scoreSlots;
  const score = scoreOf(sealed, answers.suspect);
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
      const { slotResults: _slots, ...ofControl } = scoreOf(sealed, samples);
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
  const counting = score.answered + score.incomplete;
  return {
    name: sealed.name,
    commitment: commitmentHash(opening),
    committedAt,
    slots,
    variants: sealed.variants,
    samplesPerSlot: sealed.samplesPerSlot,
    ...score,
    interval: counting === 0 ? [0, 1] : [...clopperPearson(score.hits, counting, intervalLevel)],
    uptake: counting === 0 ? null : (score.hits / counting - chance) / (1 - chance),
    unplanted: unplantedHits(sealed, score.slotResults),
    ...(sealed.clusters === undefined ? {} : { clusters: clusterTests(sealed, score) }),
  };
}

/**
 * The suspect's answers held against each cluster's list. Which slots count is the same as for the common list, since it
 * depends on no draw.
 */
function clusterTests(sealed: Sealed, { slotResults, answered, incomplete }: CanaryScore): ClusterTest[] {
  return (sealed.clusters ?? []).map((cluster) => {
    const planted = plantedIndices(sealed, cluster);
    const hits = sealed.slots.filter(
      ({ variants }, slot) => slotResults[slot]?.answer === variants[planted[slot] ?? 0]?.value,
    ).length;
    const pValue = binomialUpperTail(hits, answered + incomplete, 1 / sealed.variants);
    return { cluster, hits, pValue, adjustedPValue: pValue };
  });
}
