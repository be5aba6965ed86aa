import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import { openSite, type SiteWriter } from "../../bundle/open-site.ts";
import type { Site, SiteEntry } from "../../schema/site.ts";
import { prepareReport } from "./prepare-report.ts";
import { noOpenings, type PublishedOpenings } from "./published-openings.ts";
import type { Candidate } from "./read-candidate.ts";
import { redactCandidate } from "./redact-candidate.ts";
import { sitePages } from "./site-pages.ts";

/** A run under the id that it is published by. */
export interface PlannedReport {
  readonly id: string;
  readonly candidate: Candidate;
}

export interface PublishOptions {
  /** Folder of the site. */
  readonly dir: string;
  readonly openings: PublishedOpenings;
  /** Key under which texts are withheld; null publishes them. */
  readonly redactionKey: Buffer | null;
  readonly signingKey: KeyObject | null;
  readonly version: string;
  /** Undefined leaves it as it was. */
  readonly title: string | undefined;
  readonly baseURL: string | undefined;
  /** Aborted by the first Ctrl-C: nothing is then published. */
  readonly stopSignal: AbortSignal;
  readonly onReport: (planned: PlannedReport) => void;
}

const defaultTitle = "Similarity reports";

/**
 * Writes reports into a site and makes its pages anew; reports that are there already stay as they are. All reports appear
 * together at the end.
 * @returns false where it was stopped before that
 */
export async function publishRuns(
  planned: readonly PlannedReport[],
  options: PublishOptions,
): Promise<boolean> {
  const writer = await openSite(options.dir);
  try {
    const before = writer.site?.entries ?? [];
    const added = new Map<string, { readonly entry: SiteEntry; readonly report: string }>();
    for (const one of planned) {
      if (before.some(({ id }) => id === one.id)) continue;
      options.onReport(one);
      added.set(one.id, await addReport(writer, one, options));
      if (options.stopSignal.aborted) return false;
    }
    const site: Site = {
      kind: "congener-site",
      schemaVersion: 1,
      title: options.title ?? writer.site?.title ?? defaultTitle,
      baseURL: options.baseURL ?? writer.site?.baseURL ?? null,
      entries: [...before, ...[...added.values()].map(({ entry }) => entry)],
    };
    const touched = site.entries.filter(({ id }) => planned.some((one) => one.id === id));
    const pages = await sitePages(
      site,
      touched,
      async ({ id }) => added.get(id)?.report ?? writer.readReport(id),
    );
    if (options.stopSignal.aborted) return false;
    await writer.commit(site, pages);
    return true;
  } finally {
    await writer.close();
  }
}

async function addReport(writer: SiteWriter, { id, candidate }: PlannedReport, options: PublishOptions) {
  const folder = join(writer.work, id);
  const openings = candidate.hasCanaries ? options.openings : noOpenings;
  const { redactionKey } = options;
  const published =
    redactionKey === null
      ? { candidate, openings }
      : await redactCandidate(candidate, `${folder}.run`, openings, redactionKey);
  const report = await prepareReport(published.candidate, {
    id,
    into: folder,
    openings: published.openings.files,
    signingKey: options.signingKey,
    version: options.version,
  });
  await writer.addReport(id, folder);
  return report;
}
