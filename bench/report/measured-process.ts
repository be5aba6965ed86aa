import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

/** How one process went. */
export interface MeasuredProcess {
  readonly code: number | null;
  readonly seconds: number;
  /** User and system time of all threads. */
  readonly processorSeconds: number;
  /** Peak resident set. */
  readonly peakMB: number;
  /** The end of what it said on stderr. */
  readonly said: string;
}

/** Has a process tell its peak memory and processor time when it ends. */
const tellUsage = (file: string) =>
  `data:text/javascript,${encodeURIComponent(
    `import { writeFileSync } from "node:fs";
     process.on("exit", () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.resourceUsage())));`,
  )}`;

/** Runs Node with the arguments in the folder, and measures it; the same file takes its usage every time. */
export async function measureProcess(args: readonly string[], cwd: string): Promise<MeasuredProcess> {
  const file = join(cwd, "usage.json");
  await rm(file, { force: true });
  const start = performance.now();
  const child = spawn(process.execPath, ["--import", tellUsage(file), ...args], {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  const code = await new Promise<number | null>((done) => child.once("close", done));
  const seconds = (performance.now() - start) / 1000;
  const usage = JSON.parse(await readFile(file, "utf8")) as NodeJS.ResourceUsage;
  return {
    code,
    seconds,
    processorSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    peakMB: usage.maxRSS / 1024,
    said,
  };
}
