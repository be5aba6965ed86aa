import { scoredIndicators } from "../../schema/access-settings.ts";
import { DataTable } from "../html/data-table.tsx";
import { Foreign } from "../html/text.tsx";
import { formatCount, formatNumber, notAvailable } from "../numbers.ts";
import type { AccessReport } from "./access-report.ts";
import { indicatorTitle, indicatorValue, indicatorWords } from "./indicator-words.ts";
import { ReasonsTable, scoredCells, scoredColumns } from "./scored-cells.tsx";

/** Accounts by falling risk, with the five indicators against their thresholds, and why. */
export function AccountsSection({ report: { analysis } }: { readonly report: AccessReport }) {
  const { accounts, log, settings } = analysis;
  const labelled = accounts.some(({ label }) => label !== null);
  return (
    <section id="accounts" aria-labelledby="accounts-heading">
      <h2 id="accounts-heading">Accounts</h2>
      <DataTable
        id="table-thresholds"
        caption={`The five indicators that enter the risk. Each counts in full at its threshold; a risk above ${formatNumber(settings.riskThreshold)} puts an account before the analyst.`}
        columns={[
          { head: "Indicator" },
          { head: "Threshold", numeric: true },
          { head: "Weight", numeric: true },
          { head: "Meaning" },
        ]}
        rows={scoredIndicators.map((name) => [
          indicatorTitle(name),
          indicatorValue(settings.thresholds[name]),
          formatNumber(settings.weights[name]),
          indicatorWords[name][1],
        ])}
      />
      <DataTable
        id="table-accounts"
        caption={
          <>
            Accounts with the highest risk, by pseudonym: {formatCount(accounts.length)} of{" "}
            {formatCount(log.accounts)} are in the analysis. Effect: distance from the median of its kind in
            robust spreads; q: adjusted over all accounts. Where an indicator does not apply it drops out of
            the risk.
          </>
        }
        columns={[
          { head: "Account" },
          { head: "Kind" },
          ...(labelled ? [{ head: "Known to be" }] : []),
          { head: "Cluster" },
          { head: "Requests", numeric: true },
          ...scoredColumns,
        ]}
        rows={accounts.map((account) => [
          account.account,
          <Foreign text={account.kind} max={60} />,
          ...(labelled ? [<Label label={account.label} />] : []),
          account.cluster ?? "none",
          formatCount(account.requests),
          ...scoredCells(account),
        ])}
        limit={100}
      />
      <ReasonsTable id="table-account-reasons" what="account" records={accounts} />
    </section>
  );
}

function Label({ label }: { readonly label: { readonly kind: string; readonly campaign: string } | null }) {
  if (label === null) return <>{notAvailable}</>;
  return <Foreign text={label.campaign === "" ? label.kind : `${label.kind}: ${label.campaign}`} max={80} />;
}
