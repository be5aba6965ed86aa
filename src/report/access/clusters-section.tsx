import { useContext } from "preact/hooks";
import type { ClusterRecord } from "../../schema/access.ts";
import { DataTable } from "../html/data-table.tsx";
import { DetailContext } from "../html/detail.ts";
import { Figure } from "../html/figure.tsx";
import { Foreign } from "../html/text.tsx";
import { formatCount, formatNumber } from "../numbers.ts";
import type { AccessReport } from "./access-report.ts";
import { drawnCluster } from "./charts/cluster-graph.ts";
import { ReasonsTable, scoredCells, scoredColumns } from "./scored-cells.tsx";

interface ClustersSectionProps {
  readonly report: AccessReport;
  /** Drawings of the first clusters. */
  readonly graphs: readonly (string | null)[];
}

/** Clusters of linked accounts: all of them as a table, the first as graphs with the evidence on each edge. */
export function ClustersSection({ report, graphs }: ClustersSectionProps) {
  const { clusters, clusterCount } = report.analysis;
  return (
    <section id="clusters" aria-labelledby="clusters-heading">
      <h2 id="clusters-heading">Clusters of linked accounts</h2>
      {clusters.length === 0 ? (
        <p>
          No accounts are linked: either no evidence was strong enough, or the log lacks the columns for it.
        </p>
      ) : (
        <>
          <p>
            An edge needs evidence that chance would hardly give: rare values or templates in common (payment,
            network, client, template), one walk through a template shared out between accounts (hand-over) or
            between groups of them (joint-grid), one going on where another stopped (succession), or activity
            in step (synchrony). Nats are surprise: 10 nats is once in about 22 000. Evidence that two
            accounts are one hand does not say that the hand does anything wrong.
          </p>
          <ClusterTable clusters={clusters} />
          <ReasonsTable id="table-cluster-reasons" what="cluster" records={clusters} />
          {clusterCount > clusters.length && (
            <p class="note">
              {formatCount(clusterCount - clusters.length)} further clusters with less evidence are not in the
              analysis (report.clusters in access.yaml).
            </p>
          )}
          {clusters.slice(0, graphs.length).map((cluster, index) => (
            <ClusterGraph cluster={cluster} svg={graphs[index] ?? null} index={index} />
          ))}
        </>
      )}
    </section>
  );
}

function ClusterTable({ clusters }: { readonly clusters: readonly ClusterRecord[] }) {
  return (
    <DataTable
      id="table-clusters"
      caption="Clusters, those with the most evidence first, each measured as if it were one account. Below each indicator its effect and its q over all clusters."
      columns={[
        { head: "Cluster" },
        { head: "Accounts", numeric: true },
        { head: "Requests", numeric: true },
        { head: "Nats", numeric: true },
        ...scoredColumns,
      ]}
      rows={clusters.map((cluster) => [
        cluster.cluster,
        formatCount(cluster.size),
        formatCount(cluster.requests),
        formatNumber(cluster.nats, 0),
        ...scoredCells(cluster),
      ])}
    />
  );
}

function ClusterGraph(props: {
  readonly cluster: ClusterRecord;
  readonly svg: string | null;
  readonly index: number;
}) {
  const { cluster, svg, index } = props;
  const { rows } = useContext(DetailContext);
  const drawn = drawnCluster(cluster);
  return (
    <>
      <h3>{cluster.cluster}</h3>
      <Figure
        id={`figure-cluster-${index}`}
        svg={svg}
        caption={
          <>
            <strong>{cluster.cluster}</strong>: {formatCount(cluster.size)} accounts,{" "}
            {formatCount(cluster.edgeCount)} edges, {cluster.firstTime.slice(0, 10)} to{" "}
            {cluster.lastTime.slice(0, 10)}. Drawn: {formatCount(drawn.nodes.length)} accounts with the most
            evidence and {formatCount(drawn.edges.length)} edges among them; thicker is more. Solid: payment,
            network or client in common; dashed: what is done alike. Places mean nothing but who is linked
            with whom; the table of edges says the same in words.
          </>
        }
      />
      <details>
        <summary>Edges of {cluster.cluster}</summary>
        <DataTable
          id={`table-edges-${index}`}
          caption={`Evidence on the edges of ${cluster.cluster}, strongest first`}
          limit={Math.min(60, rows)}
          columns={[
            { head: "Account" },
            { head: "Account" },
            { head: "Nats", numeric: true },
            { head: "Evidence" },
          ]}
          rows={cluster.edges.map((edge) => [
            edge.first,
            edge.second,
            formatNumber(edge.nats, 1),
            edge.evidence.map(({ kind, nats, sharers, note }, at) => (
              <>
                {at > 0 && "; "}
                {kind} {formatNumber(nats, 1)} (
                <Foreign text={note} max={160} />
                {sharers !== null && `, shared by ${formatCount(sharers)}`})
              </>
            )),
          ])}
        />
      </details>
    </>
  );
}
