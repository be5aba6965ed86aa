import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publicationId, siteEntry } from "../../src/cli/publish/site-entry.ts";
import { sitePages } from "../../src/cli/publish/site-pages.ts";
import { drawTimelineChart } from "../../src/report/charts/timeline-chart.ts";
import { renderHtml } from "../../src/report/html/html.tsx";
import { renderFeed } from "../../src/report/site/feed.tsx";
import { renderReportPage } from "../../src/report/site/report-page.tsx";
import { renderSiteIndex } from "../../src/report/site/site-index.tsx";
import { formatBytes, siteRatioWords } from "../../src/report/site/site-words.ts";
import type { Analysis } from "../../src/schema/analysis.ts";
import { newestFirst, type Site, type SiteEntry, siteSchema, supersededBy } from "../../src/schema/site.ts";
import { hostileAnalysis } from "../fixtures/report/hostile-analysis.ts";
import { nastyStrings } from "../fixtures/report/nasty-strings.ts";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";
import { manifestFor } from "../store/run-fixture.ts";

const files = [
  "SHA256SUMS",
  "VERIFY.md",
  "report/report.findings.csv",
  "report/report.json",
  "report/report.md",
];
const signed = ["bundle.dsse.json", "signature/public-key.pem"];

/** A report as the site lists it, of a run that was started when `started` says. */
function published(
  analysis: Analysis,
  more: Partial<SiteEntry> & { readonly started?: string } = {},
): SiteEntry {
  const { started = "2026-11-01T00:00:00.000Z", ...rest } = more;
  const manifest = {
    ...manifestFor(["a"]),
    name: analysis.run,
    createdAt: started,
    status: "complete" as const,
  };
  const candidate = { dir: "", name: "", manifest, analysis, hasCanaries: false };
  const { keyId = null, redacted = false } = rest;
  return {
    ...siteEntry(candidate, {
      id: publicationId(candidate, { redacted, keyId, version: "0.1.0", openings: [] }),
      redacted,
      keyId,
      bundle: { sha256: "ab".repeat(32), bytes: 1_426_498 },
      files: keyId === null ? files : [...files, ...signed],
    }),
    ...rest,
  };
}

const at = (day: string): Analysis => ({
  ...sampleAnalysis({ exhibits: 1 }),
  createdAt: `2026-${day}T09:30:00.000Z`,
});
const keyId = "0123456789abcdef".repeat(4);

/** Reports of a year, and what each is made of. */
function siteOf(
  analyses: readonly (readonly [Analysis, (Partial<SiteEntry> & { readonly started?: string })?])[],
) {
  const reports = new Map(analyses.map(([analysis, more]) => [published(analysis, more), analysis] as const));
  const site: Site = siteSchema.parse({
    kind: "congener-site",
    schemaVersion: 1,
    title: "Reports on acme",
    baseURL: null,
    entries: [...reports.keys()],
  });
  return { site, reports };
}

const yearly = siteOf([
  [at("02-01"), { started: "2026-01-01T00:00:00.000Z", keyId }],
  [at("05-01"), { started: "2026-02-01T00:00:00.000Z", keyId, redacted: true }],
  [at("05-02"), { started: "2026-02-01T00:00:00.000Z", keyId, runStatus: "stopped" }],
  [{ ...sampleAnalysis({ miniature: true, exhibits: 1 }), run: "demo-4" }],
]);

it("says of a bounded ratio at which side it was cut, as the report does", () => {
  const [suspect] = sampleAnalysis().suspects;
  if (suspect === undefined) throw new Error("the sample compares nobody");
  const words = (part: Partial<typeof suspect>) => {
    const analysis = {
      ...sampleAnalysis(),
      suspects: [{ ...suspect, log10LRBound: [-1, 1] as [number, number], ...part }],
    };
    const [entry] = published(analysis).suspects;
    return entry === undefined ? "" : siteRatioWords(entry);
  };
  expect(words({ log10LR: 1, atUpperBound: true })).toMatch(/^LR at least 10, /);
  expect(words({ log10LR: -1, atUpperBound: false })).toMatch(/^LR at most 0\.1, log10 −1\.00/);
  expect(words({ log10LR: 0.5, atUpperBound: false })).toMatch(/^LR 3\.2, /);
});

