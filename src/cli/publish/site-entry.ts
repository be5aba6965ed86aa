import { boundWords } from "../../report/finding-words.ts";
import { sha256Hex } from "../../schema/identity.ts";
import type { SiteEntry } from "../../schema/site.ts";
import { targetFileName } from "../../store/file-name.ts";
import type { Candidate } from "./read-candidate.ts";

/** What makes one publication another than the next, besides its run and analysis. */
export interface PublicationChoices {
  readonly redacted: boolean;
  readonly keyId: string | null;
  /** Version of Congener that writes the report. */
  readonly version: string;
  /** Content of the openings that are published with the runs that tested them. */
  readonly openings: readonly string[];
}

const stemLength = 40;

/**
 * Id of a publication: the comparison's date, a stem of the run's name that is safe in file names and addresses, and twelve
 * digits of a hash over everything that goes in. The same publication has the same id.
 */
export function publicationId(
  { manifest, analysis, hasCanaries }: Candidate,
  choices: PublicationChoices,
): string {
  const { redacted, keyId, version, openings } = choices;
  const content = JSON.stringify([manifest, analysis, redacted, keyId, version, hasCanaries ? openings : []]);
  const stem = targetFileName(analysis.run).slice(0, stemLength) || "run";
  return `${analysis.createdAt.slice(0, 10)}-${stem}-${sha256Hex(content).slice(0, 12)}`;
}

/**
 * The site's record of a publication.
 * @param candidate.analysis - the one that is published: of a redacted run, that of the redacted run
 */
export function siteEntry(
  { manifest, analysis }: Candidate,
  rest: Pick<SiteEntry, "id" | "redacted" | "keyId" | "bundle" | "files">,
): SiteEntry {
  const { run, createdAt, congenerVersion, statisticVersion, miniature, reference, suspects } = analysis;
  return {
    id: rest.id,
    run,
    runKey: sha256Hex(JSON.stringify([manifest.name, manifest.createdAt])).slice(0, 16),
    runStatus: manifest.status,
    createdAt,
    congenerVersion,
    statisticVersion,
    miniature,
    reference,
    suspects: suspects.map((suspect) => {
      const { name, finding, log10LR, log10LRInterval, atUpperBound } = suspect;
      const atLowerBound = boundWords(suspect) === "at most ";
      return { name, finding, log10LR, log10LRInterval, atUpperBound, atLowerBound };
    }),
    redacted: rest.redacted,
    keyId: rest.keyId,
    bundle: rest.bundle,
    files: rest.files,
  };
}
