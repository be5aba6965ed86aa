import { newestFirst, type Site, type SiteEntry, type SiteSuspect, supersededBy } from "../../schema/site.ts";
import { drawTimelineChart } from "../charts/timeline-chart.ts";
import { Figure } from "../html/figure.tsx";
import { Foreign } from "../html/text.tsx";
import { siteRatioWords } from "./site-words.ts";

/** One suspect and one reference over several reports. */
export interface Timeline {
  readonly reference: string;
  readonly suspect: string;
  readonly miniature: boolean;
  /** Oldest first, without superseded reports. */
  readonly points: readonly { readonly entry: SiteEntry; readonly suspect: SiteSuspect }[];
  /** Null where fewer than two comparisons have a ratio. */
  readonly svg: string | null;
}

/** Charts drawn; further pairs are in the table alone. */
const chartedPairs = 12;
/** Comparisons told one by one in a chart's text. */
const toldPoints = 12;

/** Pairs that several reports speak of, most reports first. Names are what makes a pair: the same names are taken for the same models. */
export async function timelines({ entries }: Site): Promise<Timeline[]> {
  const pairs = new Map<string, Omit<Timeline, "svg"> & { points: Timeline["points"][number][] }>();
  for (const entry of newestFirst(entries).reverse()) {
    if (supersededBy(entry, entries) !== null) continue;
    const { reference, miniature } = entry;
    for (const suspect of entry.suspects) {
      const key = JSON.stringify([reference, suspect.name, miniature]);
      const pair = pairs.get(key) ?? { reference, suspect: suspect.name, miniature, points: [] };
      pair.points.push({ entry, suspect });
      pairs.set(key, pair);
    }
  }
  const several = [...pairs.values()].filter(({ points }) => points.length > 1);
  return Promise.all(
    several
      .toSorted((a, b) => b.points.length - a.points.length)
      .slice(0, chartedPairs)
      .map(async (pair) => ({ ...pair, svg: await drawTimelineChart(pair.points.flatMap(pointOf)) })),
  );
}

const pointOf = ({ entry, suspect }: Timeline["points"][number]) =>
  suspect.log10LR === null
    ? []
    : [{ createdAt: entry.createdAt, log10LR: suspect.log10LR, interval: suspect.log10LRInterval }];

/** Likelihood ratios over time; nothing where no suspect was compared twice with one reference. */
export function TimelineSection({ timelines }: { readonly timelines: readonly Timeline[] }) {
  if (timelines.length === 0) return null;
  return (
    <section id="over-time" aria-labelledby="over-time-heading">
      <h2 id="over-time-heading">Over time</h2>
      <p>
        Likelihood ratios of suspects that were compared with one reference more than once. The dashed line
        marks the ratio of ten that “derived” asks for. A difference between two comparisons can be chance,
        another choice of probes or controls, or a changed endpoint: see the reports.
      </p>
      {timelines.map(({ reference, suspect, miniature, points, svg }, index) => (
        <>
          <h3>
            <Foreign text={suspect} max={80} /> against <Foreign text={reference} max={80} />
            {miniature && " (miniature simulation)"}
          </h3>
          <Figure id={`figure-timeline-${index}`} svg={svg} caption={<Points points={points} />} />
        </>
      ))}
    </section>
  );
}

/** The chart in words: its text alternative. */
function Points({ points }: Pick<Timeline, "points">) {
  const told = points.slice(-toldPoints);
  const before = points.length - told.length;
  return (
    <>
      {before > 0 && `The newest ${told.length} of ${points.length} comparisons: `}
      {told
        .map(({ entry, suspect }) => `${entry.createdAt.slice(0, 10)}: ${siteRatioWords(suspect)}`)
        .join("; ")}
      .
    </>
  );
}
