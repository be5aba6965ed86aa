import { agnes } from "ml-hclust";
import type { ModelTree } from "../schema/analysis.ts";
import type { Random } from "../schema/random.ts";
import type { PairAffinities } from "./pair-affinities.ts";

/** Models up to which so many replicates are drawn: the work grows with the cube of their number. */
const replicatesUpTo = [
  { models: 60, replicates: 200 },
  { models: 120, replicates: 100 },
  { models: 200, replicates: 50 },
] as const;
/** Above, no tree: a drawing of it could not be read, and it would take minutes. */
const mostModels = 1000;
const fewestBlocks = 5;

/** How often blocks of probes are drawn for a tree of so many models; 0 where support would take too long. */
export function replicatesFor(models: number): number {
  return replicatesUpTo.find((step) => models <= step.models)?.replicates ?? 0;
}

/**
 * Average-linkage tree (UPGMA) of models on 1 - content affinity, with the bootstrap support of its branches.
 *
 * A replicate draws as many blocks of probes as there are, with replacement, and the tree is built again; the support of a
 * branch is the share of replicates whose tree has a branch of exactly the same models. It says how much a branch hangs on
 * the choice of probes, and nothing about other models, other prompts or how a likeness came about: the tree has no
 * direction, its root is the last joining and no ancestor, and average linkage puts every set of models into some tree,
 * unrelated ones too. An affinity above 1 (noise of self terms) counts as distance 0.
 *
 * A model that has no affinity to some other is left out, the one with most gaps first.
 *
 * @param affinities - by block of the same models as `names`, in their order
 * @param options.first - model that the order of the tips begins with
 * @param options.replicates - default by the number of models (`replicatesFor`): 200 up to 60, 100 up to 120, 50 up to 200, else
 *   none
 * @see Sokal & Michener (1958) for average linkage; Felsenstein (1985), doi:10.1111/j.1558-5646.1985.tb00420.x, for the
 *   bootstrap of trees; `scipy.cluster.hierarchy.linkage` gives the same heights
 */
export function modelTree(
  names: readonly string[],
  affinities: PairAffinities,
  options: { readonly random: Random; readonly first: number; readonly replicates?: number },
): ModelTree {
  const whole = affinities.matrix();
  const placed = placeable(whole);
  const leftOut = names.filter((_, model) => !placed.includes(model));
  const none = { tips: [], leftOut, merges: [], replicates: 0, blocks: affinities.blockCount };
  if (placed.length < 3) return { ...none, reason: "fewer than three models have an affinity to each other" };
  if (placed.length > mostModels) return { ...none, reason: `there are more than ${mostModels} models` };
  const tree = joined(whole, placed);
  const wanted = options.replicates ?? replicatesFor(names.length);
  const { blockCount } = affinities;
  const counts = new Map<bigint, number>();
  let replicates = 0;
  if (blockCount >= fewestBlocks)
    for (let replicate = 0; replicate < wanted; replicate++) {
      const weights = new Float64Array(blockCount);
      for (let draw = 0; draw < blockCount; draw++) {
        const block = Math.floor(options.random() * blockCount);
        weights[block] = (weights[block] as number) + 1;
      }
      const drawn = affinities.matrix(weights);
      // Without the blocks that were not drawn, a model may have no affinity to another: such a draw gives no tree.
      if (placed.some((a) => placed.some((b) => (drawn[a]?.[b] ?? null) === null))) continue;
      replicates++;
      for (const { members } of joined(drawn, placed)) counts.set(members, (counts.get(members) ?? 0) + 1);
    }
  const everything = tree.at(-1)?.members;
  const ordered = orderOf(tree, placed, whole, options.first);
  const order = ordered.at(-1) ?? [];
  const tipOf = new Map(order.map((model, tip) => [placed.indexOf(model), tip]));
  const leads = (part: number) => order.indexOf(ordered[part]?.[0] ?? -1);
  return {
    tips: order.map((model) => names[model] ?? ""),
    leftOut,
    merges: tree.map(({ parts, distance, members }) => ({
      parts: [...parts].sort((x, y) => leads(x) - leads(y)).map((part) => tipOf.get(part) ?? part) as [
        number,
        number,
      ],
      distance,
      support: replicates === 0 || members === everything ? null : (counts.get(members) ?? 0) / replicates,
    })),
    replicates,
    blocks: blockCount,
    reason: whyNoSupport(replicates, blockCount, wanted, names.length),
  };
}

