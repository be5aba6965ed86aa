import type { AccessAnalysis } from "../../../schema/access.ts";
import { drawChart } from "../../charts/chart.ts";

const dayMs = 86_400_000;
/** Columns that a chart of this width can show apart. */
const mostColumns = 400;

/** A day, or several where a log is longer than the chart is wide. */
export interface VolumeBin {
  readonly day: number;
  readonly until: number;
  readonly requests: number;
  readonly flagged: number;
  readonly clustered: number;
}

/** Requests by day, summed over as many days as it takes to have at most 400 bins. */
export function volumeBins(timeline: NonNullable<AccessAnalysis["timeline"]>): VolumeBin[] {
  const { requests, flagged, clusters } = timeline;
  const first = Date.parse(timeline.firstDay);
  const width = Math.ceil(requests.length / mostColumns);
  const bins = Array.from({ length: Math.ceil(requests.length / width) }, (_, bin) => ({
    day: first + bin * width * dayMs,
    until: first + (bin + 1) * width * dayMs,
    ...{ requests: 0, flagged: 0, clustered: 0 },
  }));
  const add = (counts: readonly number[], key: "requests" | "flagged" | "clustered") =>
    counts.forEach((count, day) => {
      const bin = bins[Math.floor(day / width)];
      if (bin !== undefined) bin[key] += count;
    });
  add(requests, "requests");
  add(flagged, "flagged");
  for (const cluster of clusters) add(cluster.requests, "clustered");
  return bins;
}

/** Requests by day: all of them pale, those of clusters that are named over them, and dashed lines at releases. */
export async function drawVolume(analysis: AccessAnalysis): Promise<string | null> {
  const { timeline, settings } = analysis;
  if (timeline === null || timeline.requests.length === 0) return null;
  const bins = volumeBins(timeline);
  const ends: [number, number] = [bins[0]?.day ?? 0, bins.at(-1)?.until ?? 1];
  const x = {
    type: "temporal",
    scale: { type: "utc", domain: ends, nice: false },
    axis: { title: null, format: "%Y-%m-%d", tickCount: 6, labelOverlap: "greedy", grid: false },
  } as const;
  const y = { type: "quantitative", axis: { title: "requests", tickCount: 4, format: "~s" } } as const;
  const bar = (field: string, color: string) => ({
    data: { values: bins },
    mark: { type: "bar" as const, color },
    encoding: { x: { ...x, field: "day" }, x2: { field: "until" }, y: { ...y, field }, y2: { datum: 0 } },
  });
  const releases = settings.releases
    .map(({ date, owner }) => ({ day: Date.parse(date), owner }))
    .filter(({ day }) => day >= ends[0] && day <= ends[1])
    .slice(0, 60);
  return drawChart({
    width: 640,
    height: 170,
    layer: [
      bar("requests", "var(--rule)"),
      bar("clustered", "var(--accent)"),
      bar("flagged", "var(--second)"),
      {
        data: { values: releases },
        mark: { type: "rule", color: "var(--ink)", strokeDash: [3, 3] },
        encoding: { x: { ...x, field: "day" } },
      },
    ],
  });
}
