import { StoreError } from "../errors.ts";
import { canonicalJson } from "../schema/identity.ts";
import { parseLine, rawLines } from "../store/json-lines.ts";
import { readManifest } from "../store/manifest-file.ts";
import { featuresPath, transcriptPath } from "../store/run-paths.ts";
import { redactedView, type WithholdOptions } from "./redacted-lines.ts";

/** What was found alike. */
export interface WithheldCheck {
  readonly lines: number;
  readonly answers: number;
}

/**
 * Whether a redacted run is what the run with the texts becomes under the key: every line, every feature, category and
 * token, every claim and the manifest. With the transcripts' hash chain, which both runs share, this closes the one gap
 * of a redacted run: that its features are those of the answers.
 *
 * @param textRun - the run with its texts
 * @param redactedRun - what `redactRun` made of it, as it was published
 * @throws StoreError naming file and line of the first difference; under a wrong key that is the manifest or the first answer
 */
export async function checkWithheld(
  textRun: string,
  redactedRun: string,
  options: Pick<WithholdOptions, "withhold" | "key" | "canaries">,
): Promise<WithheldCheck> {
  const manifest = await readManifest(textRun);
  const published = await readManifest(redactedRun);
  const { redaction } = published;
  if (redaction === undefined)
    throw new StoreError(
      "redact.not-redacted",
      `${redactedRun} is not redacted: expected a run as publish --redact writes it; verify its bundle instead`,
    );
  const missing = redaction.canaries.find(
    ({ commitment }) => !options.canaries.some((canary) => canary.commitment === commitment),
  );
  if (missing !== undefined)
    throw new StoreError(
      "redact.canary",
      `${redactedRun} was read for the canary of commitment ${missing.commitment.slice(0, 12)}...: expected its opening, to check what was read; name it with --canary`,
    );
  const view = redactedView(textRun, manifest, {
    ...options,
    canaries: redaction.canaries.flatMap(
      ({ commitment }) => options.canaries.find((canary) => canary.commitment === commitment) ?? [],
    ),
    claimsOf: redaction.claimsOf === null ? null : { name: redaction.claimsOf, lab: redaction.claimsLab },
  });
  if (!isSame(view.manifest(redaction.features), published))
    throw differs(`${redactedRun}/manifest.json`, "the manifest of the run under this key");
  const check = { lines: 0, answers: 0 };
  for (const { name } of manifest.targets) {
    const transcripts = records(transcriptPath(redactedRun, name));
    const features = records(featuresPath(redactedRun, name));
    try {
      for await (const { line, sample } of view.lines(name)) {
        await expectNext(transcripts, line, "the line of that sample");
        check.lines++;
        if (sample === null) continue;
        await expectNext(features, sample, "what the analysis reads of that answer under this key");
        if (sample.answer !== undefined) check.answers++;
      }
      for (const rest of [transcripts, features]) {
        const next = await rest.next();
        if (!next.done) throw differs(next.value.place, "no further line");
      }
    } finally {
      for (const rest of [transcripts, features]) await rest.return("");
    }
  }
  return check;
}

async function* records(path: string) {
  for await (const line of rawLines(path))
    yield { place: `${path}:${line.number}`, record: parseLine(path, line) };
  return path;
}

async function expectNext(from: ReturnType<typeof records>, expected: object, what: string): Promise<void> {
  const next = await from.next();
  if (next.done) throw differs(next.value, `a further line, ${what}`);
  if (!isSame(expected, next.value.record)) throw differs(next.value.place, what);
}

/** Texts of models are nowhere among these values, so that they have a canonical form. */
const isSame = (one: unknown, other: unknown) => canonicalJson(plain(one)) === canonicalJson(plain(other));

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const differs = (place: string, expected: string) =>
  new StoreError(
    "redact.differs",
    `${place} is not what the texts give: expected ${expected}; the run was redacted with another key, or one of the two was changed`,
  );
