import type { Calibration } from "../../schema/calibration.ts";
import {
  formatCount,
  formatInterval,
  formatNumber,
  formatPercent,
  formatRatio,
  notAvailable,
} from "../numbers.ts";
import type { Charts } from "./charts.ts";
import { DataTable } from "./data-table.tsx";
import { Figure } from "./figure.tsx";
import { Code, Foreign } from "./text.tsx";

interface CalibrationSectionProps {
  readonly calibration: Calibration | null;
  readonly charts: Charts;
}

const domains: Readonly<Record<Calibration["domain"], string>> = {
  "real-models": "real models with documented origin",
  "zoo-miniature": "miniature models made for the demonstration; it does not speak for real ones",
};

/** Where the likelihood ratios come from, how many sources they rest on, and how well they did on pairs of known origin. */
export function CalibrationSection({ calibration, charts }: CalibrationSectionProps) {
  return (
    <section id="calibration" aria-labelledby="calibration-heading">
      <h2 id="calibration-heading">Calibration</h2>
      {calibration === null ? (
        <p>No calibration was used, so this report gives affinities but no likelihood ratio.</p>
      ) : (
        <Details calibration={calibration} charts={charts} />
      )}
    </section>
  );
}

function Details({ calibration, charts }: { readonly calibration: Calibration; readonly charts: Charts }) {
  const { sources, bounds, metrics } = calibration;
  return (
    <>
      <p>
        A likelihood ratio is only as good as the pairs of known origin it was fitted on. This calibration,{" "}
        <Code text={calibration.name} max={80} />, speaks for {domains[calibration.domain]}, with{" "}
        {calibration.samplesPerProbe === "one" ? "one sample" : "several samples"} a probe. It knows{" "}
        <strong>{sources.distilledClusters} sources of distilled pairs</strong> (n1, data lineages) and{" "}
        <strong>{sources.unrelatedPairs} unrelated pairs in which no lab occurs twice</strong> (n0), from{" "}
        {sources.teacherLabs} teacher {sources.teacherLabs === 1 ? "lab" : "labs"}. No ratio can honestly
        exceed 1 + min(n1, n0), fall below its inverse, or leave the empirical bounds (ELUB): none above{" "}
        {formatRatio(bounds.log10LR[1])} or below {formatRatio(bounds.log10LR[0])} is printed.
      </p>
      <DataTable
        id="table-calibration"
        caption="Performance on pairs of known origin, each scored with its own cluster left out"
        columns={[{ head: "Measure" }, { head: "Value", numeric: true }, { head: "Meaning" }]}
        rows={[
          [
            "Cllr",
            formatNumber(metrics.cllr),
            "cost of the ratios: 0 is perfect, 1 is no better than saying nothing",
          ],
          [
            "Cllr_min",
            formatNumber(metrics.cllrMin),
            "what would remain after the best monotone recalibration",
          ],
          ["AUC", formatNumber(metrics.auc, 3), "chance that a distilled pair outranks an unrelated one"],
          [
            "LR above 10, unrelated",
            formatPercent(metrics.misleadingUnrelated, 1),
            "misleading ratios for unrelated pairs",
          ],
          [
            "LR below 1/10, distilled",
            formatPercent(metrics.misleadingDistilled, 1),
            "misleading ratios for distilled pairs",
          ],
          ["Cap by sources, log10", formatNumber(bounds.log10SourceCap), "log10 of 1 + min(n1, n0)"],
          [
            "ELUB, log10",
            bounds.elubLog10LR === null ? notAvailable : formatInterval(bounds.elubLog10LR),
            "empirical lower and upper bound, one pair a cluster",
          ],
        ]}
      />
      <div class="pair">
        <Figure
          id="figure-tippett"
          svg={charts.tippett}
          caption={`Tippett plot: share of pairs of known origin that got at least a given log10 LR. Solid: ${formatCount(calibration.distilledLog10LR.length)} distilled pairs; dashed: ${formatCount(calibration.unrelatedLog10LR.length)} unrelated pairs. Vertical lines: the bounds on any printed ratio.`}
        />
        <Figure
          id="figure-pav"
          svg={charts.pav}
          caption="PAV plot: log10 LR as given (across) and after the best monotone recalibration (up). On the dashed diagonal the ratios mean what they say."
        />
      </div>
      <DataTable
        id="table-corpora"
        caption="Corpora it was fitted on"
        columns={[
          { head: "Corpus" },
          { head: "Models", numeric: true },
          { head: "Probes", numeric: true },
          { head: "Distilled pairs", numeric: true },
          { head: "Unrelated pairs", numeric: true },
          { head: "SHA-256" },
        ]}
        rows={calibration.corpora.map((corpus) => [
          <Foreign text={corpus.name} max={80} />,
          formatCount(corpus.models),
          formatCount(corpus.probes),
          formatCount(corpus.distilledPairs),
          formatCount(corpus.unrelatedPairs),
          <Code text={corpus.sha256} />,
        ])}
      />
      <p class="note">
        Fitted on {calibration.features.length} features (
        {calibration.features.slice(0, 12).map((feature, index) => (
          <>
            {index > 0 && ", "}
            <Foreign text={feature} max={60} />
          </>
        ))}
        ). Clusters:{" "}
        {sources.clusterNames.slice(0, 60).map((cluster, index) => (
          <>
            {index > 0 && ", "}
            <Foreign text={cluster} max={60} />
          </>
        ))}
        .
      </p>
    </>
  );
}
