import { join } from "node:path";
import type { BundleStatement } from "../schema/evidence-bundle.ts";
import type { BundleCheck } from "./bundle-check.ts";
import { fileSha256, type Inventory, sumLine } from "./bundle-inventory.ts";
import { bundleFiles, isBundleFile, uncoveredFiles } from "./layout.ts";
import { readBounded } from "./read-bounded.ts";

/** Whether the folder holds exactly the files of the statement, with their sums; names what is changed, missing or added. */
export async function checkFiles(
  dir: string,
  { subject }: BundleStatement,
  { files }: Inventory,
): Promise<BundleCheck> {
  const present = new Set(files);
  const named = new Set(subject.map(({ name }) => name));
  const problems: string[] = [];
  for (const { name, digest } of subject) {
    if (!present.has(name)) problems.push(`${name} is missing`);
    else {
      const sha256 = await fileSha256(join(dir, name));
      if (sha256 !== digest.sha256)
        problems.push(
          `${name} was changed: its SHA-256 is ${sha256}, ${bundleFiles.statement} says ${digest.sha256}`,
        );
    }
  }
  for (const name of files)
    if (!named.has(name) && !uncoveredFiles.includes(name))
      problems.push(`${name} was added: ${bundleFiles.statement} does not name it`);
    else if (!isBundleFile(name)) problems.push(`${name} is no file of an evidence bundle`);
  if (problems.length > 0) return { name: "files", status: "differs", message: firstFew(problems) };
  return {
    name: "files",
    status: "holds",
    message: `${subject.length} files are those of ${bundleFiles.statement}, and no other`,
  };
}

/** Whether SHA256SUMS is what the statement and its own sum make it. */
export async function checkSums(dir: string, { subject }: BundleStatement): Promise<BundleCheck> {
  const wanted = [
    ...subject.map(({ name, digest }) => sumLine(digest.sha256, name)),
    sumLine(await fileSha256(join(dir, bundleFiles.statement)), bundleFiles.statement),
  ];
  const text = (await readBounded(join(dir, bundleFiles.sums))).toString("utf8");
  if (text === wanted.join(""))
    return { name: "sums", status: "holds", message: `${bundleFiles.sums} holds the same sums` };
  const lines = text.split(/(?<=\n)/);
  const at = wanted.findIndex((line, index) => line !== lines[index]);
  const line = at === -1 ? wanted.length : at;
  return {
    name: "sums",
    status: "differs",
    message: `${bundleFiles.sums}:${line + 1}: expected ${(wanted[line] ?? "no further line").trim()}, got ${(lines[line] ?? "no line").trim().slice(0, 200)}`,
  };
}

/** The first three problems, and how many more there are. */
export function firstFew(problems: readonly string[]): string {
  const more = problems.length - 3;
  return problems.slice(0, 3).join("; ") + (more > 0 ? `; and ${more} more` : "");
}
