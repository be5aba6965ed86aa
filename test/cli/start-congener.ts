import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../src/cli/bin.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

/** Starts `congener` from its sources, without a terminal and with nothing of our own environment but PATH. */
export function startCongener(
  cwd: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, ["--import", tsx, bin, ...words], {
    cwd,
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** What a started process printed and its exit code, once it has ended. */
export async function ended(child: ChildProcess) {
  const [out, err] = [child.stdout, child.stderr].map((stream) => stream?.toArray() ?? Promise.resolve([]));
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  const text = async (parts: Promise<Buffer[]> | undefined) => Buffer.concat((await parts) ?? []).toString();
  return { code, signal, out: await text(out), err: await text(err) };
}

export const congener = (cwd: string, ...words: string[]) => ended(startCongener(cwd, words));
