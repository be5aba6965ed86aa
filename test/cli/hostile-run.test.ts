import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTranscripts } from "../../src/store/read-transcripts.ts";
import { nastyStrings } from "../fixtures/report/nasty-strings.ts";
import { expectInertCsv, expectInertMarkdown, expectPlainTerminal } from "../report/check-formats.ts";
import {
  hasChromium,
  launchChromium,
  openPage,
  pokeEverything,
  servePages,
  skipNotice,
  takeScreenshots,
} from "../report/chromium.ts";
import {
  type HostileEndpoint,
  hostileModels,
  startHostileEndpoint,
  writeHostileStudy,
} from "./hostile-study.ts";
import { type BinResult, binFile, runBin } from "./run-bin.ts";
import { runMain } from "./run-main.ts";

let folder: string;
let endpoint: HostileEndpoint;
const run = "results/study";
/** What every command printed. */
const printed = new Map<string, BinResult>();

/** Runs a command in a process of its own; whatever it prints must be harmless. */
async function congener(...words: string[]): Promise<BinResult> {
  const result = await runBin(words, { cwd: folder, env: { NO_COLOR: "1" } });
  printed.set(words.join(" "), result);
  expectPlainTerminal(result.stdout, `${words.join(" ")}: stdout`);
  expectPlainTerminal(result.stderr, `${words.join(" ")}: stderr`);
  return result;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "congener-hostile-"));
  endpoint = await startHostileEndpoint(nastyStrings);
  writeHostileStudy(folder, endpoint.origin);
  const { code, stderr } = await congener("run", "--verbose");
  // One of the models never answers, which is said and is no reason to fail.
  expect(code, stderr).toBe(0);
}, 120_000);

afterAll(async () => {
  await endpoint.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a run whose endpoint answers with hostile texts only", () => {
  it("is recorded as it was answered", async () => {
    const recorded = new Set<string>();
    for (const target of hostileModels)
      for await (const { text } of readTranscripts(join(folder, run), target))
        if (typeof text === "string") recorded.add(text);
    // An answer of blanks is an empty one; every other stands as it came, lone surrogates included.
    expect(nastyStrings.filter((text) => text.trim() !== "" && !recorded.has(text))).toEqual([]);
  });

  it.each([
    ["status", run],
    ["runs", "list"],
    ["show", run],
    ["show", run, "p3", "--answers", "10"],
    ["probes", "rank", run],
    ["plan", "--pilot", run],
    ["doctor", "c1", "dead"],
  ])("prints nothing that steers a terminal: %s %s %s", { timeout: 60_000 }, async (...words) => {
    const { code, stdout, stderr } = await congener(...words);
    // Such answers need not be enough to plan with; then that is said.
    expect([0, 3]).toContain(code);
    expect((code === 0 ? stdout : stderr).length).toBeGreaterThan(20);
    const json = await congener(...words, "--json");
    if (json.stdout !== "") expect(typeof JSON.parse(json.stdout)).toBe("object");
    else expect(json.code).toBe(3);
  });

  it("shows every answer harmlessly, and as it was in JSON", async () => {
    const seen = new Set<string>();
    const shown = async (...words: string[]) => {
      const { stdout, stderr } = await runMain(words, { cwd: folder });
      expectPlainTerminal(`${stdout}${stderr}`, words.join(" "));
      return stdout;
    };
    for (let probe = 0; probe < 25; probe++) {
      await shown("show", run, `p${probe}`, "--answers", "10");
      const { targets } = JSON.parse(await shown("show", run, `p${probe}`, "--answers", "10", "--json")) as {
        targets: { answers: { text: string }[] }[];
      };
      for (const { text } of targets.flatMap(({ answers }) => answers)) seen.add(text);
    }
    const short = nastyStrings.filter((text) => text.trim() !== "" && text.length <= 2_000);
    expect(short.filter((text) => !seen.has(text))).toEqual([]);
  });

  it("is compared and reported in every format", { timeout: 120_000 }, async () => {
    const compared = await congener("compare", run);
    expect(compared.stdout).toContain("Reference: ref");
    const json = await congener("compare", run, "--json");
    expect(JSON.parse(json.stdout).suspects).toHaveLength(1);
    const { code, stderr } = await congener("report", run);
    expect(code, stderr).toBe(0);
    const names = (await readdir(join(folder, run))).filter((name) => name.startsWith("report."));
    expect(names.length).toBeGreaterThan(10);
    const read = (name: string) => readFile(join(folder, run, name), "utf8");
    expectInertMarkdown(await read("report.md"), 1, "report.md");
    for (const name of names.filter((one) => one.endsWith(".csv"))) expectInertCsv(await read(name), name);
    const report = JSON.parse(await read("report.json"));
    expect(report).toEqual(JSON.parse(await read("analysis.json")));
    expect(report.reportData.exhibits.sus.length).toBeGreaterThan(5);
    expectPlainTerminal(await read("report.json"), "report.json");
    expectPlainTerminal(await read("report.md"), "report.md");
    expectPlainTerminal((await read("report.html")).replaceAll("\t", ""), "report.html");
  });
});

