import { createHash, generateKeyPairSync } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CanarySecret } from "../../src/schema/canary.ts";
import { siteSchema } from "../../src/schema/site.ts";
import { compareImported, importRun, phrases } from "./imported-run.ts";
import { runMain } from "./run-main.ts";
import { startCongener } from "./start-congener.ts";

const folder = mkdtempSync(join(tmpdir(), "congener-publish-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]) => join(folder, ...names);
const congener = (...words: string[]) => runMain(words, { cwd: folder });
const siteOf = (name: string) => siteSchema.parse(JSON.parse(readFileSync(at(name, "site.json"), "utf8")));

/** Path -> SHA-256 of every file below a folder. */
function contents(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(
    paths.map((path) => [
      path.slice(dir.length + 1),
      createHash("sha256").update(readFileSync(path)).digest("hex"),
    ]),
  );
}

/** Every byte of a site, inflated archives and hidden files included, as one text. */
const everything = (dir: string): string =>
  Object.keys(contents(dir))
    .map((path) => {
      const bytes = readFileSync(join(dir, path));
      return `${path}\n${path.endsWith(".gz") ? gunzipSync(bytes).toString("latin1") : bytes.toString("latin1")}`;
    })
    .join("\n");

/** Changes a run's manifest by hand. */
function editManifest(run: string, edit: (manifest: Record<string, unknown>) => void): void {
  const manifest = JSON.parse(readFileSync(at(run, "manifest.json"), "utf8"));
  edit(manifest);
  writeFileSync(at(run, "manifest.json"), JSON.stringify(manifest));
}

beforeAll(async () => {
  await importRun(folder, "acme");
  await compareImported(folder, "acme");
  const { privateKey } = generateKeyPairSync("ed25519");
  writeFileSync(at("key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
});

describe("a site", () => {
  it("holds index, page, downloads and bundle of a report, the same bytes every time", async () => {
    const published = await congener(
      "publish",
      "acme",
      "-o",
      "site",
      "--sign",
      "key.pem",
      "--title",
      "Acme & co",
    );
    expect(published, published.stderr).toMatchObject({ code: 0 });
    const [entry] = siteOf("site").entries;
    const report = `reports/${entry?.id}`;
    expect(published.stdout).toBe(`site/${report}/index.html\n`);
    const files = contents(at("site"));
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([
        ...["index.html", "404.html", "feed.xml", "site.json", ".nojekyll"],
        ...["index.html", "bundle.tar.gz", "SHA256SUMS", "VERIFY.md", "bundle.dsse.json"].map(
          (name) => `${report}/${name}`,
        ),
        ...["report.json", "report.md", "report.findings.csv"].map((name) => `${report}/report/${name}`),
        `${report}/signature/public-key.pem`,
      ]),
    );
    expect(entry).toMatchObject({ run: "acme", reference: "ref", redacted: false, runStatus: "complete" });
    expect(entry?.bundle.sha256).toBe(files[`${report}/bundle.tar.gz`]);
    expect(readFileSync(at("site/index.html"), "utf8")).toContain("<h1><bdi>Acme &amp; co</bdi></h1>");

    const again = await congener("publish", "acme", "-o", "site", "--sign", "key.pem");
    expect(again).toMatchObject({ code: 0, stdout: published.stdout });
    expect(again.stderr).toContain("published already");
    expect(contents(at("site"))).toEqual(files);
    await congener("publish", "acme", "-o", "other/place", "--sign", "key.pem", "--title", "Acme & co");
    expect(contents(at("other/place"))).toEqual(files);
    expect(readdirSync(folder).filter((name) => name.endsWith(".publishing"))).toEqual([]);
  });

  it("is verified from its report's folder, offline", async () => {
    const [entry] = siteOf("site").entries;
    const verified = await congener("verify", `site/reports/${entry?.id}`, "--key-id", entry?.keyId ?? "");
    expect(verified, verified.stdout + verified.stderr).toMatchObject({ code: 0 });
    expect(verified.stdout).toContain("Verified: everything in the bundle holds");
  });

  it("keeps an older analysis reachable and says that it is superseded; a signed one is another", async () => {
    cpSync(at("site"), at("grown"), { recursive: true });
    cpSync(at("acme"), at("acme-2"), { recursive: true });
    await compareImported(folder, "acme-2", "--seed", "2");
    const [first] = siteOf("grown").entries;
    expect(await congener("publish", "acme-2", "-o", "grown")).toMatchObject({ code: 0 });
    const { entries, title } = siteOf("grown");
    expect(title).toBe("Acme & co");
    expect(entries.map(({ id }) => id)).toEqual([first?.id, expect.not.stringContaining(first?.id ?? "")]);
    expect(entries.map(({ keyId }) => keyId === null)).toEqual([false, true]);
    const page = (index: number) =>
      readFileSync(at("grown/reports", entries[index]?.id ?? "", "index.html"), "utf8");
    expect(page(0)).toMatch(/Superseded: this run was compared again at [\d: -]+ UTC\./);
    expect(page(0)).toContain(`href="../${entries[1]?.id}/index.html"`);
    expect(page(1)).not.toContain("Superseded");
    const before = contents(at("site/reports", first?.id ?? ""));
    const { "index.html": _page, ...untouched } = contents(at("grown/reports", first?.id ?? ""));
    expect(before).toMatchObject(untouched);
    expect(readFileSync(at("grown/index.html"), "utf8")).toContain("superseded by");
  });

  it("takes several runs at once, and the time between them into a chart", async () => {
    await importRun(folder, "later", { seed: 2 });
    await compareImported(folder, "later");
    for (const [run, day] of [
      ["acme", "01"],
      ["later", "15"],
    ] as const) {
      cpSync(at(run), at(`${run}-dated`), { recursive: true });
      const path = at(`${run}-dated`, "analysis.json");
      const analysis = JSON.parse(readFileSync(path, "utf8"));
      writeFileSync(path, JSON.stringify({ ...analysis, createdAt: `2026-10-${day}T08:00:00.000Z` }));
    }
    const published = await congener("publish", "acme-dated", "later-dated", "-o", "several");
    expect(published, published.stderr).toMatchObject({ code: 0 });
    expect(published.stdout.trim().split("\n")).toHaveLength(2);
    expect(siteOf("several").entries.map(({ createdAt }) => createdAt.slice(0, 10))).toEqual([
      "2026-10-01",
      "2026-10-15",
    ]);
    expect(readFileSync(at("several/index.html"), "utf8")).toContain("Over time");
  });

  it("says of a run that is not finished that it is not", async () => {
    cpSync(at("acme"), at("stopped"), { recursive: true });
    editManifest("stopped", (manifest) => Object.assign(manifest, { status: "stopped" }));
    const published = await congener("publish", "stopped", "-o", "unfinished");
    expect(published).toMatchObject({ code: 0 });
    expect(published.stderr).toContain("not finished");
    const [entry] = siteOf("unfinished").entries;
    expect(readFileSync(at("unfinished/reports", entry?.id ?? "", "index.html"), "utf8")).toContain(
      "not finished",
    );
    expect(readFileSync(at("unfinished/index.html"), "utf8")).toContain("run not finished");
  });
});

describe("what is published", () => {
  it("is the run, its analysis and its report: no other file of the run folder", async () => {
    cpSync(at("acme"), at("strewn"), { recursive: true });
    const secrets = [
      ...[
        ".env",
        "notes.md",
        "key.pem",
        "canary-x.secret.json",
        "canary-x.opening.json",
        "transcripts/ref.jsonl.bak",
      ],
      ...[
        "transcripts/stranger.jsonl",
        "canaries/y.opening.json",
        "suites/z.json",
        "report.html",
        "progress.json",
        "batches/ref.jsonl",
      ],
      ...["features/stranger.jsonl", "calibration.json", "attempts/stranger.jsonl", "analysis.json.orig"],
    ].map((path, index) => ({ path, secret: `PLANTED-SECRET-${index}` }));
    for (const { path, secret } of secrets) {
      mkdirSync(join(at("strewn", path), ".."), { recursive: true });
      writeFileSync(at("strewn", path), `{"kind":"canary-secret","note":"${secret}"}\n`);
    }
    expect(await congener("publish", "strewn", "-o", "clean")).toMatchObject({ code: 0 });
    const all = everything(at("clean"));
    expect(all).not.toContain("PLANTED-SECRET");
    expect(all).toContain(phrases.answer);
    expect(all).not.toContain(folder);
  });

  it("holds no prompt and no answer when redacted, and the same findings", async () => {
    const published = await congener("publish", "acme", "-o", "redacted", "--redact", "--sign", "key.pem");
    expect(published, published.stderr).toMatchObject({ code: 0 });
    const [entry] = siteOf("redacted").entries;
    expect(entry?.redacted).toBe(true);
    expect(entry?.suspects).toEqual(siteOf("site").entries[0]?.suspects);
    const all = everything(at("redacted"));
    expect(all).toContain("Redacted:");
    expect(fiveWordRuns(at("acme")).filter((run) => all.includes(run))).toEqual([]);
    expect(fiveWordRuns(at("acme")).length).toBeGreaterThan(1000);
    const verified = await congener("verify", `redacted/reports/${entry?.id}`);
    expect(verified, verified.stdout).toMatchObject({ code: 0 });
    expect(
      await congener("publish", "acme", "-o", "redacted", "--redact", "--sign", "key.pem"),
    ).toMatchObject({
      stderr: expect.stringContaining("published already"),
    });
  });
});

describe("canaries", () => {
  it("go in where they are named, revealed and as they were committed to; an analysis that tested them asks for them", async () => {
    const [secret, commitment, opening] = ["secret", "commitment", "opening"].map(
      (kind) => `canary-first.${kind}.json`,
    );
    for (const words of [
      ["mint", "--kind", "fictional-fact", "--slots", "3", "--samples", "2"],
      ["commit", `${secret}`],
      ["reveal", `${secret}`, "--commitment", `${commitment}`],
    ]) {
      const done = await congener("canary", ...words);
      expect(done, done.stderr).toMatchObject({ code: 0 });
    }
    const { sealed } = JSON.parse(readFileSync(at(`${secret}`), "utf8")) as CanarySecret;
    const slots = sealed.slots.flatMap(({ prompt, variants, planted }, at) =>
      ["ref", "sus", "c1", "c2", "c3", "c4"].flatMap((model, who) =>
        [0, 1].map((sample) => ({
          ...{ model, prompt_id: `slot-${at}`, prompt: prompt[0]?.content, sample },
          response: variants[who < 2 ? planted : who % variants.length]?.value,
        })),
      ),
    );
    await importRun(folder, "asked", { probes: 6 });
    writeFileSync(at("slots.jsonl"), slots.map((row) => `${JSON.stringify(row)}\n`).join(""));
    expect(await congener("import", "slots.jsonl", "--run", "asked", "-q")).toMatchObject({ code: 0 });
    const named = ["--canary", `${opening},${commitment}`];
    await compareImported(folder, "asked", ...named);
    const refused = await congener("publish", "asked", "-o", "revealed");
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/holds canaries: .*--canary OPENING/),
    });
    expect(existsSync(at("revealed"))).toBe(false);
    for (const [out, ...redact] of [["revealed"], ["revealed-redacted", "--redact"]] as const) {
      const published = await congener("publish", "asked", "-o", out, ...named, ...redact);
      expect(published, published.stderr).toMatchObject({ code: 0 });
      const verified = await congener("verify", `${out}/reports/${siteOf(out).entries[0]?.id}`);
      expect(verified, verified.stdout).toMatchObject({ code: 0 });
      expect(verified.stdout).toContain("1 revealed, as they were committed to");
      expect(everything(at(out))).not.toContain("canary-secret");
    }
  });
});

