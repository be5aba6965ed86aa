import { useContext } from "preact/hooks";
import type { Analysis, SuspectAnalysis } from "../../schema/analysis.ts";
import {
  boundWords,
  closerControls,
  findingMeanings,
  findingWords,
  miniatureNotice,
  ratioWords,
} from "../finding-words.ts";
import { formatInterval, formatNumber, formatRatio, formatWeight, notAvailable } from "../numbers.ts";
import type { Charts } from "./charts.ts";
import { DataTable } from "./data-table.tsx";
import { DetailContext } from "./detail.ts";
import { Figure } from "./figure.tsx";
import { EstimateText, Foreign } from "./text.tsx";

/** First screen: the question as two hypotheses, each finding in one sentence, its weight, and what it leaves open. */
export function SummarySection({
  analysis,
  charts,
}: {
  readonly analysis: Analysis;
  readonly charts: Charts;
}) {
  const { suspects: most } = useContext(DetailContext);
  const cards = analysis.suspects.slice(0, most);
  return (
    <section id="findings" aria-labelledby="findings-heading">
      {analysis.miniature && (
        <p class="banner" role="note">
          <strong>{miniatureNotice}</strong> Every model in it was made for the demonstration.
        </p>
      )}
      <h2 id="findings-heading" class="unseen">
        Findings
      </h2>
      <dl class="hypotheses">
        <div>
          <dt>If derived</dt>
          <dd>
            <Foreign text={analysis.hypotheses.derived} max={800} />
          </dd>
        </div>
        <div>
          <dt>If independent</dt>
          <dd>
            <Foreign text={analysis.hypotheses.independent} max={800} />
          </dd>
        </div>
      </dl>
      {cards.length > 1 && <Overview suspects={cards} />}
      {cards.map((suspect, index) => (
        <FindingCard analysis={analysis} suspect={suspect} index={index} />
      ))}
      {charts.ratios !== null && <RatioFigure svg={charts.ratios} suspects={analysis.suspects} />}
      <FindingsTable suspects={analysis.suspects} />
      <Ladder analysis={analysis} />
    </section>
  );
}

/** All findings at a glance, where there is more than one. */
function Overview({ suspects }: { readonly suspects: readonly SuspectAnalysis[] }) {
  return (
    <ul class="overview" aria-label="Findings at a glance">
      {suspects.slice(0, 24).map((suspect, index) => (
        <li>
          <a href={`#finding-${index}`}>
            <Foreign text={suspect.name} max={60} />
          </a>
          <span class={`badge ${suspect.finding}`}>{findingWords[suspect.finding]}</span>
          <span class="lr">
            {suspect.log10LR === null ? "no likelihood ratio" : `LR ${ratioWords(suspect)}`}
            {suspect.log10LRInterval !== null && (
              <span class="range">{`interval ${ratioRange(suspect.log10LRInterval)}`}</span>
            )}
          </span>
        </li>
      ))}
      {suspects.length > 24 && <li>{suspects.length - 24} further suspects are below.</li>}
    </ul>
  );
}

const ratioRange = ([low, high]: readonly [number, number]) => `${formatRatio(low)} to ${formatRatio(high)}`;

interface FindingCardProps {
  readonly analysis: Analysis;
  readonly suspect: SuspectAnalysis;
  readonly index: number;
}

function FindingCard({ analysis, suspect, index }: FindingCardProps) {
  return (
    <article class="finding" aria-labelledby={`finding-${index}`}>
      <div class="verdict">
        <h3 id={`finding-${index}`}>
          <a href={`#suspect-${index}`}>
            <Foreign text={suspect.name} max={120} />
          </a>
        </h3>
        <p>
          <span class={`badge ${suspect.finding}`}>{findingWords[suspect.finding]}</span>
        </p>
        <p class="ratio">
          {suspect.log10LR === null ? "no likelihood ratio" : `LR ${ratioWords(suspect)}`}
          {suspect.log10LRInterval !== null && (
            <span class="range">{`interval ${ratioRange(suspect.log10LRInterval)}`}</span>
          )}
          {suspect.log10LRBound !== null && (
            <span class="range">{`bound ${ratioRange(suspect.log10LRBound)}`}</span>
          )}
          {suspect.verbal !== null && (
            <span class="range">
              <Foreign text={suspect.verbal} max={120} />
            </span>
          )}
        </p>
      </div>
      <div>
        <p class="sentence">
          <Foreign text={suspect.sentence} max={1200} />
        </p>
        <Weight suspect={suspect} />
        <LadderLine ladder={analysis.ladder} log10LR={suspect.log10LR} />
        <NotExcluded texts={suspect.notExcluded} />
      </div>
    </article>
  );
}

/** The verbal ladder in one line, with the step of this ratio marked. */
function LadderLine(props: { readonly ladder: Analysis["ladder"]; readonly log10LR: number | null }) {
  const { log10LR } = props;
  const steps = props.ladder.steps.slice(0, 12);
  if (log10LR === null || steps.length === 0) return null;
  const at = steps.findLastIndex((step) => Math.abs(log10LR) >= step.from);
  const side = log10LR < 0 ? "independent" : "derived";
  return (
    <div class="rungs">
      <span>
        Support for {side}, by LR{log10LR < 0 ? " or its inverse" : ""}:
      </span>{" "}
      <ol>
        {steps.map((step, index) => (
          <li class={index === at ? "here" : undefined} aria-current={index === at ? "true" : undefined}>
            <Foreign text={step.words} max={40} /> from {formatRatio(step.from)}
          </li>
        ))}
      </ol>
    </div>
  );
}

