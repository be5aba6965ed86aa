import { closest } from "fastest-levenshtein";
import { UsageError } from "../errors.ts";
import type { Probe } from "../schema/probe.ts";

/** Families and ids to keep; an absent or empty list keeps all. Both given: a probe must fit both. */
export interface ProbeSelection {
  readonly families?: readonly string[] | undefined;
  readonly ids?: readonly string[] | undefined;
}

function requireKnown(what: string, wanted: readonly string[], known: readonly string[]): void {
  for (const name of wanted)
    if (!known.includes(name)) {
      const hint = known.length > 0 ? `; did you mean "${closest(name, [...known])}"?` : "";
      throw new UsageError("probes.selection", `no probe has ${what} "${name}"${hint}`);
    }
}

/**
 * Probes of a suite by family and id, in suite order.
 * @throws UsageError `probes.selection` on an unknown family or id, with the nearest one, and when nothing is left
 */
export function selectProbes(probes: readonly Probe[], selection: ProbeSelection): Probe[] {
  const { families = [], ids = [] } = selection;
  requireKnown("family", families, [...new Set(probes.map(({ family }) => family))]);
  requireKnown(
    "id",
    ids,
    probes.map(({ id }) => id),
  );
  const kept = probes.filter(
    ({ family, id }) =>
      (families.length === 0 || families.includes(family)) && (ids.length === 0 || ids.includes(id)),
  );
  if (kept.length === 0)
    throw new UsageError(
      "probes.selection",
      "no probe is of the families and of the ids asked for; drop one of the two",
    );
  return kept;
}
