import type { AccessAnalysis } from "../../schema/access.ts";
import { policyActions } from "../../schema/access.ts";
import { DataTable } from "../html/data-table.tsx";
import { Figure } from "../html/figure.tsx";
import { Foreign } from "../html/text.tsx";
import { formatCount, formatNumber, formatPercent, notAvailable } from "../numbers.ts";
import type { AccessReport } from "./access-report.ts";

/** How the probability does on cases it has not seen, and what a policy would do. */
export function ProbabilitySection(props: {
  readonly report: AccessReport;
  readonly reliability: string | null;
}) {
  const { report, reliability } = props;
  const { probabilityModel } = report.analysis;
  return (
    <section id="probability" aria-labelledby="probability-heading">
      <h2 id="probability-heading">Probability and policy</h2>
      <h3>Probability of being part of a campaign</h3>
      {probabilityModel === null ? (
        <p>None is given: there were no labelled or simulated cases to fit it on.</p>
      ) : (
        <Model model={probabilityModel} svg={reliability} />
      )}
      {report.policy !== null && (
        <>
          <h3>Policy</h3>
          <Policy policy={report.policy} />
        </>
      )}
    </section>
  );
}

function Model(props: {
  readonly model: NonNullable<AccessAnalysis["probabilityModel"]>;
  readonly svg: string | null;
}) {
  const { source, campaigns, campaignAccounts, ordinaryAccounts, crossValidated, features, weights } =
    props.model;
  const { auc, brier, budget, precision, recall, reliability } = crossValidated;
  return (
    <>
      <p>
        Fitted on{" "}
        {source === "labels" ? "labelled cases of this log" : "simulated cases, none of them of this log"}:{" "}
        {formatCount(campaignAccounts)} accounts of {formatCount(campaigns)} campaigns and{" "}
        {formatCount(ordinaryAccounts)} ordinary ones; tested on campaigns that were left out. Among the{" "}
        {formatCount(budget)} accounts that the analyst can look at, {formatPercent(precision)} were of a
        campaign (precision), and {formatPercent(recall)} of all campaign accounts were among them (recall).
        Area under the curve {formatNumber(auc)}, Brier score {formatNumber(brier, 3)}.
        {source === "simulated" &&
          " Real campaigns and real customers differ from simulated ones: take the probability for an order of attention."}
      </p>
      <div class="pair">
        <Figure
          id="figure-reliability"
          svg={props.svg}
          caption={
            <>
              <strong>Reliability</strong> on cases left out: predicted probability (across) and the share
              that was of a campaign (up):{" "}
              {reliability
                .filter(({ n }) => n > 0)
                .map(
                  ({ predicted, observed, n }, at) =>
                    `${at > 0 ? "; " : ""}${formatNumber(predicted)} predicted, ${formatNumber(observed)} observed (n = ${n})`,
                )}
              . On the dashed diagonal the two agree.
            </>
          }
        />
        <DataTable
          id="table-weights"
          narrow
          caption="Weights of the logistic regression"
          columns={[{ head: "Feature" }, { head: "Weight", numeric: true }]}
          rows={features.map((feature, at) => [
            <Foreign text={feature} max={80} />,
            formatNumber(weights[at] ?? null),
          ])}
        />
      </div>
    </>
  );
}

function Policy({ policy }: { readonly policy: NonNullable<AccessReport["policy"]> }) {
  const groups = [...new Map(policy.counts.map((one) => [`${one.subject} ${one.kind}`, one])).values()];
  const countOf = (group: (typeof groups)[number], action: string) =>
    policy.counts
      .filter((one) => one.subject === group.subject && one.kind === group.kind && one.action === action)
      .reduce((sum, one) => sum + one.count, 0);
  return (
    <DataTable
      id="table-policy"
      caption={`What the policy of ${policy.createdAt.slice(0, 10)} would do, in counts; decisions by account stay in policy.json`}
      columns={[{ head: "Who" }, { head: "Kind" }, ...policyActions.map((head) => ({ head, numeric: true }))]}
      rows={groups.map((group) => [
        `${group.subject}s`,
        group.kind === "" ? notAvailable : <Foreign text={group.kind} max={80} />,
        ...policyActions.map((action) => formatCount(countOf(group, action))),
      ])}
    />
  );
}
