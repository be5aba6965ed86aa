import type { Analysis } from "../../schema/analysis.ts";
import { byRole } from "../by-role.ts";
import { formatCount, notAvailable } from "../numbers.ts";
import { DataTable } from "./data-table.tsx";
import { Code, Foreign } from "./text.tsx";
import { WordingsPart } from "./wordings-part.tsx";

/** What was asked of whom, in which version, with which hashes, and how to do it again. */
export function ProvenanceSection({ analysis }: { readonly analysis: Analysis }) {
  const { suites, sources, commands, wordings } = analysis.reportData;
  const models = byRole(analysis.reportData.models);
  return (
    <section id="provenance" aria-labelledby="provenance-heading">
      <h2 id="provenance-heading">Provenance</h2>
      <h3>Repeat it</h3>
      {commands.length === 0 ? (
        <p>No command was recorded.</p>
      ) : (
        <ol class="commands">
          {commands.slice(0, 40).map((command) => (
            <li>
              <Code text={command} max={2000} />
            </li>
          ))}
        </ol>
      )}
      <dl class="facts">
        <Row term="Run" value={analysis.run} />
        <Row term="Compared at" value={analysis.createdAt} />
        <Row term="Seed" value={String(analysis.seed)} />
        <Row term="Congener" value={analysis.congenerVersion} />
        <Row term="Statistic version" value={analysis.statisticVersion} />
      </dl>
      <h3>Models</h3>
      <DataTable
        id="table-models"
        caption="Endpoints that were asked, and what they said they served"
        columns={[
          { head: "Name" },
          { head: "Role" },
          { head: "Lab" },
          { head: "Endpoint and model" },
          { head: "Parameters" },
          { head: "Served as" },
          { head: "Samples", numeric: true },
          { head: "Output tokens", numeric: true },
        ]}
        rows={models.map((model) => [
          <Foreign text={model.name} max={120} />,
          model.role,
          <Foreign text={model.lab ?? "unknown"} max={80} />,
          <>
            <Foreign text={`${model.api} ${model.baseURL ?? ""}`} max={200} />
            <span class="range">
              <Foreign text={model.model} max={160} />
            </span>
          </>,
          <Code text={model.params} max={300} />,
          model.servedModels.slice(0, 5).map((served, at) => (
            <>
              {at > 0 && ", "}
              <Foreign text={served} max={120} />
            </>
          )),
          formatCount(model.samples),
          model.outputTokens === null ? notAvailable : formatCount(model.outputTokens),
        ])}
      />
      <details>
        <summary>Transcripts and their hash chains</summary>
        <DataTable
          id="table-transcripts"
          caption="Lines of each transcript, and the SHA-256 at the head of its hash chain: change one answer and it changes"
          columns={[{ head: "Model" }, { head: "Lines", numeric: true }, { head: "Chain head" }]}
          rows={models.map((model) => [
            <Foreign text={model.name} max={120} />,
            formatCount(model.lines),
            <Code text={model.headHash} max={64} />,
          ])}
        />
      </details>
      {suites.length > 0 && (
        <>
          <h3>Suites</h3>
          <DataTable
            id="table-suites"
            caption="Suites of probes, with the hash over their content"
            columns={[
              { head: "Suite" },
              { head: "Version" },
              { head: "Probes", numeric: true },
              { head: "Families" },
              { head: "SHA-256" },
            ]}
            rows={suites.map((suite) => [
              <Foreign text={suite.name} max={80} />,
              <Foreign text={suite.version} max={40} />,
              formatCount(suite.probes),
              <Foreign text={suite.families.slice(0, 40).join(", ")} max={600} />,
              <Code text={suite.hash} />,
            ])}
          />
        </>
      )}
      <WordingsPart used={wordings} />
      {sources.length > 0 && (
        <>
          <h3>Imported files</h3>
          <DataTable
            id="table-sources"
            caption="Files that recorded answers were imported from"
            columns={[
              { head: "File" },
              { head: "Format" },
              { head: "Rows", numeric: true },
              { head: "SHA-256" },
            ]}
            rows={sources.map((source) => [
              <Foreign text={source.file} max={160} />,
              <Foreign text={source.format} max={40} />,
              formatCount(source.rows),
              <Code text={source.sha256} />,
            ])}
          />
        </>
      )}
    </section>
  );
}

function Row({ term, value }: { readonly term: string; readonly value: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        <Code text={value} max={160} />
      </dd>
    </div>
  );
}
