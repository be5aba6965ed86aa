import { DataTable } from "../html/data-table.tsx";
import { CaveatList } from "../html/suspect-section.tsx";
import { Code, Foreign } from "../html/text.tsx";
import { formatCount, formatNumber } from "../numbers.ts";
import type { AccessReport } from "./access-report.ts";
import { limits, methodSources, methodSteps, responsibleUse } from "./access-words.ts";

/** The method in plain words, with what it rests on. */
export function AccessMethod() {
  return (
    <section id="method" aria-labelledby="method-heading">
      <h2 id="method-heading">Method in plain words</h2>
      <ol class="steps">
        {methodSteps.map(([head, text]) => (
          <li>
            <strong>{head}</strong> {text}
          </li>
        ))}
      </ol>
      <h3>Sources</h3>
      <ul class="sources">
        {methodSources.map(([text, url]) => (
          <li>
            <a href={url}>{text}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Caveats of this log, limits of the method, and what the report must not be used for. */
export function AccessLimits({ report: { analysis } }: { readonly report: AccessReport }) {
  return (
    <section id="limits" aria-labelledby="limits-heading">
      <h2 id="limits-heading">Limits and responsible use</h2>
      {analysis.caveats.length > 0 && (
        <>
          <h3>Caveats of this log</h3>
          <CaveatList caveats={analysis.caveats} />
        </>
      )}
      <h3>Limits of the method</h3>
      <ul class="limits">
        {limits.map(([head, text]) => (
          <li>
            <strong>{head}</strong> {text}
          </li>
        ))}
      </ul>
      <h3>Responsible use</h3>
      <p>{responsibleUse}</p>
    </section>
  );
}

/** Settings, seed, hashes and commands. */
export function AccessProvenance({ report }: { readonly report: AccessReport }) {
  const { analysis, hashes, commands } = report;
  const { settings, log } = analysis;
  const facts: [string, string][] = [
    ["Scanned at", analysis.createdAt],
    ["Congener", analysis.congenerVersion],
    ["Seed", String(settings.seed)],
    ["False discovery rate", formatNumber(settings.baseline.falseDiscoveryRate)],
    ["Evidence that an edge needs, above ln(accounts)", `${settings.linkage.minimumNats} nats`],
    ["Review budget", formatCount(settings.reviewBudget)],
  ];
  return (
    <section id="provenance" aria-labelledby="provenance-heading">
      <h2 id="provenance-heading">Provenance</h2>
      <h3>Repeat it</h3>
      <ol class="commands">
        {commands.map((command) => (
          <li>
            <Code text={command} max={2000} />
          </li>
        ))}
      </ol>
      <dl class="facts">
        {facts.map(([term, value]) => (
          <div>
            <dt>{term}</dt>
            <dd>
              <Code text={value} max={160} />
            </dd>
          </div>
        ))}
        {hashes.map(({ file, sha256 }) => (
          <div>
            <dt>SHA-256 of {file}</dt>
            <dd>
              <Code text={sha256} />
            </dd>
          </div>
        ))}
      </dl>
      <DataTable
        id="table-files"
        caption="Log files, in the order given"
        columns={[
          { head: "File" },
          { head: "Format" },
          { head: "Time" },
          { head: "Rows", numeric: true },
          { head: "Not usable", numeric: true },
        ]}
        rows={log.files.map(({ name, format, timeUnit, rows, badRows }) => [
          <Foreign text={name} max={160} />,
          format,
          timeUnit,
          formatCount(rows),
          formatCount(badRows),
        ])}
      />
      <details>
        <summary>All settings</summary>
        <pre>
          <Foreign text={JSON.stringify(settings, null, 1)} max={8000} />
        </pre>
      </details>
    </section>
  );
}
