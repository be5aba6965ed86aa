import type { Evaluation } from "./evaluate.ts";
import { detectionRules } from "./evaluate-campaigns.ts";

/** Means over simulated logs with the least and the greatest of them, as Markdown tables. */
export function detectionTables(evaluations: readonly Evaluation[]): string {
  return [campaignTable(evaluations), falseAlarmTable(evaluations), summary(evaluations)].join("\n\n");
}

function campaignTable(evaluations: readonly Evaluation[]): string {
  const names = [
    ...new Set(evaluations.flatMap(({ campaigns }) => campaigns.map(({ campaign }) => campaign))),
  ];
  const rows = names.flatMap((name) => {
    const found = evaluations.flatMap(({ campaigns }) =>
      campaigns.filter(({ campaign }) => campaign === name),
    );
    return detectionRules.map((rule) => {
      const results = found.flatMap(({ rules }) => rules.filter((one) => one.rule === rule));
      const days = results.flatMap(({ detectedAfterDays }) => detectedAfterDays ?? []);
      return [
        name,
        rule,
        interval(results.map(({ accounts }) => accounts)),
        interval(results.map(({ exchanges }) => exchanges)),
        `${days.length} of ${results.length}`,
        days.length === 0 ? "-" : interval(days, 0),
        interval(results.map(({ servedBefore }) => servedBefore)),
      ];
    });
  });
  const head =
    "campaign | rule | accounts flagged | their exchanges | detected in logs | after days | served before";
  return markdown(head, rows, 2);
}

function falseAlarmTable(evaluations: readonly Evaluation[]): string {
  const kinds = [...new Set(evaluations.flatMap(({ falseAlarms }) => falseAlarms.map(({ kind }) => kind)))];
  const rows = kinds.map((name) => {
    const found = evaluations.flatMap(({ falseAlarms }) => falseAlarms.filter(({ kind }) => kind === name));
    return [
      name,
      String(total(found.map(({ accounts }) => accounts))),
      ...detectionRules.map((rule) => String(total(found.map(({ flagged }) => flagged[rule])))),
      Math.max(...found.map(({ highestRisk }) => highestRisk)).toFixed(2),
    ];
  });
  return markdown(`honest kind | accounts | ${detectionRules.join(" | ")} | highest risk`, rows, 1);
}

function summary(evaluations: readonly Evaluation[]): string {
  const reviews = evaluations.map(({ review }) => review);
  const clusters = evaluations.map(({ honestClusters }) => honestClusters);
  const sum = (part: (review: Evaluation["review"]) => number) => total(reviews.map(part));
  return `Of the first ${sum(({ accounts }) => accounts)} accounts by probability (the review budget of each log) ${sum(({ found }) => found)} are of campaigns, which have ${sum(({ campaignAccounts }) => campaignAccounts)}. Clusters of honest accounts alone: ${total(clusters.map(({ count }) => count))}, flagged ${total(clusters.map(({ flagged }) => flagged))}. Logs: ${evaluations.map(({ rows }) => rows.toLocaleString("en-US")).join(", ")} requests.`;
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

function interval(values: readonly number[], digits = 2): string {
  const [least, most] = [Math.min(...values).toFixed(digits), Math.max(...values).toFixed(digits)];
  const mean = (total(values) / Math.max(1, values.length)).toFixed(digits);
  return least === most ? mean : `${mean} (${least} to ${most})`;
}

function markdown(head: string, rows: readonly (readonly string[])[], words: number): string {
  const rule = head.split(" | ").map((_, at) => (at < words ? "---" : "---:"));
  return [`| ${head} |`, `| ${rule.join(" | ")} |`, ...rows.map((row) => `| ${row.join(" | ")} |`)].join(
    "\n",
  );
}
