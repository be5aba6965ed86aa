import { lookSchedule } from "../analysis/look-schedule.ts";
import { type AuditState, createSequentialAudit } from "../analysis/sequential-audit.ts";
import { sequentialLevel } from "../analysis/sequential-score.ts";
import { whyNeverDerived } from "../analysis/stopping-notes.ts";
import { UsageError } from "../errors.ts";
import { type AskedProbe, probeOrder } from "../sampling/plan.ts";
import type { StoppingRule } from "../sampling/stopping-rule.ts";
import type { Calibration } from "../schema/calibration.ts";
import { canonicalJson, sha256Hex } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Stopping } from "../schema/stopping.ts";
import { answerNames } from "../store/read-answers.ts";
import { createAnswersByProbe } from "./answers-by-probe.ts";
import { compareRoles } from "./compare-roles.ts";

export interface UntilDecidedOptions {
  readonly dir: string;
  readonly calibration: Calibration;
  /** Probes on which contributions are frozen. */
  readonly pilot: number;
  /** Told, before the first request, what this design can never show. */
  readonly note: (text: string) => void;
}

/**
 * The rule of `run --until decided`: follows every suspect's likelihood ratio from the answers as they come in, the same
 * sequence again when the run is resumed.
 * @throws UsageError without reference or suspect, or when the run was begun with another sequence
 */
export function untilDecided(manifest: Manifest, options: UntilDecidedOptions): StoppingRule {
  const { dir, calibration } = options;
  const roles = compareRoles(manifest, manifest.labels, {});
  const order = probeOrder(manifest);
  const names = [...new Set([roles.reference ?? "", ...roles.suspects, ...roles.controls])];
  const labs = names.map((name) => labOf(manifest, name));
  let record: Stopping = {
    rule: "decided",
    level: sequentialLevel,
    pilot: Math.min(options.pilot, order.length),
    looks: lookSchedule(order.length, options.pilot),
    probes: order.length,
    orderSeed: manifest.seed ?? 0,
    order: sha256Hex(order.map(({ hash }) => hash).join("\n")),
    samples: manifest.samples,
    reference: roles.reference ?? "",
    suspects: roles.suspects,
    controls: roles.controls,
    calibration: { name: calibration.name, sha256: sha256Hex(canonicalJson(calibration)) },
    unfollowed: [],
    trajectory: [],
    decidedAfter: null,
  };
  refuseOther(manifest.stopping, record, dir);
  const outside = new Set(labs.slice(0, 1 + roles.suspects.length).filter((lab) => lab !== null));
  const controlLabs = new Set(
    labs
      .slice(1 + roles.suspects.length)
      .flatMap((lab, i) => (lab === null ? [`unknown ${i}`] : outside.has(lab) ? [] : [lab])),
  ).size;
  const never = whyNeverDerived({
    calibration,
    controlLabs,
    outOfDomain: (calibration.domain === "zoo-miniature") !== (manifest.origin === "demo"),
  });
  if (never !== null) options.note(`note: ${never}`);
  if (options.pilot >= order.length)
    options.note(
      `note: the pilot takes ${options.pilot} probes and there are ${order.length}: nothing can be saved; give a shorter one with --pilot, or more probes`,
    );

  const ids = answerNames(manifest);
  const answers = createAnswersByProbe(dir, manifest, names);
  const audit = createSequentialAudit({
    models: names.map((name, index) => ({ name, lab: labs[index] ?? null })),
    panel: roles.controls.map((name) => names.indexOf(name)),
    pairs: roles.suspects.map((name) => ({ suspect: names.indexOf(name), reference: 0 })),
    calibration,
    probes: [...ids.values()],
    pilot: options.pilot,
  });
  let taken = 0;
  return {
    record: () => record,
    begin: answers.read,
    answered: answers.keep,
    async settled(count) {
      while (taken < count && record.decidedAfter === null) {
        const { probe, hash } = order[taken++] as AskedProbe;
        const state = await audit.add({
          probe: ids.get(hash) ?? probe.id,
          family: probe.family,
          prompt: "",
          answers: answers.take(hash),
        });
        if (state !== null) record = withMoment(record, state, names);
      }
      return record.decidedAfter !== null;
    },
  };
}

/** One lab is one lab however it is spelt. */
function labOf(manifest: Manifest, name: string): string | null {
  const lab = manifest.labels?.families[name] ?? manifest.targets.find((target) => target.name === name)?.lab;
  return lab?.trim().toLowerCase() ?? null;
}

function withMoment(record: Stopping, state: AuditState, names: readonly string[]): Stopping {
  const nameOf = (suspect: number) => names[suspect] ?? "";
  const suspects = state.pairs.map((one) => ({
    suspect: nameOf(one.suspect),
    log10LR: one.state?.log10LR ?? null,
    interval: one.state === null ? null : ([...one.state.interval] as [number, number]),
    decision: one.state?.decision ?? null,
  }));
  return {
    ...record,
    unfollowed: state.pairs.flatMap(({ suspect, reason }) =>
      reason === null ? [] : [{ suspect: nameOf(suspect), reason }],
    ),
    trajectory: [...record.trajectory, { probes: state.probes, suspects }],
    decidedAfter: state.decided ? state.probes : null,
  };
}

/** What fixes a sequence; with another of these it would be another one. */
const design = [
  "level",
  "pilot",
  "looks",
  "probes",
  "orderSeed",
  "order",
  "samples",
  "reference",
  "suspects",
  "controls",
  "calibration",
] as const satisfies readonly (keyof Stopping)[];

function refuseOther(before: Stopping | undefined, now: Stopping, dir: string): void {
  if (before === undefined) return;
  const text = (value: unknown) => canonicalJson({ value });
  const changed = design.filter((field) => text(before[field]) !== text(now[field]));
  if (changed.length === 0) return;
  const differences = changed.map(
    (field) => `${field} was ${JSON.stringify(before[field])}, is ${JSON.stringify(now[field])}`,
  );
  throw new UsageError(
    "run.other-sequence",
    `${dir} was begun with another sequence: ${differences.join("; ").slice(0, 600)}; undo the change, go on without --until, or choose another folder with --run`,
  );
}
