import { assignCommand } from "../canary/assign-command.ts";
import { commitCommand, revealCommand } from "../canary/commit-commands.ts";
import { mintCommand } from "../canary/mint-command.ts";
import { mintGreenCommand } from "../canary/mint-green-command.ts";
import { rewriteCommand } from "../canary/rewrite-command.ts";
import { testCommand } from "../canary/test-command.ts";
import { verifyCommand } from "../canary/verify-command.ts";
import { defineCommand } from "../define-command.ts";

/** `congener canary mint|mint-green|commit|assign|rewrite|reveal|test|verify`: evidence that the reference's owner plants beforehand. */
export const canaryCommand = defineCommand({
  command: "canary <command>",
  describe: "Plant, reveal and test canaries in a model's answers",
  builder: (yargs) =>
    yargs
      .command(mintCommand)
      .command(mintGreenCommand)
      .command(commitCommand)
      .command(assignCommand)
      .command(rewriteCommand)
      .command(revealCommand)
      .command(testCommand)
      .command(verifyCommand)
      .demandCommand(1, "canary needs mint, mint-green, commit, assign, rewrite, reveal, test or verify")
      .example("$0 canary mint --dry-run", "What so many slots can show, before anything is minted"),
  handler: () => {},
});
