import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { indicatorNames } from "../src/schema/access.ts";
import { accessSettingsSchema } from "../src/schema/access-settings.ts";
import { dryRunExcerpt, scanExcerpt } from "./access-excerpt.ts";
import { runMain } from "./cli/run-main.ts";

const page = readFileSync(join(import.meta.dirname, "../docs/access.md"), "utf8");
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = ""]) => block.split("\n"))
  .map((line) => line.replace(/\s+#.*$/, "").trim())
  .filter((line) => line !== "");
const excerpt = (name: string) =>
  new RegExp(`<!-- excerpt: ${name} -->\\n([\\s\\S]*?)<!-- /excerpt -->`).exec(page)?.[1];

const folder = mkdtempSync(join(tmpdir(), "congener-guide-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const printed = new Map<string, string>();

beforeAll(async () => {
  for (const command of commands) {
    const { code, stdout, stderr } = await runMain(command.replace(/^congener /, "").split(/\s+/), {
      cwd: folder,
    });
    expect(code, `${command}\n${stderr}`).toBe(0);
    printed.set(command.split(" ").slice(1, 3).join(" "), stdout);
  }
}, 300_000);

test("every command of the guide runs, and they are the whole way", () => {
  expect([...printed.keys()]).toEqual(
    expect.arrayContaining([
      "access init",
      "access simulate",
      "access scan",
      "access report",
      "access policy",
    ]),
  );
  for (const file of ["access.json", "accounts.csv", "access-report.html", "excerpts.json"])
    expect(existsSync(join(folder, "sim/scan", file)), file).toBe(true);
  expect(existsSync(join(folder, "shared.json"))).toBe(true);
});

test("what the guide shows of the scan is what it prints", () => {
  expect(excerpt("scan"), "docs/access.md").toBe(scanExcerpt(printed.get("access scan") ?? ""));
});

test("the guide's table of decisions is what the dry run finds", async () => {
  const words = "access policy sim/scan --dry-run --labels sim/truth.csv --json".split(" ");
  const { stdout } = await runMain(words, { cwd: folder });
  expect(excerpt("decisions"), "docs/access.md").toBe(dryRunExcerpt(stdout));
});

test("every indicator is explained once", () => {
  for (const name of indicatorNames)
    expect([...page.matchAll(new RegExp(`^\\| \`${name}\` \\|`, "gm"))], name).toHaveLength(1);
});

test("the thresholds that the guide names are the defaults", () => {
  const { thresholds, riskThreshold } = accessSettingsSchema.parse({});
  for (const [name, value] of Object.entries(thresholds))
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\|.*\\| ${value.toLocaleString("en-US")} \\|`, "m"));
  expect(page).toContain(`above ${riskThreshold} an account is flagged`);
});
