import { once } from "node:events";
import { createInterface } from "node:readline";
import { UsageError } from "../../errors.ts";
import type { CliContext } from "../context.ts";
import { dollars } from "../plan/amount-words.ts";

/**
 * Asks on the terminal before something that may cost more than the configured amount.
 * @returns whether to go on
 * @throws UsageError where nobody can be asked
 */
export async function askFirst(
  cost: { readonly mostUSD: number; readonly askAboveUSD: number },
  context: Pick<CliContext, "stdin" | "stderr" | "isTTY">,
): Promise<boolean> {
  const { mostUSD, askAboveUSD } = cost;
  if (mostUSD <= askAboveUSD) return true;
  if (!context.isTTY || context.stdin.isTTY !== true)
    throw new UsageError(
      "run.needs-yes",
      `this may cost up to ${dollars(mostUSD)}, more than limits.askAboveUSD (${dollars(askAboveUSD)}), and there is no terminal to ask on: add --yes to go on, or bound it with --budget-usd or --max-requests`,
    );
  context.stderr.write(`This may cost up to ${dollars(mostUSD)}. Ask? [y/N] `);
  // No raw mode: Ctrl-C ends the process as ever.
  const lines = createInterface({ input: context.stdin, terminal: false });
  try {
    const [answer] = (await Promise.race([once(lines, "line"), once(lines, "close")])) as [string?];
    return /^\s*y(es)?\s*$/i.test(answer ?? "");
  } finally {
    lines.close();
    context.stdin.pause();
  }
}
