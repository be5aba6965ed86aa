/** How document frequencies are counted. */
export interface DocumentFrequency {
  /** Vote of each model: 1 / (models of its lab in the panel) for panel models, else 0. */
  readonly voteOf: readonly number[];
  /** Added to both the votes and their total: 2 for suspect and reference. */
  readonly added: number;
  /** Features with fewer votes weigh nothing. */
  readonly minVotes: number;
}

/**
 * The rule of the measure: one vote a lab of the panel, shared by its models and their samples, and two votes for
 * suspect and reference, which both hold any feature that matters to their own kernel. So weights depend on the panel
 * alone: further suspects, or siblings beside them, cannot move them, and what the whole panel says weighs nothing.
 *
 * @param labs - lab of each model; a model of unknown lab is a lab of its own
 */
export function panelDocumentFrequency(
  labs: readonly (string | null)[],
  panel: readonly number[],
): DocumentFrequency {
  const labOf = (model: number) => labs[model] ?? `unknown ${model}`;
  const sizeOf = new Map<string, number>();
  for (const model of panel) sizeOf.set(labOf(model), (sizeOf.get(labOf(model)) ?? 0) + 1);
  const inPanel = new Set(panel);
  return {
    voteOf: labs.map((_, model) => (inPanel.has(model) ? 1 / (sizeOf.get(labOf(model)) ?? 1) : 0)),
    added: 2,
    minVotes: 0,
  };
}

/** idf = ln((total + added) / (votes + added)), 0 below `minVotes`; never negative. */
export function inverseDocumentFrequency(rule: DocumentFrequency, votes: number, total: number): number {
  return votes < rule.minVotes ? 0 : Math.max(0, Math.log((total + rule.added) / (votes + rule.added)));
}
