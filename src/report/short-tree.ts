import type { ModelTree } from "../schema/analysis.ts";

/** A tip of a drawn tree: one model, or a branch that is not drawn further. */
export interface DrawnTip {
  readonly models: readonly string[];
  /** Distance at which the models of the tip are joined; 0 for one model. */
  readonly distance: number;
}

/** A joining of two drawn parts. */
export interface DrawnMerge {
  /** Below the number of tips: a tip; from there on: a merge. */
  readonly parts: readonly [number, number];
  readonly distance: number;
  readonly support: number | null;
}

/** A tree with so few tips that it can be drawn and read. */
export interface ShortTree {
  readonly tips: readonly DrawnTip[];
  readonly merges: readonly DrawnMerge[];
}

interface Branch extends DrawnTip {
  readonly parts: readonly [Branch, Branch] | null;
  readonly support: number | null;
}

/**
 * The tree cut down to at most `limit` tips: branches are opened from the root down, those with a model of `named` first,
 * then those joined at the largest distance; what is left closed becomes one tip.
 *
 * @param named - models that should have a tip of their own
 */
export function shortTree(tree: ModelTree, named: ReadonlySet<string>, limit = 60): ShortTree {
  const branches: Branch[] = tree.tips.map((tip) => ({
    models: [tip],
    distance: 0,
    parts: null,
    support: null,
  }));
  for (const { parts, distance, support } of tree.merges) {
    const [one, other] = [branches[parts[0]], branches[parts[1]]];
    if (one === undefined || other === undefined) return { tips: [], merges: [] };
    branches.push({ models: [...one.models, ...other.models], distance, parts: [one, other], support });
  }
  const root = branches.at(-1);
  if (root === undefined) return { tips: [], merges: [] };
  const open = new Set<Branch>();
  const urgency = (branch: Branch) =>
    (branch.models.some((model) => named.has(model)) ? 10 : 0) + branch.distance;
  let closed: Branch[] = [root];
  while (closed.length < limit) {
    const next = closed
      .filter(({ parts }) => parts !== null)
      .reduce<Branch | null>(
        (best, one) => (best === null || urgency(one) > urgency(best) ? one : best),
        null,
      );
    if (next === null || next.parts === null) break;
    open.add(next);
    const parts = next.parts;
    closed = closed.flatMap((branch) => (branch === next ? parts : [branch]));
  }
  const places = new Map<Branch, number>(closed.map((tip, at) => [tip, at]));
  const merges = branches.flatMap((branch): DrawnMerge[] => {
    if (branch.parts === null || !open.has(branch)) return [];
    const parts = branch.parts.map((part) => places.get(part) ?? 0) as [number, number];
    places.set(branch, places.size);
    return [{ parts, distance: branch.distance, support: branch.support }];
  });
  return { tips: closed, merges };
}

/** Every branch with its models in the order of the tips. */
export function treeBranches({ tips, merges }: ModelTree) {
  const members: string[][] = tips.map((tip) => [tip]);
  return merges.map(({ parts, distance, support }) => {
    const models = parts.flatMap((part) => members[part] ?? []);
    members.push(models);
    return { models, distance, support };
  });
}
