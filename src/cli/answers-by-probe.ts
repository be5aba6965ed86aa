import type { RecordedAnswer } from "../sampling/stopping-rule.ts";
import { probeHash } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import { answerNames, readAnswers } from "../store/read-answers.ts";

/** The `ok` answers of a run by probe, from disk and as they come in, until they are taken. */
export interface AnswersByProbe {
  /** Reads what the run folder holds. */
  read(): Promise<void>;
  /** Keeps an answer that has just been recorded. */
  keep(answer: RecordedAnswer): void;
  /** Answers to the probe of this content hash, by model in sample order; they are then forgotten. */
  take(hash: string): ReadonlyMap<string, readonly string[]>;
}

/** @param names - the targets whose answers are wanted */
export function createAnswersByProbe(
  dir: string,
  manifest: Manifest,
  names: readonly string[],
): AnswersByProbe {
  const kept = new Map<string, Map<string, { index: number; text: string }[]>>();
  const hashes = new Map(
    manifest.suites.flatMap((suite) =>
      suite.probes.map((probe) => [`${suite.name}\n${probe.id}`, probeHash(probe)] as const),
    ),
  );
  const put = (hash: string, target: string, answer: { index: number; text: string }) => {
    const byTarget = kept.get(hash) ?? new Map<string, { index: number; text: string }[]>();
    kept.set(hash, byTarget.set(target, [...(byTarget.get(target) ?? []), answer]));
  };
  return {
    async read() {
      const hashOf = new Map([...answerNames(manifest)].map(([hash, name]) => [name, hash]));
      for await (const { probe, answers } of readAnswers(dir, names))
        for (const [target, texts] of answers)
          texts.forEach((text, index) => {
            put(hashOf.get(probe) ?? "", target, { index, text });
          });
    },
    keep({ suite, probe, target, index, outcome, text }) {
      const hash = hashes.get(`${suite}\n${probe}`);
      if (outcome === "ok" && hash !== undefined && names.includes(target))
        put(hash, target, { index, text });
    },
    take(hash) {
      const byTarget = kept.get(hash) ?? new Map<string, { index: number; text: string }[]>();
      kept.delete(hash);
      return new Map(
        [...byTarget].map(([target, answers]) => [
          target,
          answers.toSorted((a, b) => a.index - b.index).map(({ text }) => text),
        ]),
      );
    },
  };
}
