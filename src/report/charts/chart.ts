import { parse, View } from "vega";
import { type Config, compile, type TopLevelSpec } from "vega-lite";

/**
 * Colours and type of every chart. Colours are the page's CSS variables, so that one SVG reads in light, dark and
 * print. No clip path, gradient or built-in legend: Vega numbers their ids over the life of the process, and the same
 * analysis must give the same bytes.
 */
const config: Config = {
  aria: false,
  background: "transparent",
  font: "inherit",
  padding: 2,
  view: { stroke: null },
  axis: {
    domainColor: "var(--rule)",
    gridColor: "var(--hairline)",
    tickColor: "var(--rule)",
    labelColor: "var(--ink)",
    titleColor: "var(--muted)",
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    labelLimit: 400,
  },
  text: { color: "var(--ink)", fontSize: 11 },
};

/** Axis of named rows; the fixed width puts the plots of one section in line. */
export const rowAxis = {
  title: null,
  ticks: false,
  domain: false,
  minExtent: 130,
  maxExtent: 130,
  labelPadding: 6,
} as const;

/** A renderer prints nothing: what Vega would warn about is visible in the chart. */
const silence = {
  level: () => silence,
  error: () => silence,
  warn: () => silence,
  info: () => silence,
  debug: () => silence,
};

/**
 * Draws a Vega-Lite chart as SVG markup, without a browser. Deterministic: the same specification gives the same bytes.
 * Text in it must have gone through `chartLabels` or `visibleText`; Vega escapes it as XML.
 */
export async function drawChart(spec: TopLevelSpec): Promise<string> {
  const compiled = compile(spec, { config, logger: silence }).spec;
  const view = new View(parse(compiled), { renderer: "none", logger: silence });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
