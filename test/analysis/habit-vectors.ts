import type { BlockHabits } from "../../src/analysis/habit-collector.ts";
import { habitSums } from "../../src/analysis/habit-sums.ts";
import { createKernelStack } from "../../src/analysis/kernel-stack.ts";
import type { MeasuredAnswers } from "../../src/analysis/measured-answers.ts";

export interface HabitVectors {
  readonly labs: readonly (string | null)[];
  readonly panel: readonly number[];
  readonly blockOf: readonly number[];
  /** By probe and model: 1 where the model has an answer. */
  readonly present: readonly (readonly number[])[];
  /** By view, probe and model: a mean vector. */
  readonly vectors: readonly (readonly (readonly (readonly number[])[])[])[];
}

/** Measured answers with these mean vectors as habits, every jackknife block left out in turn; no content. */
export function measuredFromHabits({
  labs,
  panel,
  blockOf,
  present,
  vectors,
}: HabitVectors): MeasuredAnswers {
  const modelCount = labs.length;
  const blockCount = 1 + Math.max(...blockOf);
  const flat = Uint8Array.from(present.flat());
  const blockSizes = Array.from(
    { length: blockCount },
    (_, block) => blockOf.filter((b) => b === block).length,
  );
  return {
    models: labs.map((lab, m) => ({ name: `model-${m}`, lab })),
    probes: blockOf.map((block, p) => ({ id: `probe-${p}`, family: `family-${block}` })),
    blocks: { blockOf: Int32Array.from(blockOf), blockCount, kind: "families" },
    stack: createKernelStack({
      modelCount,
      panel,
      kernels: blockOf.map(() => new Float32Array((modelCount * (modelCount + 1)) / 2)),
      present: flat,
      blockOf: Int32Array.from(blockOf),
      blockCount,
    }),
    habits: vectors.map((view) => {
      const featureCount = view[0]?.[0]?.length ?? 0;
      const parts = blockSizes.map((_, block) =>
        blockRows(view, present, { block, blockOf, featureCount, panel }),
      );
      return habitSums(parts, { modelCount, featureCount, panel, blockSizes, leftOutBlocks: blockCount });
    }),
    sampleCounts: Uint16Array.from(flat),
    grams: [],
  };
}

/** Sums of one block: of each model's vectors, with the origin where it is absent, and of the origins. */
function blockRows(
  view: HabitVectors["vectors"][number],
  present: HabitVectors["present"],
  of: { block: number; blockOf: readonly number[]; featureCount: number; panel: readonly number[] },
): BlockHabits {
  const { block, blockOf, featureCount, panel } = of;
  const modelCount = present[0]?.length ?? 0;
  const sums = Array.from({ length: featureCount }, () => new Float64Array(modelCount + 1));
  blockOf.forEach((ofProbe, p) => {
    if (ofProbe !== block) return;
    const here = present[p] ?? [];
    const ofPanel = panel.filter((m) => here[m] === 1);
    sums.forEach((row, f) => {
      const value = (m: number) => (here[m] === 1 ? (view[p]?.[m]?.[f] ?? 0) : 0);
      const origin = ofPanel.reduce((sum, m) => sum + value(m), 0) / Math.max(1, ofPanel.length);
      for (let m = 0; m <= modelCount; m++) row[m] = (row[m] ?? 0) + (here[m] === 1 ? value(m) : origin);
    });
  });
  return {
    block,
    rows: {
      features: Int32Array.from(sums.keys()),
      starts: Int32Array.from({ length: featureCount + 1 }, (_, f) => f * (modelCount + 1)),
      models: Uint16Array.from(sums.flatMap(() => Array.from({ length: modelCount + 1 }, (_, m) => m))),
      sums: Float64Array.from(sums.flatMap((row) => [...row])),
    },
  };
}
