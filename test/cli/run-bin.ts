import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

/** The built command line; `npm test` builds it first. */
export const binFile = join(import.meta.dirname, "../../dist/cli/bin.js");

export interface BinResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built `congener` as a child process, without a terminal and with nothing of our own environment but PATH. */
export function runBin(
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Record<string, string>;
    /** What the process reads on stdin; nothing by default. */
    readonly input?: string;
    /** Called with the process once it is started. */
    readonly onStart?: (child: ChildProcess) => void;
  } = {},
): Promise<BinResult> {
  const child = spawn(process.execPath, [binFile, ...args], {
    cwd: options.cwd ?? process.cwd(),
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...options.env },
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  // A process that ends with an error need not have read all of it.
  child.stdin?.on("error", () => {}).end(options.input);
  options.onStart?.(child);
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