describe("published", () => {
  it("is a site of inert pages, and the history of two runs says nothing that steers", {
    timeout: 120_000,
  }, async () => {
    const { code, stderr } = await congener("publish", run, "-o", "site");
    expect(code, stderr).toBe(0);
    const files = (await readdir(join(folder, "site"), { recursive: true })).filter((name) =>
      /\.(html|xml|json|md|txt)$/.test(name),
    );
    expect(files.filter((name) => name.endsWith(".html")).length).toBeGreaterThan(1);
    for (const name of files.filter((one) => !one.includes("transcripts"))) {
      const text = (await readFile(join(folder, "site", name), "utf8")).replaceAll("\t", "");
      expectPlainTerminal(text, name);
      if (!name.endsWith(".html")) continue;
      for (const tag of text.replace(/<style>.*?<\/style>/gs, "").match(/<[a-z][^>]*>/gi) ?? []) {
        expect(tag, name).toMatch(
          /^<(?!script|img|iframe|object|embed|form|input|base|foreignObject|image|use)/i,
        );
        expect(tag, name).not.toMatch(/evil\.example|pwned/);
      }
    }
    const history = await congener("history", run, run);
    expect([0, 2, 3]).toContain(history.code);
  });

  it.skipIf(!hasChromium)(
    `runs and loads nothing in a browser, from files and over HTTP${skipNotice}`,
    {
      timeout: 120_000,
    },
    async () => {
      const site = join(folder, "site");
      const pages = (await readdir(site, { recursive: true })).filter((name) => name.endsWith(".html"));
      const server = await servePages((path) => readFile(join(site, path)).catch(() => undefined));
      const browser = await launchChromium();
      try {
        for (const name of pages)
          for (const url of [server.url(name), pathToFileURL(join(site, name)).href]) {
            const { page, requests, events } = await openPage(browser, url);
            await pokeEverything(page);
            expect(await page.evaluate("window.pwned"), url).toBeUndefined();
            expect(requests).toEqual([url]);
            expect(events, url).toEqual([]);
            await page.close();
          }
        const index = { name: "site", looks: ["light", "dark", "phone", "print"] } as const;
        await takeScreenshots(browser, server.url("index.html"), index);
      } finally {
        await browser.close();
        await server.close();
      }
    },
  );
});

/** What escapes change in a terminal, besides the text. */
const flags =
  "#{alternate_on} #{cursor_flag} #{insert_flag} #{keypad_flag} #{mouse_any_flag} #{origin_flag} #{wrap_flag} #{scroll_region_upper}-#{scroll_region_lower} #{pane_title} #{window_bell_flag}";
const hasTmux = existsSync("/usr/bin/tmux");