describe("the list of reports", () => {
  it("is newest first; the newest analysis of a run supersedes the others, also of one time", () => {
    const { entries } = yearly.site;
    expect(newestFirst(entries).map(({ createdAt }) => createdAt.slice(5, 10))).toEqual([
      "11-21",
      "05-02",
      "05-01",
      "02-01",
    ]);
    expect(entries.map((entry) => supersededBy(entry, entries)?.createdAt.slice(5, 10) ?? null)).toEqual([
      null,
      "05-02",
      null,
      null,
    ]);
    const twice = siteOf([[at("02-01")], [at("02-01"), { keyId }]]).site.entries;
    expect(twice.map((entry) => supersededBy(entry, twice)?.keyId ?? null)).toEqual([keyId, null]);
  });

  it("refuses an id that leaves the reports' folder, and a link that is no file of it", () => {
    const [entry] = yearly.site.entries;
    for (const change of [
      { id: "../../etc" },
      { id: "2026-01-01-a/b-0123456789ab" },
      { files: ["../x"] },
      { files: ["javascript:x"] },
    ])
      expect(siteSchema.safeParse({ ...yearly.site, entries: [{ ...entry, ...change }] }).success).toBe(
        false,
      );
    expect(siteSchema.safeParse({ ...yearly.site, baseURL: "javascript:alert(1)" }).success).toBe(false);
  });
});

