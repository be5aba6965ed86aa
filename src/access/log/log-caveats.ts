import type { AccessAnalysis, LogStats } from "../../schema/access.ts";
import type { AccessSettings } from "../../schema/access-settings.ts";

/** Share of the rows from which on a flaw of the log is said. */
const noted = 0.001;
/** Days below which habits of the week cannot be told. */
const shortDays = 14;

/** What about the log itself limits what may be concluded. */
export function logCaveats(log: LogStats, settings: AccessSettings): AccessAnalysis["caveats"] {
  const caveats: AccessAnalysis["caveats"] = [];
  const say = (code: string, message: string, advice: string) => caveats.push({ code, message, advice });
  const percent = (count: number) => `${Number(((100 * count) / log.rows).toPrecision(2))} %`;
  const impossible = log.clock.beforeEarliest + log.clock.inFuture;
  if (log.badRows > 0)
    say(
      "log.bad-rows",
      `${log.badRows} rows (${percent(log.badRows)}) could not be used`,
      "see badRowSample; what is lost may be lost from few accounts",
    );
  if (impossible > noted * log.rows)
    say(
      "log.clock",
      `${impossible} rows (${percent(impossible)}) have an impossible time and are left out`,
      "check the mapping's time and timeUnit, and the settings' clock",
    );
  if (log.clock.backwards > noted * log.rows)
    say(
      "log.backwards",
      `${log.clock.backwards} rows (${percent(log.clock.backwards)}) come more than ${settings.clock.backwardsMinutes} minutes before one above them`,
      "fine for a log that is not in the order of time; else clocks differ, and bursts and synchrony are blurred",
    );
  if ((log.duplicates ?? 0) > noted * log.rows)
    say(
      "log.duplicates",
      `${log.duplicates} rows (${percent(log.duplicates ?? 0)}) repeat a request id and count once`,
      "check that no file was exported twice",
    );
  const days = (Date.parse(log.lastTime ?? "") - Date.parse(log.firstTime ?? "")) / 86_400_000;
  if (days < shortDays)
    say(
      "log.short",
      `the log spans ${Number(days.toPrecision(2))} days`,
      `habits of the week and releases want ${shortDays} days or more`,
    );
  return caveats;
}
