import type { ComponentChildren } from "preact";
import { renderToStaticMarkup } from "preact-render-to-string";
import { PageHead } from "../html/page-head.tsx";
import { styleSheet } from "../html/style-sheet.ts";
import { siteStyle } from "./site-style.ts";

/** A page of a site that is no report: no script, no request, the report's looks. */
export function renderSitePage(page: {
  /** Made visible already. */
  readonly title: string;
  readonly body: ComponentChildren;
  /** Address of the feed, relative to the page. */
  readonly feed?: string;
}): string {
  const markup = renderToStaticMarkup(
    <html lang="en">
      <PageHead title={page.title} style={`${styleSheet}${siteStyle}`}>
        {page.feed !== undefined && <link rel="alternate" type="application/atom+xml" href={page.feed} />}
      </PageHead>
      <body>{page.body}</body>
    </html>,
  );
  return `<!doctype html>\n${markup}\n`;
}
