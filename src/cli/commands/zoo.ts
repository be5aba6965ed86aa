import Table from "cli-table3";
import { UsageError } from "../../errors.ts";
import { startZoo, type Zoo } from "../../zoo/start-zoo.ts";
import type { CommonOptions } from "../context.ts";
import { defineCommand } from "../define-command.ts";

const serve = defineCommand({
  command: "serve",
  describe: "Serve the embedded miniature models over an OpenAI-compatible API until Ctrl-C",
  builder: (yargs) =>
    yargs
      .option("port", {
        type: "number",
        default: 0,
        requiresArg: true,
        describe: "Port on 127.0.0.1; 0 for any free one. The re-served model always gets another port",
      })
      .option("seed", {
        type: "number",
        default: 1,
        requiresArg: true,
        describe: "Draws labs, models and answers: the same seed gives the same zoo",
      })
      .example("$0 zoo serve --port 8080", "Print the addresses of the models, and answer until Ctrl-C"),
  handler: async ({ context, port, seed }) => {
    if (!Number.isInteger(seed))
      throw new UsageError("zoo.seed", `--seed: expected a whole number, got ${seed}`);
    if (!Number.isInteger(port) || port < 0 || port > 65535)
      throw new UsageError("zoo.port", `--port: expected a whole number from 0 to 65535, got ${port}`);
    const stop = context.takeInterrupts();
    context.note("Training the zoo: miniature models made up for demonstration, about ten seconds ...");
    const zoo = await start(seed, port);
    try {
      const table = new Table({
        head: ["name", "role", "lab", "model", "base URL"],
        style: { head: [], border: [] },
      });
      for (const { name, role, lab, model, baseURL } of zoo.labs)
        table.push([name, role, lab, model, baseURL]);
      context.print(table.toString());
      context.note("Serving chat and raw completions; any key will do. Ctrl-C stops.");
      if (!stop.aborted)
        await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
    } finally {
      await zoo.close();
    }
  },
});

async function start(seed: number, port: number): Promise<Zoo> {
  try {
    return await startZoo({ seed, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const why = code === "EADDRINUSE" ? "is in use" : "needs more rights";
    throw new UsageError(
      "zoo.port",
      `port ${port} on 127.0.0.1 ${why}: choose another --port, or 0 for any free one`,
      { cause: error },
    );
  }
}

/** `congener zoo serve`: the demo's models as servers of their own, for trying out configurations. */
export const zooCommand = defineCommand<CommonOptions>({
  command: "zoo",
  describe: "Serve the embedded miniature models",
  builder: (yargs) => yargs.command(serve).demandCommand(1, "zoo needs a subcommand: serve"),
  handler: () => {},
});
