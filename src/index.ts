/**
 * Congener as a library: what other programs may rely on, named one by one. Everything else may change between versions.
 * Read and check what is on disk, compare, render; asking endpoints is the command line's work.
 */
export {
  CongenerError,
  InsufficientDataError,
  ProviderError,
  type ProviderErrorClass,
  SchemaError,
  StoreError,
  UsageError,
} from "./errors.ts";
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
export type { ProbeAnswers } from "./schema/corpus.ts";
export { type Labels, labelsSchema } from "./schema/labels.ts";
export { type Manifest, manifestSchema, type Roles } from "./schema/manifest.ts";
export { type Probe, probeSchema, type Suite, suiteSchema } from "./schema/probe.ts";
export { type Random, seededRandom } from "./schema/random.ts";
export { type Target, targetSchema } from "./schema/target.ts";
export { type Outcome, type SampleRecord, type Transcript, transcriptSchema } from "./schema/transcript.ts";
export { readAnalysis } from "./store/analysis-file.ts";
export { readManifest } from "./store/manifest-file.ts";
export { readAnswers } from "./store/read-answers.ts";
export { readTranscripts } from "./store/read-transcripts.ts";
