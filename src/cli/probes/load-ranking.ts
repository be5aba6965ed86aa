import { readFile } from "node:fs/promises";
import { UsageError } from "../../errors.ts";
import { type Ranking, rankingSchema } from "../../schema/ranking.ts";

/** Reads a ranking file. @throws UsageError for a file that is missing or is no ranking */
export async function loadRanking(path: string): Promise<Ranking> {
  const bad = (what: string, cause?: unknown) =>
    new UsageError(
      "probes.ranking",
      `${path}: ${what}; expected a ranking, as written by: congener probes rank RUN --out FILE`,
      { cause },
    );
  let data: unknown;
  try {
    data = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw bad(missing ? "no such file" : String((cause as Error).message).replace(/\s+/g, " "), cause);
  }
  const parsed = rankingSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw bad(`${issue?.path.join(".") || "the file"}: ${issue?.message ?? "does not fit"}`);
}
