import type { SuspectAnalysis } from "../../schema/analysis.ts";
import { drawChart } from "./chart.ts";

/**
 * Power curve: probability that a suspect would have been detected, over the share of the probes that it answers as the
 * reference does. Dashed lines are the power asked for and the smallest share that has it. Null without a curve.
 */
export async function drawPowerChart(power: SuspectAnalysis["power"]): Promise<string | null> {
  const { curve, detection, smallestDetectable = null } = power;
  if (curve === undefined || curve.length === 0 || detection === undefined) return null;
  const points = [
    { share: 0, power: detection.expectedFalseAlarms },
    ...curve.map((point) => ({ share: point.fraction, power: point.power })),
  ];
  const domain: [number, number] = [0, 1];
  const x = {
    field: "share",
    type: "quantitative",
    scale: { domain },
    axis: { title: "probes answered as the reference answers them (%)", format: ".0%", tickCount: 6 },
  } as const;
  const y = {
    field: "power",
    type: "quantitative",
    scale: { domain },
    axis: { title: "probability of detection (%)", format: ".0%", tickCount: 6 },
  } as const;
  const found = smallestDetectable === null ? [] : [{ share: smallestDetectable, power: detection.power }];
  const dashed = { type: "rule" as const, color: "var(--muted)", strokeDash: [3, 3] };
  return drawChart({
    width: 340,
    height: 200,
    layer: [
      { data: { values: [{ power: detection.power }] }, mark: dashed, encoding: { y } },
      { data: { values: found }, mark: dashed, encoding: { x } },
      {
        data: { values: points },
        mark: { type: "line", color: "var(--accent)", strokeWidth: 2, interpolate: "linear" },
        encoding: { x, y },
      },
      {
        data: { values: points },
        mark: { type: "point", shape: "circle", size: 26, filled: true, color: "var(--accent)", opacity: 1 },
        encoding: { x, y },
      },
      {
        data: { values: found },
        mark: {
          type: "point",
          shape: "diamond",
          size: 110,
          filled: true,
          color: "var(--second)",
          opacity: 1,
        },
        encoding: { x, y },
      },
    ],
  });
}
