import { h } from "preact";
import { renderToStaticMarkup } from "preact-render-to-string";
import { newestFirst, type Site, type SiteEntry } from "../../schema/site.ts";
import { miniatureNotice } from "../finding-words.ts";
import { visibleText } from "../visible-text.ts";
import { findingsInWords } from "./site-words.ts";

/** Reports in the feed, newest first. */
const fedReports = 50;

/**
 * Atom feed (RFC 4287) of the newest reports. Links are relative to the feed unless the site says where it is served.
 * The same site gives the same bytes.
 */
export function renderFeed({ title, baseURL, entries }: Site): string {
  const newest = newestFirst(entries);
  const oldest = entries[0]?.id ?? "empty";
  const markup = renderToStaticMarkup(
    h(
      "feed",
      { xmlns: "http://www.w3.org/2005/Atom" },
      h("id", null, baseURL ?? `urn:congener:site:${oldest}`),
      h("title", null, visibleText(title, { maxLength: 120 })),
      h("updated", null, newest[0]?.createdAt ?? "1970-01-01T00:00:00Z"),
      h("author", null, h("name", null, "Congener")),
      baseURL === null ? null : h("link", { rel: "self", href: `${baseURL}feed.xml` }),
      h("link", { rel: "alternate", type: "text/html", href: `${baseURL ?? ""}index.html` }),
      ...newest.slice(0, fedReports).map((entry) => feedEntry(entry, baseURL ?? "")),
    ),
  );
  return `<?xml version="1.0" encoding="utf-8"?>\n${markup}\n`;
}

function feedEntry(entry: SiteEntry, base: string) {
  const notice = entry.miniature ? ` ${miniatureNotice}` : "";
  return h(
    "entry",
    null,
    h("id", null, `urn:congener:report:${entry.id}`),
    h("title", null, visibleText(entry.run, { maxLength: 80 })),
    h("updated", null, entry.createdAt),
    h("link", { rel: "alternate", type: "text/html", href: `${base}reports/${entry.id}/index.html` }),
    h(
      "summary",
      null,
      `Reference ${visibleText(entry.reference, { maxLength: 80 })}. ${findingsInWords(entry)}.${notice}`,
    ),
  );
}
