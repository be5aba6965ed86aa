import { assignCommand } from "../canary/assign-command.ts";
import { commitCommand, revealCommand } from "../canary/commit-commands.ts";
import { mintCommand } from "../canary/mint-command.ts";
import { testCommand } from "../canary/test-command.ts";
import { verifyCommand } from "../canary/verify-command.ts";
import { defineCommand } from "../define-command.ts";

/** `congener canary mint|commit|assign|reveal|test|verify`: evidence that the reference's owner plants beforehand. */
export const canaryCommand = defineCommand({
  command: "canary <command>",
  describe: "Plant, reveal and test canaries in a model's answers",
  builder: (yargs) =>
    yargs
      .command(mintCommand)
      .command(commitCommand)
      .command(assignCommand)
      .command(revealCommand)
      .command(testCommand)
      .command(verifyCommand)
      .demandCommand(1, "canary needs mint, commit, assign, reveal, test or verify")
      .example("$0 canary mint --dry-run", "What so many slots can show, before anything is minted"),
  handler: () => {},
});
