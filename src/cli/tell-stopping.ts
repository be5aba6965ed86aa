import { visibleText } from "../report/visible-text.ts";
import type { SamplingResult } from "../sampling/sampling-events.ts";
import type { Stopping } from "../schema/stopping.ts";
import type { CliContext } from "./context.ts";

/** Says after `run --until decided` what is decided, after how many probes, and how many requests it saved. */
export function tellStopping(result: SamplingResult, stopping: Stopping, context: CliContext): void {
  for (const { suspect, reason } of stopping.unfollowed)
    context.note(shown(`${suspect} could not be followed, so all probes are asked: ${reason}`));
  const last = stopping.trajectory.at(-1);
  if (last === undefined) {
    context.note(`not decided: the pilot of ${stopping.pilot} probes is not complete`);
    return;
  }
  const states = last.suspects.flatMap(({ suspect, interval, decision }) =>
    interval === null
      ? []
      : `${suspect} ${decision === null ? "undecided" : decision === "above-ten" ? "above 10" : "below 1"} (likelihood ratio on all probes ${interval.map((end) => Number((10 ** end).toPrecision(2))).join(" to ")})`,
  );
  const after = `after ${last.probes} of ${stopping.probes} probes: ${states.join(", ")}`;
  if (stopping.decidedAfter === null) {
    context.note(shown(`not decided ${after}`));
    return;
  }
  const saved = result.targets.reduce(
    (sum, { planned, recordedBefore, recorded }) => sum + planned - recordedBefore - recorded,
    0,
  );
  const planned = result.targets.reduce((sum, target) => sum + target.planned, 0);
  context.note(shown(`decided ${after}; ${saved} of ${planned} requests saved`));
  context.note(
    "this guards against stopping at a lucky moment, not against the choice of controls, suite or calibration",
  );
}

const shown = (text: string) => visibleText(text, { maxLength: 2_000 });
