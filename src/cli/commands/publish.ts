import { rm } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { newRedactionKey, redactionKeyText } from "../../bundle/keyed-names.ts";
import { readSite } from "../../bundle/open-site.ts";
import { keyId, readSigningKey } from "../../bundle/signing-key.ts";
import { UsageError } from "../../errors.ts";
import { unfinishedNotice } from "../../report/site/site-words.ts";
import { refuseExisting, writeNewFile } from "../canary/secret-file.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";
import { publishRuns } from "../publish/publish-runs.ts";
import { readOpenings } from "../publish/published-openings.ts";
import { type Candidate, readCandidate, refuseStale } from "../publish/read-candidate.ts";
import { publicationId } from "../publish/site-entry.ts";

/** `congener publish`: from analysed runs to a static site of reports that anyone can check. */
export const publishCommand = defineCommand({
  command: "publish <runs..>",
  describe: "Put runs' reports and their evidence on a static site",
  builder: (yargs) =>
    yargs
      .positional("runs", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "Run folders that `congener compare` has analysed",
      })
      .option("out", {
        alias: "o",
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "Folder of the site: new, empty, or one that this command made",
      })
      .option("sign", {
        type: "string",
        requiresArg: true,
        describe: "Ed25519 private key (PEM) that signs the evidence bundles",
      })
      .option(
        "canary",
        listOption("Openings and commitments that the analysis tested; they are published with it"),
      )
      .option("redact", {
        type: "boolean",
        default: false,
        describe: "Leave out prompts and answers; the numbers can still be recomputed",
      })
      .option("redaction-key", {
        type: "string",
        requiresArg: true,
        describe: "New file for the key by which you can show that the features are those of the texts",
      })
      .option("title", {
        type: "string",
        requiresArg: true,
        describe: "Title of the site; default: as it was, else Similarity reports",
      })
      .option("base-url", {
        type: "string",
        requiresArg: true,
        describe: "Where the site will be served, for its feed; pages need none",
      })
      .example("$0 publish results/acme -o public", "a site of one report; again for the next one")
      .example("$0 publish results/acme -o public --sign key.pem", "with a signed evidence bundle"),
  handler: async (argv) => {
    const { context, baseUrl, redact } = argv;
    const signingKey = argv.sign === undefined ? null : await readSigningKey(resolve(context.cwd, argv.sign));
    const baseURL = baseUrl === undefined ? undefined : checkedURL(baseUrl);
    const openings = await readOpenings(context.cwd, argv.canary ?? []);
    const dirs = argv.runs.map((run) => resolve(context.cwd, run));
    const twice = argv.runs.find((_, at) => dirs.indexOf(dirs[at] as string) !== at);
    if (twice !== undefined)
      throw new UsageError("publish.twice", `${twice} is named twice: expected each run once`);
    const candidates: Candidate[] = [];
    for (const [at, name] of argv.runs.entries())
      candidates.push(await readCandidate(dirs[at] as string, name, openings));
    if (openings.files.length > 0 && !candidates.some(({ hasCanaries }) => hasCanaries))
      throw new UsageError(
        "publish.canary",
        "--canary names openings, but no analysis tested any: leave it out, or compare again with it",
      );
    const dir = resolve(context.cwd, argv.out);
    const planned = candidates.map((candidate) => ({
      candidate,
      id: publicationId(candidate, {
        redacted: redact,
        keyId: signingKey === null ? null : keyId(signingKey),
        version: context.version,
        openings: openings.files.map(({ content }) => content),
      }),
    }));
    const keyFile = argv.redactionKey === undefined ? null : resolve(context.cwd, argv.redactionKey);
    if (keyFile !== null) await refuseKeyFile(keyFile, { redact, dir });
    const known = new Set((await readSite(dir))?.entries.map(({ id }) => id));
    // Nothing is written yet: Ctrl-C ends this as it ends any computation.
    for (const { candidate, id } of planned)
      if (!known.has(id)) {
        context.note(`recomputing ${candidate.name} ...`);
        await refuseStale(candidate, openings);
      }
    const redactionKey = redact ? newRedactionKey() : null;
    // Before anything is published that only this key can vouch for; away again where nothing was.
    const writtenKey = planned.every(({ id }) => known.has(id)) ? null : keyFile;
    if (redactionKey !== null && writtenKey !== null)
      await writeNewFile(writtenKey, redactionKeyText(redactionKey), { secret: true });
    let published = false;
    try {
      published = await publishRuns(planned, {
        dir,
        openings,
        redactionKey,
        signingKey,
        version: context.version,
        title: argv.title,
        baseURL,
        stopSignal: context.takeInterrupts(),
        onReport: ({ candidate }) => context.note(`writing ${candidate.name} ...`),
      });
    } finally {
      if (!published && writtenKey !== null) await rm(writtenKey, { force: true });
    }
    const shown = relative(context.cwd, dir) || ".";
    if (!published) {
      context.note(`stopped: ${shown} is as it was`);
      return;
    }
    for (const { candidate, id } of planned) {
      context.print(join(shown, "reports", id, "index.html"));
      if (known.has(id)) context.note(`${candidate.name} was published already: left as it is`);
      if (candidate.manifest.status !== "complete") context.note(`${candidate.name}: ${unfinishedNotice}`);
    }
    context.note(`site: ${join(shown, "index.html")}; read it before you put it on a host`);
  },
});

/** @throws UsageError where a key would be published, replace a file, or open nothing */
async function refuseKeyFile(file: string, { redact, dir }: { redact: boolean; dir: string }): Promise<void> {
  if (!redact)
    throw new UsageError(
      "publish.redaction-key",
      "--redaction-key names a file for the key of --redact: add --redact, or leave it out",
    );
  if (`${file}${sep}`.startsWith(`${dir}${sep}`))
    throw new UsageError(
      "publish.redaction-key",
      `${file} lies in the site, which is published: keep the key elsewhere`,
    );
  await refuseExisting(file);
}

/** @throws UsageError unless it is an http or https address without login, query and fragment; ends in a slash */
function checkedURL(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain = url !== null && `${url.username}${url.password}${url.search}${url.hash}` === "";
  if (url === null || !plain || !/^https?:$/.test(url.protocol))
    throw new UsageError(
      "publish.base-url",
      `--base-url expects an http or https address without login, query and fragment, for example https://example.org/reports/, got ${JSON.stringify(text)}`,
    );
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}
