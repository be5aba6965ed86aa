import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderHtml } from "../../src/report/html/html.tsx";
import { hostileAnalysis } from "../fixtures/report/hostile-analysis.ts";
import { nastyStrings } from "../fixtures/report/nasty-strings.ts";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";

const executablePath = process.env.CONGENER_CHROMIUM ?? "/usr/bin/chromium";
const installed = existsSync(executablePath);
const suite = `report in a browser${installed ? "" : ` (skipped: no Chromium at ${executablePath}; set CONGENER_CHROMIUM)`}`;

/** Nothing of Chromium's own goes to the network; see its list of command line switches. */
const args =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

describe.skipIf(!installed)(suite, { timeout: 120_000 }, () => {
  let browser: Browser;
  let server: Server;
  const pages = new Map<string, string>();
  const url = (name: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;

  beforeAll(async () => {
    const hostile = await renderHtml(hostileAnalysis(nastyStrings));
    pages.set("sample", await renderHtml(sampleAnalysis({ miniature: true })));
    pages.set("hostile", hostile);
    // The policy is a second wall: the page must hold without it.
    pages.set("unguarded", hostile.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""));
    server = createServer((request, response) => {
      const page = pages.get(request.url?.slice(1) ?? "");
      // A page without a policy lets the browser itself ask for an icon.
      response.writeHead(page === undefined ? 204 : 200, { "content-type": "text/html; charset=utf-8" });
      response.end(page);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    browser = await chromium.launch({ executablePath, args: args.split(" ") });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await new Promise((closed) => server?.close(closed));
  });

  /** Opens a page and notes every request, dialog and message on the way. */
  async function open(name: string, options: Parameters<Browser["newPage"]>[0] = {}) {
    const page = await browser.newPage(options);
    const requests: string[] = [];
    const events: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => events.push(message.text()));
    page.on("pageerror", (error) => events.push(error.message));
    page.on("dialog", (dialog) => void dialog.dismiss());
    await page.goto(url(name), { waitUntil: "load" });
    return { page, requests, events };
  }

  it.each(["sample", "hostile", "unguarded"])("runs nothing and asks for nothing: %s", async (name) => {
    const { page, requests, events } = await open(name);
    await hoverEverything(page);
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(requests).toEqual([url(name)]);
    expect(events).toEqual([]);
    expect(page.url()).toBe(url(name));
    await page.close();
  });

  it.each(["sample", "hostile"])("is one well-formed page of its own elements: %s", async (name) => {
    const { page } = await open(name);
    const found = await page.evaluate(() => {
      const reparsed = new DOMParser().parseFromString(document.documentElement.outerHTML, "text/html");
      const named = [...document.querySelectorAll("[id]")].map((element) => element.id);
      return {
        body: [...document.body.children].map((element) => element.localName),
        head: [...document.head.children].map((element) => element.localName),
        sections: document.querySelectorAll("main > section").length,
        foreign: document.querySelectorAll(
          "script, img, iframe, object, embed, form, base, link, foreignObject",
        ).length,
        stable: reparsed.documentElement.outerHTML === document.documentElement.outerHTML,
        repeatedIds: named.filter((id, at) => named.indexOf(id) !== at),
        brokenLinks: [...document.querySelectorAll<HTMLAnchorElement>("a[href^='#']")].filter(
          (link) => document.getElementById(link.hash.slice(1)) === null,
        ).length,
      };
    });
    expect(found).toEqual({
      body: ["a", "header", "main", "footer"],
      head: ["meta", "meta", "meta", "meta", "meta", "title", "style"],
      sections: 10,
      foreign: 0,
      stable: true,
      repeatedIds: [],
      brokenLinks: 0,
    });
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
    for (const name of ["sample", "hostile"]) {
      const { page } = await open(name, { viewport: { width: 360, height: 800 } });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
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
});

/** Lets handlers that wait for a pointer, a focus or a fold have their chance. */
async function hoverEverything(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const element of document.querySelectorAll<HTMLElement>("body *")) {
      for (const type of ["mouseover", "focus", "load", "error", "toggle"])
        element.dispatchEvent(new Event(type));
      if (element instanceof HTMLDetailsElement) element.open = true;
    }
  });
}
