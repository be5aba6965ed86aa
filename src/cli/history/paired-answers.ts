import type { ProbeAnswers } from "../../schema/corpus.ts";
import { readAnswers } from "../../store/read-answers.ts";
import type { HistoryFolder } from "./history-run.ts";

/** How many answers of each probe, wording and target are compared: what the poorer run holds. */
export interface SharedCounts {
  /** Probe hash -> target -> wording -> answers. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<number, number>>>;
  readonly probes: number;
}

/** @param most - answers of each probe and target at most, over its wordings; Infinity for all */
export async function sharedCounts(
  folders: readonly [HistoryFolder, HistoryFolder],
  names: readonly string[],
  most = Number.POSITIVE_INFINITY,
): Promise<SharedCounts> {
  const counts = new Map<string, Map<string, Map<number, number>>>();
  for (const name of names) {
    const [earlier, later] = await Promise.all(folders.map((folder) => folder.records(name)));
    if (earlier === undefined || later === undefined) continue;
    for (const [key, stratum] of later.strata) {
      const { probeHash, wording } = stratum;
      const n = Math.min(stratum.outcomes.ok ?? 0, earlier.strata.get(key)?.outcomes.ok ?? 0);
      const ofProbe = counts.get(probeHash) ?? new Map<string, Map<number, number>>();
      const ofTarget = ofProbe.get(name) ?? new Map<number, number>();
      const room = most - [...ofTarget.values()].reduce((sum, one) => sum + one, 0);
      if (Math.min(n, room) <= 0) continue;
      counts.set(probeHash, ofProbe.set(name, ofTarget.set(wording, Math.min(n, room))));
    }
  }
  return { counts, probes: counts.size };
}

/**
 * A run's answers, no more of each probe, wording and target than both runs hold: the first ones.
 * @param ids - under which names both runs' probes come, by content hash
 */
export async function* pairedAnswers(
  folder: HistoryFolder,
  names: readonly string[],
  { counts }: SharedCounts,
  ids: HistoryFolder["probes"],
): AsyncGenerator<ProbeAnswers> {
  const hashOf = new Map([...folder.probes].map(([hash, { id }]) => [id, hash]));
  const records = new Map(
    await Promise.all(names.map(async (name) => [name, await folder.records(name)] as const)),
  );
  for await (const item of readAnswers(folder.dir, names)) {
    const hash = hashOf.get(item.probe) ?? "";
    const allowed = counts.get(hash);
    if (allowed === undefined) continue;
    const answers = new Map<string, string[]>();
    for (const [name, texts] of item.answers) {
      const left = new Map(allowed.get(name));
      const places = records.get(name)?.answers.get(hash) ?? [];
      const kept = texts.filter((_, at) => {
        const wording = places[at]?.wording ?? 0;
        const rest = left.get(wording) ?? 0;
        left.set(wording, rest - 1);
        return rest > 0;
      });
      if (kept.length > 0) answers.set(name, kept);
    }
    yield { probe: ids.get(hash)?.id ?? hash, family: item.family, prompt: item.prompt, answers };
  }
}
