import { resolve } from "node:path";
import { canarySuite } from "../../canary/canary-suite.ts";
import { greenSuite } from "../../canary/green-list/green-suite.ts";
import { parseAnySecret } from "../../canary/parse-record.ts";
import { UsageError } from "../../errors.ts";
import { leadingClusters } from "../../report/canary-words.ts";
import { visibleJson } from "../../report/json.ts";
import { formatP } from "../../report/numbers.ts";
import { visibleText } from "../../report/visible-text.ts";
import type { CanaryOpening, CanaryResult, CanarySuspect } from "../../schema/canary.ts";
import type { GreenOpening } from "../../schema/green-list.ts";
import { readManifest } from "../../store/manifest-file.ts";
import { compareRoles } from "../compare-roles.ts";
import type { CliContext } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";
import { askCanaries } from "./ask-canaries.ts";
import { type LoadedOpenings, loadOpenings } from "./load-openings.ts";
import { readFileText, readSecretText, refuseExisting, writeNewFile } from "./secret-file.ts";
import { testRun } from "./test-run.ts";

/** `congener canary test`: whether suspects give the planted variants beyond chance. */
export const testCommand = defineCommand({
  command: "test <openings..>",
  describe: "Test whether suspects give the planted variants beyond chance",
  builder: (yargs) =>
    yargs
      .positional("openings", {
        type: "string",
        array: true,
        demandOption: true,
        describe:
          "Openings, and their published commitments to check them by; or one secret file, for a private look at the totals",
      })
      .option("run", {
        type: "string",
        describe: "Run that asked the test prompts; with --ask default: results/NAME-canary",
      })
      .option("ask", {
        type: "boolean",
        describe: "First ask the suspects and controls of the configuration the test prompts",
      })
      .option("suspect", listOption("Models under test; default: the run's own"))
      .option(
        "control",
        listOption("Models that cannot have seen the canaries; default: the run's own controls"),
      )
      .option("all-answers", {
        type: "boolean",
        describe: "For green lists: read every answer of the run, not only those to the committed prompts",
      })
      .option("committed", {
        type: "number",
        describe: "Secrets that were ever committed, where it is more than the openings tell",
      })
      .option("json", { type: "boolean", describe: "Print the result as JSON" })
      .option("out", {
        alias: "o",
        type: "string",
        describe: "Also write the result file, for canary verify",
      })
      .example("$0 canary test canary-first.opening.json --run results/acme", "Test a recorded run")
      .example("$0 canary test canary-first.opening.json --ask", "Ask first, as congener.yaml says"),
  handler: async (argv) => {
    const { context, committed } = argv;
    if (committed !== undefined && (!Number.isInteger(committed) || committed < 1))
      throw new UsageError("cli.number", `--committed must be a whole number from 1, got ${committed}`);
    const { openings, isPrivate, ...told } = await readOpenings(argv.openings, context.cwd);
    const out = argv.out === undefined ? null : resolve(context.cwd, argv.out);
    if (isPrivate && (out !== null || argv.json === true))
      throw new UsageError(
        "canary.not-revealed",
        "a result tells what was planted: expected an opening for -o and --json, got a secret; reveal it first with: congener canary reveal",
      );
    if (out !== null) await refuseExisting(out);
    const asked = argv.ask === true ? await askCanaries(openings.map(suiteOf), argv, context) : null;
    if (asked?.complete === false) {
      context.note("stopped; issue the same command again to go on");
      return;
    }
    if (asked === null && argv.run === undefined)
      throw new UsageError(
        "canary.no-run",
        "test expects --run with a run that asked the test prompts, or --ask to ask them",
      );
    const dir = asked?.dir ?? resolve(context.cwd, argv.run ?? "");
    const manifest = await readManifest(dir);
    const roles = rolesOf(argv, manifest);
    const suspects = await testRun(dir, openings, roles, {
      secretsCommitted: Math.max(committed ?? 1, told.secretsCommitted ?? 1),
      allAnswers: argv.allAnswers,
    });
    const result: CanaryResult = {
      schemaVersion: 1,
      kind: "canary-result",
      congenerVersion: context.version,
      createdAt: new Date().toISOString(),
      run: manifest.name,
      suspects,
    };
    if (out !== null) await writeNewFile(out, `${JSON.stringify(result, null, 2)}\n`);
    if (argv.json === true) context.print(visibleJson(result));
    else for (const suspect of suspects) printSuspect(suspect, { isPrivate, context });
    if (isPrivate)
      context.note(
        "A private look: nothing of it is evidence before the secret is revealed, and it counts as tested.",
      );
    else {
      if (told.secretsCommitted === undefined)
        context.note(
          "Not held against a published commitment: name it beside the opening, or see congener canary verify.",
        );
      if (out !== null) context.note(`Result: ${out}`);
    }
  },
});

type AnyOpening = CanaryOpening | GreenOpening;

const suiteOf = (opening: AnyOpening) =>
  opening.kind === "canary-opening" ? canarySuite(opening.sealed) : greenSuite(opening.sealed);

