import { DataTable } from "../html/data-table.tsx";
import { Figure } from "../html/figure.tsx";
import { Foreign } from "../html/text.tsx";
import { formatCount, formatNumber } from "../numbers.ts";
import type { AccessReport } from "./access-report.ts";
import { volumeBins } from "./charts/volume-chart.ts";

interface LogSectionProps {
  readonly report: AccessReport;
  readonly volume: string | null;
}

/** What the log was like, what could not be measured for want of a column, who asks, and when. */
export function LogSection({ report, volume }: LogSectionProps) {
  const { log, off, kinds } = report.analysis;
  return (
    <section id="log" aria-labelledby="log-heading">
      <h2 id="log-heading">The log</h2>
      <Quality report={report} />
      {log.badRowSample.length > 0 && (
        <DataTable
          id="table-bad-rows"
          narrow
          caption="Rows that could not be used: a sample, by file and line"
          columns={[{ head: "File" }, { head: "Line", numeric: true }, { head: "Reason" }]}
          rows={log.badRowSample.map(({ file, line, reason }) => [
            <Foreign text={file} max={120} />,
            line === null ? "unknown" : formatCount(line),
            <Foreign text={reason} max={200} />,
          ])}
          limit={40}
        />
      )}
      {off.length > 0 && (
        <DataTable
          id="table-off"
          caption="Measures that are off in this report"
          columns={[{ head: "Measure" }, { head: "Columns it lacks" }, { head: "Why" }]}
          rows={off.map(({ step, missing, reason }) => [
            <Foreign text={step} max={80} />,
            <Foreign text={missing.join(", ")} max={200} />,
            <Foreign text={reason} max={300} />,
          ])}
        />
      )}
      <h3>Requests by day</h3>
      <Volume report={report} volume={volume} />
      <h3>Kinds of customer</h3>
      <DataTable
        id="table-kinds"
        caption="Who asks, and by what rule they were told apart. An account is compared with its own kind."
        columns={[
          { head: "Kind" },
          { head: "Accounts", numeric: true },
          { head: "Requests", numeric: true },
          { head: "Rule" },
        ]}
        rows={kinds.map(({ kind, accounts, requests, rule }) => [
          <Foreign text={kind} max={80} />,
          formatCount(accounts),
          formatCount(requests),
          <Foreign text={rule} max={300} />,
        ])}
      />
    </section>
  );
}

function Quality({ report: { analysis } }: { readonly report: AccessReport }) {
  const { log } = analysis;
  const { clock } = log;
  const rows: [string, string][] = [
    ["Rows read", formatCount(log.rows)],
    ["Rows used", formatCount(log.usedRows)],
    ["Rows that could not be used", formatCount(log.badRows)],
    [
      "Repeated request ids, left out",
      log.duplicates === null ? "unknown: no request ids" : formatCount(log.duplicates),
    ],
    ["Outside the chosen period, left out", formatCount(log.outsidePeriod)],
    ["Clock: before the earliest plausible time, left out", formatCount(clock.beforeEarliest)],
    ["Clock: in the future, left out", formatCount(clock.inFuture)],
    [
      "Clock: time runs backwards, kept",
      clock.backwards === 0
        ? "0"
        : `${formatCount(clock.backwards)}, by ${formatNumber(clock.largestBackwardsSeconds / 3600, 1)} hours at most`,
    ],
    ["Columns", log.columns.join(", ")],
    ["Columns that the log or its mapping lacks", log.absentColumns.join(", ") || "none"],
  ];
  return (
    <dl class="facts">
      {rows.map(([term, value]) => (
        <div>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Volume({ report: { analysis }, volume }: LogSectionProps) {
  const { timeline, settings } = analysis;
  if (timeline === null || volume === null) return <p>No timeline: the log has no usable day.</p>;
  const bins = volumeBins(timeline);
  const busiest = bins.reduce((best, bin) => (bin.requests > best.requests ? bin : best));
  const total = (key: "requests" | "flagged" | "clustered") => bins.reduce((sum, bin) => sum + bin[key], 0);
  const date = (time: number) => new Date(time).toISOString().slice(0, 10);
  const releases = settings.releases.slice(0, 20);
  return (
    <Figure
      id="figure-volume"
      svg={volume}
      wide
      caption={
        <>
          <strong>Requests by {bins.length < timeline.requests.length ? "group of days" : "day"}, UTC</strong>
          : {formatCount(total("requests"))} in all (grey), the most from {date(busiest.day)} with{" "}
          {formatCount(busiest.requests)}; {formatCount(total("clustered"))} of named clusters (blue);{" "}
          {formatCount(total("flagged"))} of accounts above the risk threshold (brown, drawn over the blue).
          {releases.length > 0 && (
            <>
              {" "}
              Dashed, where within the log: releases of{" "}
              {releases.map(({ name, owner, date: day }, at) => (
                <>
                  {at > 0 && ", "}
                  <Foreign text={name} max={60} /> ({owner}, {day.slice(0, 10)})
                </>
              ))}
              .
            </>
          )}
        </>
      }
    />
  );
}
