import type { Affinity, Analysis, SuspectAnalysis } from "../../schema/analysis.ts";
import { closerControls, findingWords } from "../finding-words.ts";
import { formatInterval, formatNumber, formatPercent, formatTest } from "../numbers.ts";
import { ownEntry } from "../own-entry.ts";
import { CanaryPart } from "./canary-part.tsx";
import type { SuspectCharts } from "./charts.ts";
import { DataTable } from "./data-table.tsx";
import { EvidenceTable } from "./evidence-table.tsx";
import { ExhibitList } from "./exhibit-list.tsx";
import { Figure } from "./figure.tsx";
import { MixturePart } from "./mixture-part.tsx";
import { PowerPart } from "./power-part.tsx";
import { SensitivityPart } from "./sensitivity-part.tsx";
import { EstimateText, Foreign } from "./text.tsx";

interface SuspectSectionProps {
  readonly analysis: Analysis;
  readonly suspect: SuspectAnalysis;
  readonly index: number;
  readonly charts: SuspectCharts;
}

/** All that the analysis holds about one suspect, from the affinities to the caveats. */
export function SuspectSection({ analysis, suspect, index, charts }: SuspectSectionProps) {
  const exhibits = ownEntry(analysis.reportData.exhibits, suspect.name) ?? [];
  return (
    <section id={`suspect-${index}`} aria-labelledby={`suspect-${index}-heading`}>
      <h2 id={`suspect-${index}-heading`}>
        <Foreign text={suspect.name} max={120} />{" "}
        <span class={`badge ${suspect.finding}`}>{findingWords[suspect.finding]}</span>
      </h2>
      <p>
        Lab: <Foreign text={suspect.lab ?? "unknown"} max={80} />. Baseline:{" "}
        <Foreign text={suspect.baseline ?? "none given"} max={120} />. Panel: {suspect.panel.length} controls,
        none of the lab of the suspect or of the reference.
      </p>
      <Affinities suspect={suspect} index={index} charts={charts} />
      <h3>Other lines of evidence</h3>
      <dl class="facts">
        <Fact term="Rank among the controls">
          <Foreign text={suspect.rankAmongControls.summary} max={600} />{" "}
          <Foreign text={formatTest(suspect.rankAmongControls)} max={120} />
          {suspect.rankAmongControls.pValue !== null && (
            <>
              , <Foreign text={suspect.rankAmongControls.method} max={200} />
            </>
          )}
        </Fact>
        <Fact term="Same model?">
          <Foreign text={suspect.sameModel.summary} max={600} />{" "}
          <Foreign text={formatTest(suspect.sameModel)} max={120} />
          {suspect.sameModel.pValue !== null && (
            <>
              , <Foreign text={suspect.sameModel.method} max={200} />
            </>
          )}
        </Fact>
        <Fact term="Shared-departure ratio">
          <EstimateText value={suspect.sharedDepartureRatio} />
          <span class="note">
            {" "}
            How much of what sets the reference apart from the panel the suspect shares; 1 is as much as the
            reference shares with itself. Not a percentage of training data.
          </span>
        </Fact>
        <Fact term="Power">
          {suspect.power.power === null ? "not computed" : formatNumber(suspect.power.power)}, for{" "}
          <Foreign text={suspect.power.effect} max={300} />
          {suspect.power.reason !== null && (
            <>
              : <Foreign text={suspect.power.reason} max={300} />
            </>
          )}
        </Fact>
      </dl>
      <MixturePart suspect={suspect} index={index} charts={charts} />
      <PowerPart suspect={suspect} index={index} svg={charts.power} />
      <CanaryPart suspect={suspect} index={index} />
      <ExhibitList
        exhibits={exhibits}
        suspect={suspect.name}
        reference={analysis.reference}
        prefix={`suspect-${index}`}
      />
      <Families analysis={analysis} suspect={suspect} index={index} svg={charts.families} />
      <SensitivityPart analysis={analysis} suspect={suspect} index={index} svg={charts.sensitivity} />
      <EvidenceTable suspect={suspect} prefix={`suspect-${index}`} />
      <Caveats suspect={suspect} />
    </section>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Affinities({ suspect, index, charts }: Omit<SuspectSectionProps, "analysis">) {
  return (
    <>
      <h3>Affinities among the controls</h3>
      <div class="pair">
        <Figure
          id={`figure-content-${index}`}
          svg={charts.content}
          caption={
            <>
              <strong>Content affinity</strong>: do suspect and reference depart from the panel in one
              direction on the very prompts they share? {describe(suspect.contentAffinity)}
            </>
          }
        />
        <Figure
          id={`figure-habit-${index}`}
          svg={charts.habit}
          caption={
            <>
              <strong>Habit affinity</strong>: do they depart in one direction whatever the prompt? Two strong
              models that agree because both are right hardly agree through it.{" "}
              {describe(suspect.habitAffinity)}
            </>
          }
        />
      </div>
      <details>
        <summary>Affinities of suspect and controls in numbers</summary>
        <AffinityTable suspect={suspect} index={index} />
      </details>
    </>
  );
}

/** The chart in words: its text alternative. */
function describe(affinity: Affinity) {
  if (affinity.estimate === null)
    return (
      <>
        Not available: <Foreign text={affinity.reason ?? "no reason was recorded"} />.
      </>
    );
  const interval = affinity.interval === null ? "" : `, interval ${formatInterval(affinity.interval)}`;
  const values = affinity.controls.flatMap((control) =>
    control.estimate === null ? [] : [control.estimate],
  );
  const range =
    values.length === 0
      ? "no control could be compared"
      : `the controls lie between ${formatNumber(Math.min(...values))} and ${formatNumber(Math.max(...values))}`;
  return `Suspect ${formatNumber(affinity.estimate)}${interval}; ${range}; ${closerControls(affinity)} controls are as close. ${affinity.probes} probes in ${affinity.blocks} blocks.`;
}

function AffinityTable({ suspect, index }: { readonly suspect: SuspectAnalysis; readonly index: number }) {
  const habits = new Map(suspect.habitAffinity.controls.map((control) => [control.name, control.estimate]));
  const controls = [...suspect.contentAffinity.controls].sort(
    (a, b) => (b.estimate ?? -9) - (a.estimate ?? -9) || (a.name < b.name ? -1 : 1),
  );
  return (
    <DataTable
      id={`table-affinity-${index}`}
      caption={
        <>
          Affinity to the reference of <Foreign text={suspect.name} max={80} /> and of each control
        </>
      }
      columns={[
        { head: "Model" },
        { head: "Lab" },
        { head: "Content affinity", numeric: true },
        { head: "Habit affinity", numeric: true },
      ]}
      rows={[
        [
          <strong>
            <Foreign text={suspect.name} max={120} />
          </strong>,
          <Foreign text={suspect.lab ?? "unknown"} max={80} />,
          formatNumber(suspect.contentAffinity.estimate),
          formatNumber(suspect.habitAffinity.estimate),
        ],
        ...controls.map((control) => [
          <Foreign text={control.name} max={120} />,
          <Foreign text={control.lab ?? "unknown"} max={80} />,
          formatNumber(control.estimate),
          formatNumber(habits.get(control.name) ?? null),
        ]),
      ]}
    />
  );
}

type PartProps = Pick<SuspectSectionProps, "analysis" | "suspect" | "index">;

function Families({ analysis, suspect, index, svg }: PartProps & { readonly svg: string | null }) {
  const families = ownEntry(analysis.reportData.families, suspect.name) ?? [];
  if (families.length === 0) return null;
  const sorted = [...families].sort((a, b) => b.share - a.share || (a.family < b.family ? -1 : 1));
  return (
    <>
      <h3>Where the content affinity comes from</h3>
      <div class="pair">
        <Figure
          id={`figure-families-${index}`}
          svg={svg}
          caption={`Share of each probe family in the content affinity; the numbers are in the table. A finding that rests on one family is weaker than one that many carry.`}
        />
        <DataTable
          id={`table-families-${index}`}
          caption={
            <>
              Probe families of <Foreign text={suspect.name} max={80} />
            </>
          }
          columns={[
            { head: "Family" },
            { head: "Probes", numeric: true },
            { head: "Share", numeric: true },
            { head: "Affinity", numeric: true },
          ]}
          rows={sorted.map((one) => [
            <Foreign text={one.family} max={80} />,
            one.probes,
            formatPercent(one.share),
            formatNumber(one.affinity),
          ])}
        />
      </div>
    </>
  );
}

function Caveats({ suspect }: { readonly suspect: SuspectAnalysis }) {
  const lines = [suspect.sameModel, suspect.rankAmongControls, ...suspect.evidence];
  const caveats = [...suspect.caveats, ...lines.flatMap((line) => line.caveats)];
  if (caveats.length === 0) return null;
  return (
    <>
      <h3>Caveats</h3>
      <CaveatList caveats={caveats} />
    </>
  );
}

/** Caveats with their advice; a caveat that several lines raise is printed once. */
export function CaveatList({ caveats }: { readonly caveats: Analysis["caveats"] }) {
  const once = caveats.filter(
    (caveat, at) =>
      caveats.findIndex((other) => other.code === caveat.code && other.message === caveat.message) === at,
  );
  return (
    <ul class="caveats">
      {once.slice(0, 60).map((caveat) => (
        <li>
          <Foreign text={caveat.message} max={800} />{" "}
          <span class="advice">
            <Foreign text={caveat.advice} max={800} />
          </span>{" "}
          <code class="tag">
            <Foreign text={caveat.code} max={80} />
          </code>
        </li>
      ))}
    </ul>
  );
}
