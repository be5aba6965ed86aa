import { UsageError } from "../../errors.ts";
import { mostConcurrency } from "../../sampling/concurrency-control.ts";
import { lockOwner } from "../../store/lock.ts";
import { readProgress, writeControl } from "../../store/progress-file.ts";

/** How long the running process has to take a new concurrency up, and how often it is looked at, in milliseconds. */
const wait = { longest: 5_000, step: 100 };

/**
 * Asks the process that works on a run for another concurrency, and waits until it has taken it up.
 * @returns one line on what came of it
 * @throws UsageError for a number that makes no sense, or where no process works on the run from this machine
 */
export async function setConcurrency(dir: string, run: string, concurrency: number): Promise<string> {
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > mostConcurrency)
    throw new UsageError(
      "status.concurrency",
      `--set-concurrency expects a whole number from 1 to ${mostConcurrency}, got ${concurrency}`,
    );
  const working = async () => {
    const owner = lockOwner(dir);
    const progress = await readProgress(dir);
    if (owner === null || owner.alive === false || progress === null) return null;
    return progress.pid === owner.pid && progress.ended === null ? progress : null;
  };
  const before = await working();
  if (before === null)
    throw new UsageError(
      "status.not-running",
      `no process is asking for ${run}: expected one that runs; start it with the concurrency you want: congener run -j ${concurrency}`,
    );
  await writeControl(dir, concurrency);
  for (let waited = 0; waited < wait.longest; waited += wait.step) {
    await new Promise((resolve) => setTimeout(resolve, wait.step));
    const now = await working();
    if (now === null) return `process ${before.pid} ended before it took up a concurrency of ${concurrency}`;
    if (now.concurrency === concurrency)
      return `process ${now.pid} asks with a concurrency of ${concurrency} now; before it was ${before.concurrency}`;
  }
  return `process ${before.pid} has not taken up a concurrency of ${concurrency} yet; see congener status ${run}`;
}
