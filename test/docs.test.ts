import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** Anchor of a heading as Git hosts make it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

describe.each(pages)("%s", (page) => {
  const text = read(page);
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
  const local = links.filter((link) => !/^[a-z]+:/i.test(link));

  test("links lead to files and headings that exist", () => {
    for (const link of local) {
      const [path = "", anchor] = link.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      expect(existsSync(join(root, file)), `${page} links to ${link}`).toBe(true);
      if (anchor === undefined) continue;
      const headings = [...read(file).matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1] ?? ""));
      expect(headings, `${page} links to ${link}`).toContain(anchor);
    }
  });

  test("files and folders named in code marks exist", () => {
    const named = [...text.matchAll(/`((?:src|test|docs|bench|probes|tools|calibrations)\/[\w./-]*)`/g)];
    for (const [, path = ""] of named)
      expect(existsSync(join(root, path)), `${page} names ${path}`).toBe(true);
  });
});

test("the README stays within 200 lines", () => {
  expect(read("README.md").split("\n").length).toBeLessThanOrEqual(201);
});

test("every dependency is named with its reason in CONTRIBUTING", () => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<
    "dependencies" | "devDependencies",
    Record<string, string>
  >;
  const section = read("CONTRIBUTING.md").split("## Dependencies")[1] ?? "";
  for (const name of Object.keys({ ...dependencies, ...devDependencies }))
    expect(section, `${name} has no reason`).toContain(`\`${name}\``);
});

test("every folder of src has its row in the architecture table, and every row its folder or wall", () => {
  const rows = [...read("docs/architecture.md").matchAll(/^\| `(?!src)(\w+)\/` \|/gm)].map(
    (match) => match[1] ?? "",
  );
  const folders = readdirSync(join(root, "src"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  expect(rows).toEqual(expect.arrayContaining(folders));
  const walls = read(".dependency-cruiser.cjs");
  for (const row of rows) expect(walls).toMatch(new RegExp(`^ {2}${row}: \\[`, "m"));
});
