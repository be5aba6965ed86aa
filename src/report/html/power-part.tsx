import type { SuspectAnalysis } from "../../schema/analysis.ts";
import { formatNumber, formatPercent } from "../numbers.ts";
import { detectionWords } from "../power-words.ts";
import { DataTable } from "./data-table.tsx";
import { Figure } from "./figure.tsx";
import { Foreign } from "./text.tsx";

interface PowerPartProps {
  readonly suspect: SuspectAnalysis;
  readonly index: number;
  readonly svg: string | null;
}

/** What the run could have detected, as a chart and in numbers; nothing where suspects could not be simulated. */
export function PowerPart({ suspect, index, svg }: PowerPartProps) {
  const { curve, detection, smallestDetectable = null } = suspect.power;
  if (curve === undefined || detection === undefined) return null;
  const size = curve[0];
  return (
    <>
      <h3>What this run can detect</h3>
      <p>
        <Foreign text={detection.statement} max={600} />
      </p>
      <Figure
        id={`figure-power-${index}`}
        svg={svg}
        caption={
          <>
            <strong>Power</strong>: how often a suspect would be detected, by the share of the{" "}
            {size?.probes ?? 0} probes that it answers as the reference does (
            {size?.samples === 1 ? "one sample" : `${size?.samples ?? 0} samples`} a probe).{" "}
            <Foreign text={detectionWords(detection)} max={900} />
            {smallestDetectable !== null && (
              <>
                {" "}
                The diamond is the smallest share with a power of {detection.power}:{" "}
                {formatPercent(smallestDetectable)}.
              </>
            )}
          </>
        }
      />
      <details>
        <summary>Power in numbers</summary>
        <DataTable
          id={`table-power-${index}`}
          narrow
          caption={
            <>
              Power of the comparison with <Foreign text={suspect.name} max={80} />
            </>
          }
          columns={[{ head: "Probes answered as the reference does" }, { head: "Power", numeric: true }]}
          rows={[
            ["none (false alarms)", formatNumber(detection.expectedFalseAlarms, 3)],
            ...curve.map((point) => [formatPercent(point.fraction), formatNumber(point.power)]),
          ]}
        />
      </details>
    </>
  );
}
