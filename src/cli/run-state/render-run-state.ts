import { foldLine } from "../../report/fold-line.ts";
import { formatCount } from "../../report/numbers.ts";
import { visibleText } from "../../report/visible-text.ts";
import { guessWords } from "../money/outlook-lines.ts";
import { costWords } from "../plan/amount-words.ts";
import { textTable } from "../plan/text-table.ts";
import { cut } from "../progress/bar-line.ts";
import { durationWords } from "../progress/sample-rate.ts";
import type { OpenBatchState, RunState, TargetState } from "./read-run-state.ts";

/** Why a session ended, where that is not plain. */
const whyEnded: Readonly<Record<string, string>> = {
  "asked-to": " by hand",
  budget: " at its budget",
  decided: ", for all was decided",
  "max-requests": " at --max-requests",
  "max-minutes": " at --max-minutes",
  error: " by an error",
};

/** Characters of a target's name in the table. */
const nameWidth = 24;

/** A run's state for people. @param run - its folder as it is typed @param options.now - milliseconds since 1970 */
export function renderRunState(
  state: RunState,
  run: string,
  options: { readonly columns: number; readonly now: number },
): string {
  const { columns, now } = options;
  const width = Math.min(columns, 110);
  const live = state.status === "running";
  const anyFailed = state.targets.some(({ failed }) => failed > 0);
  const anyPriced = state.costUSD !== null;
  const table = textTable(
    [
      "Target",
      "Recorded",
      ...(anyFailed ? ["Failed"] : []),
      ...(live ? ["Rate", "Left"] : []),
      ...(anyPriced ? ["Cost"] : []),
      "Other than ok",
    ],
    state.targets.map((target) => [
      cut(visibleText(target.name, { maxLength: 80 }), nameWidth),
      `${formatCount(target.recorded)} of ${formatCount(target.planned)}`,
      ...(anyFailed ? [target.failed === 0 ? "" : formatCount(target.failed)] : []),
      ...(live ? [rateText(target.perSecond), leftText(target)] : []),
      ...(anyPriced ? [costText(target.costUSD, [])] : []),
      outcomeWords(target.outcomes),
    ]),
    columns,
  );
  const errors = state.targets.flatMap(({ name, ended, lastError }) => {
    const text = ended === null ? lastError : `ended, ${ended}`;
    return text === null
      ? []
      : [`${visibleText(name, { maxLength: 40 })}: ${visibleText(text, { maxLength: 300 })}`];
  });
  const pauses = state.targets.flatMap(({ name, pausedUntil }) =>
    pausedUntil === null
      ? []
      : [
          `${visibleText(name, { maxLength: 40 })} asked to wait until ${pausedUntil}: nothing is asked of it before.`,
        ],
  );
  const guesses = guessWords(state.targets);
  const text = (paragraph: string) => foldLine(paragraph, width);
  return [
    ...text(`${visibleText(run, { maxLength: 200 })}: ${statusWords(state, now)}`),
    "",
    ...table,
    "",
    ...text(`${totalWords(state)}.`),
    ...state.openBatches.slice(0, 12).flatMap((batch) => text(`${batchWords(batch)}.`)),
    ...(state.openBatches.length > 12 ? text(`${state.openBatches.length - 12} more batches are open.`) : []),
    ...pauses.slice(0, 12).flatMap(text),
    ...(guesses === null ? [] : text(`Cost: ${guesses}.`)),
    ...(errors.length === 0
      ? []
      : ["", "Last errors:", ...errors.slice(0, 12).flatMap((line) => text(`  ${line}`))]),
    "",
    ...text(`Next: ${nextWords(state, run)}`),
  ].join("\n");
}

/** `$0.31`, with ` + ?` where the price of some target is unknown; `unknown` where that of all is. */
export const costText = (costUSD: number | null, unpriced: readonly string[]) =>
  costWords({ costUSD: costUSD === null ? null : [costUSD, costUSD], unpriced });

function statusWords(state: RunState, now: number): string {
  const { status, process, ended } = state;
  if (status === "running" && process !== null) {
    const where = process.host === "" ? "" : ` on ${visibleText(process.host, { maxLength: 80 })}`;
    const since =
      process.since === null
        ? ""
        : ` for ${durationWords(Math.max(0, (now - Date.parse(process.since)) / 1000))} (since ${process.since})`;
    return `running, process ${process.pid}${where}${since}`;
  }
  if (status === "crashed")
    return "crashed: its process is gone without having ended the run; nothing recorded is lost";
  if (status === "stopped")
    return `stopped${ended === null ? "" : (whyEnded[ended] ?? "")}, last written ${state.updatedAt}`;
  return `complete, last written ${state.updatedAt}`;
}

function batchWords({ target, batchId, requests, since }: OpenBatchState): string {
  const name = visibleText(target, { maxLength: 80 });
  const which =
    batchId === null
      ? "A batch that may have been submitted"
      : `Batch ${visibleText(batchId, { maxLength: 80 })}`;
  return `${which} is open: ${formatCount(requests)} ${requests === 1 ? "request" : "requests"} to ${name}, since ${since}`;
}

function totalWords(state: RunState): string {
  const { recorded, planned, failed, perSecond, costUSD, unpriced, budgetUSD, concurrency } = state;
  return [
    `All: ${formatCount(recorded)} of ${formatCount(planned)} samples recorded${state.inBatches === 0 ? "" : ` (${formatCount(state.inBatches)} in batches)`}`,
    ...(failed === 0 ? [] : [`${formatCount(failed)} failed`]),
    ...(perSecond === null ? [] : [rateText(perSecond)]),
    ...(costUSD === null && budgetUSD === null
      ? ["cost unknown"]
      : [`cost ${costText(costUSD, unpriced)}${budgetUSD === null ? "" : ` of a budget of $${budgetUSD}`}`]),
    ...(state.secondsLeft === null || state.status !== "running"
      ? []
      : [`about ${durationWords(state.secondsLeft)} left`]),
    ...(concurrency === null ? [] : [`concurrency ${concurrency}`]),
  ].join(", ");
}

function nextWords(state: RunState, run: string): string {
  const shown = visibleText(run, { maxLength: 200 });
  const goOn = state.command ?? `congener run --run ${shown}`;
  if (state.status === "running")
    return state.concurrency === null
      ? "wait for it"
      : `wait; stop it with Ctrl-C in its terminal or kill -INT ${state.process?.pid}; change its speed with congener status ${shown} --set-concurrency N`;
  if (state.status === "complete") return `congener compare ${shown}`;
  const best = state.ended === "budget" ? `give it a larger budget: ${goOn} --budget-usd ...` : goOn;
  return state.origin === "imported" ? `congener compare ${shown}` : visibleText(best, { maxLength: 1_000 });
}

function rateText(perSecond: number | null): string {
  if (perSecond === null) return "";
  return perSecond >= 0.995 || perSecond === 0
    ? `${perSecond.toFixed(1)}/s`
    : `${(perSecond * 60).toFixed(1)}/min`;
}

function leftText({ secondsLeft, ended }: TargetState): string {
  if (ended !== null) return "ended";
  if (secondsLeft === null) return "";
  return secondsLeft === 0 ? "done" : durationWords(secondsLeft);
}

function outcomeWords(outcomes: TargetState["outcomes"]): string {
  return Object.entries(outcomes)
    .filter(([name, count]) => count > 0 && name !== "ok")
    .sort(([, first], [, second]) => second - first)
    .map(([name, count]) => `${formatCount(count)} ${name}`)
    .join(", ");
}
