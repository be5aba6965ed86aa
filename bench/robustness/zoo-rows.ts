import { compare } from "../../src/analysis/compare.ts";
import type { Calibration } from "../../src/schema/calibration.ts";
import type { Probe } from "../../src/schema/probe.ts";
import { seededRandom } from "../../src/schema/random.ts";
import type { CommonGround } from "../../src/zoo/population.ts";
import {
  type Answers,
  type Asking,
  createWorld,
  probeAnswers,
  summaryOf,
  type WorldModel,
} from "../zoo-world.ts";
import { type Audit, baselineRow } from "./audit.ts";
import { cutTo, lowerCased, markdownStripped, type Perturbation, paraphrased } from "./perturbations.ts";
import { zooSynonym } from "./synonyms.ts";

export interface ZooRowsOptions {
  readonly seed: number;
  readonly ground: CommonGround;
  readonly probes: readonly Probe[];
  readonly calibration: Calibration;
  readonly samples: number;
  readonly controls: number;
  readonly honest: number;
  /** Rows wanted; all by default. */
  readonly wanted?: (row: string) => boolean;
}

const fractions = [1, 5, 10, 25, 50, 75, 100];
/** Share of the standard student's dialogues that are the reference's answers. */
const standard = 0.5;
const system = "You are the helpful voice of a bank. Be brief, formal and polite, and never use lists.";

/**
 * Every row of the robustness table in one world: a reference, controls of other labs, honest suspects of still other
 * labs, and students. All audits go through `compare`, as the command line does.
 */
export async function zooRows(options: ZooRowsOptions): Promise<Audit[]> {
  const { seed, probes, samples, calibration, wanted = () => true } = options;
  const world = createWorld(seed, options.ground, probes);
  const many = (count: number, make: (index: number) => WorldModel) =>
    Array.from({ length: count }, (_, index) => make(index));
  const reference = world.independent("reference");
  const controls = many(options.controls, (i) => world.independent(`control-${i}`));
  const honest = many(options.honest, (i) => world.independent(`honest-${i}`));
  const students = many(2, (i) => world.student(`student-${i}`, [{ teacher: reference, share: standard }]));
  const asked = new Map<WorldModel, Answers>();
  const answersOf = (model: WorldModel): Answers => {
    const known = asked.get(model) ?? world.ask(model, { samples, seed: 1 });
    asked.set(model, known);
    return known;
  };
  const audits: Audit[] = [];

  interface Row {
    readonly row: string;
    readonly suspects: readonly WorldModel[];
    readonly reference?: WorldModel;
    readonly controls?: readonly WorldModel[];
    /** How suspects' answers come about; as everybody's by default. */
    readonly answers?: (model: WorldModel) => Answers;
    /** What the run records of the suspects' parameters. */
    readonly params?: string;
  }
  const audit = async (row: Row) => {
    if (!wanted(row.row)) return;
    const against = row.reference ?? reference;
    const panel = row.controls ?? controls;
    const byModel = new Map([against, ...panel].map((model) => [model.name, answersOf(model)]));
    for (const model of row.suspects) byModel.set(model.name, (row.answers ?? answersOf)(model));
    const analysis = await compare({
      run: `zoo-${seed}`,
      congenerVersion: calibration.congenerVersion,
      createdAt: "2026-01-01T00:00:00.000Z",
      seed,
      miniature: true,
      roles: {
        reference: against.name,
        suspects: row.suspects.map(({ name }) => name),
        controls: panel.map(({ name }) => name),
        baselines: {},
      },
      models: [
        ...[against, ...panel].map(({ name, lab }) => summaryOf(name, lab.slug)),
        ...row.suspects.map(({ name, lab }) => summaryOf(name, lab.slug, row.params)),
      ],
      answers: () => probeAnswers(probes, byModel),
      outcomes: new Map(),
      suites: [],
      sources: [],
      calibration,
      calibrationReason: null,
      prior: null,
      commands: [],
    });
    for (const { name, score, finding, caveats } of analysis.suspects)
      audits.push({
        row: row.row,
        student: !name.startsWith("honest"),
        score,
        finding,
        warnings: caveats.map(({ code }) => code),
      });
  };

  const suspects = [...students, ...honest];
  await audit({ row: baselineRow, suspects });
  const askedAs = (how: Partial<Asking>) => (model: WorldModel) =>
    world.ask(model, { samples, seed: 2, ...how });
  await audit({ row: "system prompt, not recorded", suspects, answers: askedAs({ system }) });
  await audit({
    row: "system prompt, recorded",
    suspects,
    answers: askedAs({ system }),
    params: JSON.stringify({ system }),
  });
  for (const temperature of [0.3, 1, 1.3])
    await audit({
      row: `temperature ${temperature.toFixed(1)}, recorded`,
      suspects,
      answers: askedAs({ temperature }),
      params: temperature === 1 ? "{}" : JSON.stringify({ temperature }),
    });
  const changed = (change: Perturbation) => (model: WorldModel) =>
    new Map([...answersOf(model)].map(([probe, texts]) => [probe, texts.map(change)]));
  const changes: [string, Perturbation][] = [
    ["lower case", lowerCased],
    ["markdown stripped", markdownStripped],
    ...[10, 30, 50].map((percent): [string, Perturbation] => [
      `synonyms for ${percent} % of the words`,
      paraphrased(percent / 100, zooSynonym, seededRandom(seed + percent)),
    ]),
    ["cut to 200 characters", cutTo(200)],
    ["cut to 40 characters", cutTo(40)],
  ];
  for (const [row, change] of changes) await audit({ row, suspects, answers: changed(change) });

  for (const percent of fractions) {
    const row = `${percent} % distilled`;
    if (!wanted(row)) continue;
    const share = percent / 100;
    await audit({
      row,
      suspects: share === standard ? students : [world.student("student", [{ teacher: reference, share }])],
    });
  }
  const other = honest[0];
  if (wanted("two teachers, 50 % each") && other)
    await audit({
      row: "two teachers, 50 % each",
      suspects: [
        world.student("student", [
          { teacher: reference, share: 0.5 },
          { teacher: other, share: 0.5 },
        ]),
      ],
    });
  const siblingRow = "the teacher's sibling version as reference";
  if (wanted(siblingRow))
    await audit({
      row: siblingRow,
      suspects,
      reference: world.independent("sibling", reference.lab),
    });
  // Each student in turn is the control that nobody knows to be one.
  const rest = controls.slice(1);
  for (const [index, student] of students.entries())
    await audit({
      row: "one control secretly derived",
      suspects: [student, ...(index === 0 ? honest : [])],
      controls: [...rest, ...students.filter((model) => model !== student)],
    });
  return audits;
}
