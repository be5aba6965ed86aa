#!/usr/bin/env node
/*
 * How the command line fits together:
 *
 *   bin.ts ──> main.ts ──> command-table.ts   which commands there are; loads those that are named
 *     │          ├──────> parser.ts           common options, help, strictness; usage-message.ts, check-values.ts
 *     │          │          └──> commands/*   one file a command: options in, other folders joined, output out
 *     │          ├──────> process-context.ts  context.ts: what a command may know of the world
 *     │          └──────> error-text.ts       exit-codes.ts: the only place that decides exit codes
 *     └─ streams that close, errors that nobody awaited
 */
import { readFileSync } from "node:fs";
import { exitCodeOf } from "./exit-codes.ts";
import { main, tellError } from "./main.ts";

const packageFile = new URL("../../package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };
const words = process.argv.slice(2);

function endWith(error: unknown): never {
  tellError(process, error, { words, version });
  process.exit(exitCodeOf(error));
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // The reader has seen enough (`congener compare | head`): the command goes on and its exit code stands.
    if (error.code !== "EPIPE") endWith(error);
  });
}
process.on("uncaughtException", endWith);
process.on("unhandledRejection", endWith);

process.exitCode = await main(process, words, version);