function NotExcluded({ texts }: { readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <div class="open">
      <p>Not excluded:</p>
      <ul>
        {texts.slice(0, 12).map((text) => (
          <li>
            <Foreign text={text} max={600} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Weight({ suspect }: { readonly suspect: SuspectAnalysis }) {
  if (suspect.log10LR === null)
    return (
      <p class="weight">
        No likelihood ratio: <Foreign text={suspect.log10LRReason ?? "no reason was recorded"} />.
      </p>
    );
  const bound = boundWords(suspect);
  return (
    <p class="weight">
      Answers {bound === "" ? "" : "at least "}
      {formatWeight(suspect.log10LR)}. log10 LR {bound}
      {formatNumber(suspect.log10LR)}
      {suspect.log10LRInterval !== null && `, interval ${formatInterval(suspect.log10LRInterval)}`}
      {suspect.log10LRBound !== null &&
        `; bounded by the calibration to ${formatInterval(suspect.log10LRBound)}`}
      .
      {suspect.posterior !== null && (
        <>
          {" "}
          With a prior probability of {formatNumber(suspect.posterior.prior)}, which the reader supplied and
          this report does not judge, the posterior is {formatNumber(suspect.posterior.posterior)}.
        </>
      )}
    </p>
  );
}

function RatioFigure({
  svg,
  suspects,
}: {
  readonly svg: string;
  readonly suspects: readonly SuspectAnalysis[];
}) {
  const missing = suspects.filter((suspect) => suspect.log10LR === null).length;
  return (
    <Figure
      id="figure-ratios"
      svg={svg}
      caption={
        <>
          Likelihood ratio of each suspect (diamond) with its interval (bar), on a logarithmic scale; the
          numbers are in the table of findings. Shaded: out of reach of this calibration. Dashed: the ratio of
          10 that the lower end of the interval must pass for the finding “derived”.
          {missing > 0 && ` Not drawn: ${missing} without a likelihood ratio.`}
        </>
      }
    />
  );
}

function Ladder({ analysis }: { readonly analysis: Analysis }) {
  const { steps, source } = analysis.ladder;
  const used = new Set(
    analysis.suspects.flatMap(({ log10LR }) =>
      log10LR === null ? [] : [steps.findLastIndex((step) => Math.abs(log10LR) >= step.from)],
    ),
  );
  return (
    <DataTable
      id="table-ladder"
      narrow
      caption={
        <>
          Verbal ladder: how a likelihood ratio is put into words, in either direction. Source:{" "}
          <Foreign text={source} max={300} />. Steps used in this report are marked.
        </>
      }
      columns={[
        { head: "Support, in words" },
        { head: "Likelihood ratio, or its inverse" },
        { head: "|log10 LR|", numeric: true },
      ]}
      rows={steps.slice(0, 20).map((step, index) => {
        const next = steps[index + 1];
        const words = <Foreign text={step.words} max={120} />;
        return [
          used.has(index) ? <strong class="used">{words}</strong> : words,
          next === undefined
            ? `${formatRatio(step.from)} and more`
            : `${formatRatio(step.from)} to ${formatRatio(next.from)}`,
          next === undefined
            ? `${formatNumber(step.from, 1)} and more`
            : `${formatNumber(step.from, 1)} to ${formatNumber(next.from, 1)}`,
        ];
      })}
    />
  );
}

function FindingsTable({ suspects }: { readonly suspects: readonly SuspectAnalysis[] }) {
  const levels = new Set(suspects.map((suspect) => suspect.contentAffinity.level));
  const [level] = levels;
  const found = [...new Set(suspects.map((suspect) => suspect.finding))];
  return (
    <>
      <DataTable
        id="table-findings"
        caption={
          <>
            Table of findings. Below each estimate its interval
            {levels.size === 1 && level !== undefined ? ` (affinities: ${Math.round(100 * level)} %)` : ""}.
            Controls as close: how many are at least as close to the reference in content affinity.
          </>
        }
        columns={[
          { head: "Suspect" },
          { head: "Finding" },
          { head: "LR", numeric: true },
          { head: "log10 LR", numeric: true },
          { head: "Content affinity", numeric: true },
          { head: "Habit affinity", numeric: true },
          { head: "Shared departure", numeric: true },
          { head: "Controls as close", numeric: true },
        ]}
        rows={suspects.map((suspect) => [
          <Foreign text={suspect.name} max={120} />,
          <>
            {findingWords[suspect.finding]}
            <span class="range">
              <Foreign text={suspect.reason} max={80} />
            </span>
          </>,
          ratioWords(suspect),
          suspect.log10LR === null ? (
            notAvailable
          ) : (
            <>
              {boundWords(suspect)}
              {formatNumber(suspect.log10LR)}
              <span class="range">{formatInterval(suspect.log10LRInterval)}</span>
            </>
          ),
          <EstimateText value={suspect.contentAffinity} />,
          <EstimateText value={suspect.habitAffinity} />,
          <EstimateText value={suspect.sharedDepartureRatio} />,
          closerControls(suspect.contentAffinity),
        ])}
      />
      <dl class="meanings">
        {found.map((finding) => (
          <div>
            <dt>{findingWords[finding]}</dt>
            <dd>{findingMeanings[finding]}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
