import { MultiBar, type Options } from "cli-progress";
import { foldLine } from "../report/fold-line.ts";
import { visibleText } from "../report/visible-text.ts";
import type { SamplingEvent } from "../sampling/sampling-events.ts";
import type { Spending } from "../sampling/spending.ts";
import type { CliContext } from "./context.ts";
import { dollars } from "./plan/amount-words.ts";
import { type BarLine, barLayout } from "./progress/bar-line.ts";
import {
  createRunTally,
  pauseSeconds,
  type RunTally,
  secondsToGo,
  type TargetTally,
} from "./progress/run-tally.ts";
import { durationWords } from "./progress/sample-rate.ts";

/** Shows how sampling goes: bars in a terminal, a line now and then otherwise. Always on stderr. */
export interface SamplingProgress {
  readonly onEvent: (event: SamplingEvent) => void;
  /** What was counted so far. */
  readonly tally: RunTally;
  /** Says something above the bars. */
  say(text: string): void;
  /** Ends the display; call it also when sampling failed. */
  stop(): void;
}

export interface SamplingProgressOptions {
  readonly quiet: boolean;
  /** What follows the cost, once there is one. */
  readonly spending?: () => Spending | null;
}

/** Without a terminal, seconds until the next line: more and more rarely, for a run may take a week. */
const betweenLines = { least: 10, most: 300, share: 1 / 20 };

/** A pause of so many seconds is told in a line of its own: the rate and the time left do not explain it. */
const longPause = 60;

/** Where more than this share of the answers so far ran out of time, and so many did, it is said once. */
const censored = { share: 0.02, least: 3 };

/** What stood on the line before may have been longer. */
const clearRest = "\u001B[K";

/** Progress for one call of `runSamples` or `sampleRun`. With `quiet` nothing is shown. */
export function createSamplingProgress(
  context: CliContext,
  options: SamplingProgressOptions,
): SamplingProgress {
  const now = () => performance.now();
  const tally = createRunTally(now);
  const shown: Shown = { tally, now, spending: options.spending ?? (() => null) };
  const pauseOf = (name: string) => {
    const target = tally.targets().find((one) => one.name === name);
    return target === undefined ? 0 : pauseSeconds(target, now());
  };
  const saidCensored = new Set<string>();
  /** A server that answers nothing has another problem. */
  const sayCensored = (name: string) => {
    const target = tally.targets().find((one) => one.name === name);
    if (target === undefined || target.recorded === 0 || saidCensored.has(name)) return;
    if (target.timeouts < censored.least || target.timeouts <= censored.share * target.recorded) return;
    saidCensored.add(name);
    display.say(
      told(
        name,
        `warning: ${target.timeouts} attempts ran out of time; answers that take longer than limits.timeoutMs are drawn again, so that long ones will be missing: raise it`,
      ),
    );
  };
  const display = options.quiet ? silent : context.isTTY ? bars(context, shown) : lines(context, shown);
  return {
    tally,
    say: (text) => display.say(text),
    onEvent(event) {
      const paused = event.type === "paused" ? pauseOf(event.target) : 0;
      tally.see(event);
      if (event.type === "paused" && paused < longPause && event.ms / 1000 >= longPause)
        display.say(
          told(
            event.target,
            `it asks to wait ${durationWords(event.ms / 1000)}; nothing is asked of it before`,
          ),
        );
      if (event.type === "started") display.start();
      if (event.type === "stopping" && event.inFlight > 0 && event.reason !== "store")
        display.say(
          `stopping: waiting for ${event.inFlight} requests in flight${event.reason === "asked-to" ? "; Ctrl-C again quits at once" : ""}`,
        );
      if (event.type === "attempt-failed" && !options.quiet) {
        const next =
          event.retryInMs === null
            ? "not asked again"
            : `asked again in ${(event.retryInMs / 1000).toFixed(1)} s`;
        context.detail(told(event.target, `${event.errorClass}, ${next}: ${event.message}`));
      }
      if (event.type === "attempt-failed" && event.errorClass === "timeout") sayCensored(event.target);
      if (event.type === "warned") display.say(told(event.target, `warning: ${event.message}`));
      if (event.type === "batch") display.say(told(event.target, event.message));
      if (event.type === "target-ended")
        display.say(told(event.target, `ended (${event.errorClass}): ${event.message}`));
    },
    stop: () => display.stop(),
  };
}

const told = (target: string, text: string): string =>
  `${visibleText(target, { maxLength: 80 })}: ${visibleText(text, { maxLength: 600 })}`;

interface Shown {
  readonly tally: RunTally;
  readonly now: () => number;
  readonly spending: () => Spending | null;
}

interface Display {
  start(): void;
  say(line: string): void;
  stop(): void;
}

const silent: Display = { start: () => {}, say: () => {}, stop: () => {} };

/** A bar a target and one for all where the terminal is high enough, for what scrolled away cannot be redrawn. */
function bars(context: CliContext, shown: Shown): Display {
  // The stream is a terminal: `bars` is used for nothing else.
  const stream = context.stderr as NodeJS.WriteStream;
  let drawn: readonly BarLine[] = [];
  const container = new MultiBar({
    stream,
    format: ((_options, _params, payload: { line: () => BarLine }) =>
      barLayout(drawn, stream.columns ?? 80)(payload.line())) as Options["format"],
    hideCursor: true,
    // Ctrl-C is the command's affair.
    gracefulExit: false,
    emptyOnZero: true,
    // What is said above the bars moves all of them.
    forceRedraw: true,
    fps: 5,
  } as Options);
  const refresh = () => {
    const targets = shown.tally.targets().map((target) => targetLine(target, shown));
    drawn = [...targets, totalLine(shown)];
  };
  return {
    start() {
      refresh();
      container.on("redraw-pre", refresh);
      const count = shown.tally.targets().length;
      const fits = count + 1 <= (stream.rows ?? 24) - 2;
      const shownBars = fits ? [...Array(count).keys(), ...(count > 1 ? [count] : [])] : [count];
      for (const at of shownBars) container.create(1, 0, { line: () => drawn[at] ?? totalLine(shown) });
    },
    say: (text) => {
      for (const line of foldLine(text, (stream.columns ?? 80) - 1)) container.log(`${line}${clearRest}\n`);
    },
    stop() {
      refresh();
      container.stop();
    },
  };
}