/** Five words in a row of every prompt and answer of a run. */
function fiveWordRuns(run: string): string[] {
  const texts = readdirSync(join(run, "transcripts")).flatMap((file) =>
    readFileSync(join(run, "transcripts", file), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).text as string),
  );
  return [...texts, `${phrases.prompt} 0`].flatMap((text) => {
    const words = text.split(/\s+/);
    return words.slice(4).map((_, index) => words.slice(index, index + 5).join(" "));
  });
}

describe("a refusal is one line, exit code 2, and changes nothing", () => {
  /** The error of a command line that must fail without leaving anything at `out`. */
  async function refusal(words: readonly string[], out: string): Promise<string> {
    const before = existsSync(at(out)) ? contents(at(out)) : null;
    const { code, stderr, stdout } = await congener("publish", ...words, "-o", out);
    expect(code, stderr).toBe(2);
    expect(stdout).toBe("");
    expect(existsSync(at(out)) ? contents(at(out)) : null).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.endsWith(".publishing"))).toEqual([]);
    const lines = stderr
      .trim()
      .split("\n")
      .filter((line) => !/^(recomputing|writing) /.test(line));
    expect(lines).toHaveLength(1);
    return lines[0] ?? "";
  }

  it("of a folder that is neither empty nor a site", async () => {
    mkdirSync(at("full"));
    writeFileSync(at("full/thesis.txt"), "mine");
    expect(await refusal(["acme"], "full")).toMatch(
      /full is neither empty nor a Congener site \(it holds thesis.txt\)/,
    );
    writeFileSync(at("full/site.json"), '{"kind":"blog"}');
    expect(await refusal(["acme"], "full")).toMatch(/neither empty nor a Congener site/);
    expect(await refusal(["acme"], "acme")).toMatch(/neither empty nor a Congener site/);
    expect(await refusal(["acme"], "key.pem/site")).toMatch(/is a file, not a folder/);
    cpSync(at("site"), at("newer"), { recursive: true });
    writeFileSync(at("newer/site.json"), JSON.stringify({ ...siteOf("site"), schemaVersion: 2 }));
    expect(await refusal(["acme"], "newer")).toMatch(/site\.json has schema version 2: expected 1/);
  });

  it("of a run that cannot be published", async () => {
    await importRun(folder, "bare", { probes: 3 });
    expect(await refusal(["bare"], "none")).toMatch(/no analysis in .*bare: .* congener compare/);
    expect(await refusal(["missing"], "none")).toMatch(/no run in .*missing/);
    expect(await refusal(["acme", "./acme"], "none")).toMatch(/\.\/acme is named twice/);
    cpSync(at("acme"), at("shard"), { recursive: true });
    editManifest("shard", (manifest) => Object.assign(manifest, { shard: { index: 2, count: 3 } }));
    expect(await refusal(["shard"], "none")).toMatch(
      /shard is shard 2 of 3: expected a whole run.*congener merge/,
    );
    cpSync(at("acme"), at("old"), { recursive: true });
    const analysis = JSON.parse(readFileSync(at("old/analysis.json"), "utf8"));
    const write = (change: object) =>
      writeFileSync(at("old/analysis.json"), JSON.stringify({ ...analysis, ...change }));
    write({ schemaVersion: 7 });
    expect(await refusal(["old"], "none")).toMatch(/old\/analysis\.json has schema version 7: expected 1/);
    write({ statisticVersion: "0" });
    expect(await refusal(["old"], "none")).toMatch(/version 0 of the statistics.*congener compare old/);
    write({ suspects: [{ ...analysis.suspects[0], finding: "derived" }] });
    expect(await refusal(["old"], "none")).toMatch(
      /old is not what its transcripts give: \$\.suspects\[0\]\.finding is "derived", recomputed "[a-z-]+"; compare again: congener compare old --reference ref/,
    );
  });

  it("of transcripts that are not those that were compared", async () => {
    for (const [run, change] of [
      ["torn", (path: string) => rmSync(path)],
      [
        "cut",
        (path: string) => writeFileSync(path, `${readFileSync(path, "utf8").split("\n", 4).join("\n")}\n`),
      ],
      ["forged", (path: string) => writeFileSync(path, readFileSync(path, "utf8").replace("lamp", "lamb"))],
    ] as const) {
      cpSync(at("acme"), at(run), { recursive: true });
      change(at(run, "transcripts/sus.jsonl"));
      expect(await refusal([run], "none"), run).toMatch(/transcripts\/sus\.jsonl|lines/);
    }
    cpSync(at("acme"), at("extended"), { recursive: true });
    const rows = readFileSync(at("acme.jsonl"), "utf8");
    const row = { ...JSON.parse(rows.split("\n")[20] ?? ""), sample: 9, response: "one more" };
    writeFileSync(at("more.jsonl"), `${JSON.stringify(row)}\n`);
    const more = await congener("import", "more.jsonl", "--run", "extended", "-q");
    expect(more, more.stderr).toMatchObject({ code: 0 });
    expect(await refusal(["extended"], "none")).toMatch(
      /extended is not what its transcripts give: \$\.transcripts\.sus\.lines is 20, recomputed 21/,
    );
  });

  it("of a key of the wrong kind", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(at("rsa.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(at("rsa.pub.pem"), publicKey.export({ type: "spki", format: "pem" }));
    expect(await refusal(["acme", "--sign", "rsa.pem"], "none")).toMatch(/key of type rsa: expected Ed25519/);
    expect(await refusal(["acme", "--sign", "rsa.pub.pem"], "none")).toMatch(/is a public key/);
    expect(await refusal(["acme", "--sign", "nowhere.pem"], "none")).toMatch(/nowhere\.pem/);
  });

  it("of an address or an opening that is none", async () => {
    for (const address of [
      "ftp://example.org/",
      "example.org",
      "https://me:pass@example.org/",
      "javascript:alert(1)",
    ])
      expect(await refusal(["acme", "--base-url", address], "none")).toMatch(/--base-url expects/);
    writeFileSync(at("sealed.json"), '{"kind":"canary-secret","planted":"PLANTED"}');
    const said = await refusal(["acme", "--canary", "sealed.json"], "none");
    expect(said).toMatch(/sealed\.json is a canary-secret: expected a canary-opening/);
    expect(said).not.toContain("PLANTED");
  });
});

