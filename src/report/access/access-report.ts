import type { AccessAnalysis } from "../../schema/access.ts";
import type { AccessExcerpts } from "../../schema/access-excerpts.ts";
import type { AccessPolicy } from "../../schema/access-policy.ts";
import type { Analysis } from "../../schema/analysis.ts";
import { impersonal, maskText } from "./impersonal.ts";

/** How prompts are shown: not at all, by the salted hash of their template, or as short masked excerpts. */
export const excerptModes = ["none", "hashed", "short"] as const;

/** What a report is made from. */
export interface AccessReportInput {
  readonly analysis: AccessAnalysis;
  readonly excerptMode: (typeof excerptModes)[number];
  /** Of `excerpts.json`; used with the mode `short` alone. */
  readonly excerpts: AccessExcerpts | null;
  /** Of `policy.json`; its counts alone are used, for its decisions name accounts. */
  readonly policy: AccessPolicy | null;
  /** The comparison of a suspect's answers, to stand beside. */
  readonly run: Analysis | null;
  /** SHA-256 of the files that were read, by name. */
  readonly hashes: readonly { readonly file: string; readonly sha256: string }[];
  /** Commands that make scan and report again. */
  readonly commands: readonly string[];
}

/** What a report prints: nothing in it names a person, a machine or a customer. */
export interface AccessReport {
  readonly analysis: AccessAnalysis;
  readonly excerptMode: AccessReportInput["excerptMode"];
  readonly excerpts: ReadonlyMap<string, AccessExcerpts["exhibits"][number]>;
  readonly policy: Pick<AccessPolicy, "createdAt" | "scannedAt" | "counts"> | null;
  readonly run: Analysis | null;
  readonly hashes: AccessReportInput["hashes"];
  readonly commands: readonly string[];
}

/** Prompts of an excerpt, and values of a slot, that are shown. */
const shown = { chars: 400, values: 5, slots: 12 } as const;

/** Takes from the input what a report may print, with personal data masked; the same input gives the same report. */
export function accessReport(input: AccessReportInput): AccessReport {
  const { excerptMode, policy } = input;
  const analysis = impersonal(input.analysis);
  const exhibits = excerptMode === "short" ? (input.excerpts?.exhibits ?? []) : [];
  return {
    analysis:
      excerptMode === "none"
        ? { ...analysis, exhibits: analysis.exhibits.map((one) => ({ ...one, templateHash: "" })) }
        : analysis,
    excerptMode,
    excerpts: new Map(
      exhibits.map(({ id, text, slots }) => [
        id,
        {
          id,
          text: maskText(text.slice(0, shown.chars)),
          slots: slots
            .slice(0, shown.slots)
            .map((values) => values.slice(0, shown.values).map((value) => maskText(value.slice(0, 80)))),
        },
      ]),
    ),
    policy:
      policy === null
        ? null
        : {
            createdAt: policy.createdAt,
            scannedAt: policy.scannedAt,
            counts: policy.counts.map((one) => ({ ...one, kind: maskText(one.kind) })),
          },
    run: input.run,
    hashes: input.hashes,
    commands: input.commands,
  };
}
