import { renderToStaticMarkup } from "preact-render-to-string";
import { type Detail, DetailContext, details } from "../html/detail.ts";
import { PageHead } from "../html/page-head.tsx";
import { styleSheet } from "../html/style-sheet.ts";
import { Foreign } from "../html/text.tsx";
import type { AccessReport } from "./access-report.ts";
import { AccountsSection } from "./accounts-section.tsx";
import { drawClusterGraph, graphBounds } from "./charts/cluster-graph.ts";
import { drawDistribution } from "./charts/distribution-chart.ts";
import { drawReliability } from "./charts/reliability-chart.ts";
import { drawVolume } from "./charts/volume-chart.ts";
import { AccessLimits, AccessMethod, AccessProvenance } from "./closing-sections.tsx";
import { ClustersSection } from "./clusters-section.tsx";
import { DistributionsSection } from "./distributions-section.tsx";
import { ExhibitsSection } from "./exhibits-section.tsx";
import { LogSection } from "./log-section.tsx";
import { ModelSideSection } from "./model-side-section.tsx";
import { ProbabilitySection } from "./probability-section.tsx";
import { AccessSummary } from "./summary-section.tsx";

/** Bytes that a page may have: as a similarity report's. */
const largestPage = 2_900_000;

/** Drawings of the page. */
interface Drawings {
  readonly volume: string | null;
  readonly graphs: readonly (string | null)[];
  readonly distributions: readonly (string | null)[];
  readonly reliability: string | null;
}

/**
 * Report of a scan as one self-contained HTML page: no script, no request, light, dark and print, at most 2.9 MB. The same
 * report gives the same bytes; where it would be larger, tables are cut short and the page says so.
 */
export async function renderAccessHtml(report: AccessReport): Promise<string> {
  const { analysis } = report;
  const drawings: Drawings = {
    volume: await drawVolume(analysis),
    graphs: await Promise.all(analysis.clusters.slice(0, graphBounds.clusters).map(drawClusterGraph)),
    distributions: await Promise.all(
      analysis.distributions.map((one) => drawDistribution(one, analysis.accounts)),
    ),
    reliability: await drawReliability(analysis.probabilityModel),
  };
  let page = "";
  for (const detail of details) {
    page = `<!doctype html>\n${renderToStaticMarkup(
      <DetailContext.Provider value={detail}>
        <Page report={report} drawings={drawings} detail={detail} />
      </DetailContext.Provider>,
    )}\n`;
    if (new TextEncoder().encode(page).length <= largestPage) break;
  }
  return page;
}

const parts = [
  ["findings", "Findings"],
  ["log", "The log"],
  ["clusters", "Clusters of linked accounts"],
  ["accounts", "Accounts"],
  ["exhibits", "What was asked"],
  ["distributions", "Indicators among all accounts"],
  ["probability", "Probability and policy"],
  ["model-side", "Beside it: the suspect’s answers"],
  ["method", "Method in plain words"],
  ["limits", "Limits and responsible use"],
  ["provenance", "Provenance"],
] as const;

interface PageProps {
  readonly report: AccessReport;
  readonly drawings: Drawings;
  readonly detail: Detail;
}

function Page({ report, drawings, detail }: PageProps) {
  const { analysis } = report;
  const date = analysis.createdAt.slice(0, 10);
  return (
    <html lang="en">
      <PageHead title={`Congener access report of ${date}`} style={styleSheet} />
      <body>
        <a class="skip" href="#content">
          Skip to the findings
        </a>
        <header>
          <p class="kicker">Congener access report · {date} · confidential: pseudonymous customer data</p>
          <h1>Does anybody harvest answers through this log’s accounts?</h1>
        </header>
        <main id="content">
          <AccessSummary report={report} />
          {detail !== details[0] && (
            <p class="note">
              This page is shortened so that it stays small: longer tables are in the JSON and CSV files.
            </p>
          )}
          <nav aria-labelledby="contents-heading">
            <h2 id="contents-heading">Contents</h2>
            <ol>
              {parts
                .filter(([id]) => id !== "model-side" || report.run !== null)
                .map(([id, words]) => (
                  <li>
                    <a href={`#${id}`}>{words}</a>
                  </li>
                ))}
            </ol>
          </nav>
          <LogSection report={report} volume={drawings.volume} />
          <ClustersSection report={report} graphs={drawings.graphs} />
          <AccountsSection report={report} />
          <ExhibitsSection report={report} />
          <DistributionsSection report={report} drawings={drawings.distributions} />
          <ProbabilitySection report={report} reliability={drawings.reliability} />
          <ModelSideSection report={report} />
          <AccessMethod />
          <AccessLimits report={report} />
          <AccessProvenance report={report} />
        </main>
        <footer>
          <p>
            Congener <Foreign text={analysis.congenerVersion} max={40} />, seed {analysis.settings.seed}.
            Every number on this page is in access.json of the scan or in the files named under Provenance.
          </p>
        </footer>
      </body>
    </html>
  );
}
