import { disjointSets } from "../prompts/disjoint-sets.ts";
import type { Link, Linkage } from "../step.ts";

/**
 * Connected components of linked accounts by union-find (Kruskal 1956, doi:10.1090/S0002-9939-1956-0078686-7): the
 * evidence of a component is that of its maximum spanning tree, so that many edges among the same accounts do not count
 * as much evidence. Components are numbered by falling evidence, then size, then lowest account.
 *
 * @param links - in any order; each pair once
 * @param keptEdges - edges kept of each component, the strongest
 */
export function components(accounts: number, links: readonly Link[], keptEdges: number): Linkage {
  const sorted = [...links].sort((a, b) => b.nats - a.nats || a.first - b.first || a.second - b.second);
  const sets = disjointSets(accounts);
  const tree = sorted.filter(({ first, second }) => sets.union(first, second));
  const found = new Map<
    number,
    { lowest: number; size: number; nats: number; edges: number; kept: Link[] }
  >();
  const linked = new Set(links.flatMap(({ first, second }) => [first, second]));
  for (const account of [...linked].sort((a, b) => a - b)) {
    const root = sets.find(account);
    const known = found.get(root);
    if (known === undefined) found.set(root, { lowest: account, size: 1, nats: 0, edges: 0, kept: [] });
    else known.size++;
  }
  for (const { first, nats } of tree) {
    const component = found.get(sets.find(first));
    if (component !== undefined) component.nats += nats;
  }
  for (const link of sorted) {
    const component = found.get(sets.find(link.first));
    if (component === undefined) continue;
    component.edges++;
    if (component.kept.length < keptEdges) component.kept.push(link);
  }
  const order = [...found].sort(([, a], [, b]) => b.nats - a.nats || b.size - a.size || a.lowest - b.lowest);
  const numberOf = new Map(order.map(([root], number) => [root, number]));
  const clusterOf = new Int32Array(accounts).fill(-1);
  for (const account of linked) clusterOf[account] = numberOf.get(sets.find(account)) ?? -1;
  return {
    count: order.length,
    clusterOf,
    nats: Float64Array.from(order, ([, { nats }]) => nats),
    edgeCounts: Float64Array.from(order, ([, { edges }]) => edges),
    edges: order.map(([, { kept }]) => kept),
  };
}
