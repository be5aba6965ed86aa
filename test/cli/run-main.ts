import { Readable, Writable } from "node:stream";
import { main } from "../../src/cli/main.ts";
import type { BinResult } from "./run-bin.ts";

/**
 * Runs a command line of the sources in this process, with a working directory, streams and an environment of its own:
 * the same as `runBin` for commands that start no worker, without the start of a process.
 */
export async function runMain(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Record<string, string>; readonly input?: string },
): Promise<BinResult> {
  const stdout = collector();
  const stderr = collector();
  const host = Object.create(process, {
    cwd: { value: () => options.cwd },
    env: { value: { PATH: process.env.PATH ?? "", ...options.env } },
    stdin: { value: Readable.from(options.input === undefined ? [] : [options.input]) },
    stdout: { value: stdout.stream },
    stderr: { value: stderr.stream },
    // Interrupts belong to the test runner.
    on: { value: () => host },
  }) as NodeJS.Process;
  const code = await main(host, args, "0.0.0-test");
  return { code, signal: null, stdout: stdout.text(), stderr: stderr.text() };
}

function collector() {
  const parts: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(part: string | Buffer, _encoding, done) {
      parts.push(String(part));
      done();
    },
  });
  return { stream, text: () => parts.join("") };
}
