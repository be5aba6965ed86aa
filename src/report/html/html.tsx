import { renderToStaticMarkup } from "preact-render-to-string";
import type { Analysis } from "../../schema/analysis.ts";
import { visibleText } from "../visible-text.ts";
import { CalibrationSection } from "./calibration-section.tsx";
import { type Charts, drawCharts, noCharts, undrawn } from "./charts.ts";
import { type Detail, DetailContext, details } from "./detail.ts";
import { LimitsSection } from "./limits-section.tsx";
import { MethodSection } from "./method-section.tsx";
import { ModelsSection } from "./models-section.tsx";
import { PageHead } from "./page-head.tsx";
import { ProvenanceSection } from "./provenance-section.tsx";
import { styleSheet } from "./style-sheet.ts";
import { SummarySection } from "./summary-section.tsx";
import { SuspectSection } from "./suspect-section.tsx";
import { Foreign } from "./text.tsx";

/** Bytes that a page may have: whoever gets it by mail or opens it on a phone should be able to. */
const largestPage = 2_900_000;

/**
 * Report of an analysis as one self-contained HTML page: no script, no request, light, dark and print. Foreign text
 * stands in text nodes only, after `visibleText`. The same analysis gives the same bytes, at most 2.9 MB of them: where it
 * would have more, tables, exhibits and quotations are cut short, and the page says so.
 */
export async function renderHtml(analysis: Analysis): Promise<string> {
  const charts = await drawCharts(analysis);
  const encoder = new TextEncoder();
  let page = "";
  for (const detail of details) {
    // A page with room for a third of the suspects is not worth the memory of trying.
    if (analysis.suspects.length > 3 * detail.suspects && detail !== details.at(-1)) continue;
    page = `<!doctype html>\n${renderToStaticMarkup(
      <DetailContext.Provider value={detail}>
        <Page analysis={analysis} charts={detail.charts ? charts : undrawn(charts)} detail={detail} />
      </DetailContext.Provider>,
    )}\n`;
    if (encoder.encode(page).length <= largestPage) break;
  }
  return page;
}

interface PageProps {
  readonly analysis: Analysis;
  readonly charts: Charts;
  readonly detail: Detail;
}

function Page({ analysis, charts, detail }: PageProps) {
  const sections = analysis.suspects.slice(0, detail.suspects);
  const [only] = analysis.suspects;
  const title = `Congener report: ${visibleText(analysis.run, { maxLength: 80 })}`;
  return (
    <html lang="en">
      <PageHead title={title} style={styleSheet} />
      <body>
        <a class="skip" href="#content">
          Skip to the findings
        </a>
        <header>
          <p class="kicker">
            Congener similarity report · run <Foreign text={analysis.run} max={80} /> ·{" "}
            {analysis.createdAt.slice(0, 10)}
          </p>
          <h1>
            {analysis.suspects.length === 1 && only !== undefined ? (
              <>
                Was <Foreign text={only.name} max={80} /> trained on answers of{" "}
                <Foreign text={analysis.reference} max={80} />?
              </>
            ) : (
              <>
                Were these models trained on answers of <Foreign text={analysis.reference} max={80} />?
              </>
            )}
          </h1>
        </header>
        <main id="content">
          <SummarySection analysis={analysis} charts={charts} />
          {detail !== details[0] && (
            <p class="note">
              This page is shortened so that it stays small: longer tables, further exhibits and long
              quotations are in the JSON and CSV files of this report.
              {analysis.suspects.length > sections.length &&
                ` Only the first ${sections.length} of ${analysis.suspects.length} suspects have a section here.`}
            </p>
          )}
          <Contents suspects={sections} />
          {sections.map((suspect, index) => (
            <SuspectSection
              analysis={analysis}
              suspect={suspect}
              index={index}
              charts={charts.suspects[index] ?? noCharts}
            />
          ))}
          <ModelsSection analysis={analysis} charts={charts} />
          <CalibrationSection calibration={analysis.reportData.calibration} charts={charts} />
          <MethodSection />
          <LimitsSection analysis={analysis} />
          <ProvenanceSection analysis={analysis} />
        </main>
        <footer>
          <p>
            Congener <Foreign text={analysis.congenerVersion} max={40} />, statistic version{" "}
            <Foreign text={analysis.statisticVersion} max={40} />, seed {analysis.seed}. Every number on this
            page is in the analysis file of the run; nothing was computed for the page alone.
          </p>
        </footer>
      </body>
    </html>
  );
}

function Contents({ suspects }: { readonly suspects: Analysis["suspects"] }) {
  return (
    <nav aria-labelledby="contents-heading">
      <h2 id="contents-heading">Contents</h2>
      <ol>
        <li>
          <a href="#findings">Findings</a>
        </li>
        {suspects.map((suspect, index) => (
          <li>
            <a href={`#suspect-${index}`}>
              Evidence on <Foreign text={suspect.name} max={60} />
            </a>
          </li>
        ))}
        {parts.map(([id, words]) => (
          <li>
            <a href={`#${id}`}>{words}</a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

const parts = [
  ["models", "All models"],
  ["calibration", "Calibration"],
  ["method", "Method in plain words"],
  ["limits", "Limits and responsible use"],
  ["provenance", "Provenance"],
] as const;
