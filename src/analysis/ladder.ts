/** Verbal scale for a likelihood ratio, by |log10 LR|: printed with every LR, for scales differ. */
export const verbalLadder = {
  source:
    "ENFSI Guideline for Evaluative Reporting (2015), after Nordgaard et al. (2012), doi:10.1093/lpr/mgr020",
  steps: [
    { from: 0, words: "weak" },
    { from: 1, words: "moderate" },
    { from: 2, words: "moderately strong" },
    { from: 3, words: "strong" },
    { from: 4, words: "very strong" },
    { from: 6, words: "extremely strong" },
  ],
} as const;

/** Step of the ladder with its direction, for example "moderate support for derived". */
export function verbalStep(log10LR: number): string {
  const step = verbalLadder.steps.findLast(({ from }) => Math.abs(log10LR) >= from) ?? verbalLadder.steps[0];
  return `${step.words} support for ${log10LR >= 0 ? "derived" : "independent"}`;
}
