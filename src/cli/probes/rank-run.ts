import { measureAnswers } from "../../analysis/measure-answers.ts";
import { rankProbes } from "../../analysis/rank-probes.ts";
import { textHash } from "../../probes/text-hash.ts";
import { statisticVersion } from "../../schema/calibration.ts";
import { probeHash } from "../../schema/identity.ts";
import type { Labels } from "../../schema/labels.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { Probe } from "../../schema/probe.ts";
import type { Ranking } from "../../schema/ranking.ts";
import { readManifest } from "../../store/manifest-file.ts";
import { answerNames, readRecordedAnswers } from "../../store/read-answers.ts";
import { threadedMeters } from "../../workers/threaded-meters.ts";
import { compareRoles, type RoleFlags } from "../compare-roles.ts";
import { probeTokens } from "./probe-tokens.ts";

/** Labs under which a ranking is said to be little more than a guess. */
const fewLabs = 10;

/**
 * Ranks the probes of a run folder by how much they separate the labs of the panel, from what is on disk alone.
 *
 * The panel is what `compare` would take: reference and suspects are left out, so that probes are not chosen by what they
 * are to test. In a run without a reference it is the labels' panel, else every model of a known lab.
 * @throws UsageError for unknown roles, InsufficientDataError as `rankProbes`
 */
export async function rankRun(
  dir: string,
  options: { readonly flags: RoleFlags; readonly labels: Labels | null; readonly version: string },
): Promise<Ranking> {
  const manifest = await readManifest(dir);
  const labels = options.labels ?? manifest.labels;
  const labOf = (name: string) =>
    labels?.families[name] ?? manifest.targets.find((target) => target.name === name)?.lab ?? null;
  const panel = panelOf(manifest, labels, options.flags, labOf);
  const measured = await measureAnswers(
    { [Symbol.asyncIterator]: () => readRecordedAnswers(dir, panel) },
    {
      models: panel.map((name) => ({ name, lab: labOf(name) })),
      panel: panel.map((_, i) => i),
      meters: threadedMeters,
    },
  );
  const { probes, unranked, ...rest } = rankProbes(measured);
  const tokens = await probeTokens(dir, manifest, panel);
  const askedAs = askedProbes(manifest);
  const ranked = probes.map((one) => {
    const { probe, hash } = askedAs.get(one.probe) as { probe: Probe; hash: string };
    const cost = tokens.get(hash) ?? { input: 0, output: 0, estimated: true };
    const perThousandTokens = (1_000 * Math.max(0, one.telling) ** 2) / Math.max(1, cost.input + cost.output);
    return {
      ...one,
      interval: [...one.interval] as [number, number],
      probe: probe.id,
      text: textHash(probe),
      tokens: cost,
      perThousandTokens,
    };
  });
  return {
    schemaVersion: 1,
    congenerVersion: options.version,
    statisticVersion,
    run: manifest.name,
    miniature: manifest.origin === "demo",
    panel,
    ...rest,
    nullHypothesis:
      "a lab's answers to the probe are no more alike than answers of different labs (telling 0)",
    method:
      "likeness within labs beyond that between labs, over its noise between labs; shrunk by a Fay-Herriot model; 95 % t intervals",
    caveats: caveatsOf(rest, manifest),
    probes: ranked.sort((a, b) => b.telling - a.telling || (a.probe < b.probe ? -1 : 1)),
    unranked: [...unranked],
  };
}

function panelOf(
  manifest: Manifest,
  labels: Labels | null,
  flags: RoleFlags,
  labOf: (name: string) => string | null,
): string[] {
  const names = manifest.targets.map(({ name }) => name);
  if ((flags.reference ?? manifest.roles.reference) !== null)
    return compareRoles(manifest, labels, flags, { suspectNeeded: false }).controls;
  if (flags.control !== undefined) {
    // The roles of `compare` need a reference; any other name that is known will do to have the names checked.
    const reference = names.find((name) => flags.control?.includes(name) === false) ?? "";
    return compareRoles(manifest, labels, { ...flags, reference }, { suspectNeeded: false }).controls;
  }
  const panel = labels?.panel?.filter((name) => names.includes(name));
  return panel ?? names.filter((name) => labOf(name) !== null);
}

/** Probes of a run by the name under which their answers come. */
function askedProbes(manifest: Manifest): Map<string, { probe: Probe; hash: string }> {
  const byHash = new Map(
    manifest.suites.flatMap(({ probes }) => probes.map((probe) => [probeHash(probe), probe] as const)),
  );
  return new Map(
    [...answerNames(manifest)].flatMap(([hash, name]) => {
      const probe = byHash.get(hash);
      return probe === undefined ? [] : [[name, { probe, hash }] as const];
    }),
  );
}

function caveatsOf(
  rest: Pick<Ranking, "labs" | "heterogeneity" | "withinBetweenModels" | "withinBetweenSamples">,
  manifest: Manifest,
): Ranking["caveats"] {
  const { labs, heterogeneity, withinBetweenModels, withinBetweenSamples } = rest;
  const caveat = (holds: boolean, code: string, message: string, advice: string) =>
    holds ? [{ code, message, advice }] : [];
  return [
    ...caveat(
      manifest.origin === "demo",
      "miniature",
      "the models are embedded miniatures: the ranking says nothing about real ones",
      "rank a run of real models",
    ),
    ...caveat(
      labs < fewLabs,
      "few-labs",
      `only ${labs} labs: which probes tell may be an accident of these`,
      `ask controls of ${fewLabs} labs or more`,
    ),
    ...caveat(
      heterogeneity.pValue > 0.05,
      "alike",
      `probes differ no more than chance beyond what probes like them show (Cochran's Q, p = ${heterogeneity.pValue.toPrecision(2)})`,
      "take the order for a prior guess; more labs or more samples would tell",
    ),
    ...caveat(
      withinBetweenModels > 0 && withinBetweenSamples > 0,
      "mixed-within",
      `likeness within a lab is between its models for ${withinBetweenModels} labs and between samples of one model for ${withinBetweenSamples}`,
      "compare probes of this ranking with each other only",
    ),
    ...caveat(
      withinBetweenModels === 0,
      "samples-only",
      "likeness within a lab is between samples of one model: what a lab's next model keeps is not seen",
      "ask a second model of some labs",
    ),
  ];
}