describe("hostile names", () => {
  it("reach no path and no link beyond their safe stem", async () => {
    const names = [
      "ref",
      "sus",
      "../../../etc/passwd",
      '"><img src=x onerror=alert(1)>',
      "javascript:alert(1)",
      "CON",
    ];
    await importRun(folder, "hostile", { names, probes: 4 });
    editManifest("hostile", (manifest) =>
      Object.assign(manifest, { name: '../..\\"><script>alert(1)</script>\u202e' }),
    );
    await compareImported(folder, "hostile");
    const published = await congener(
      "publish",
      "hostile",
      "-o",
      "host/site",
      "--title",
      "<script>alert(2)</script>",
    );
    expect(published, published.stderr).toMatchObject({ code: 0 });
    expect(readdirSync(at("host"))).toEqual(["site"]);
    const [entry] = siteOf("host/site").entries;
    expect(entry?.id).toMatch(/^\d{4}-\d{2}-\d{2}-[A-Za-z0-9._~-]{1,40}-[0-9a-f]{12}$/);
    for (const path of Object.keys(contents(at("host/site")))) expect(path).toMatch(/^[A-Za-z0-9._~/-]+$/);
    for (const page of ["index.html", "404.html", `reports/${entry?.id}/index.html`]) {
      const markup = readFileSync(at("host/site", page), "utf8");
      expect(markup).not.toMatch(/<script|<img/);
      for (const [, href] of markup.matchAll(/(?:href|src)="([^"]*)"/g))
        expect(href).toMatch(/^(#|[A-Za-z0-9._~/-]+$|https:\/\/)/);
    }
  });
});

describe("a process that dies", () => {
  it("leaves the site as it was, and the next one clears up and publishes", async () => {
    cpSync(at("site"), at("shaken"), { recursive: true });
    cpSync(at("acme-2"), at("acme-3"), { recursive: true });
    const before = contents(at("shaken"));
    for (const signal of ["SIGKILL", "SIGINT"] as const) {
      const child = startCongener(folder, ["publish", "acme-3", "-o", "shaken"], {
        TSX_TSCONFIG_PATH: join(import.meta.dirname, "../../tsconfig.json"),
      });
      const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
      let said = "";
      await new Promise<void>((resolve) => {
        child.stderr?.on("data", (text: Buffer) => {
          said += text.toString();
          if (said.includes("writing acme-3")) resolve();
        });
        child.on("close", () => resolve());
      });
      expect(said).toContain("writing acme-3");
      child.kill(signal);
      const code = await ended;
      expect(contents(at("shaken"))).toEqual(before);
      if (signal === "SIGINT")
        expect({ code, said }).toMatchObject({
          code: 130,
          said: expect.stringContaining("shaken is as it was"),
        });
      expect(existsSync(at(".shaken.publishing"))).toBe(signal === "SIGKILL");
    }
    expect(await congener("publish", "acme-3", "-o", "shaken")).toMatchObject({ code: 0 });
    expect(siteOf("shaken").entries).toHaveLength(2);
    expect(statSync(at("shaken/index.html")).mode & 0o044).toBe(0o044);
  });

  it("between report and list leaves a folder that is written anew", async () => {
    cpSync(at("shaken"), at("halved"), { recursive: true });
    const { entries, ...site } = siteOf("halved");
    const newest = entries.at(-1)?.id ?? "";
    writeFileSync(at("halved/site.json"), JSON.stringify({ ...site, entries: entries.slice(0, 1) }));
    appendFileSync(at("halved/reports", newest, "VERIFY.md"), "left over");
    expect(await congener("publish", "acme-3", "-o", "halved")).toMatchObject({ code: 0 });
    expect(contents(at("halved"))).toEqual(contents(at("shaken")));
  });
});