/** Openings, or one secret taken as if it were opened. */
async function readOpenings(
  files: readonly string[],
  cwd: string,
): Promise<LoadedOpenings & { readonly isPrivate: boolean }> {
  const texts = await Promise.all(files.map((file) => readFileText(resolve(cwd, file))));
  const secrets = texts.map((text) => /"kind"\s*:\s*"canary-(?:green-)?secret"/.test(text));
  if (!secrets.includes(true)) return { ...(await loadOpenings(cwd, files)), isPrivate: false };
  const [file = ""] = files;
  if (files.length > 1)
    throw new UsageError(
      "canary.not-revealed",
      `${files[secrets.indexOf(true)]} is a secret: expected openings, or one secret alone; reveal it first with: congener canary reveal`,
    );
  const secret = parseAnySecret(await readSecretText(resolve(cwd, file)), file);
  const bare = {
    schemaVersion: 1,
    salt: secret.salt,
    committedAt: new Date().toISOString(),
    previous: [],
  } as const;
  const opening: AnyOpening =
    secret.kind === "canary-secret"
      ? { ...bare, previous: [], kind: "canary-opening", sealed: secret.sealed }
      : { ...bare, previous: [], kind: "canary-green-opening", sealed: secret.sealed };
  return { openings: [opening], secretsCommitted: undefined, isPrivate: true };
}

function rolesOf(
  flags: {
    readonly suspect?: readonly string[] | undefined;
    readonly control?: readonly string[] | undefined;
  },
  manifest: Awaited<ReturnType<typeof readManifest>>,
) {
  const names = manifest.targets.map(({ name }) => name);
  const unknown = [...(flags.suspect ?? []), ...(flags.control ?? [])].find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      "compare.unknown-target",
      `no target ${unknown} in the run: expected one of ${names.join(", ")}`,
    );
  const suspects = flags.suspect ?? manifest.roles.suspects;
  if (suspects.length === 0)
    throw new UsageError(
      "compare.no-suspect",
      `the run names no suspect: say which of its targets are with --suspect (${names.join(", ")})`,
    );
  // No reference is needed here: an imported run may hold the suspect alone.
  const controls =
    flags.control ??
    (manifest.roles.reference === null
      ? manifest.roles.controls
      : compareRoles(manifest, manifest.labels, { suspect: suspects }).controls);
  return { suspects, controls: controls.filter((name) => !suspects.includes(name)) };
}

function printSuspect(
  { suspect, secretsCommitted, tests, greenTests = [] }: CanarySuspect,
  { isPrivate, context }: { readonly isPrivate: boolean; readonly context: CliContext },
): void {
  const show = (text: string) => visibleText(text, { maxLength: 120 });
  const corrected = (p: number) =>
    isPrivate
      ? ""
      : `, ${formatP(p)} over ${secretsCommitted} ${secretsCommitted === 1 ? "secret" : "secrets"}`;
  for (const test of greenTests) {
    context.print(
      context.style(
        "bold",
        `${show(suspect)}: ${test.green} of ${test.choices} choices of ${test.name} are green, chance ${(test.choices / 2).toFixed(1)}; p = ${formatP(test.pValue)}${corrected(test.adjustedPValue)}`,
      ),
    );
    context.print(
      `  ${test.answers}${test.answersCommitted === undefined ? "" : ` of ${test.answersCommitted}`} answers read (${test.scope === "all-answers" ? "all of the run" : "committed prompts"}); ${test.otherKeys.length} other keys: ${Math.min(...test.otherKeys)} to ${Math.max(...test.otherKeys)} green`,
    );
    for (const control of test.controls)
      context.print(
        `  control ${show(control.name)}: ${control.green} of ${control.choices} green, p = ${formatP(control.pValue)}`,
      );
  }
  for (const test of tests) {
    context.print(
      context.style(
        "bold",
        `${show(suspect)}: ${test.hits} of ${test.slots} slots of ${test.name}, chance ${((test.answered + test.incomplete) / test.variants).toFixed(1)}; p = ${formatP(test.pValue)}${corrected(test.adjustedPValue)}`,
      ),
    );
    for (const cluster of leadingClusters(test))
      context.print(
        `  cluster ${show(cluster.cluster)}: ${cluster.hits} hits, p = ${formatP(cluster.pValue)}${isPrivate ? "" : `, ${formatP(cluster.adjustedPValue)} over ${1 + (test.clusters?.length ?? 0)} lists and ${secretsCommitted} ${secretsCommitted === 1 ? "secret" : "secrets"}`}`,
      );
    if (isPrivate) continue;
    context.print(
      `  ${test.answered} slots answered, ${test.incomplete} incomplete; over all slots p = ${formatP(test.allSlotsPValue)}`,
    );
    context.print(
      `  lists never planted: ${[...test.unplanted].sort((a, b) => b - a).join(", ")} hits; interval of the hit rate ${test.interval.map((end) => end.toFixed(2)).join(" to ")}`,
    );
    for (const { id, planted, answer, hit, complete } of test.slotResults)
      context.print(
        `  ${hit ? "hit " : "miss"}  ${id.padEnd(28)} planted ${show(planted)}, said ${answer === null ? (complete ? "none of the variants, or a tie" : "too few samples") : show(answer)}`,
      );
    for (const control of test.controls)
      context.print(
        `  control ${show(control.name)}: ${control.hits} hits, p = ${formatP(control.pValue)}${control.incomplete > 0 ? `, ${control.incomplete} slots incomplete` : ""}`,
      );
  }
}
