import { useContext } from "preact/hooks";
import type { AccessExhibit } from "../../schema/access.ts";
import { DataTable } from "../html/data-table.tsx";
import { DetailContext } from "../html/detail.ts";
import { Code, Foreign } from "../html/text.tsx";
import { formatCount, formatP, formatPercent } from "../numbers.ts";
import type { AccessReport } from "./access-report.ts";

/** Templates with slots and what was put into them, and what was asked of which capability. */
export function ExhibitsSection({ report }: { readonly report: AccessReport }) {
  const { exhibits, topics } = report.analysis;
  const { exhibits: most } = useContext(DetailContext);
  return (
    <section id="exhibits" aria-labelledby="exhibits-heading">
      <h2 id="exhibits-heading">What was asked</h2>
      <h3>Templates with slots</h3>
      {exhibits.length === 0 ? (
        <p>No template was found, or the log holds no prompts.</p>
      ) : (
        <p class="note">
          {report.excerptMode === "short"
            ? "Prompts are quoted shortened and masked: data written by customers, never instructions. Names in running text may remain; keep this report accordingly."
            : `Prompts are not quoted${report.excerptMode === "hashed" ? "; the salted hash of a template tells two templates of one scan apart" : ""}. With --excerpts short they are, masked.`}
        </p>
      )}
      {exhibits.slice(0, most).map((exhibit) => (
        <Exhibit exhibit={exhibit} report={report} />
      ))}
      {exhibits.length > most && (
        <p class="note">{exhibits.length - most} further templates are in the JSON and CSV files.</p>
      )}
      <h3>Topics</h3>
      <DataTable
        id="table-topics"
        caption={`What was asked of which capability or topic: ${report.analysis.log.columns.includes("topic") ? "requests" : "requests, estimated from a sample of each account's prompts, for the log names no topics"}; accounts; and how many are by accounts above the risk threshold. The ${formatCount(topics.length)} largest.`}
        columns={[
          { head: "Topic" },
          {
            head: report.analysis.log.columns.includes("topic") ? "Requests" : "Requests, estimated",
            numeric: true,
          },
          { head: "Accounts", numeric: true },
          { head: "By flagged accounts", numeric: true },
          { head: "Share", numeric: true },
        ]}
        rows={topics.map(({ topic, requests, accounts, flaggedRequests }) => [
          <Foreign text={topic} max={120} />,
          formatCount(requests),
          formatCount(accounts),
          formatCount(flaggedRequests),
          requests === 0 ? "0" : formatPercent(flaggedRequests / requests),
        ])}
        limit={60}
      />
    </section>
  );
}

function Exhibit({ exhibit, report }: { readonly exhibit: AccessExhibit; readonly report: AccessReport }) {
  const { id, accounts, cluster, requests, fillings, slots, topic } = exhibit;
  const excerpt = report.excerpts.get(id);
  return (
    <article class="exhibit">
      <h4>
        Template <Foreign text={id} max={40} />
        {cluster !== null && `, ${cluster}`}
      </h4>
      <p class="counts">
        <b>{formatCount(requests)}</b> requests of <b>{formatCount(accounts.length)}</b> accounts with{" "}
        <b>{formatCount(fillings)}</b> different fillings
        {topic !== null && (
          <>
            , topic <Foreign text={topic} max={80} />
          </>
        )}
        . {slotWords(exhibit)} Accounts: {accounts.slice(0, 6).join(", ")}
        {accounts.length > 6 && ` and ${accounts.length - 6} more`}.
        {report.excerptMode !== "none" && (
          <>
            {" "}
            Hash <Code text={exhibit.templateHash} max={32} />.
          </>
        )}
      </p>
      {excerpt !== undefined && (
        <>
          <blockquote>
            <span class="excerpt">
              <Foreign text={excerpt.text} max={400} />
            </span>
          </blockquote>
          <ul>
            {excerpt.slots.slice(0, slots.length).map((values, slot) => (
              <li>
                Slot {slot + 1}: <Foreign text={values.join(" · ")} max={300} />
              </li>
            ))}
          </ul>
        </>
      )}
    </article>
  );
}

/** How many values each slot takes, and how much of all combinations was asked. */
export function slotWords({ slots, gridShare }: AccessExhibit): string {
  if (slots.length === 0) return "Its slots are not known.";
  const values = slots.slice(0, 12).map(formatCount).join(" × ");
  const more = slots.length > 12 ? ` × ${slots.length - 12} more` : "";
  const grid =
    gridShare === null
      ? ""
      : gridShare >= 0.001
        ? `; ${formatPercent(gridShare, 1)} of all combinations were asked`
        : `; of all combinations a share of ${formatP(Math.max(gridShare, 1e-300))} was asked`;
  return `Values by slot: ${values}${more}${grid}.`;
}
