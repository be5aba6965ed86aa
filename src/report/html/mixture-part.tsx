import type { SuspectAnalysis } from "../../schema/analysis.ts";
import { formatNumber, formatTest } from "../numbers.ts";
import type { SuspectCharts } from "./charts.ts";
import { Figure } from "./figure.tsx";
import { Foreign } from "./text.tsx";

interface MixturePartProps {
  readonly suspect: SuspectAnalysis;
  readonly index: number;
  readonly charts: SuspectCharts;
}

/** Which teacher explains the suspect best, as bars; nothing where the line does not apply. */
export function MixturePart({ suspect, index, charts }: MixturePartProps) {
  const line = suspect.evidence.find((one) => one.line === "several-references");
  if (line === undefined || line.reason !== null || charts.teachers === null) return null;
  return (
    <>
      <h3>Several references: which teacher, if any?</h3>
      <p>
        <Foreign text={line.summary} max={900} /> <Foreign text={formatTest(line)} max={120} />
        {line.pValue !== null && (
          <>
            , <Foreign text={line.method} max={300} />
          </>
        )}
      </p>
      <div class="pair">
        <Figure
          id={`figure-teachers-${index}`}
          svg={charts.teachers}
          caption={
            <>
              <strong>Admixture bars</strong>: what sets the suspect apart from the panel, put together from
              what sets the reference (dark) and every control apart. Lines: 95 % intervals; none where no
              block of probes moves a weight. The bars need not add up to 1, and they are no shares of
              training data. Share of the reference among them: {formatNumber(line.effect)}. The numbers are
              in the rows behind this line below.
            </>
          }
        />
        {charts.versions !== null && (
          <Figure
            id={`figure-versions-${index}`}
            svg={charts.versions}
            caption="The same among the versions of the reference’s lab alone: read only where the reference itself is separable."
          />
        )}
      </div>
    </>
  );
}
