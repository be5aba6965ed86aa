import type { CanarySlot, Sealed, SlotResult } from "../schema/canary.ts";
import { binomialUpperTail } from "../stats/binomial-upper-tail.ts";
import { readVariant } from "./read-variant.ts";

/** Slot id -> the samples of one model in sample order, with null for a final outcome that is no answer. */
export type SlotSamples = ReadonlyMap<string, readonly (string | null)[]>;

/** One model's slots and its p-value. */
export interface CanaryScore {
  readonly slotResults: SlotResult[];
  readonly hits: number;
  /** Slots with an answer among the variants. */
  readonly answered: number;
  /** Slots with fewer samples than committed to. */
  readonly incomplete: number;
  /** P(Bin(m, 1/K) >= hits), m all slots: an unasked slot is a miss, never left out. */
  readonly pValue: number;
  /**
   * P(Bin(answered, 1/K) >= hits). Which slots are answered depends on the suspect and not on the draw, so this is exact as
   * well. It is no second chance: what is corrected and called the p-value is the one over all slots.
   */
  readonly answeredPValue: number;
}

/**
 * Scores one model by the rule that was committed to: of each slot the first `samplesPerSlot` samples, each read as one of
 * the K variants or none; the slot's one answer is the plurality of those read; a tie, no answer or too few samples is a
 * miss.
 *
 * Null: the planted variants are independent of what the model says. Then hits are at most Bin(m, 1/K) (less where a model
 * answers none of the variants), whatever the model, so that the exact upper tail is a valid p-value without any control.
 *
 * @see Carlini et al. (2019), arXiv:1802.08232, for ranks of canaries among equally likely ones
 */
export function scoreSlots(sealed: Sealed, samples: SlotSamples): CanaryScore {
  return scoreReadings(
    sealed,
    new Map(
      sealed.slots.map((slot) => [
        slot.id,
        (samples.get(slot.id) ?? []).map((text) => (text === null ? null : readVariant(text, slot))),
      ]),
    ),
  );
}

/** The same from readings: each a variant's value, or null. */
export function scoreReadings(sealed: Sealed, readings: SlotSamples): CanaryScore {
  const slotResults = sealed.slots.map((slot) =>
    slotResultOf(slot, (readings.get(slot.id) ?? []).slice(0, sealed.samplesPerSlot), sealed.samplesPerSlot),
  );
  const hits = slotResults.filter(({ hit }) => hit).length;
  const answered = slotResults.filter(({ answer }) => answer !== null).length;
  return {
    slotResults,
    hits,
    answered,
    incomplete: slotResults.filter(({ complete }) => !complete).length,
    pValue: binomialUpperTail(hits, slotResults.length, 1 / sealed.variants),
    answeredPValue: binomialUpperTail(hits, answered, 1 / sealed.variants),
  };
}

function slotResultOf(
  { id, kind, variants, planted }: CanarySlot,
  samples: readonly (string | null)[],
  samplesPerSlot: number,
): SlotResult {
  const value = variants[planted]?.value ?? "";
  const complete = samples.length >= samplesPerSlot;
  const answer = complete ? plurality(samples) : null;
  return { id, kind, planted: value, samples: [...samples], complete, answer, hit: answer === value };
}

/** The value named most often; null where none is named, or two as often. */
function plurality(samples: readonly (string | null)[]): string | null {
  const counts = new Map<string, number>();
  for (const value of samples) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  const best = [...counts].filter(([, count]) => count === most);
  return best.length === 1 ? (best[0]?.[0] ?? null) : null;
}

/**
 * Hits of the K - 1 lists that were never planted: list d holds the d-th next variant of every slot (the order was drawn at
 * random). Under the null the planted list is exchangeable with them; a suspect that hits those too guesses, or the
 * variants were not arbitrary.
 */
export function unplantedHits(sealed: Sealed, slotResults: readonly SlotResult[]): number[] {
  return Array.from(
    { length: sealed.variants - 1 },
    (_, d) =>
      sealed.slots.filter(
        ({ variants, planted }, slot) =>
          slotResults[slot]?.answer === variants[(planted + d + 1) % sealed.variants]?.value,
      ).length,
  );
}
