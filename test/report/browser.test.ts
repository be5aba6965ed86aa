import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderHtml } from "../../src/report/html/html.tsx";
import { hostileAnalyses } from "../fixtures/report/hostile-analysis.ts";
import { nastyStrings } from "../fixtures/report/nasty-strings.ts";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";
import {
  hasChromium,
  launchChromium,
  openPage,
  pokeEverything,
  servePages,
  skipNotice,
  takeScreenshots,
} from "./chromium.ts";

/** Pages that between them hold every hostile text. */
const hostile = hostileAnalyses(nastyStrings);
const hostileNames = hostile.map((_, at) => `hostile-${at}`);

describe.skipIf(!hasChromium)(`report in a browser${skipNotice}`, { timeout: 120_000 }, () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof servePages>>;
  let folder: string;
  const pages = new Map<string, string>();
  const url = (name: string) => server.url(name);
  const open = (name: string, options?: Parameters<Browser["newPage"]>[0]) =>
    openPage(browser, url(name), options);

  beforeAll(async () => {
    pages.set("sample", await renderHtml(sampleAnalysis({ miniature: true })));
    for (const [at, analysis] of hostile.entries()) {
      const page = await renderHtml(analysis);
      pages.set(`hostile-${at}`, page);
      // The policy is a second wall: the page must hold without it.
      pages.set(`unguarded-${at}`, page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""));
    }
    server = await servePages(async (path) => pages.get(path));
    folder = await mkdtemp(join(tmpdir(), "congener-pages-"));
    browser = await launchChromium();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(["sample", "hostile-0", ...hostileNames.map((_, at) => `unguarded-${at}`)])(
    "runs nothing and asks for nothing: %s",
    async (name) => {
      expect(pages.get(name)?.includes("<meta http-equiv")).toBe(!name.startsWith("unguarded"));
      const { page, requests, events } = await open(name);
      await pokeEverything(page);
      expect(await page.evaluate("window.pwned")).toBeUndefined();
      expect(requests).toEqual([url(name)]);
      expect(events).toEqual([]);
      expect(page.url()).toBe(url(name));
      await page.close();
    },
  );

  it("is the same from a file", async () => {
    for (const name of ["unguarded-0"]) {
      const path = join(folder, `${name}.html`);
      await writeFile(path, pages.get(name) ?? "");
      const { page, requests, events } = await openPage(browser, pathToFileURL(path).href);
      await pokeEverything(page);
      expect(await page.evaluate("window.pwned")).toBeUndefined();
      expect(requests).toEqual([pathToFileURL(path).href]);
      expect(events).toEqual([]);
      await page.close();
    }
  });

  it.each(["sample", ...hostileNames])("is one well-formed page of its own elements: %s", async (name) => {
    const { page } = await open(name);
    const sources = [...(pages.get("sample") ?? "").matchAll(/href="(https:[^"]*)"/g)].map(([, url]) => url);
    const found = await page.evaluate(() => {
      const reparsed = new DOMParser().parseFromString(document.documentElement.outerHTML, "text/html");
      const named = [...document.querySelectorAll("[id]")].map((element) => element.id);
      return {
        body: [...document.body.children].map((element) => element.localName),
        head: [...document.head.children].map((element) => element.localName),
        titles: document.querySelectorAll("title, h1").length,
        foreign: document.querySelectorAll(
          "script, img:not([src^='data:image/png']), iframe, object, embed, form, base, link, foreignObject",
        ).length,
        stable: reparsed.documentElement.outerHTML === document.documentElement.outerHTML,
        repeatedIds: named.filter((id, at) => named.indexOf(id) !== at),
        brokenLinks: [...document.querySelectorAll<HTMLAnchorElement>("a[href^='#']")].filter(
          (link) => document.getElementById(link.hash.slice(1)) === null,
        ).length,
        outward: [...document.querySelectorAll("[href]:not([href^='#'])")].map((link) =>
          link.getAttribute("href"),
        ),
        sections: document.querySelectorAll("main > section").length > 9,
      };
    });
    expect(found).toEqual({
      body: ["a", "header", "main", "footer"],
      head: ["meta", "meta", "meta", "meta", "meta", "title", "style"],
      titles: 2,
      foreign: 0,
      stable: true,
      repeatedIds: [],
      brokenLinks: 0,
      // The sources of the method, which every report names.
      outward: sources,
      sections: true,
    });
    await page.close();
  });

  it.each(["sample", "hostile-0"])("says in words what every chart shows: %s", async (name) => {
    const { page } = await open(name);
    const charts = await page.evaluate(() =>
      [...document.querySelectorAll("svg, img")].map((chart) => {
        const image = chart.closest("[role=img], img");
        const labels = (image?.getAttribute("aria-labelledby") ?? "").split(" ");
        const label = labels.map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
        return label.trim() || (image?.getAttribute("aria-label") ?? image?.getAttribute("alt") ?? "");
      }),
    );
    expect(charts.length).toBeGreaterThan(8);
    // A name alone would be no alternative: what it shows has to be in it.
    expect(charts.filter((label) => label.length < 60)).toEqual([]);
    await page.close();
  });

  it.each([
    ["light", 1200],
    ["dark", 1200],
    ["light", 360],
  ] as const)("has no serious accessibility violation: %s, %i px", async (colorScheme, width) => {
    const { page } = await open("sample", { colorScheme, viewport: { width, height: 900 } });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run());
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
    await page.close();
  });

  it("never scrolls sideways on a phone", async () => {
    for (const name of ["sample", ...hostileNames]) {
      const { page } = await open(name, { viewport: { width: 360, height: 800 } });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(360);
      await page.close();
    }
  });

  it("lets no text cover what is not its own", async () => {
    for (const name of hostileNames) {
      const { page } = await open(name, { viewport: { width: 1200, height: 900 } });
      // The element in the middle of each heading is that heading: nothing lies over it.
      const covered = await page.evaluate(() =>
        [...document.querySelectorAll("h1, h2:not(.unseen)")].flatMap((heading) => {
          heading.scrollIntoView({ block: "center" });
          const box = heading.getBoundingClientRect();
          const top = document.elementFromPoint(box.left + 5, box.top + box.height / 2);
          return top !== null && (heading.contains(top) || top.contains(heading)) ? [] : [heading.outerHTML];
        }),
      );
      expect(covered, name).toEqual([]);
      await page.close();
    }
  });

  it("is reached by keyboard: first the skip link, then the findings", async () => {
    const { page } = await open("sample");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.className)).toBe("skip");
    await page.keyboard.press("Enter");
    expect(new URL(page.url()).hash).toBe("#content");
    await page.close();
  });

  it("prints with its folded tables open, in light colours", async () => {
    const { page } = await open("sample", { colorScheme: "dark" });
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.subarray(0, 5).toString("latin1")).toBe("%PDF-");
    await page.emulateMedia({ media: "print" });
    expect(
      await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--paper")),
    ).toBe("#ffffff");
    await page.close();
  });

  it("leaves pictures of itself to look at", async () => {
    for (const [name, as, looks] of [
      ["sample", "report", ["light", "dark", "phone", "print"]],
      ["hostile-0", "hostile-report", ["light", "phone"]],
    ] as const)
      for (const file of await takeScreenshots(browser, url(name), { name: as, looks }))
        expect((await stat(file)).size).toBeGreaterThan(20_000);
  });
});
