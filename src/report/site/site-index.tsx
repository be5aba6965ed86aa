import { newestFirst, type Site, type SiteEntry, supersededBy } from "../../schema/site.ts";
import { findingMeanings, findingWords, miniatureNotice } from "../finding-words.ts";
import { Code, Foreign } from "../html/text.tsx";
import { formatCount } from "../numbers.ts";
import { visibleText } from "../visible-text.ts";
import { renderSitePage } from "./site-page.tsx";
import { siteRatioWords, timeWords } from "./site-words.ts";
import { type Timeline, TimelineSection, timelines } from "./timeline-section.tsx";

/** The first page of a site: its reports, newest first, and the likelihood ratios over time. The same site gives the same bytes. */
export async function renderSiteIndex(site: Site): Promise<string> {
  const drawn = await timelines(site);
  return renderSitePage({
    title: visibleText(site.title, { maxLength: 120 }),
    feed: "feed.xml",
    body: <Index site={site} timelines={drawn} />,
  });
}

function Index({ site, timelines: drawn }: { readonly site: Site; readonly timelines: readonly Timeline[] }) {
  const { entries } = site;
  return (
    <>
      <a class="skip" href="#content">
        Skip to the reports
      </a>
      <header>
        <p class="kicker">
          Congener · {formatCount(entries.length)} {entries.length === 1 ? "report" : "reports"}
        </p>
        <h1>
          <Foreign text={site.title} max={120} />
        </h1>
      </header>
      <main id="content">
        <section id="reports" aria-labelledby="reports-heading">
          <h2 id="reports-heading">Reports</h2>
          {entries.some(({ miniature }) => miniature) && (
            <p class="banner">
              {entries.every(({ miniature }) => miniature)
                ? "These reports are"
                : "Some of these reports are"}{" "}
              of models made for a demonstration. {miniatureNotice}
            </p>
          )}
          <p>
            Each report asks whether suspect models were trained on a reference model’s answers, and weighs it
            against models that were not. A likelihood ratio (LR) says how many times more probable the
            answers are if they were; its logarithm is given with an interval. It is evidence to be weighed
            with other evidence, and no verdict.
          </p>
          <ReportTable entries={entries} />
          <FindingMeanings entries={entries} />
        </section>
        <TimelineSection timelines={drawn} />
        <section id="check" aria-labelledby="check-heading">
          <h2 id="check-heading">Check a report</h2>
          <p>
            Every report comes with its evidence bundle: the answers (or, where they are withheld, what was
            measured of them), the analysis, and the SHA-256 of every file. Each report’s page says how to
            check them, with <Code text="congener verify" /> or without Congener.
          </p>
          <p>
            A signature says only that the bundle is the one that the owner of a key signed. Whose key it is,
            this page cannot say: compare the key id with one that you have from the signer in another way.
          </p>
        </section>
      </main>
      <footer>
        <p>
          Made by Congener. <a href="feed.xml">Feed of new reports</a> (Atom) ·{" "}
          <a href="site.json">List of reports</a> (JSON)
        </p>
      </footer>
    </>
  );
}

/** What the parts of a table are to a browser by themselves, until a phone's style takes them out of table layout. */
const roles = {
  table: "table",
  rowgroup: "rowgroup",
  row: "row",
  columnheader: "columnheader",
  rowheader: "rowheader",
  cell: "cell",
} as const;

/** Table of the reports; on a phone the cells of a row stand one below the other. */
function ReportTable({ entries }: { readonly entries: readonly SiteEntry[] }) {
  return (
    <table class="reports" role={roles.table} aria-labelledby="table-reports">
      <caption id="table-reports">Reports by the time of comparison, newest first</caption>
      <thead role={roles.rowgroup}>
        <tr role={roles.row}>
          {["Report", "Reference", "Suspects and findings", "Checks"].map((head) => (
            <th scope="col" role={roles.columnheader}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role={roles.rowgroup}>
        {newestFirst(entries).map((entry) => (
          <tr role={roles.row}>
            <th scope="row" role={roles.rowheader}>
              <ReportLink entry={entry} />
            </th>
            <td role={roles.cell}>
              <span class="phone">Reference: </span>
              <Foreign text={entry.reference} max={120} />
            </td>
            <td role={roles.cell}>
              <SuspectList entry={entry} />
            </td>
            <td role={roles.cell}>
              <Checks entry={entry} entries={entries} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ReportLink({ entry }: { readonly entry: SiteEntry }) {
  return (
    <>
      <a class="report-link" href={pageOf(entry)}>
        <Foreign text={entry.run} max={80} />
        <span class="range">
          <time dateTime={entry.createdAt}>{timeWords(entry.createdAt)}</time>
        </span>
      </a>
      {entry.miniature && <span class="range">miniature simulation</span>}
    </>
  );
}

function SuspectList({ entry }: { readonly entry: SiteEntry }) {
  return (
    <ul class="suspects">
      {entry.suspects.map((suspect) => (
        <li>
          <Foreign text={suspect.name} max={120} />{" "}
          <span class={`badge ${suspect.finding}`}>{findingWords[suspect.finding]}</span>
          <span class="range">{siteRatioWords(suspect)}</span>
        </li>
      ))}
    </ul>
  );
}

function Checks({ entry, entries }: { readonly entry: SiteEntry; readonly entries: readonly SiteEntry[] }) {
  const newer = supersededBy(entry, entries);
  return (
    <ul class="checks">
      <li>
        {entry.keyId === null ? (
          "not signed"
        ) : (
          <>
            signed, key <Code text={entry.keyId.slice(0, 16)} />
          </>
        )}
      </li>
      {entry.redacted && <li>redacted: no prompts or answers</li>}
      {entry.runStatus !== "complete" && <li>run not finished</li>}
      {newer !== null && (
        <li>
          superseded by <a href={pageOf(newer)}>the comparison of {timeWords(newer.createdAt)}</a>
        </li>
      )}
    </ul>
  );
}

function FindingMeanings({ entries }: { readonly entries: readonly SiteEntry[] }) {
  const found = [...new Set(entries.flatMap(({ suspects }) => suspects.map(({ finding }) => finding)))];
  return (
    <dl class="meanings">
      {found.toSorted().map((finding) => (
        <div>
          <dt>{findingWords[finding]}</dt>
          <dd>{findingMeanings[finding]}</dd>
        </div>
      ))}
    </dl>
  );
}

const pageOf = ({ id }: SiteEntry): string => `reports/${id}/index.html`;
