import type { ComponentChildren } from "preact";
import { renderToStaticMarkup } from "preact-render-to-string";
import { type SiteEntry, supersededBy } from "../../schema/site.ts";
import { Code } from "../html/text.tsx";
import { siteStyle } from "./site-style.ts";
import { formatBytes, timeWords, unfinishedNotice } from "./site-words.ts";

/**
 * The page of a published report: the bundle's own `report.html` with a bar above it that says how it was published,
 * what can be downloaded and how to check it. What the report itself says stays byte for byte.
 *
 * @param report - as `renderHtml` wrote it; text in it is escaped, so that its tags occur where it put them
 * @param entries - all of the site, for whether a newer analysis replaces this one
 */
export function renderReportPage(report: string, entry: SiteEntry, entries: readonly SiteEntry[]): string {
  const bar = renderToStaticMarkup(<PublicationBar entry={entry} newer={supersededBy(entry, entries)} />);
  const style = renderToStaticMarkup(<style>{siteStyle}</style>);
  return insertBefore(insertBefore(report, "</head>", style), "<header>", bar);
}

function insertBefore(page: string, tag: string, markup: string): string {
  const at = page.indexOf(tag);
  // Without such a tag the report stands alone rather than not at all.
  return at < 0 ? page : `${page.slice(0, at)}${markup}${page.slice(at)}`;
}

interface PublicationBarProps {
  readonly entry: SiteEntry;
  readonly newer: SiteEntry | null;
}

function PublicationBar({ entry, newer }: PublicationBarProps) {
  return (
    <aside class="publication" aria-label="Publication">
      <p>
        <span class="trail">
          <a href="../../index.html">All reports</a> ·{" "}
        </span>
        {entry.keyId === null ? (
          "not signed"
        ) : (
          <>
            signed with the Ed25519 key <Code text={entry.keyId} />
          </>
        )}
      </p>
      {newer !== null && (
        <p class="banner">
          Superseded: this{" "}
          {newer.createdAt === entry.createdAt
            ? "comparison was published again"
            : `run was compared again at ${timeWords(newer.createdAt)}`}
          . <a href={`../${newer.id}/index.html`}>Read the newer report</a>
        </p>
      )}
      {entry.runStatus !== "complete" && <p class="banner">{unfinishedNotice}</p>}
      {entry.redacted && (
        <p>
          Redacted: prompts and answers are withheld. The numbers can be recomputed from what was measured of
          the answers; that it was measured of these answers can be checked by who holds the text.
        </p>
      )}
      <Downloads entry={entry} />
      <Verification entry={entry} />
      <hr />
    </aside>
  );
}

const words: readonly (readonly [file: string, words: string])[] = [
  ["report/report.json", "JSON"],
  ["report/report.md", "Markdown"],
  ["SHA256SUMS", "Checksums"],
  ["bundle.dsse.json", "Signature (DSSE)"],
  ["signature/public-key.pem", "Public key"],
  ["VERIFY.md", "How to verify"],
];

function Downloads({ entry: { files, bundle } }: Pick<PublicationBarProps, "entry">) {
  const tables = files.filter((file) => file.endsWith(".csv"));
  return (
    <>
      <ul class="downloads" aria-label="Downloads">
        <li>
          <Download file="bundle.tar.gz">Evidence bundle</Download> ({formatBytes(bundle.bytes)})
        </li>
        {words.map(
          ([file, name]) =>
            files.includes(file) && (
              <li>
                <Download file={file}>{name}</Download>
              </li>
            ),
        )}
      </ul>
      {tables.length > 0 && (
        <details>
          <summary>Tables as CSV</summary>
          <ul class="downloads">
            {tables.map((file) => (
              <li>
                <Download file={file}>
                  {file.replace(/^.*\/(?:report\.)?/, "").replace(/\.csv$/, "")}
                </Download>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Download({ file, children }: { readonly file: string; readonly children: ComponentChildren }) {
  return (
    <a href={file} download>
      {children}
    </a>
  );
}

function Verification({ entry }: Pick<PublicationBarProps, "entry">) {
  return (
    <details>
      <summary>How to check this report</summary>
      <ul>
        <li>
          The bundle’s SHA-256 is <Code text={entry.bundle.sha256} />: <Code text="sha256sum bundle.tar.gz" />
        </li>
        <li>
          Unpack it and compare every file in it with its checksum:{" "}
          <Code text="mkdir bundle && tar xzf bundle.tar.gz -C bundle" />, then there{" "}
          <Code text="sha256sum -c SHA256SUMS" />
        </li>
        {entry.keyId !== null && (
          <li>
            The signature without Congener:{" "}
            <Code
              text="openssl pkeyutl -verify -pubin -inkey signature/public-key.pem -rawin -in signature/pae.bin -sigfile signature/signature.bin"
              max={400}
            />
            . Compare the key id above with one that you have from the signer in another way.
          </li>
        )}
        <li>
          Recompute every number offline:{" "}
          <Code
            text={`congener verify bundle.tar.gz${entry.keyId === null ? "" : ` --key-id ${entry.keyId}`}`}
          />
        </li>
      </ul>
    </details>
  );
}
