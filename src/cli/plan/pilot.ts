import { InsufficientDataError } from "../../errors.ts";
import { loadSuite } from "../../probes/load-suite.ts";
import type { ProbeAnswers } from "../../schema/corpus.ts";
import type { Labels } from "../../schema/labels.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { readAnswers } from "../../store/read-answers.ts";
import { simulateCorpus } from "../../zoo/simulate-corpus.ts";
import { compareRoles, type RoleFlags } from "../compare-roles.ts";
import { shippedSuites } from "../run-request.ts";

/** Answers from which suspects are simulated: of a reference and controls, and of suspects whose labs stay out. */
export interface Pilot {
  /** `run`: a run folder's answers. `zoo`: answers of miniature models, made for the purpose. */
  readonly source: "run" | "zoo";
  readonly name: string;
  /** True where the answers are of miniature models: then the numbers say nothing about real ones. */
  readonly miniature: boolean;
  /** The reference first, then the suspects, then the controls. */
  readonly models: readonly { readonly name: string; readonly lab: string | null }[];
  readonly suspects: number;
  readonly probes: readonly ProbeAnswers[];
  /** Samples a probe of the reference: the middle one. */
  readonly samples: number;
}

/** Controls of so many labs are needed: fewer say nothing about how independent models differ. */
const fewestLabs = 3;
/** Samples a probe and probes of the miniature pilot: those of the demo. */
const zooSamples = 8;
/** Seeds of the miniature pilot start here, so that it is no demo's zoo and no calibration's. */
const firstZooSeed = 700_000;

/**
 * A run's answers, asked for or imported, as a pilot.
 * @throws UsageError for an unknown or missing reference; InsufficientDataError without answers of the reference or with
 * controls of fewer than three labs
 */
export async function runPilot(
  dir: string,
  manifest: Manifest,
  { flags, labels }: { readonly flags: RoleFlags; readonly labels: Labels | null },
): Promise<Pilot> {
  const known = labels ?? manifest.labels;
  const roles = compareRoles(manifest, known, flags, { suspectNeeded: false });
  const names = [...new Set([roles.reference ?? "", ...roles.suspects, ...roles.controls])];
  const labOf = (name: string) =>
    (known?.families[name] ?? manifest.targets.find((target) => target.name === name)?.lab ?? null)
      ?.trim()
      .toLowerCase() ?? null;
  const probes: ProbeAnswers[] = [];
  for await (const probe of readAnswers(dir, names)) probes.push(probe);
  return checked({
    source: "run",
    name: manifest.name,
    miniature: manifest.origin === "demo",
    models: names.map((name) => ({ name, lab: labOf(name) })),
    suspects: roles.suspects.length,
    probes,
    samples: middleSamples(probes, names[0] ?? ""),
  });
}

/**
 * Answers of miniature models to the demo's suite, made here: a reference and `labs` controls, each of a lab of its own.
 * Takes some ten seconds.
 */
export async function zooPilot({
  seed,
  labs,
}: {
  readonly seed: number;
  readonly labs: number;
}): Promise<Pilot> {
  const suite = await loadSuite("demo", shippedSuites);
  const { labels, rows } = simulateCorpus({
    seed: firstZooSeed + seed,
    probes: suite.probes,
    samples: zooSamples,
    labs: labs + 1,
    students: 0,
  });
  const answers = new Map(suite.probes.map(({ id }) => [id, new Map<string, string[]>()]));
  for (const { prompt_id, model, response } of rows) {
    const ofProbe = answers.get(prompt_id);
    ofProbe?.set(model, [...(ofProbe.get(model) ?? []), response]);
  }
  const probes = suite.probes.map(({ id, family }) => ({
    probe: id,
    family,
    prompt: "",
    answers: answers.get(id) ?? new Map<string, string[]>(),
  }));
  return checked({
    source: "zoo",
    name: "zoo",
    miniature: true,
    models: labels.panel.map((name) => ({ name, lab: name })),
    suspects: 0,
    probes,
    samples: middleSamples(probes, labels.panel[0] ?? ""),
  });
}

/** The pilot with at most so many samples a probe of each model, or with some of its probes. */
export function partOfPilot(
  pilot: Pilot,
  samples: number,
  probes: readonly ProbeAnswers[] = pilot.probes,
): ProbeAnswers[] {
  return probes.map(({ probe, family, prompt, answers }) => ({
    probe,
    family,
    prompt,
    answers: new Map([...answers].map(([model, texts]) => [model, texts.slice(0, samples)])),
  }));
}

function middleSamples(probes: readonly ProbeAnswers[], reference: string): number {
  const counts = probes
    .flatMap(({ answers }) => answers.get(reference)?.length ?? [])
    .sort((first, second) => first - second);
  return counts[Math.floor((counts.length - 1) / 2)] ?? 0;
}

function checked(pilot: Pilot): Pilot {
  const [reference, ...others] = pilot.models;
  if (reference === undefined || pilot.samples === 0)
    throw new InsufficientDataError(
      "plan.no-answers",
      `the pilot ${pilot.name} holds no answer of its reference ${reference?.name ?? ""}: expected answers to plan from; ask for them with: congener run`,
    );
  const outside = new Set(pilot.models.slice(0, 1 + pilot.suspects).flatMap(({ lab }) => lab ?? []));
  const labs = new Set(
    others
      .slice(pilot.suspects)
      .filter(({ name }) => pilot.probes.some(({ answers }) => (answers.get(name)?.length ?? 0) > 0))
      .flatMap(({ name, lab }) => (lab === null ? [`unknown ${name}`] : outside.has(lab) ? [] : [lab])),
  );
  if (labs.size < fewestLabs)
    throw new InsufficientDataError(
      "plan.too-few-controls",
      `the pilot ${pilot.name} has answers of ${labs.size} control labs other than those of reference and suspects: expected ${fewestLabs} or more, better ten; ask more controls, or name them with --control and --labels`,
    );
  return pilot;
}
