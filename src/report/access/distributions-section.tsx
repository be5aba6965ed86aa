import type { Distribution } from "../../schema/access.ts";
import { DataTable } from "../html/data-table.tsx";
import { Figure } from "../html/figure.tsx";
import { Foreign } from "../html/text.tsx";
import { formatCount, formatNumber } from "../numbers.ts";
import type { AccessReport } from "./access-report.ts";
import { indicatorTitle, indicatorValue, indicatorWords } from "./indicator-words.ts";

interface DistributionsSectionProps {
  readonly report: AccessReport;
  /** Drawings in the order of the distributions. */
  readonly drawings: readonly (string | null)[];
}

/** Every indicator over ordinary accounts by kind, with the accounts of highest risk marked. */
export function DistributionsSection({ report, drawings }: DistributionsSectionProps) {
  const { distributions } = report.analysis;
  return (
    <section id="distributions" aria-labelledby="distributions-heading">
      <h2 id="distributions-heading">Indicators among all accounts</h2>
      {distributions.length === 0 ? (
        <p>No distribution: there were too few accounts to say what is ordinary.</p>
      ) : (
        <p>
          Each row is a kind of customer, each cell a bin, darker where more of the kind’s accounts are.
          Marked: the twelve accounts of highest risk, each on the row of its kind. Dashed: the threshold,
          where there is one.
        </p>
      )}
      {pairsOf(distributions).map((pair, row) => (
        <div class="pair">
          {pair.map((one, at) => (
            <Figure
              id={`figure-distribution-${2 * row + at}`}
              svg={drawings[2 * row + at] ?? null}
              caption={
                <>
                  <strong>{indicatorTitle(one.name)}</strong> (<Foreign text={one.unit} max={60} />
                  ): {indicatorWords[one.name][1]}. {nullWords(one)}
                </>
              }
            />
          ))}
        </div>
      ))}
      {distributions.length > 0 && (
        <details>
          <summary>Medians by kind</summary>
          <DataTable
            id="table-distributions"
            caption="Median of each indicator by kind of customer, in its unit; the spread is robust and on the scale that the comparison is made on"
            columns={[
              { head: "Indicator" },
              { head: "Kind" },
              { head: "Accounts", numeric: true },
              { head: "Median", numeric: true },
              { head: "Scale" },
              { head: "Spread", numeric: true },
            ]}
            rows={distributions.flatMap(({ name, scale, kinds }) =>
              kinds.map(({ kind, accounts, median, spread }) => [
                indicatorTitle(name),
                <Foreign text={kind} max={60} />,
                formatCount(accounts),
                indicatorValue(median),
                scale,
                formatNumber(spread),
              ]),
            )}
          />
        </details>
      )}
    </section>
  );
}

function nullWords({ null: fitted, threshold }: Distribution): string {
  const bound = threshold === null ? "" : ` Threshold ${indicatorValue(threshold)}.`;
  if (fitted === null) return `No null could be fitted: no p-values.${bound}`;
  const tails =
    fitted.degreesOfFreedom === null
      ? "normal tails"
      : `t tails with ${formatNumber(fitted.degreesOfFreedom, 0)} degrees of freedom`;
  return `Null fitted to ${formatCount(fitted.accounts)} accounts, ${tails}.${bound}`;
}

function pairsOf<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / 2) }, (_, at) => items.slice(2 * at, 2 * at + 2));
}
