import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Runs a bench script in several processes, one list of arguments each, at most `jobs` at a time, and collects the JSON
 * lines they print.
 */
export async function inProcesses<Row>(
  script: string,
  argumentLists: readonly (readonly string[])[],
  jobs = 2,
): Promise<Row[]> {
  const rows: Row[] = [];
  const waiting = [...argumentLists];
  const work = async () => {
    for (let args = waiting.shift(); args !== undefined; args = waiting.shift()) {
      const child = spawn(process.execPath, ["--import", "tsx", script, ...args], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
      for await (const line of createInterface({ input: child.stdout })) rows.push(JSON.parse(line));
      const code = await ended;
      if (code !== 0) throw new Error(`${script} ${args.join(" ")} ended with code ${code}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return rows;
}

/** Numbers `from` to `to - 1` dealt out to `parts` lists. */
export function dealt(from: number, to: number, parts: number): number[][] {
  return Array.from({ length: parts }, (_, part) =>
    Array.from({ length: to - from }, (_, i) => from + i).filter((number) => number % parts === part),
  );
}
