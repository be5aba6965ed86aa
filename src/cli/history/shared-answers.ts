import type { SharedAnswers } from "../../analysis/history/answer-geometry.ts";
import { readAnswers } from "../../store/read-answers.ts";
import type { HistoryFolder } from "./history-run.ts";
import type { TargetRecords } from "./target-records.ts";

/** Answers that repeat word for word the one of the same number in the earlier run. */
export interface RepeatCount {
  repeated: number;
  of: number;
}

/** Passes the answers on and counts the repeated ones in `count`. */
export async function* countingRepeats(
  answers: AsyncIterable<SharedAnswers>,
  count: RepeatCount,
): AsyncGenerator<SharedAnswers> {
  for await (const item of answers) {
    const { first, second } = item;
    const pairs = Math.min(first.length, second.length);
    count.of += pairs;
    for (let at = 0; at < pairs; at++) if (first[at] === second[at]) count.repeated++;
    yield item;
  }
}

/** Texts of one probe by wording. */
type TextsByWording = Map<number, string[]>;

/**
 * The usable answers of one target that both runs hold, one item a probe and wording, in the later run's order. Streamed:
 * where both runs hold their probes in one order, as they do unless suites were reordered, one probe of each is held at a time.
 */
export async function* sharedAnswers(
  earlier: HistoryFolder,
  later: HistoryFolder,
  target: string,
): AsyncGenerator<SharedAnswers> {
  const records = [await earlier.records(target), await later.records(target)] as const;
  const shared = new Set([...records[0].answers.keys()].filter((hash) => records[1].answers.has(hash)));
  const before = textsOf(earlier, target, records[0], shared);
  const waiting = new Map<string, TextsByWording>();
  try {
    for await (const [hash, now] of textsOf(later, target, records[1], shared)) {
      while (!waiting.has(hash)) {
        const next = await before.next();
        if (next.done) break;
        waiting.set(...next.value);
      }
      const then = waiting.get(hash);
      waiting.delete(hash);
      const { id, family } = later.probes.get(hash) ?? { id: hash, family: "" };
      for (const [wording, second] of now) {
        const first = then?.get(wording);
        if (first !== undefined)
          yield { probe: wording === 0 ? id : `${id}#${wording}`, family, first, second };
      }
    }
  } finally {
    await before.return(undefined);
  }
}

/** Texts of the shared probes by content hash, in the run's order. */
async function* textsOf(
  folder: HistoryFolder,
  target: string,
  records: TargetRecords,
  shared: ReadonlySet<string>,
): AsyncGenerator<[string, TextsByWording]> {
  const hashOf = new Map([...folder.probes].map(([hash, { id }]) => [id, hash]));
  for await (const { probe, answers } of readAnswers(folder.dir, [target])) {
    const hash = hashOf.get(probe) ?? "";
    if (!shared.has(hash)) continue;
    const places = records.answers.get(hash) ?? [];
    const byWording: TextsByWording = new Map();
    (answers.get(target) ?? []).forEach((text, at) => {
      const wording = places[at]?.wording ?? 0;
      byWording.set(wording, [...(byWording.get(wording) ?? []), text]);
    });
    yield [hash, byWording];
  }
}