function whyNoSupport(replicates: number, blocks: number, wanted: number, models: number): string | null {
  if (replicates > 0) return null;
  if (wanted === 0) return `no support: with ${models} models it would take too long`;
  return blocks < fewestBlocks
    ? `no support: only ${blocks} blocks of probes`
    : "no support: no draw of blocks gave every two models an affinity";
}

/** Models with an affinity to every other one that is kept. */
function placeable(affinities: readonly (readonly (number | null)[])[]): number[] {
  let kept = [...affinities.keys()];
  for (;;) {
    const gaps = kept.map((a) => kept.filter((b) => (affinities[a]?.[b] ?? null) === null).length);
    const most = Math.max(0, ...gaps);
    if (most === 0) return kept;
    // The last of the worst: reference and suspects come first.
    const worst = kept[gaps.lastIndexOf(most)];
    kept = kept.filter((model) => model !== worst);
  }
}

interface Merge {
  /** Below the number of models: a place in `placed`; from there on: a merge. */
  readonly parts: readonly [number, number];
  readonly distance: number;
  /** One bit a place in `placed`. */
  readonly members: bigint;
}

/** Merges from the closest on. */
function joined(affinities: readonly (readonly (number | null)[])[], placed: readonly number[]): Merge[] {
  const distances = placed.map((a) =>
    placed.map((b) => (a === b ? 0 : Math.max(0, 1 - (affinities[a]?.[b] ?? 0)))),
  );
  type Node = ReturnType<typeof agnes>;
  const nodes: Node[] = [];
  const collect = (node: Node) => {
    for (const child of node.children) collect(child);
    if (!node.isLeaf) nodes.push(node);
  };
  collect(agnes(distances, { method: "average", isDistanceMatrix: true }));
  // Parts come before wholes, and sorting is stable: average linkage never inverts but for rounding.
  const levels = new Map<Node, number>();
  for (const node of nodes)
    levels.set(node, Math.max(node.height, ...node.children.map((child) => levels.get(child) ?? 0)));
  nodes.sort((x, y) => (levels.get(x) ?? 0) - (levels.get(y) ?? 0));
  const places = new Map(nodes.map((node, at) => [node, placed.length + at]));
  const merges: Merge[] = [];
  for (const node of nodes) {
    const [one, other] = node.children as [Node, Node];
    const parts = [one, other].map((child) => places.get(child) ?? child.index) as [number, number];
    const members = parts.map((part) =>
      part < placed.length ? 1n << BigInt(part) : (merges[part - placed.length]?.members ?? 0n),
    );
    merges.push({ parts, distance: levels.get(node) ?? 0, members: (members[0] ?? 0n) | (members[1] ?? 0n) });
  }
  return merges;
}

/** Models of each part from one tip to the other: in each branch the part with `first`, or else the one closer to it, leads. */
function orderOf(
  tree: readonly Merge[],
  placed: readonly number[],
  affinities: readonly (readonly (number | null)[])[],
  first: number,
): number[][] {
  const closeness = (models: readonly number[]) =>
    models.includes(first)
      ? Number.POSITIVE_INFINITY
      : models.reduce((sum, model) => sum + (affinities[first]?.[model] ?? 0), 0) / models.length;
  const ordered: number[][] = placed.map((model) => [model]);
  for (const { parts } of tree) {
    const [one, other] = parts.map((part) => ordered[part] ?? []) as [number[], number[]];
    ordered.push(closeness(other) > closeness(one) ? [...other, ...one] : [...one, ...other]);
  }
  return ordered;
}
