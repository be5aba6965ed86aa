import type { AccessAnalysis } from "../../../schema/access.ts";
import { drawChart } from "../../charts/chart.ts";

type Model = NonNullable<AccessAnalysis["probabilityModel"]>;

/** Reliability diagram: observed share of campaign accounts by predicted probability; on the diagonal they agree. */
export async function drawReliability(model: Model | null): Promise<string | null> {
  const points = model?.crossValidated.reliability.filter(({ n }) => n > 0) ?? [];
  if (points.length === 0) return null;
  const unit: [number, number] = [0, 1];
  const axis = (title: string) => ({ title, tickCount: 5, format: ".0%" });
  const x = {
    field: "predicted",
    type: "quantitative",
    scale: { domain: unit },
    axis: axis("predicted probability"),
  } as const;
  const y = {
    field: "observed",
    type: "quantitative",
    scale: { domain: unit },
    axis: axis("observed share"),
  } as const;
  return drawChart({
    width: 260,
    height: 220,
    layer: [
      {
        data: {
          values: [
            { predicted: 0, observed: 0 },
            { predicted: 1, observed: 1 },
          ],
        },
        mark: { type: "line", color: "var(--muted)", strokeDash: [3, 3] },
        encoding: { x, y },
      },
      {
        data: { values: points },
        mark: { type: "point", shape: "circle", filled: true, size: 55, color: "var(--accent)", opacity: 1 },
        encoding: { x, y },
      },
    ],
  });
}
