import type { SiteFile } from "../../bundle/open-site.ts";
import { renderFeed } from "../../report/site/feed.tsx";
import { renderNotFoundPage } from "../../report/site/not-found-page.tsx";
import { renderReportPage } from "../../report/site/report-page.tsx";
import { renderSiteIndex } from "../../report/site/site-index.tsx";
import type { Site, SiteEntry } from "../../schema/site.ts";

/**
 * The pages of a site that its list of reports alone decides, and those of reports that share a run with one of `touched`:
 * whether they are superseded may have changed.
 * @param reportOf - `report.html` of a report
 */
export async function sitePages(
  site: Site,
  touched: readonly SiteEntry[],
  reportOf: (entry: SiteEntry) => Promise<string>,
): Promise<SiteFile[]> {
  const runs = new Set(touched.map(({ runKey }) => runKey));
  const pages: SiteFile[] = [
    { path: "index.html", content: await renderSiteIndex(site) },
    { path: "404.html", content: renderNotFoundPage(site) },
    { path: "feed.xml", content: renderFeed(site) },
    // Tells GitHub Pages to serve the files as they are.
    { path: ".nojekyll", content: "" },
  ];
  for (const entry of site.entries)
    if (runs.has(entry.runKey))
      pages.push({
        path: `reports/${entry.id}/index.html`,
        content: renderReportPage(await reportOf(entry), entry, site.entries),
      });
  return pages;
}
