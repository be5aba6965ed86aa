import type { RecordedAnswers } from "../schema/corpus.ts";
import type { DocumentFrequency } from "./document-frequency.ts";
import type { ResponseMask } from "./kept-probe.ts";
import type { ProbeKernels } from "./view-meter.ts";

/** What is known of a probe's answers without a look at them. */
export interface AnswerShape extends Pick<RecordedAnswers, "probe" | "retried"> {
  /** By model: how many it gave. */
  readonly counts: Uint16Array;
}

/**
 * A selection of the answers: places, ascending, of those that it keeps of a model's to a probe.
 * @param count - how many there are, at least 1
 */
export type AnswerSelection = (shape: AnswerShape, model: string, count: number) => readonly number[];

/** All answers, or a selection of them. */
export interface SelectedAnswers {
  /** By probe: how many answers it holds of each model. */
  readonly counts: readonly Uint16Array[];
  /** By probe: which responses it keeps, in the order of models; null for all. */
  readonly masks: readonly ResponseMask[];
  /** By probe of which it does not keep everything: its own kernels, once they are known. */
  readonly kernels: Map<number, ProbeKernels>;
}

/** All answers. */
export function allAnswers(shapes: readonly AnswerShape[]): SelectedAnswers {
  return { counts: shapes.map(({ counts }) => counts), masks: shapes.map(() => null), kernels: new Map() };
}

/** @param models - names, in the order of every array over models */
export function selectAnswers(
  selection: AnswerSelection,
  shapes: readonly AnswerShape[],
  models: readonly string[],
): SelectedAnswers {
  const counts: Uint16Array[] = [];
  const masks: ResponseMask[] = [];
  for (const shape of shapes) {
    const kept = models.map((model, m) => {
      const count = shape.counts[m] as number;
      return count === 0 ? [] : selection(shape, model, count);
    });
    counts.push(Uint16Array.from(kept, ({ length }) => length));
    masks.push(
      kept.every(({ length }, m) => length === shape.counts[m])
        ? null
        : Uint8Array.from(
            kept.flatMap((places, m) =>
              Array.from({ length: shape.counts[m] as number }, (_, place) =>
                places.includes(place) ? 1 : 0,
              ),
            ),
          ),
    );
  }
  return { counts, masks, kernels: new Map() };
}

/** How many cells of model and probe hold an answer. */
export function answeredCells({ counts }: SelectedAnswers): number {
  return counts.reduce((sum, row) => row.reduce((total, count) => total + (count > 0 ? 1 : 0), sum), 0);
}

/** Votes of the panel over all cells that hold an answer. */
export function votesOf({ counts }: SelectedAnswers, { voteOf }: DocumentFrequency): number {
  return counts.reduce(
    (sum, row) => row.reduce((total, count, model) => total + (count > 0 ? (voteOf[model] ?? 0) : 0), sum),
    0,
  );
}
