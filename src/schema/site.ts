import { z } from "zod";
import { findingSchema } from "./analysis.ts";
import { manifestSchema } from "./manifest.ts";

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const finite = z.number();

/** What a site's index says of one suspect; the fields of `suspectAnalysisSchema`. */
const siteSuspectSchema = z.strictObject({
  name: z.string(),
  finding: findingSchema,
  log10LR: finite.nullable(),
  log10LRInterval: z.tuple([finite, finite]).nullable(),
  atUpperBound: z.boolean(),
  /** Left out in entries of earlier versions, and false then. */
  atLowerBound: z.boolean().optional(),
});

/** One published report. Its folder is `reports/<id>`. */
export const siteEntrySchema = z.strictObject({
  /** Date, a stem of the run's name that is safe in a file name and a URL, and twelve digits of a hash. */
  id: z.string().regex(/^\d{4}-\d{2}-\d{2}-[A-Za-z0-9._~-]{1,41}-[0-9a-f]{12}$/),
  run: z.string(),
  /** The same for every analysis of one run: SHA-256 over its name and when it was started, 16 digits. */
  runKey: z.string().regex(/^[0-9a-f]{16}$/),
  runStatus: manifestSchema.shape.status,
  /** When the answers were compared. */
  createdAt: z.iso.datetime(),
  congenerVersion: z.string(),
  statisticVersion: z.string(),
  /** Marks a run of the embedded zoo: no claim about any real model. */
  miniature: z.boolean(),
  reference: z.string(),
  suspects: z.array(siteSuspectSchema),
  /** Whether prompts and answers are left out. */
  redacted: z.boolean(),
  /** SHA-256 of the signer's public key (SPKI, DER); null where it is not signed. */
  keyId: sha256Hex.nullable(),
  bundle: z.strictObject({ sha256: sha256Hex, bytes: z.int().min(0) }),
  /** Files beside the page that it links to, relative to the report's folder. */
  files: z.array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._~-]*(\/[A-Za-z0-9][A-Za-z0-9._~-]*)*$/)),
});

/** `site.json`: marks a folder as a Congener site; every page of it is made from this and the reports' own files. */
export const siteSchema = z.strictObject({
  kind: z.literal("congener-site"),
  schemaVersion: z.literal(1),
  title: z.string(),
  /** Where the site is served, with a slash at the end; null where that was not said: links are relative in any case. */
  baseURL: z.url({ protocol: /^https?$/ }).nullable(),
  /** In the order of publication. */
  entries: z.array(siteEntrySchema),
});

/** One published report; see `siteEntrySchema`. */
export type SiteEntry = z.output<typeof siteEntrySchema>;
/** What a site's index says of one suspect. */
export type SiteSuspect = SiteEntry["suspects"][number];
/** A site of published reports; see `siteSchema`. */
export type Site = z.output<typeof siteSchema>;

/** Reports newest first; of two of one time, the one that was published later comes first. */
export function newestFirst(entries: readonly SiteEntry[]): SiteEntry[] {
  return entries
    .map((entry, at) => ({ entry, at, time: Date.parse(entry.createdAt) }))
    .sort((a, b) => b.time - a.time || b.at - a.at)
    .map(({ entry }) => entry);
}

/** The newest analysis of the same run, where it is another than this one; else null. */
export function supersededBy(entry: SiteEntry, entries: readonly SiteEntry[]): SiteEntry | null {
  const newest = newestFirst(entries).find(({ runKey }) => runKey === entry.runKey);
  return newest === undefined || newest.id === entry.id ? null : newest;
}
