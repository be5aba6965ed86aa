import pLimit from "p-limit";
import { backendMixture } from "../../analysis/backend-mixture.ts";
import { judgeTarget } from "../../analysis/doctor/judge-target.ts";
import { systemClock } from "../../sampling/clock.ts";
import { askMixture } from "../../sampling/doctor/ask-mixture.ts";
import { examineTarget } from "../../sampling/doctor/examine-target.ts";
import type { Endpoint } from "../../sampling/run-samples.ts";
import type { DoctorReport } from "../../schema/doctor.ts";
import { seededRandom } from "../../schema/random.ts";
import { presetOf, suggestedTarget } from "./suggested-target.ts";

/** Longest time that one tiny answer may take, whatever the configuration allows for long ones. */
const longestMs = 60_000;

/**
 * Examines targets side by side, each with one request at a time, and judges what they said.
 *
 * @param options.written - targets as the configuration file has them, for the suggestions
 * @param options.repeats - repeats of each mixture probe; 0 for no mixture check
 * @returns in the order of the endpoints
 */
export function doctorTargets(
  endpoints: readonly Endpoint[],
  options: {
    readonly limits: { readonly concurrency: number; readonly timeoutMs: number };
    readonly written: Readonly<Record<string, object>>;
    readonly repeats: number;
    readonly seed: number;
    readonly signal: AbortSignal;
    /** Takes secrets out of what a server says. */
    readonly scrub: (text: string) => string;
    readonly onDone: (report: DoctorReport) => void;
  },
): Promise<DoctorReport[]> {
  const { limits, written, repeats, signal } = options;
  const asking = {
    timeoutMs: Math.min(limits.timeoutMs, longestMs),
    clock: systemClock,
    signal,
    scrub: options.scrub,
  };
  const examine = async (endpoint: Endpoint, index: number): Promise<DoctorReport> => {
    const random = seededRandom(options.seed + index);
    const own = written[endpoint.target.name];
    const preset = presetOf(own);
    const examined = { ...endpoint, preset };
    const examination = await examineTarget(examined, asking);
    const judged = judgeTarget(examination);
    const yaml =
      own === undefined || judged.parameters.length === 0
        ? null
        : suggestedTarget(endpoint.target.name, own, judged.suggestion, preset);
    const report = { ...judged, yaml };
    if (repeats === 0 || examination.ended !== null) return report;
    const asked = await askMixture(examined, examination, { ...asking, repeats, random });
    const mixture = backendMixture(asked.samples, { random, inTurn: true });
    return { ...report, requests: report.requests + asked.requests, mixture };
  };
  const slots = pLimit(limits.concurrency);
  return Promise.all(
    endpoints.map((endpoint, index) =>
      slots(async () => {
        const report = await examine(endpoint, index);
        options.onDone(report);
        return report;
      }),
    ),
  );
}
