import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const executablePath = process.env.CONGENER_CHROMIUM ?? "/usr/bin/chromium";

/** Whether there is a Chromium to test with, and what a suite's title says where there is none. */
export const hasChromium = existsSync(executablePath);
export const skipNotice = hasChromium
  ? ""
  : ` (skipped: no Chromium at ${executablePath}; set CONGENER_CHROMIUM)`;

/** Nothing of Chromium's own goes to the network; see its list of command line switches. */
const args =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath, args: args.split(" ") });

/** Opens a page and notes every request, dialog and message on the way. */
export async function openPage(
  browser: Browser,
  url: string,
  options: Parameters<Browser["newPage"]>[0] = {},
) {
  const page = await browser.newPage(options);
  const requests: string[] = [];
  const events: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => events.push(message.text()));
  page.on("pageerror", (error) => events.push(error.message));
  page.on("popup", (popup) => events.push(`popup ${popup.url()}`));
  page.on("download", (download) => events.push(`download ${download.url()}`));
  page.on("dialog", (dialog) => {
    events.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url, { waitUntil: "load" });
  return { page, requests, events };
}

/** Lets whatever waits for a pointer, a focus, a key, a fold, an animation or the printer have its chance. */
export async function pokeEverything(page: Page): Promise<void> {
  await page.evaluate(() => {
    const types =
      "mouseover mouseenter pointerenter focus blur load error toggle animationstart transitionend beforeprint";
    for (const element of document.querySelectorAll<HTMLElement>("body *")) {
      for (const type of types.split(" ")) element.dispatchEvent(new Event(type));
      if (element instanceof HTMLDetailsElement) element.open = true;
    }
  });
  for (let key = 0; key < 40; key++) await page.keyboard.press("Tab");
  for (let step = 0; step < 30; step++) {
    await page.mouse.move(100 + 20 * step, 100 + 20 * step);
    await page.mouse.wheel(0, 400);
  }
  await page.emulateMedia({ media: "print" });
  await page.emulateMedia({ media: "screen" });
}

/** Serves pages by their path until it is closed; what is not there is an empty answer. */
export async function servePages(read: (path: string) => Promise<string | Buffer | undefined>) {
  const server = createServer((request, response) => {
    void read(decodeURIComponent((request.url ?? "/").slice(1))).then((page) => {
      // A page without a policy lets the browser itself ask for an icon.
      response.writeHead(page === undefined ? 204 : 200, { "content-type": "text/html; charset=utf-8" });
      response.end(page);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`,
    close: () => new Promise((closed) => server.close(closed)),
  };
}

const screenshots = join(import.meta.dirname, "../../artefacts/screenshots");
/** Higher pictures than this are more than Chromium draws at once. */
const highest = 8_000;

/** Width, colour scheme and medium of a picture. */
const looks = {
  light: { width: 1200, colorScheme: "light", media: "screen" },
  dark: { width: 1200, colorScheme: "dark", media: "screen" },
  phone: { width: 360, colorScheme: "light", media: "screen" },
  print: { width: 794, colorScheme: "light", media: "print" },
} as const;

/** Pictures of a page for people, `NAME-LOOK.png`; of print a PDF besides. Gives the files' paths. */
export async function takeScreenshots(
  browser: Browser,
  url: string,
  wanted: { readonly name: string; readonly looks: readonly (keyof typeof looks)[] },
): Promise<string[]> {
  await mkdir(screenshots, { recursive: true });
  const files: string[] = [];
  for (const look of wanted.looks) {
    const { width, colorScheme, media } = looks[look];
    const { page } = await openPage(browser, url, { colorScheme, viewport: { width, height: 900 } });
    await page.emulateMedia({ media });
    const height = Math.min(highest, await page.evaluate(() => document.documentElement.scrollHeight));
    const path = join(screenshots, `${wanted.name}-${look}.png`);
    await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width, height } });
    files.push(path);
    if (look === "print") {
      const pdf = join(screenshots, `${wanted.name}.pdf`);
      await page.pdf({ path: pdf, format: "A4" });
      files.push(pdf);
    }
    await page.close();
  }
  return files;
}
