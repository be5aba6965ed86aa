import type { Analysis, SuspectAnalysis } from "../../schema/analysis.ts";
import { formatNumber } from "../numbers.ts";
import { rangeWords, type SensitivityCase, sensitivityCases, sensitivityRange } from "../sensitivity.ts";
import { DataTable } from "./data-table.tsx";
import { Figure } from "./figure.tsx";
import { Foreign } from "./text.tsx";

interface SensitivityPartProps {
  readonly analysis: Analysis;
  readonly suspect: SuspectAnalysis;
  readonly index: number;
  readonly svg: string | null;
}

/** The ratio without each control, each family of probes, retried samples and incomplete probes; nothing without a ratio. */
export function SensitivityPart({ analysis, suspect, index, svg }: SensitivityPartProps) {
  const cases = sensitivityCases(analysis, suspect);
  if (suspect.log10LR === null || cases.every(({ values }) => values.length === 0)) return null;
  return (
    <>
      <h3>What the ratio rests on</h3>
      <p>
        One control secretly taught by the reference could hide or lend an affinity, one kind of prompt could
        carry it all, and samples that had to be asked twice may be a selection. So the ratio is computed
        again without each.
      </p>
      <Figure
        id={`figure-sensitivity-${index}`}
        svg={svg}
        caption={
          <>
            Likelihood ratio as reported (diamond, with its interval) and as it would be (circles) with
            something left out; the numbers are in the table. Shaded: out of reach of the calibration; ratios
            at its edge are bounded and may hide movement beyond it. Dashed: the ratio of 10.
          </>
        }
      />
      <DataTable
        id={`table-sensitivity-${index}`}
        caption={
          <>
            log10 likelihood ratio of <Foreign text={suspect.name} max={80} /> with something left out; as
            reported {formatNumber(suspect.log10LR)}
          </>
        }
        columns={[
          { head: "Left out" },
          { head: "Times", numeric: true },
          { head: "log10 LR", numeric: true },
          { head: "Lowest without" },
          { head: "Highest without" },
        ]}
        rows={cases.map((one) => {
          const range = sensitivityRange(one);
          const moves = range !== null && one.values.length > 1 && range.low.log10LR !== range.high.log10LR;
          return [
            one.words,
            one.values.length,
            <Foreign text={rangeWords(one)} max={200} />,
            moves ? <Foreign text={range.low.name} max={80} /> : "",
            moves ? <Foreign text={range.high.name} max={80} /> : "",
          ];
        })}
      />
      <Each cases={cases} suspect={suspect} index={index} />
    </>
  );
}

function Each(props: {
  readonly cases: readonly SensitivityCase[];
  readonly suspect: SuspectAnalysis;
  readonly index: number;
}) {
  return (
    <>
      {props.cases
        .filter(({ values }) => values.length > 1)
        .map(({ kind, words, values }) => (
          <details>
            <summary>Likelihood ratio {words}</summary>
            <DataTable
              id={`table-without-${kind}-${props.index}`}
              narrow
              caption={
                <>
                  log10 LR of <Foreign text={props.suspect.name} max={80} /> {words}
                </>
              }
              columns={[{ head: "Left out" }, { head: "log10 LR", numeric: true }]}
              rows={values.map(({ name, log10LR }) => [
                <Foreign text={name} max={120} />,
                formatNumber(log10LR),
              ])}
            />
          </details>
        ))}
    </>
  );
}
