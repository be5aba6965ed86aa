import type { AccountRecord, ClusterRecord } from "../../schema/access.ts";
import { scoredIndicators } from "../../schema/access-settings.ts";
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
          {one?.qValue !== null && one?.qValue !== undefined && (
            <span class="range">
              {one.effect === null ? "" : `effect ${formatNumber(one.effect, 1)}, `}q {formatP(one.qValue)}
            </span>
          )}
        </>
      );
    }),
    record.flagged ? <strong>{formatNumber(record.risk)}</strong> : formatNumber(record.risk),
    record.probability === null ? notAvailable : formatNumber(record.probability),
  ];
}

/** Why it stands there, strongest first. */
export function Reasons({ reasons }: { readonly reasons: readonly string[] }) {
  return reasons.length === 0 ? (
    <>nothing unusual by itself</>
  ) : (
    <>
      {reasons.slice(0, 4).map((reason, at) => (
        <>
          {at > 0 && ". "}
          <Foreign text={reason} max={240} />
        </>
      ))}
      {reasons.length > 4 && `. ${reasons.length - 4} more in the JSON file`}
    </>
  );
}
