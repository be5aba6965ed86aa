import { useContext } from "preact/hooks";
import type { Evidence, SuspectAnalysis } from "../../schema/analysis.ts";
import { formatInterval, formatNumber, formatTest, notAvailable } from "../numbers.ts";
import { visibleText } from "../visible-text.ts";
import { DataTable } from "./data-table.tsx";
import { DetailContext } from "./detail.ts";
import { Foreign } from "./text.tsx";

/** Every evidence line of a suspect: null hypothesis, statistic, effect, interval, p-value with its n, and method. */
export function EvidenceTable({
  suspect,
  prefix,
}: {
  readonly suspect: SuspectAnalysis;
  readonly prefix: string;
}) {
  const { lineRows } = useContext(DetailContext);
  const all = [suspect.sameModel, suspect.rankAmongControls, ...suspect.evidence];
  const lines = all.filter((line, at) => all.findIndex((other) => other.line === line.line) === at);
  return (
    <>
      <h3>Evidence lines</h3>
      <DataTable
        id={`${prefix}-table-evidence`}
        caption={
          <>
            Evidence lines of <Foreign text={suspect.name} max={80} />. Each is read by itself: lines are
            never multiplied.
          </>
        }
        columns={[
          { head: "Line" },
          { head: "Null hypothesis" },
          { head: "Statistic", numeric: true },
          { head: "Effect" },
          { head: "Test" },
          { head: "Result" },
        ]}
        rows={lines.map((line) => [
          <Foreign text={line.title} max={120} />,
          line.nullHypothesis === null ? (
            "none: descriptive"
          ) : (
            <Foreign text={line.nullHypothesis} max={400} />
          ),
          formatNumber(line.statistic, 3),
          <Effect line={line} />,
          <>
            <Foreign
              text={formatTest(line) === "" ? `no test; n = ${line.n} ${line.nUnit}` : formatTest(line)}
              max={120}
            />
            <span class="range">
              <Foreign text={line.method} max={300} />
            </span>
          </>,
          line.reason === null ? (
            <Foreign text={line.summary} max={600} />
          ) : (
            <>
              Not applicable: <Foreign text={line.reason} max={400} />
            </>
          ),
        ])}
      />
      {lines
        .filter((line) => line.table.length > 0 && lineRows > 0)
        .map((line, index) => (
          <LineRows line={line} id={`${prefix}-table-line-${index}`} limit={lineRows} />
        ))}
    </>
  );
}

function Effect({ line }: { readonly line: Evidence }) {
  if (line.effect === null) return <>{notAvailable}</>;
  const level = line.level === null ? "" : `${Math.round(100 * line.level)} % interval `;
  return (
    <>
      {formatNumber(line.effect, 3)}
      {line.interval !== null && <span class="range">{`${level}${formatInterval(line.interval, 3)}`}</span>}
      <span class="range">
        <Foreign text={line.effectName} max={160} />
      </span>
    </>
  );
}

function LineRows(props: { readonly line: Evidence; readonly id: string; readonly limit: number }) {
  const { line, id, limit } = props;
  const keys = [...new Set(line.table.flatMap((row) => Object.keys(row)))].slice(0, 12);
  return (
    <details>
      <summary>
        Rows behind “<Foreign text={line.title} max={120} />”
      </summary>
      <DataTable
        id={id}
        caption={<Foreign text={line.title} max={120} />}
        columns={keys.map((key) => ({
          head: visibleText(key, { maxLength: 60 }),
          numeric: line.table.every((row) => typeof row[key] !== "string"),
        }))}
        rows={line.table.map((row) =>
          keys.map((key) => <Cell value={Object.hasOwn(row, key) ? row[key] : null} />),
        )}
        limit={limit}
      />
    </details>
  );
}

function Cell({ value }: { readonly value: Evidence["table"][number][string] | undefined }) {
  if (typeof value === "number") return <>{Number.isInteger(value) ? value : formatNumber(value, 3)}</>;
  if (typeof value === "string") return <Foreign text={value} max={300} />;
  if (typeof value === "boolean") return <>{value ? "yes" : "no"}</>;
  return <>{notAvailable}</>;
}
