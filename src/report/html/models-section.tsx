import type { Analysis, ModelSummary } from "../../schema/analysis.ts";
import { outcomeSchema } from "../../schema/transcript.ts";
import { byRole } from "../by-role.ts";
import { heatSteps } from "../charts/heat-map.ts";
import { formatCount, formatNumber, formatPercent, notAvailable } from "../numbers.ts";
import type { Charts } from "./charts.ts";
import { DataTable } from "./data-table.tsx";
import { Figure } from "./figure.tsx";
import { RasterFigure } from "./raster-figure.tsx";
import { Foreign } from "./text.tsx";
import { TreePart } from "./tree-part.tsx";

/** All models side by side: how they answered, and how close every two of them are. */
export function ModelsSection({
  analysis,
  charts,
}: {
  readonly analysis: Analysis;
  readonly charts: Charts;
}) {
  return (
    <section id="models" aria-labelledby="models-heading">
      <h2 id="models-heading">All models</h2>
      <h3>Outcome rates</h3>
      <p>
        Only complete answers (“ok”) enter a similarity. The other outcomes are compared before any text: a
        model that refuses or is cut off more often than the rest is compared on fewer and other prompts.
      </p>
      <OutcomeTable models={byRole(analysis.reportData.models)} />
      <TreePart analysis={analysis} charts={charts} />
      <h3>Content affinity of every two models</h3>
      <HeatMapFigure analysis={analysis} charts={charts} />
    </section>
  );
}

function OutcomeTable({ models }: { readonly models: readonly ModelSummary[] }) {
  const outcomes = outcomeSchema.options;
  return (
    <DataTable
      id="table-outcomes"
      caption="Outcomes of the samples of each model, and samples that failed or were asked more than once"
      columns={[
        { head: "Model" },
        { head: "Role" },
        { head: "Samples", numeric: true },
        ...outcomes.map((outcome) => ({ head: outcome, numeric: true })),
        { head: "failed", numeric: true },
        { head: "retried", numeric: true },
      ]}
      rows={models.map((model) => [
        <Foreign text={model.name} max={120} />,
        model.role,
        formatCount(model.samples),
        ...outcomes.map((outcome) => share(model.outcomes[outcome], model.samples)),
        formatCount(model.failed),
        formatCount(model.retried),
      ])}
    />
  );
}

function share(count: number, of: number): string {
  if (of === 0) return notAvailable;
  return count === 0 ? "0" : formatPercent(count / of, 1);
}

function HeatMapFigure({ analysis, charts }: { readonly analysis: Analysis; readonly charts: Charts }) {
  const { matrix, heatMap, raster } = charts;
  if (heatMap === null) return <p>Fewer than two models: there is nothing to compare.</p>;
  const grouped = matrix.sizes.some((size) => size > 1);
  const closest = nearest(analysis);
  const byTree = !grouped && matrix.leftOut === 0 && (analysis.reportData.modelTree?.tips.length ?? 0) > 0;
  return (
    <>
      {raster !== null && <RasterFigure raster={raster} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area has to be reachable by keyboard */}
      <section class="scroll-x" aria-labelledby="figure-matrix" tabIndex={0}>
        <Figure
          id="figure-matrix"
          svg={heatMap}
          wide
          caption={
            <>
              Content affinity of every two models; the columns are numbered as the rows are.{" "}
              {byTree
                ? "Models stand in the order of the tree."
                : "Reference and suspects come first, then the controls by their affinity to the reference."}
              {grouped && " Controls of one lab share a row with the mean of their affinities."}
              {matrix.leftOut > 0 && ` ${matrix.leftOut} models are in the data files only.`}{" "}
              {closest.length > 0 && (
                <>
                  Closest to the reference:{" "}
                  {closest.map(({ name, value }, index) => (
                    <>
                      {index > 0 && ", "}
                      <Foreign text={name} max={60} /> {formatNumber(value)}
                    </>
                  ))}
                  .
                </>
              )}
            </>
          }
        />
      </section>
      <ul class="legend" aria-label="Colours of the heat map">
        {heatSteps.map((step, index) => (
          <li>
            <span class={`swatch heat-${index}`} aria-hidden="true" /> {step.label}
          </li>
        ))}
      </ul>
    </>
  );
}

function nearest(analysis: Analysis): { name: string; value: number }[] {
  const { names, content } = analysis.reportData.matrix;
  const row = content[names.indexOf(analysis.reference)] ?? [];
  return names
    .flatMap((name, index) => {
      const value = row[index] ?? null;
      return value === null || name === analysis.reference ? [] : [{ name, value }];
    })
    .sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1))
    .slice(0, 5);
}