describe.skipIf(!hasTmux)(`in a terminal${hasTmux ? "" : " (skipped: no tmux)"}`, () => {
  const socket = `congener-${process.pid}`;
  const tmux = async (...words: string[]) =>
    (await promisify(execFile)("tmux", ["-L", socket, "-f", "/dev/null", "-u", ...words])).stdout;
  afterAll(() => tmux("kill-server").catch(() => {}));

  it("moves no cursor, sets no title, copies nothing, leaves the screen as it was", {
    timeout: 60_000,
  }, async () => {
    const words = ["show", run, "p0", "--answers", "10"];
    const plain = (await congener(...words)).stdout;
    const command = [
      "cd",
      folder,
      "&&",
      process.execPath,
      binFile,
      ...words,
      ";",
      "tmux",
      "-L",
      socket,
      "wait-for",
      "-S",
      "done",
      ";",
      "exec",
      "cat",
    ];
    await tmux("new-session", "-d", "-x", "80", "-y", "40", "-n", "kept", "sleep 600");
    await tmux("set-option", "-g", "set-clipboard", "on");
    await tmux("set-option", "-g", "history-limit", "20000");
    await tmux("set-option", "-g", "allow-rename", "on");
    await tmux("new-window", "-n", "study", command.join(" "));
    await tmux("wait-for", "done");
    const state = (window: string) => tmux("display-message", "-p", "-t", window, flags);
    // As in the window in which nothing was ever printed.
    expect(await state("study")).toBe(await state("kept"));
    expect(await tmux("list-windows", "-F", "#{window_name}")).toBe("kept\nstudy\n");

    expect(await tmux("list-buffers")).toBe("");
    // Only how wide a rare character is may differ from terminal to terminal, so what is compared is plain ASCII.
    const ascii = (text: string) => text.replace(/[^!-~]+/gu, "");
    expect(ascii(await tmux("capture-pane", "-p", "-J", "-S", "-", "-t", "study"))).toBe(ascii(plain));
  });
});

describe("an import whose names are hostile", () => {
  const named = nastyStrings.filter(
    (text) =>
      text.trim() !== "" && text.length <= 190 && !/\p{Cc}|\p{Surrogate}/u.test(text) && !text.includes(","),
  );

  it("is refused in one line where a name holds what no name has", async () => {
    await writeFile(
      join(folder, "bad.jsonl"),
      `${JSON.stringify({ model: "\u001B]0;x\u0007", prompt_id: "a", response: "b" })}\n`,
    );
    const { code, stderr } = await congener("import", "-q", "bad.jsonl", "--run", "results/bad");
    expect(code).toBe(2);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("goes the whole way", { timeout: 120_000 }, async () => {
    expect(named.length).toBeGreaterThan(300);
    const models = Array.from({ length: 8 }, (_, i) => named[(i * 37) % named.length] ?? "");
    const rows = named.slice(0, 160).flatMap((promptId, at) =>
      models.map((model, m) => ({
        model,
        prompt_id: promptId,
        prompt: nastyStrings[at] ?? "",
        response: `the quiet harbour keeps ${m < 2 ? at : m} lanterns ${nastyStrings[(at + 7) % nastyStrings.length]}`,
      })),
    );
    await writeFile(join(folder, "named.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    await writeFile(
      join(folder, "labels.json"),
      JSON.stringify({ families: Object.fromEntries(models.map((model, i) => [model, `${named[i + 50]}`])) }),
    );
    const imported = await congener(
      "import",
      "named.jsonl",
      "--run",
      "results/named",
      "--labels",
      "labels.json",
    );
    expect(imported.code, imported.stderr).toBe(0);
    const [reference = "", suspect = ""] = models;
    const compared = await congener(
      "compare",
      "results/named",
      `--reference=${reference}`,
      `--suspect=${suspect}`,
    );
    expect(compared.code, compared.stderr).toBe(0);
    for (const words of ["status", "show", "report"])
      expect((await congener(words, "results/named")).code, words).toBe(0);
    const read = (name: string) => readFile(join(folder, "results/named", name), "utf8");
    expectInertMarkdown(await read("report.md"), 1, "report.md");
    for (const name of (await readdir(join(folder, "results/named"))).filter((one) => one.endsWith(".csv")))
      expectInertCsv(await read(name), name);
  });
});
