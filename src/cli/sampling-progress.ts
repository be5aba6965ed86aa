import { MultiBar, type SingleBar } from "cli-progress";
import { visibleText } from "../report/visible-text.ts";
import type { SamplingEvent } from "../sampling/sampling-events.ts";
import type { CliContext } from "./context.ts";

/** Shows how sampling goes: bars in a terminal, a line now and then otherwise. Always on stderr. */
export interface SamplingProgress {
  readonly onEvent: (event: SamplingEvent) => void;
  /** Ends the display; call it also when sampling failed. */
  stop(): void;
}

/** Without a terminal, seconds between two lines. */
const secondsBetweenLines = 10;
/** More targets than this share one bar, for bars that do not fit the terminal cannot be redrawn. */
const mostBars = 24;

interface Count {
  planned: number;
  done: number;
  failed: number;
  /** Class of the failure it is trying again after, or null. */
  trouble: string | null;
}

/** Progress for one call of `runSamples` or `sampleRun`. With `quiet` nothing is shown. */
export function createSamplingProgress(
  context: CliContext,
  options: { readonly quiet: boolean },
): SamplingProgress {
  const counts = new Map<string, Count>();
  const display = options.quiet ? silent : context.isTTY ? bars(context) : lines(context);
  return {
    onEvent(event) {
      if (event.type === "started") {
        for (const { name, planned, recorded } of event.targets)
          counts.set(name, { planned, done: recorded, failed: 0, trouble: null });
        display.start(counts);
        return;
      }
      if (event.type === "stopping") {
        if (event.inFlight > 0 && event.reason !== "store")
          display.say(
            `stopping: waiting for ${event.inFlight} requests in flight${event.reason === "asked-to" ? "; Ctrl-C again quits at once" : ""}`,
          );
        return;
      }
      const count = counts.get(event.target);
      if (count !== undefined)
        tally(
          count,
          event.type,
          event.type === "attempt-failed" && event.retryInMs !== null ? event.errorClass : null,
        );
      if (event.type === "attempt-failed") {
        const next =
          event.retryInMs === null
            ? "not asked again"
            : `asked again in ${(event.retryInMs / 1000).toFixed(1)} s`;
        if (options.quiet === false)
          context.detail(told(event.target, `${event.errorClass}, ${next}: ${event.message}`));
      }
      if (event.type === "target-ended")
        display.say(told(event.target, `ended (${event.errorClass}): ${event.message}`));
      display.update(event.target);
    },
    stop: () => display.stop(),
  };
}

function tally(count: Count, type: SamplingEvent["type"], trouble: string | null): void {
  if (type === "recorded") count.done++;
  if (type === "gave-up") count.failed++;
  count.trouble = trouble;
}

const told = (target: string, text: string): string =>
  `${visibleText(target, { maxLength: 80 })}: ${visibleText(text, { maxLength: 600 })}`;

interface Display {
  start(counts: ReadonlyMap<string, Count>): void;
  update(target: string): void;
  say(line: string): void;
  stop(): void;
}

const silent: Display = { start: () => {}, update: () => {}, say: () => {}, stop: () => {} };

function bars(context: CliContext): Display {
  const container = new MultiBar({
    // The stream is a terminal: `bars` is used for nothing else.
    stream: context.stderr as NodeJS.WriteStream,
    format: "{name} {bar} {value}/{total}{failures}  {eta_formatted}",
    barsize: 24,
    barCompleteChar: "=",
    barIncompleteChar: "-",
    hideCursor: true,
    // Ctrl-C is the command's affair.
    gracefulExit: false,
    emptyOnZero: true,
    etaBuffer: 50,
    fps: 5,
  });
  const byTarget = new Map<string, { bar: SingleBar; members: Count[] }>();
  return {
    start(counts) {
      const names = [...counts.keys()];
      const width = Math.min(28, Math.max(...names.map((name) => name.length), 1));
      const groups =
        names.length > mostBars
          ? [["all targets", names] as const]
          : names.map((name) => [name, [name]] as const);
      for (const [label, members] of groups) {
        const list = members.flatMap((name) => counts.get(name) ?? []);
        const name = visibleText(label, { maxLength: 80 }).slice(0, width).padEnd(width);
        const bar = container.create(total(list, "planned"), total(list, "done"), { name, failures: "" });
        for (const member of members) byTarget.set(member, { bar, members: list });
      }
    },
    update(target) {
      const entry = byTarget.get(target);
      if (entry === undefined) return;
      const failed = total(entry.members, "failed");
      const trouble = entry.members.find((count) => count.trouble !== null)?.trouble;
      entry.bar.update(total(entry.members, "done"), {
        failures: `${failed === 0 ? "" : `, ${failed} failed`}${trouble === undefined ? "" : `, retrying (${trouble})`}`,
      });
    },
    say: (line) => container.log(`${line}\n`),
    stop: () => container.stop(),
  };
}

function lines(context: CliContext): Display {
  let counts: ReadonlyMap<string, Count> = new Map();
  let startedWith = 0;
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const line = () => {
    const all = [...counts.values()];
    const done = total(all, "done");
    const failed = total(all, "failed");
    const perSecond = (done - startedWith) / Math.max(0.001, (performance.now() - startedAt) / 1000);
    const trouble = [...counts].flatMap(([name, count]) =>
      count.trouble === null ? [] : [`${visibleText(name, { maxLength: 40 })} (${count.trouble})`],
    );
    const retrying =
      trouble.length === 0
        ? ""
        : `; retrying ${trouble.slice(0, 4).join(", ")}${trouble.length > 4 ? ", ..." : ""}`;
    context.note(
      `${done} of ${total(all, "planned")} samples recorded${failed === 0 ? "" : `, ${failed} failed`}, ${perSecond.toFixed(1)} a second${retrying}`,
    );
  };
  return {
    start(started) {
      counts = started;
      startedWith = total([...started.values()], "done");
      timer = setInterval(line, secondsBetweenLines * 1000);
      timer.unref();
    },
    update: () => {},
    say: (text) => context.note(text),
    stop() {
      clearInterval(timer);
      if (counts.size > 0) line();
    },
  };
}

function total(counts: readonly Count[], field: "planned" | "done" | "failed"): number {
  return counts.reduce((sum, count) => sum + count[field], 0);
}
