import type { AccountRecord, ClusterRecord } from "../../schema/access.ts";
import { scoredIndicators } from "../../schema/access-settings.ts";
import { DataTable } from "../html/data-table.tsx";
import { Foreign } from "../html/text.tsx";
import { formatNumber, formatP, notAvailable } from "../numbers.ts";
import { indicatorOf, indicatorTitle, indicatorValue } from "./indicator-words.ts";

/** Columns of the five indicators, risk and probability. */
export const scoredColumns = [
  ...scoredIndicators.map((name) => ({ head: indicatorTitle(name), numeric: true })),
  { head: "Risk", numeric: true },
  { head: "Probability", numeric: true },
];

/** Their cells: value, effect and q of each indicator; risk, in bold where it is above the threshold; probability. */
export function scoredCells(record: AccountRecord | ClusterRecord) {
  return [
    ...scoredIndicators.map((name) => {
      const one = indicatorOf(record, name);
      return (
        <>
          {indicatorValue(one?.value ?? null)}
          {one?.effect !== null && one?.effect !== undefined && (
            <span class="range">effect {formatNumber(one.effect, 1)}</span>
          )}
          {one?.qValue !== null && one?.qValue !== undefined && (
            <span class="range">q {formatP(one.qValue)}</span>
          )}
        </>
      );
    }),
    record.flagged ? <strong>{formatNumber(record.risk)}</strong> : formatNumber(record.risk),
    record.probability === null ? notAvailable : formatNumber(record.probability),
  ];
}

/** Why each stands there, strongest first, in a table of its own: sentences need the width of the page. */
export function ReasonsTable(props: {
  readonly id: string;
  readonly what: "account" | "cluster";
  readonly records: readonly (AccountRecord | ClusterRecord)[];
}) {
  const rows = props.records.filter(({ reasons }) => reasons.length > 0);
  if (rows.length === 0) return null;
  return (
    <details>
      <summary>Why each {props.what} stands there</summary>
      <DataTable
        id={props.id}
        caption={`Reasons by ${props.what}, strongest first; one without a reason is not unusual by itself`}
        columns={[{ head: props.what === "account" ? "Account" : "Cluster" }, { head: "Reasons" }]}
        rows={rows.map((record) => [
          "account" in record ? record.account : record.cluster,
          record.reasons.slice(0, 5).map((reason) => (
            <span class="range">
              <Foreign text={reason} max={240} />
            </span>
          )),
        ])}
        limit={100}
      />
    </details>
  );
}
