import type { AccessEdge, ClusterRecord } from "../../../schema/access.ts";
import { drawChart } from "../../charts/chart.ts";
import { graphLayout } from "./graph-layout.ts";

/** Most accounts and edges of one drawing, and most clusters that are drawn. */
export const graphBounds = { nodes: 60, edges: 150, clusters: 6 } as const;

/** What of a cluster is drawn: its best linked accounts and the strongest edges among them. */
export interface DrawnCluster {
  readonly cluster: string;
  readonly nodes: readonly string[];
  readonly edges: readonly AccessEdge[];
}

/** Picks the accounts with the most evidence on their edges, and the strongest edges among those. */
export function drawnCluster({ cluster, edges }: ClusterRecord): DrawnCluster {
  const weight = new Map<string, number>();
  for (const { first, second, nats } of edges)
    for (const account of [first, second]) weight.set(account, (weight.get(account) ?? 0) + nats);
  const nodes = [...weight]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, graphBounds.nodes)
    .map(([account]) => account);
  const shown = new Set(nodes);
  return {
    cluster,
    nodes,
    edges: edges
      .filter(({ first, second }) => shown.has(first) && shown.has(second))
      .sort((a, b) => b.nats - a.nats || (a.first + a.second < b.first + b.second ? -1 : 1))
      .slice(0, graphBounds.edges),
  };
}

/** Kind of the strongest evidence on an edge. */
export const strongestKind = ({ evidence }: AccessEdge): string =>
  [...evidence].sort((a, b) => b.nats - a.nats)[0]?.kind ?? "";

/** What accounts hold in common (payment, network, client), against what they do alike. */
const held = new Set(["payment", "network", "client"]);

/**
 * A cluster as a graph: accounts as points, evidence as lines, thick where there is much of it; solid for what is shared
 * (payment, network, client), dashed for what is done alike (templates, walks, synchrony). Null without an edge.
 */
export async function drawClusterGraph(record: ClusterRecord): Promise<string | null> {
  const { nodes, edges } = drawnCluster(record);
  if (edges.length === 0) return null;
  const at = new Map(nodes.map((account, index) => [account, index]));
  const places = graphLayout(
    nodes.length,
    edges.map(({ first, second }) => [at.get(first) ?? 0, at.get(second) ?? 0]),
  );
  const most = Math.max(...edges.map(({ nats }) => nats));
  const lines = edges.map((edge) => {
    const [from, to] = [places[at.get(edge.first) ?? 0], places[at.get(edge.second) ?? 0]];
    return {
      ...{ x: from?.x, y: from?.y, x2: to?.x, y2: to?.y },
      width: 0.6 + (2.4 * edge.nats) / Math.max(1e-9, most),
      shared: held.has(strongestKind(edge)),
    };
  });
  const points = places.map(({ x, y }, index) => ({ x, y, label: nodes[index]?.slice(0, 12) ?? "" }));
  const unit: [number, number] = [-0.04, 1.04];
  const x = { field: "x", type: "quantitative", axis: null, scale: { domain: unit, nice: false } } as const;
  const y = { ...x, field: "y" } as const;
  const width = { field: "width", type: "quantitative", scale: null, legend: null } as const;
  const rules = (shared: boolean) => ({
    data: { values: lines.filter((line) => line.shared === shared) },
    mark: {
      ...{ type: "rule" as const, color: shared ? "var(--second)" : "var(--accent)", opacity: 0.75 },
      ...(shared ? {} : { strokeDash: [4, 3] }),
    },
    encoding: { x, y, x2: { field: "x2" }, y2: { field: "y2" }, strokeWidth: width },
  });
  const labelled = nodes.length <= 16;
  return drawChart({
    width: 400,
    height: 300,
    layer: [
      rules(false),
      rules(true),
      {
        data: { values: points },
        mark: {
          type: "point",
          shape: "circle",
          filled: true,
          size: labelled ? 70 : 34,
          color: "var(--ink)",
          opacity: 1,
        },
        encoding: { x, y },
      },
      ...[{ stroke: "var(--paper)", strokeWidth: 3 }, {}].map((halo) => ({
        data: { values: labelled ? points : [] },
        mark: { type: "text" as const, dy: -10, fontSize: 9.5, ...halo },
        encoding: { x, y, text: { field: "label" } },
      })),
    ],
  });
}
