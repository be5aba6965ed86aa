/** Something `probes lint` found. Errors make a suite unusable or misleading; warnings want a second look. */
export interface LintFinding {
  readonly severity: "error" | "warning";
  /** Stable name of the rule, for example `duplicate-id`. */
  readonly rule: string;
  readonly file: string;
  /** Line of the probe, from 1. */
  readonly line: number;
  /** Probe id, or null where the whole file is meant. */
  readonly probe: string | null;
  readonly message: string;
}

/** A finding as one line: `file:line: error duplicate-id [probe]: message`. */
export function findingText(finding: LintFinding): string {
  const { file, line, severity, rule, probe, message } = finding;
  return `${file}:${line}: ${severity} ${rule}${probe === null ? "" : ` [${probe}]`}: ${message}`;
}
