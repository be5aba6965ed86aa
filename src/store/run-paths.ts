import { join } from "node:path";
import { targetFileName } from "./file-name.ts";

/** File of a target's transcripts. */
export const transcriptPath = (dir: string, target: string): string =>
  join(dir, "transcripts", `${targetFileName(target)}.jsonl`);

/** File of a target's exhausted attempts. */
export const attemptsPath = (dir: string, target: string): string =>
  join(dir, "attempts", `${targetFileName(target)}.jsonl`);

/** File of what the analysis reads of a target's answers, where these are redacted. */
export const featuresPath = (dir: string, target: string): string =>
  join(dir, "features", `${targetFileName(target)}.jsonl`);