describe("pages", () => {
  it("are the same bytes for the same site", async () => {
    expect(await renderSiteIndex(yearly.site)).toBe(await renderSiteIndex(structuredClone(yearly.site)));
    expect(renderFeed(yearly.site)).toBe(renderFeed(structuredClone(yearly.site)));
  });

  it("leave the report as it is under the bar", async () => {
    const [entry] = yearly.site.entries as [SiteEntry];
    const report = await renderHtml(at("02-01"));
    const page = renderReportPage(report, entry, yearly.site.entries);
    const bar = page.slice(
      page.indexOf('<aside class="publication"'),
      page.indexOf("</aside>") + "</aside>".length,
    );
    const style = page.slice(page.indexOf("</style>") + "</style>".length, page.indexOf("</head>"));
    expect(page.replace(bar, "").replace(style, "")).toBe(report);
    expect(bar).toContain(keyId);
    expect(bar).toContain("1.4 MB");
  });

  it("draw a suspect's ratios over time where there are several, without superseded ones", async () => {
    const index = await renderSiteIndex(yearly.site);
    expect(index).toContain("<bdi>acme-chat-7b</bdi> against <bdi>aurora-2-large</bdi></h3>");
    expect(index).toMatch(/2026-02-01: LR [^<]*; 2026-05-02: LR/);
    expect(index).not.toContain("2026-05-01: LR");
    expect(index).not.toContain("(miniature simulation)</h3>");
    const single = await renderSiteIndex(siteOf([[at("02-01")]]).site);
    expect(single).not.toContain("Over time");
  });

  it("draw nothing of fewer than two ratios, and two of one moment", async () => {
    const point = { createdAt: "2026-02-01T00:00:00Z", log10LR: 0.5, interval: null };
    expect(await drawTimelineChart([point])).toBeNull();
    expect(await drawTimelineChart([point, { ...point, interval: [-7, 9] }])).toMatch(/^<svg/);
  });

  it("name sizes as people do", () => {
    expect([0, 999, 1_000, 12_345, 1_426_498, 5e15].map(formatBytes)).toEqual([
      "0 bytes",
      "999 bytes",
      "1.0 kB",
      "12 kB",
      "1.4 MB",
      "5000 TB",
    ]);
  });

  it("feed hostile names as well-formed text", () => {
    const feed = renderFeed(siteOf([[hostileAnalysis(nastyStrings)]]).site);
    expect(feed).not.toMatch(/<script|<!\[CDATA|[\p{Cf}\p{Cs}]|(?!\n)\p{Cc}/u);
    expect(feed).toContain("urn:congener:report:");
  });
});

const executablePath = process.env.CONGENER_CHROMIUM ?? "/usr/bin/chromium";
const installed = existsSync(executablePath);
const suite = `site in a browser${installed ? "" : ` (skipped: no Chromium at ${executablePath}; set CONGENER_CHROMIUM)`}`;

describe.skipIf(!installed)(suite, { timeout: 120_000 }, () => {
  let browser: Browser;
  let server: Server;
  let folder: string;
  const sites = {
    yearly,
    hostile: siteOf([
      [hostileAnalysis(nastyStrings)],
      [
        { ...hostileAnalysis(nastyStrings), createdAt: "2027-01-01T00:00:00.000Z" },
        { started: "2026-12-01T00:00:00.000Z" },
      ],
    ]),
  };
  const address = (name: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/a/b/${name}/`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "congener-site-"));
    for (const [name, { site, reports }] of Object.entries(sites)) {
      const byId = new Map([...reports].map(([entry, analysis]) => [entry.id, analysis]));
      const pages = await sitePages(site, site.entries, ({ id }) => renderHtml(byId.get(id) as Analysis));
      const write = async (path: string, content: string) => {
        await mkdir(dirname(join(folder, name, path)), { recursive: true });
        await writeFile(join(folder, name, path), content);
      };
      for (const { path, content } of pages) await write(path, content);
      await write("site.json", JSON.stringify(site));
      for (const entry of site.entries)
        for (const file of [...entry.files, "bundle.tar.gz"]) await write(`reports/${entry.id}/${file}`, "x");
    }
    // A host that serves files and nothing else, under a base path.
    server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url ?? "", "http://host").pathname);
      const file = path.startsWith("/a/b/") && !path.includes("..") ? path.slice("/a/b/".length) : "none";
      readFile(join(folder, file.endsWith("/") ? `${file}index.html` : file)).then(
        (content) => {
          const type = /(html|\/)$/.test(path) ? "text/html; charset=utf-8" : "application/octet-stream";
          response.writeHead(200, { "content-type": type }).end(content);
        },
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await new Promise((closed) => server?.close(closed));
    await rm(folder, { recursive: true, force: true });
  });

  it.each(["yearly", "hostile"] as const)(
    "links only to what is there, from file:// and under a base path: %s",
    async (name) => {
      const page = await browser.newPage();
      const requests: string[] = [];
      const events: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      page.on("console", (message) => events.push(message.text()));
      page.on("pageerror", (error) => events.push(error.message));
      page.on("dialog", (dialog) => void dialog.dismiss());
      for (const root of [address(name), pathToFileURL(join(folder, name, "/")).href]) {
        const waiting = [`${root}index.html`];
        const seen = new Set(waiting);
        requests.length = 0;
        for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
          await page.goto(at, { waitUntil: "load" });
          // Sources of the method are elsewhere; they are never followed by themselves.
          const links = await page.evaluate(() =>
            [...document.querySelectorAll<HTMLAnchorElement>("a[href]:not(.sources *), link[href]")].map(
              ({ href }) => href,
            ),
          );
          for (const link of links) {
            const [target = ""] = link.split("#");
            if (seen.has(target)) continue;
            expect(target.startsWith(root), target).toBe(true);
            seen.add(target);
            const path = join(folder, name, decodeURIComponent(target.slice(root.length)));
            expect(existsSync(path), path).toBe(true);
            if (target.endsWith(".html")) waiting.push(target);
          }
          expect(await page.evaluate("window.pwned")).toBeUndefined();
        }
        const pages = [...seen].filter((link) => link.endsWith(".html"));
        expect(pages).toHaveLength(1 + sites[name].site.entries.length);
        expect([...new Set(requests)].sort()).toEqual(pages.sort());
      }
      expect(events).toEqual([]);
      await page.close();
    },
  );

  it.each([
    ["light", 1200],
    ["dark", 1200],
    ["light", 360],
  ] as const)("has no serious accessibility violation: %s, %i px", async (colorScheme, width) => {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
    const [newest] = newestFirst(yearly.site.entries);
    for (const path of ["index.html", "404.html", `reports/${newest?.id}/index.html`]) {
      await page.goto(address("yearly") + path);
      await page.evaluate(axe.source);
      // Of a report's page the bar alone: the report is looked at in browser.test.ts.
      const { violations } = await page.evaluate(() => {
        const found = document.querySelector("aside.publication") ?? document;
        return (window as unknown as { axe: typeof axe }).axe.run(found);
      });
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(
        serious.map(({ id, nodes }) => `${path} ${id}: ${nodes.map(({ html }) => html).join(" ")}`),
      ).toEqual([]);
    }
    await page.close();
  });

  it("never scrolls sideways on a phone, and prints its charts in light colours", async () => {
    const page = await browser.newPage({ viewport: { width: 360, height: 800 }, colorScheme: "dark" });
    for (const name of ["yearly", "hostile"] as const)
      for (const path of ["index.html", `reports/${sites[name].site.entries[0]?.id}/index.html`]) {
        await page.goto(address(name) + path);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} ${path}`).toBe(360);
      }
    await page.emulateMedia({ media: "print" });
    expect(
      await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--paper")),
    ).toBe("#ffffff");
    await page.close();
  });
});
