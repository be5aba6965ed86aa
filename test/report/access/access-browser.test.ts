import { stat } from "node:fs/promises";
import axe from "axe-core";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderAccessHtml } from "../../../src/report/access/access-html.tsx";
import { accessReport } from "../../../src/report/access/access-report.ts";
import { sampleAccess } from "../../fixtures/report/sample-access.ts";
import {
  hasChromium,
  launchChromium,
  openPage,
  pokeEverything,
  servePages,
  skipNotice,
  takeScreenshots,
} from "../chromium.ts";

describe.skipIf(!hasChromium)(`report of a scan in a browser${skipNotice}`, { timeout: 90_000 }, () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof servePages>>;
  const pages = new Map<string, string>();
  const open = (name: string, options?: Parameters<Browser["newPage"]>[0]) =>
    openPage(browser, server.url(name), options);

  beforeAll(async () => {
    const excerpts = {
      schemaVersion: 1 as const,
      exhibits: [
        {
          id: "T-1",
          text: "<img src=x onerror=window.pwned=1>",
          slots: [["</bdi><script>window.pwned=1</script>"]],
        },
      ],
    };
    const rest = { policy: null, run: null, hashes: [], commands: ["congener access scan LOG"] };
    const sample = {
      ...sampleAccess(),
      kinds: [{ kind: "<script>window.pwned=1</script>", accounts: 1, requests: 1, rule: "x" }],
    };
    const page = await renderAccessHtml(
      accessReport({ analysis: sample, excerptMode: "short", excerpts, ...rest }),
    );
    pages.set("sample", page);
    // The policy is a second wall: the page must hold without it.
    pages.set("unguarded", page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""));
    server = await servePages(async (path) => pages.get(path));
    browser = await launchChromium();
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it.each(["sample", "unguarded"])("runs nothing and asks for nothing: %s", async (name) => {
    const { page, requests, events } = await open(name);
    await pokeEverything(page);
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(requests).toEqual([server.url(name)]);
    expect(events).toEqual([]);
    await page.close();
  });

  it("is one well-formed page whose links lead somewhere and whose charts are said in words", async () => {
    const { page } = await open("sample");
    const found = await page.evaluate(() => {
      const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
      return {
        repeated: ids.filter((id, at) => ids.indexOf(id) !== at),
        broken: [...document.querySelectorAll<HTMLAnchorElement>("a[href^='#']")].filter(
          (link) => document.getElementById(link.hash.slice(1)) === null,
        ).length,
        mute: [...document.querySelectorAll("svg")].filter((chart) => {
          const label = chart.closest("[role=img]")?.getAttribute("aria-labelledby") ?? "";
          return (document.getElementById(label)?.textContent ?? "").length < 60;
        }).length,
        charts: document.querySelectorAll("svg").length,
      };
    });
    expect(found).toMatchObject({ repeated: [], broken: 0, mute: 0 });
    expect(found.charts).toBeGreaterThan(10);
    await page.close();
  });

  it.each([
    ["light", 1200],
    ["dark", 1200],
    ["light", 360],
  ] as const)(
    "has no serious accessibility violation and never scrolls sideways: %s, %i px",
    async (colorScheme, width) => {
      const { page } = await open("sample", { colorScheme, viewport: { width, height: 900 } });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run());
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      await page.close();
    },
  );

  it("leaves pictures of itself to look at", async () => {
    const looks = ["light", "dark", "phone", "print"] as const;
    for (const file of await takeScreenshots(browser, server.url("sample"), { name: "access-report", looks }))
      expect((await stat(file)).size).toBeGreaterThan(20_000);
  });
});
