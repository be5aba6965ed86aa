import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { loadConfig } from "../../config/config.ts";
import { UsageError } from "../../errors.ts";
import { visibleJson } from "../../report/json.ts";
import { visibleText } from "../../report/visible-text.ts";
import { mixtureProbes } from "../../sampling/doctor/ask-mixture.ts";
import { mostRequests } from "../../sampling/doctor/examine-target.ts";
import { createSecretFilter } from "../../store/secret-filter.ts";
import { defineCommand } from "../define-command.ts";
import { doctorTargets } from "../doctor/doctor-targets.ts";
import { renderDoctor } from "../doctor/render-doctor.ts";
import { writtenTargets } from "../doctor/suggested-target.ts";

/** More repeats than this are no check but a run. */
const mostRepeats = 200;

/** `congener doctor`: what each endpoint accepts, rejects and silently ignores. Writes nothing to disk. */
export const doctorCommand = defineCommand({
  command: "doctor [target..]",
  describe: "Say what each endpoint accepts, rejects and silently ignores",
  builder: (yargs) =>
    yargs
      .positional("target", {
        type: "string",
        array: true,
        describe: "Targets of the configuration; default: all",
      })
      .option("mixture", {
        type: "number",
        default: 0,
        describe: `Also ask ${mixtureProbes} short probes so many times each, and test whether several backends answer`,
      })
      .option("seed", {
        type: "number",
        default: 1,
        describe: "Seed of the order of asking and of the tests",
      })
      .option("json", { type: "boolean", default: false, describe: "Print the reports as JSON" })
      .example("$0 doctor", "Some thirty tiny requests to every target")
      .example("$0 doctor acme-chat --mixture 20", "One target, and whether it is one backend"),
  handler: async (argv) => {
    const { context, mixture, seed } = argv;
    if (!Number.isInteger(mixture) || mixture < 0 || mixture > mostRepeats)
      throw new UsageError(
        "doctor.mixture",
        `--mixture expects a whole number from 0 to ${mostRepeats}, got ${mixture}; 20 or more tell something`,
      );
    if (!Number.isInteger(seed))
      throw new UsageError("doctor.seed", `--seed expects a whole number, got ${seed}`);
    const file = resolve(context.cwd, argv.config);
    const named = argv.target ?? [];
    const config = await loadConfig(file, {
      env: context.env,
      ...(named.length === 0 ? {} : { keysFor: named }),
    });
    context.keepSecrets(config.secrets);
    const names = config.targets.map(({ target }) => target.name);
    const unknown = named.find((name) => !names.includes(name));
    if (unknown !== undefined)
      throw new UsageError(
        "doctor.unknown-target",
        `no target is named ${unknown}: expected one of ${names.join(", ")}`,
      );
    const chosen = config.targets.filter(({ target }) => named.length === 0 || named.includes(target.name));
    const perTarget = mostRequests + Math.ceil(1.2 * mixture * mixtureProbes);
    context.note(
      `asking ${chosen.length} target${chosen.length === 1 ? "" : "s"}: at most ${perTarget} requests each, about 30 without --mixture, of some 50 tokens and 24 answered (512 where a model thinks first)`,
    );
    // What a server says may hold the key it was sent.
    const secrets = createSecretFilter(config.secrets);
    const reports = await doctorTargets(chosen, {
      limits: config.limits,
      written: writtenTargets(await readFile(file, "utf8"), file),
      repeats: mixture,
      seed,
      signal: context.takeInterrupts(),
      scrub: secrets.text,
      onDone: ({ target, requests, error }) =>
        context.note(
          visibleText(
            `${target}: ${requests} requests${error === null ? "" : `, ended (${error.errorClass})`}`,
            { maxLength: 300 },
          ),
        ),
    });
    const { value: clean } = secrets.value(reports);
    if (argv.json) context.print(visibleJson(clean));
    else context.print(clean.map((report) => renderDoctor(report, context.columns)).join("\n\n"));
    const dead = clean.filter(({ error }) => error !== null);
    if (dead.length === 0) return;
    for (const { target, error } of dead)
      context.stderr.write(
        `congener: ${visibleText(`${target}: ${error?.message ?? ""}`, { maxLength: 800 })}\n`,
      );
    context.setExitCode(3);
  },
});
