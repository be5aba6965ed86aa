import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runMain } from "./run-main.ts";

function emptyFolder(): string {
  const made = mkdtempSync(join(tmpdir(), "congener-access-report-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Raw values that each account brings, and that no report may hold. */
const personal = (index: number) => ({
  account: `acct-${index}-mary.major${index}@example.com`,
  key: `sk-live-${index}f8e7d6c5b4a39281`,
  org: `Major & Sons ${index} Ltd`,
  ip: `203.0.113.${index + 1}`,
  card: `card_fp_${index}_4242424242`,
});

/** A log of forty accounts, five of them of one hand, with personal data in every column and in the prompts. */
function writeLog(folder: string): string[] {
  const lines: string[] = [];
  const raw = new Set<string>();
  for (let index = 0; index < 40; index++) {
    const one = personal(index);
    const shared = index < 5 ? { ...one, card: "card_fp_shared_555000111", ip: "198.51.100.7" } : one;
    for (const value of Object.values(shared)) raw.add(value);
    const phone = `+1 555 010 ${1000 + index}`;
    raw.add(phone);
    for (let at = 0; at < 30; at++)
      lines.push(
        JSON.stringify({
          id: `req-${index}-${at}-0a1b2c3d4e5f`,
          ts: new Date(Date.UTC(2026, 2, 1 + (at % 10), (index + at) % 24, at)).toISOString(),
          ...shared,
          agent: `agent-${index}/1.0 (mary.major${index}@example.com)`,
          q:
            index < 5
              ? `Solve exercise ${30 * index + at} on topic ${["rings", "groups", "fields"][at % 3]} step by step and mail ${one.account}, call ${phone}`
              : `Question ${at} of ${one.org}: ${"alpha beta gamma delta".split(" ")[at % 4]} for ${one.account} from ${one.ip}`,
          plan: index % 2 === 0 ? "pro" : "mary.major@example.com",
        }),
      );
  }
  lines.push("<script>alert('mary.major@example.com')</script>");
  writeFileSync(join(folder, "log.jsonl"), `${lines.join("\n")}\n`);
  writeFileSync(
    join(folder, "mapping.yaml"),
    "columns:\n  request: id\n  time: ts\n  account: account\n  key: key\n  organisation: org\n  ip: ip\n  payment: card\n  client: agent\n  prompt: q\n  kind: plan\n",
  );
  return [...raw];
}

test("report writes every format from a scan, holds no raw value of the log, and is the same again", {
  timeout: 60_000,
}, async () => {
  const folder = emptyFolder();
  const raw = writeLog(folder);
  const scan = await runMain(["access", "scan", "log.jsonl", "--map", "mapping.yaml", "-o", "scan"], {
    cwd: folder,
  });
  expect(scan).toMatchObject({ code: 0 });
  const report = (out: string, excerpts: string) =>
    runMain(["access", "report", "scan", "-o", out, "--excerpts", excerpts], { cwd: folder });
  for (const mode of ["none", "hashed", "short"]) {
    expect(await report(mode, mode)).toMatchObject({ code: 0, stderr: "" });
    const names = readdirSync(join(folder, mode));
    expect(names).toEqual(
      expect.arrayContaining([
        "access-report.html",
        "access-report.md",
        "access-report.json",
        "access-report.accounts.csv",
      ]),
    );
    for (const name of names) {
      const text = readFileSync(join(folder, mode, name), "utf8");
      expect(
        raw.filter((value) => text.includes(value)),
        `${mode}/${name}`,
      ).toEqual([]);
      expect(text, name).not.toMatch(/mary\.major|<script/);
      expect(statSync(join(folder, mode, name)).mode & 0o077).toBe(0);
    }
  }
  // The excerpts are there, so that what is masked in them is masked and not merely left out.
  expect(readFileSync(join(folder, "short", "access-report.md"), "utf8")).toMatch(/exercise|question/i);
  await report("again", "short");
  for (const name of readdirSync(join(folder, "short")))
    expect(readFileSync(join(folder, "again", name), "utf8"), name).toBe(
      readFileSync(join(folder, "short", name), "utf8"),
    );
});

test("report says what is missing or damaged, and writes nothing then", async () => {
  const folder = emptyFolder();
  const none = await runMain(["access", "report", "nowhere"], { cwd: folder });
  expect(none).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("congener access scan LOG"),
  });
  mkdirSync(join(folder, "torn"));
  writeFileSync(join(folder, "torn", "access.json"), '{"schemaVersion": 1,');
  const torn = await runMain(["access", "report", "torn"], { cwd: folder });
  expect(torn.code).not.toBe(0);
  expect(torn.stderr).toContain("expected JSON");
  expect(readdirSync(join(folder, "torn"))).toEqual(["access.json"]);
});
