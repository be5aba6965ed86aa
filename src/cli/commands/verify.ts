import { resolve } from "node:path";
import type { BundleCheck } from "../../bundle/bundle-check.ts";
import type { ExpectedSigner } from "../../bundle/check-signature.ts";
import { parseRedactionKey } from "../../bundle/keyed-names.ts";
import { readPublicKey } from "../../bundle/signing-key.ts";
import { UsageError } from "../../errors.ts";
import { visibleJson } from "../../report/json.ts";
import { visibleText } from "../../report/visible-text.ts";
import { type BundleVerification, verifyBundle } from "../bundle/verify-bundle.ts";
import { readFileText } from "../canary/secret-file.ts";
import { defineCommand } from "../define-command.ts";

/** `congener verify`: whether a published bundle is what it says, and its numbers follow from its transcripts. */
export const verifyCommand = defineCommand({
  command: "verify <bundle>",
  describe: "Check an evidence bundle and recompute every number in it, offline",
  builder: (yargs) =>
    yargs
      .positional("bundle", {
        type: "string",
        demandOption: true,
        describe: "A bundle's folder, its .tar.gz, the folder of a published report, or a site of one report",
      })
      .option("key", {
        type: "string",
        requiresArg: true,
        describe: "Public key (PEM) whose signature is expected",
      })
      .option("key-id", {
        type: "string",
        requiresArg: true,
        conflicts: "key",
        describe: "Id of the key whose signature is expected: SHA-256 of its SPKI in DER, as hex",
      })
      .option("run", {
        type: "string",
        requiresArg: true,
        implies: "redaction-key",
        describe: "Of a redacted bundle, the run with its texts: check its features too",
      })
      .option("redaction-key", {
        type: "string",
        requiresArg: true,
        implies: "run",
        describe: "The key that it was redacted with",
      })
      .option("json", { type: "boolean", default: false, describe: "Print what was found as JSON" })
      .example("$0 verify bundle.tar.gz --key signer.pub.pem", "check it, and that this key signed it"),
  handler: async ({ context, bundle, key, keyId, run, redactionKey, json }) => {
    const texts =
      run === undefined || redactionKey === undefined
        ? undefined
        : {
            runDir: resolve(context.cwd, run),
            key: parseRedactionKey(await readFileText(resolve(context.cwd, redactionKey)), redactionKey),
          };
    const signer = await expectedSigner(context.cwd, key, keyId);
    const found = await verifyBundle(resolve(context.cwd, bundle), {
      version: context.version,
      signer,
      texts,
      onStep: context.note,
    });
    context.print(json ? visibleJson(found, 2) : render(found));
    if (!found.holds) context.setExitCode(1);
  },
});

async function expectedSigner(
  cwd: string,
  key: string | undefined,
  keyId: string | undefined,
): Promise<ExpectedSigner> {
  if (key !== undefined) return { key: await readPublicKey(resolve(cwd, key)) };
  if (keyId === undefined) return null;
  if (!/^[0-9a-f]{64}$/i.test(keyId))
    throw new UsageError(
      "verify.key-id",
      `--key-id must be the 64 hex digits of a key id, got ${JSON.stringify(keyId)}; print one with: openssl pkey -pubin -in key.pub.pem -outform DER | sha256sum`,
    );
  return { keyId: keyId.toLowerCase() };
}

const marks = { holds: "✓", differs: "✗", "not-checked": "–", note: "·" } as const;
const words = { holds: "holds", differs: "DIFFERS", "not-checked": "not checked", note: "note" } as const;

function render({ checks, holds, firstDifference, redacted }: BundleVerification): string {
  const shown = (text: string) => visibleText(text, { maxLength: 2_000 });
  const line = ({ name, status, message }: BundleCheck) =>
    `${marks[status]} ${name} (${words[status]}): ${shown(message)}`;
  const verdict = holds
    ? `Verified: everything in the bundle holds, and its numbers follow from its ${redacted ? "features" : "transcripts"}. That these are what the endpoints said rests on who recorded them.`
    : firstDifference === null
      ? "Not verified in full: nothing differs, but not all of it could be checked."
      : `Not verified. First difference, ${firstDifference.name}: ${shown(firstDifference.message)}`;
  return [...checks.map(line), "", verdict].join("\n");
}
