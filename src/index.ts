/**
 * Congener as a library: what other programs may rely on, named one by one. Everything else may change between versions.
 * Read and check what is on disk, compare, render; asking endpoints is the command line's work.
 */
export { type CompareInput, compare } from "./analysis/compare.ts";
export type { BundleCheck } from "./bundle/bundle-check.ts";
export type { ExpectedSigner } from "./bundle/check-signature.ts";
export { packBundle } from "./bundle/pack-bundle.ts";
export { keyId, readPublicKey, readSigningKey } from "./bundle/signing-key.ts";
export {
  type BundledFile,
  type BundleOptions,
  type BundleSummary,
  writeBundle,
} from "./bundle/write-bundle.ts";
export {
  type AssignmentResult,
  assignVariant,
  type CanaryAssignment,
  type CanaryRequest,
} from "./canary/assign.ts";
export type { CanaryCheck } from "./canary/canary-check.ts";
export { canarySuite } from "./canary/canary-suite.ts";
export {
  createGreenRewriter,
  type GreenKey,
  type GreenRewriter,
  greenRewrite,
} from "./canary/green-list/green-rewrite.ts";
export { parseCommitment, parseOpening, parseResult, parseSecret } from "./canary/parse-record.ts";
export { verifyCanary } from "./canary/verify.ts";
export { type BundleVerification, type VerifyOptions, verifyBundle } from "./cli/bundle/verify-bundle.ts";
export { type CompareRunOptions, compareRun } from "./cli/compare-run.ts";
export { loadCalibration, shippedCalibrations } from "./cli/load-calibration.ts";
export { loadLabels } from "./config/labels-file.ts";
export {
  CongenerError,
  InsufficientDataError,
  ProviderError,
  type ProviderErrorClass,
  SchemaError,
  StoreError,
  UsageError,
} from "./errors.ts";
export { loadSuite } from "./probes/load-suite.ts";
export { renderComparisonJson } from "./report/json.ts";
export { type ReportFile, renderReportFiles } from "./report/report-files.ts";
export { type ReportFormat, reportFormats } from "./report/report-formats.ts";
export { renderTerminal, type TerminalOptions } from "./report/terminal.ts";
export { type VisibleTextOptions, visibleText } from "./report/visible-text.ts";
export {
  type Affinity,
  type Analysis,
  analysisSchema,
  type Caveat,
  type Estimate,
  type Evidence,
  type Exhibit,
  type Finding,
  type ModelSummary,
  type ReportData,
  type SuspectAnalysis,
} from "./schema/analysis.ts";
export { type Calibration, calibrationSchema, statisticVersion } from "./schema/calibration.ts";
export type {
  CanaryCommitment,
  CanaryOpening,
  CanaryResult,
  CanarySecret,
  CanarySuspect,
  CanaryTest,
  Sealed,
} from "./schema/canary.ts";
export type { OutcomesByProbe, ProbeAnswers } from "./schema/corpus.ts";
export {
  type BundlePredicate,
  type BundleStatement,
  bundleStatementSchema,
} from "./schema/evidence-bundle.ts";
export { type Labels, labelsSchema } from "./schema/labels.ts";
export { type Manifest, manifestSchema, type Roles } from "./schema/manifest.ts";
export { type Probe, probeSchema, type Suite, suiteSchema } from "./schema/probe.ts";
export { type Random, seededRandom } from "./schema/random.ts";
export { type Target, targetSchema } from "./schema/target.ts";
export { type Outcome, type SampleRecord, type Transcript, transcriptSchema } from "./schema/transcript.ts";
export { readAnalysis, writeAnalysis } from "./store/analysis-file.ts";
export { readManifest } from "./store/manifest-file.ts";
export { readAnswers } from "./store/read-answers.ts";
export { readTranscripts } from "./store/read-transcripts.ts";
