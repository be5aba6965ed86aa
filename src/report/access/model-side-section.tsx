import type { Analysis, SuspectAnalysis } from "../../schema/analysis.ts";
import type { CanaryTest } from "../../schema/canary.ts";
import { canaryNotice, leadingClusters } from "../canary-words.ts";
import { findingWords, logRatioWords, ratioWords } from "../finding-words.ts";
import { DataTable } from "../html/data-table.tsx";
import { Foreign } from "../html/text.tsx";
import { formatP } from "../numbers.ts";
import type { AccessReport } from "./access-report.ts";
import { besideWords, clusterNameWords } from "./access-words.ts";

/** The comparison of a suspect's answers beside the access-side evidence, and the clusters that fed it by its canaries. */
export function ModelSideSection({ report: { run, analysis } }: { readonly report: AccessReport }) {
  if (run === null) return null;
  const known = new Set(analysis.clusters.map(({ cluster }) => cluster));
  const tests = run.suspects.flatMap((suspect) =>
    (suspect.canary?.tests ?? [])
      .filter(({ clusters }) => clusters !== undefined)
      .map((test) => ({ suspect, test })),
  );
  return (
    <section id="model-side" aria-labelledby="model-side-heading">
      <h2 id="model-side-heading">Beside it: the suspect’s answers</h2>
      <p>{besideWords}</p>
      <RatioTable run={run} />
      <h3>Through which clusters was it fed?</h3>
      {tests.length === 0 ? (
        <p>
          The comparison holds no canaries that were assigned by account cluster, so it says nothing of who
          asked.
        </p>
      ) : (
        <>
          <p>
            {canaryNotice} {clusterNameWords}
          </p>
          {tests.map(({ suspect, test }, at) => (
            <Clusters suspect={suspect} test={test} known={known} at={at} />
          ))}
        </>
      )}
    </section>
  );
}

function RatioTable({ run }: { readonly run: Analysis }) {
  return (
    <DataTable
      id="table-model-side"
      caption={
        <>
          Findings of the comparison <Foreign text={run.run} max={80} /> with{" "}
          <Foreign text={run.reference} max={80} />, as its own report gives them
        </>
      }
      columns={[
        { head: "Suspect" },
        { head: "Finding" },
        { head: "LR", numeric: true },
        { head: "Interval" },
      ]}
      rows={run.suspects.map((suspect) => [
        <Foreign text={suspect.name} max={120} />,
        findingWords[suspect.finding],
        ratioWords(suspect),
        logRatioWords(suspect),
      ])}
      limit={60}
    />
  );
}

interface ClustersProps {
  readonly suspect: SuspectAnalysis;
  readonly test: CanaryTest;
  /** Clusters of this scan. */
  readonly known: ReadonlySet<string>;
  readonly at: number;
}

function Clusters({ suspect, test, known, at }: ClustersProps) {
  const lists = 1 + (test.clusters?.length ?? 0);
  return (
    <DataTable
      id={`table-fed-${at}`}
      caption={
        <>
          Secret <Foreign text={test.name} max={80} /> in the answers of{" "}
          <Foreign text={suspect.name} max={80} />: clusters whose own variants are given beyond chance, or
          the nearest where there is none. Exact binomial tail over {test.answered + test.incomplete} slots of{" "}
          {test.variants} variants each; corrected by Holm over all {lists} lists, times the secrets ever
          committed.
        </>
      }
      columns={[
        { head: "Cluster" },
        { head: "Hits", numeric: true },
        { head: "p", numeric: true },
        { head: "Corrected p", numeric: true },
        { head: "Reading" },
      ]}
      rows={leadingClusters(test).map(({ cluster, hits, pValue, adjustedPValue }) => [
        <Foreign text={cluster} max={80} />,
        hits,
        formatP(pValue),
        formatP(adjustedPValue),
        `${adjustedPValue <= 0.05 ? "its variants reached the suspect" : "not beyond chance"}${known.has(cluster) ? "; this scan has a cluster of the same name" : ""}`,
      ])}
    />
  );
}
