import { compare } from "../../src/analysis/compare.ts";
import type { Finding } from "../../src/schema/analysis.ts";
import type { Calibration } from "../../src/schema/calibration.ts";
import type { Probe } from "../../src/schema/probe.ts";
import type { CommonGround } from "../../src/zoo/population.ts";
import { createWorld, probeAnswers, summaryOf } from "../zoo-world.ts";

/** What `compare` says of one honest suspect of the zoo. */
export interface HonestAudit {
  readonly world: number;
  readonly finding: Finding;
  readonly reason: string;
  readonly log10LR: number | null;
  /** p of "closer than all but floor(n / 20) controls", and the model-level rank p. */
  readonly closerP: number | null;
  readonly rankP: number | null;
}

/** Audits honest suspects of one independent world: a reference, controls and suspects, all of different labs. */
export async function auditHonestSuspects(options: {
  readonly seed: number;
  readonly ground: CommonGround;
  readonly probes: readonly Probe[];
  readonly calibration: Calibration;
  readonly samples: number;
  readonly controls: number;
  readonly suspects: number;
}): Promise<HonestAudit[]> {
  const { seed, ground, probes, calibration, samples } = options;
  const world = createWorld(seed, ground, probes);
  const names = (role: string, count: number) => Array.from({ length: count }, (_, i) => `${role}-${i}`);
  const controls = names("control", options.controls);
  const suspects = names("honest", options.suspects);
  const models = ["reference", ...controls, ...suspects].map((name) => world.independent(name));
  const byModel = new Map(models.map((model) => [model.name, world.ask(model, { samples, seed: 1 })]));
  const analysis = await compare({
    run: `zoo-${seed}`,
    congenerVersion: calibration.congenerVersion,
    createdAt: "2026-01-01T00:00:00.000Z",
    seed,
    miniature: true,
    roles: { reference: "reference", suspects, controls, baselines: {} },
    models: models.map(({ name, lab }) => summaryOf(name, lab.slug)),
    answers: () => probeAnswers(probes, byModel),
    outcomes: new Map(),
    suites: [],
    sources: [],
    calibration,
    calibrationReason: null,
    prior: null,
    commands: [],
  });
  return analysis.suspects.map(({ finding, reason, log10LR, rankAmongControls }) => ({
    world: seed,
    finding,
    reason,
    log10LR,
    closerP: rankAmongControls.pValue,
    rankP: rankAmongControls.statistic,
  }));
}
