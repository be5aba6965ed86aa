import type { CommandModule } from "yargs";
import type { CommonOptions } from "./context.ts";

/** A command whose own options are only known inside it. */
export type Command = CommandModule<CommonOptions, CommonOptions>;

/** One row of `congener --help`. */
export interface CommandEntry {
  /** The word that is typed. */
  readonly name: string;
  /** Shown by `congener --help`; the command's own `describe` is the same sentence. */
  readonly summary: string;
  /** Loads the command's file; the options are its own affair, so their type is dropped here. */
  readonly load: () => Promise<unknown>;
}

/** Every command, in the order in which a newcomer meets them. A command's file is loaded only when it is named. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: "demo",
    summary: "Run the whole job offline, on embedded miniature models",
    load: async () => (await import("./commands/demo.ts")).demoCommand,
  },
  {
    name: "init",
    summary: "Write a congener.yaml to fill in, and say what comes next",
    load: async () => (await import("./commands/init.ts")).initCommand,
  },
  {
    name: "plan",
    summary: "Say which effect how many probes detect, and what asking them takes",
    load: async () => (await import("./commands/plan.ts")).planCommand,
  },
  {
    name: "doctor",
    summary: "Say what each endpoint accepts, rejects and silently ignores",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand,
  },
  {
    name: "run",
    summary: "Ask the models; starts, resumes and extends a run",
    load: async () => (await import("./commands/run.ts")).runCommand,
  },
  {
    name: "status",
    summary: "Say how a run stands, while it goes on too, and change its speed",
    load: async () => (await import("./commands/status.ts")).statusCommand,
  },
  {
    name: "runs",
    summary: "List runs",
    load: async () => (await import("./commands/runs.ts")).runsCommand,
  },
  {
    name: "show",
    summary: "Show what was answered to a probe, by target",
    load: async () => (await import("./commands/show.ts")).showCommand,
  },
  {
    name: "import",
    summary: "Turn recorded answers into a run",
    load: async () => (await import("./commands/import.ts")).importCommand,
  },
  {
    name: "merge",
    summary: "Unite shards or partial runs of one configuration",
    load: async () => (await import("./commands/merge.ts")).mergeCommand,
  },
  {
    name: "compare",
    summary: "Weigh the evidence in a run's answers",
    load: async () => (await import("./commands/compare.ts")).compareCommand,
  },
  {
    name: "report",
    summary: "Write a run's report as HTML, Markdown, JSON and CSV",
    load: async () => (await import("./commands/report.ts")).reportCommand,
  },
  {
    name: "publish",
    summary: "Put runs' reports and their evidence on a static site",
    load: async () => (await import("./commands/publish.ts")).publishCommand,
  },
  {
    name: "verify",
    summary: "Check an evidence bundle and recompute every number in it, offline",
    load: async () => (await import("./commands/verify.ts")).verifyCommand,
  },
  {
    name: "history",
    summary: "Say what changed over several runs: the endpoints, or the findings",
    load: async () => (await import("./commands/history.ts")).historyCommand,
  },
  {
    name: "probes",
    summary: "List, show, check and rank probes",
    load: async () => (await import("./commands/probes.ts")).probesCommand,
  },
  {
    name: "canary",
    summary: "Plant, reveal and test canaries in a model's answers",
    load: async () => (await import("./commands/canary.ts")).canaryCommand,
  },
  {
    name: "access",
    summary: "Find harvesting in a provider's own request logs",
    load: async () => (await import("./commands/access.ts")).accessCommand,
  },
  {
    name: "calibrate",
    summary: "Fit a calibration on corpora of answers with known lineage",
    load: async () => (await import("./commands/calibrate.ts")).calibrateCommand,
  },
  {
    name: "zoo",
    summary: "Serve the embedded miniature models",
    load: async () => (await import("./commands/zoo.ts")).zooCommand,
  },
];

/**
 * The commands as the parser takes them: those named in `words` loaded, the others as their row in the help alone,
 * so that `congener --help` need not load a whole tool. Shell completion asks for the flags of any command: then all are.
 */
export async function loadCommands(
  words: readonly string[],
  table: readonly CommandEntry[] = commandTable,
): Promise<Command[]> {
  const wantsAll = words.includes("--get-yargs-completions");
  return Promise.all(
    table.map(async ({ name, summary, load }) =>
      wantsAll || words.includes(name)
        ? ((await load()) as Command)
        : { command: name, describe: summary, handler: () => {} },
    ),
  );
}
