import type { ComponentChildren } from "preact";
import { renderToStaticMarkup } from "preact-render-to-string";
import { contentSecurityPolicy } from "../html/html.tsx";
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
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={contentSecurityPolicy} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>{page.title}</title>
        {page.feed !== undefined && <link rel="alternate" type="application/atom+xml" href={page.feed} />}
        <style>{`${styleSheet}${siteStyle}`}</style>
      </head>
      <body>{page.body}</body>
    </html>,
  );
  return `<!doctype html>\n${markup}\n`;
}
