import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderHtml } from "../../src/report/html/html.tsx";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";
import { hasChromium, launchChromium, openPage, servePages, skipNotice } from "./chromium.ts";

describe.skipIf(!hasChromium)(`a page in a browser${skipNotice}`, { timeout: 120_000 }, () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof servePages>>;

  beforeAll(async () => {
    const pages = new Map([
      ["few", await renderHtml(sampleAnalysis({ miniature: true }))],
      ["many", await renderHtml(sampleAnalysis({ controls: 84 }))],
    ]);
    server = await servePages(async (path) => pages.get(path));
    browser = await launchChromium();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it.each(["light", "dark"] as const)("shows the image of many models, %s", async (colorScheme) => {
    const { page, requests, events } = await openPage(browser, server.url("many"), {
      colorScheme,
      viewport: { width: 360, height: 800 },
    });
    const images = await page.evaluate(async () =>
      Promise.all(
        [...document.images].map(async (image) => {
          await image.decode();
          const shown = image.getBoundingClientRect().width > 0;
          return { kind: image.className, pixels: image.naturalWidth, shown };
        }),
      ),
    );
    expect(images).toEqual([
      { kind: "day", pixels: 93, shown: colorScheme === "light" },
      { kind: "night", pixels: 93, shown: colorScheme === "dark" },
    ]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(requests.filter((url) => !url.startsWith("data:"))).toEqual([server.url("many")]);
    expect(events).toEqual([]);
    await page.emulateMedia({ media: "print", colorScheme });
    const printed = await page.evaluate(() =>
      [...document.images]
        .filter((image) => image.getBoundingClientRect().width > 0)
        .map((image) => image.className),
    );
    expect(printed).toEqual(["day"]);
    await page.close();
  });

  it.each([
    ["a screen", 1280, 720],
    ["a phone", 360, 740],
  ])("begins with the hypotheses and every finding at a glance, on %s", async (_, width, height) => {
    const { page } = await openPage(browser, server.url("few"), { viewport: { width, height } });
    const bottoms = await page.evaluate(() =>
      [".hypotheses", ".overview li"].map(
        (part) => document.querySelector(part)?.getBoundingClientRect().bottom ?? Number.POSITIVE_INFINITY,
      ),
    );
    for (const bottom of bottoms) expect(bottom).toBeLessThan(height);
    expect(await page.textContent(".rungs")).toMatch(/Support for derived.*weak.*moderate from 10/s);
    expect(await page.textContent(".rungs [aria-current]")).toMatch(/^moderate from 10/);
    await page.close();
  });
});
