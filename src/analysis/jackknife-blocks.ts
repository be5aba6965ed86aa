/** Blocks of probes that are left out together, because their answers depend on each other. */
export interface JackknifeBlocks {
  /** Block of each probe, from 0. */
  readonly blockOf: Int32Array;
  readonly blockCount: number;
  readonly kind: "families" | "id prefixes" | "contiguous runs";
}

const fewest = 10;
const runs = 20;

/**
 * Cuts probes into blocks: by family where there are at least 10 families, else by the prefix of the id (up to the
 * last `/`, `|` or `.`) where there are at least 10 prefixes, else into 20 contiguous runs (or one a probe, if fewer).
 *
 * @param probes - in the order of their ids; only order and names count
 */
export function jackknifeBlocks(
  probes: readonly { readonly id: string; readonly family: string }[],
): JackknifeBlocks {
  for (const [kind, keyOf] of [
    ["families", (probe) => probe.family],
    ["id prefixes", (probe) => /^(.*)[/|.]/s.exec(probe.id)?.[1] ?? ""],
  ] as const satisfies readonly (readonly [
    JackknifeBlocks["kind"],
    (probe: { id: string; family: string }) => string,
  ])[]) {
    const keys = [...new Set(probes.map(keyOf))];
    // A prefix that every probe has to itself is no block.
    if (keys.length < fewest || (keys.length === probes.length && keys.length > runs)) continue;
    const indexOf = new Map(keys.map((key, index) => [key, index]));
    return {
      blockOf: Int32Array.from(probes, (probe) => indexOf.get(keyOf(probe)) ?? 0),
      blockCount: keys.length,
      kind,
    };
  }
  return contiguousRuns(probes.length);
}

/** At most 20 contiguous runs of probes, of almost equal length. */
export function contiguousRuns(probes: number): JackknifeBlocks {
  const blockCount = Math.max(1, Math.min(runs, probes));
  return {
    blockOf: Int32Array.from({ length: probes }, (_, p) => Math.floor((p * blockCount) / probes)),
    blockCount,
    kind: "contiguous runs",
  };
}