function targetLine(target: TargetTally, { spending, now }: Shown): BarLine {
  const costs = spending()?.byTarget();
  const cost = costs?.get(target.name)?.costUSD ?? null;
  const anyKnown = [...(costs?.values() ?? [])].some(({ costUSD }) => costUSD !== null);
  const perSecond = target.rate.perSecond(now());
  return {
    name: visibleText(target.name, { maxLength: 80 }),
    done: target.recorded,
    total: target.planned,
    failed: target.failed,
    rate: rateWords(perSecond),
    cost: anyKnown ? (cost === null ? "?" : dollars(cost)) : null,
    left: leftWords([target], now()),
    trouble: pauseSeconds(target, now()) >= longPause ? "waits as asked" : target.trouble,
  };
}

function totalLine(shown: Shown): BarLine {
  const targets = shown.tally.targets();
  const at = shown.now();
  const sum = (of: (target: TargetTally) => number) =>
    targets.reduce((count, target) => count + of(target), 0);
  return {
    name: targets.length === 1 ? visibleText(targets[0]?.name ?? "", { maxLength: 80 }) : "all",
    done: sum(({ recorded }) => recorded),
    total: sum(({ planned }) => planned),
    failed: sum(({ failed }) => failed),
    rate: rateWords(totalRate(targets, at)),
    cost: totalCost(shown),
    left: leftWords(targets, at),
    trouble: null,
  };
}

function totalRate(targets: readonly TargetTally[], at: number): number | null {
  const rates = targets.flatMap(({ rate }) => rate.perSecond(at) ?? []);
  return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0);
}

/** `$0.31 + ?` where some price is unknown; null where all are. */
function totalCost({ spending }: Shown): string | null {
  const costs = [...(spending()?.byTarget().values() ?? [])].map(({ costUSD }) => costUSD);
  const known = costs.filter((cost) => cost !== null);
  if (known.length === 0) return null;
  return `${dollars(known.reduce((sum, cost) => sum + cost, 0))}${known.length < costs.length ? " + ?" : ""}`;
}

function rateWords(perSecond: number | null): string {
  if (perSecond === null) return "";
  return perSecond >= 0.995 || perSecond === 0
    ? `${perSecond.toFixed(1)}/s`
    : `${(perSecond * 60).toFixed(1)}/min`;
}

function leftWords(targets: readonly TargetTally[], at: number): string {
  if (targets.length === 1 && targets[0]?.ended !== null) return "ended";
  const pause = Math.max(0, ...targets.map((target) => pauseSeconds(target, at)));
  if (targets.length === 1 && targets[0]?.trouble !== null && pause < longPause) return "retrying";
  const seconds = secondsToGo(targets, at) ?? (pause < longPause ? null : pause);
  if (seconds === null) return "";
  return seconds === 0 ? "done" : durationWords(seconds);
}

function lines(context: CliContext, shown: Shown): Display {
  const startedAt = shown.now();
  let timer: NodeJS.Timeout | undefined;
  let startedWith = 0;
  const line = () => {
    const targets = shown.tally.targets();
    const { done, total, failed } = totalLine(shown);
    const perSecond = (done - startedWith) / Math.max(0.001, (shown.now() - startedAt) / 1000);
    const cost = totalCost(shown);
    const seconds = secondsToGo(targets, shown.now());
    const pauses = targets.filter((target) => pauseSeconds(target, shown.now()) >= longPause);
    const trouble = targets.flatMap((target) =>
      target.trouble === null || pauses.includes(target)
        ? []
        : [`${visibleText(target.name, { maxLength: 40 })} (${target.trouble})`],
    );
    const waits = pauses.map(
      (target) =>
        `${visibleText(target.name, { maxLength: 40 })} (${durationWords(pauseSeconds(target, shown.now()))})`,
    );
    context.note(
      [
        `${done} of ${total} samples recorded`,
        failed === 0 ? "" : `, ${failed} failed`,
        `, ${perSecond.toFixed(1)} a second`,
        cost === null ? "" : `, ${cost} so far`,
        seconds === null || seconds === 0 ? "" : `, about ${durationWords(seconds)} left`,
        trouble.length === 0
          ? ""
          : `; retrying ${trouble.slice(0, 4).join(", ")}${trouble.length > 4 ? ", ..." : ""}`,
        waits.length === 0
          ? ""
          : `; waiting as asked for ${waits.slice(0, 4).join(", ")}${waits.length > 4 ? ", ..." : ""}`,
      ].join(""),
    );
  };
  const schedule = () => {
    const elapsed = (shown.now() - startedAt) / 1000;
    const seconds = Math.min(betweenLines.most, Math.max(betweenLines.least, elapsed * betweenLines.share));
    timer = setTimeout(() => {
      line();
      schedule();
    }, seconds * 1000);
    timer.unref();
  };
  return {
    start() {
      startedWith = totalLine(shown).done;
      schedule();
    },
    say: (text) => context.note(text),
    stop() {
      clearTimeout(timer);
      if (shown.tally.targets().length > 0) line();
    },
  };
}
