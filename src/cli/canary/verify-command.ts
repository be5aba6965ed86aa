import { resolve } from "node:path";
import { alike, type CanaryCheck } from "../../canary/canary-check.ts";
import { commitmentHash } from "../../canary/commit.ts";
import { verifyCanary } from "../../canary/verify.ts";
import { SchemaError, UsageError } from "../../errors.ts";
import { visibleJson } from "../../report/json.ts";
import { visibleText } from "../../report/visible-text.ts";
import type { CanaryOpening, CanaryResult } from "../../schema/canary.ts";
import type { GreenOpening } from "../../schema/green-list.ts";
import { defineCommand } from "../define-command.ts";
import { readCanaryFiles } from "./load-openings.ts";
import { testRun } from "./test-run.ts";

/** `congener canary verify`: commitment, opening and result agree; everything is computed anew, offline. */
export const verifyCommand = defineCommand({
  command: "verify <files..>",
  describe: "Check that commitments, openings and a result agree, offline",
  builder: (yargs) =>
    yargs
      .positional("files", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "Commitments, openings and at most one result, in any order",
      })
      .option("run", {
        type: "string",
        describe: "The run too: read the answers again from its transcripts",
      })
      .option("json", { type: "boolean", describe: "Print the checks as JSON" })
      .example(
        "$0 canary verify commitment.json opening.json result.json --run results/acme",
        "Check all, down to the answers",
      ),
  handler: async ({ context, files, run, json }) => {
    const { commitments, openings, results } = await readCanaryFiles(context.cwd, files);
    const [result = null] = results;
    if (openings.length === 0 || commitments.length === 0)
      throw new UsageError(
        "canary.files",
        `verify expects at least a commitment and its opening, got ${commitments.length} commitments and ${openings.length} openings`,
      );
    if (results.length > 1)
      throw new UsageError("canary.files", `verify takes one result, got ${results.length}`);
    if (run !== undefined && result === null)
      throw new UsageError("canary.files", "--run expects a result file to compare the run with");
    const checks = verifyCanary(commitments, openings, result);
    if (run !== undefined && result !== null)
      checks.push(...(await checkRun(resolve(context.cwd, run), openings, result)));
    if (json === true) context.print(visibleJson({ checks }));
    else
      for (const { what, holds, detail } of checks)
        context.print(visibleText(`${holds ? "ok   " : "FAILS"} ${what}: ${detail}`, { maxLength: 1000 }));
    const failed = checks.filter(({ holds }) => !holds);
    if (failed.length > 0)
      throw new SchemaError(
        "canary.mismatch",
        `${failed.length} of ${checks.length} checks fail, first: ${failed[0]?.what}: ${failed[0]?.detail}; expected files as they were written`,
      );
  },
});

/** The result again from the transcripts, whose hash chain is verified on the way. */
async function checkRun(
  dir: string,
  openings: readonly (CanaryOpening | GreenOpening)[],
  result: CanaryResult,
): Promise<CanaryCheck[]> {
  const checks: CanaryCheck[] = [];
  for (const said of result.suspects) {
    const tests = [...said.tests, ...(said.greenTests ?? [])];
    const controls = [...new Set(tests.flatMap((test) => test.controls.map(({ name }) => name)))];
    const used = tests.flatMap(({ commitment }) =>
      openings.filter((opening) => commitmentHash(opening) === commitment),
    );
    const [computed] = await testRun(
      dir,
      used,
      { suspects: [said.suspect], controls },
      {
        secretsCommitted: said.secretsCommitted,
        allAnswers: (said.greenTests ?? []).some(({ scope }) => scope === "all-answers"),
      },
    );
    const holds = alike(computed, said);
    checks.push({
      what: `result on ${said.suspect} follows from the run's answers`,
      holds,
      detail: holds
        ? `transcripts up to ${said.transcriptHead.slice(0, 12)}...`
        : computed?.transcriptHead === said.transcriptHead
          ? "the same transcripts give another result"
          : "the transcripts are others than those that were tested",
    });
  }
  return checks;
}
