/** Names of the formats that a report is written in, in the order of `--help`; known without loading what draws them. */
export const reportFormats = ["html", "md", "json", "csv"] as const;

/** A format of a report. */
export type ReportFormat = (typeof reportFormats)[number];
