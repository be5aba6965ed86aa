import { heatSteps } from "../charts/heat-map.ts";

const heat = (time: "day" | "night") =>
  heatSteps.map((step, index) => `--heat-${index}: ${step[time]};`).join(" ");

/**
 * Style of the page, for screen (light and dark), phone and print. Written without double quotes, `<` and `&`, so that
 * it goes into `<style>` as text like everything else.
 */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --ink: #1d1d1b; --muted: #5a5a55; --rule: #9b9b93; --hairline: #e4e3dc;
  --panel: #f5f4ef; --shade: #ecebe4; --accent: #1d4e79; --second: #93451a; --mark: #fbe7a1; --mark-rule: #b98a00;
  ${heat("day")}
  --serif: Charter, 'Bitstream Charter', 'Iowan Old Style', 'Palatino Linotype', Cambria, Georgia, 'Liberation Serif', serif;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif;
  --mono: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace;
}
.raster .night { display: none; }
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #141619; --ink: #e7e5df; --muted: #a5a49d; --rule: #6a6c6e; --hairline: #2c2f33;
    --panel: #1b1e22; --shade: #24282d; --accent: #8fbbe4; --second: #e3a47c; --mark: #4d3f10; --mark-rule: #d9b24a;
    ${heat("night")}
  }
  .raster .day { display: none; }
  .raster .night { display: block; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: auto; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.55 var(--serif); overflow-wrap: anywhere; }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 1.8rem; }
p, ul, ol.steps { max-width: 43rem; margin: 0 0 .9rem; }
h1, h2, h3, h4 { line-height: 1.25; font-weight: 600; text-wrap: balance; }
h1 { font-size: 2.1rem; margin: .2rem 0 1.1rem; max-width: 46rem; letter-spacing: -.01em; }
h2 { font-size: 1.55rem; margin: 0 0 .8rem; }
h3 { font-size: 1.12rem; margin: 2.2rem 0 .6rem; }
h4 { font-size: 1.05rem; margin: 0 0 .4rem; }
main > section + section, main > nav + section { margin-top: 3.5rem; padding-top: 2.2rem; border-top: 1px solid var(--rule); }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .15em; }
a:focus-visible, section:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; background: var(--paper); padding: .5rem 1rem; }
.skip:focus { left: 1rem; top: 1rem; z-index: 1; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.kicker, .note, .weight, .open, .counts, .prompt, figcaption, table, .badge, nav, footer, .legend, summary, .range, dl { font-family: var(--sans); }
.kicker { font-size: .82rem; color: var(--muted); margin: 0; letter-spacing: .01em; }
.note, .weight, .open, .counts, .prompt, dl { font-size: .9rem; line-height: 1.5; }
.note { color: var(--muted); }
.banner { max-width: none; font-family: var(--sans); font-size: .95rem; padding: .8rem 1rem; border: 1px solid var(--second); border-left-width: 6px; margin-bottom: 1.4rem; }
code { font-family: var(--mono); font-size: .86em; }
.hypotheses { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2rem; margin: 0 0 1.2rem; font-family: var(--serif); font-size: 1rem; line-height: 1.45; }
.hypotheses div { border-top: 1px solid var(--rule); padding-top: .5rem; }
dt { font-family: var(--sans); font-size: .82rem; font-weight: 600; color: var(--muted); }
dd { margin: 0; }
.finding { border-top: 1px solid var(--hairline); padding: 1.1rem 0 .4rem; display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 0 2rem; }
.overview { list-style: none; margin: 0 0 1.4rem; padding: 0; max-width: none; font: .95rem/1.4 var(--sans); }
.overview li { display: grid; grid-template-columns: 13rem 11rem minmax(0, 1fr); gap: 0 2rem; align-items: baseline; padding: .32rem 0; border-top: 1px solid var(--hairline); }
.overview .badge { justify-self: start; }
.overview .range { display: inline; margin-left: .6em; }
.rungs { font: .8rem/1.5 var(--sans); color: var(--muted); margin: 0 0 .6rem; }
.rungs ol { list-style: none; display: inline; margin: 0; padding: 0; }
.rungs li { display: inline; }
.rungs li + li::before { content: ' · '; font-weight: 400; color: var(--muted); text-decoration: none; display: inline-block; white-space: pre; }
.rungs .here { color: var(--ink); font-weight: 600; text-decoration: underline; text-decoration-color: var(--accent); text-decoration-thickness: 2px; text-underline-offset: .2em; }
.finding:last-of-type { border-bottom: 1px solid var(--hairline); }
.finding h3 { margin: 0 0 .4rem; font-size: 1.2rem; }
.finding h3 a { color: inherit; text-decoration-color: var(--rule); }
.verdict p { margin: 0 0 .5rem; }
.ratio { font: 600 .98rem/1.4 var(--sans); }
.verdict .ratio .range { display: block; margin: 0; font-size: .84rem; }
.sentence { font-size: 1.14rem; line-height: 1.45; margin-bottom: .5rem; }
.weight { margin-bottom: .5rem; color: var(--muted); }
.open { color: var(--muted); max-width: 43rem; }
.open p { margin: 0; }
.open ul { margin: 0 0 .6rem; padding-left: 1.1rem; }
.badge { display: inline-block; font-size: .78rem; font-weight: 600; line-height: 1; padding: .32rem .6rem; border: 1.5px solid var(--ink); border-radius: 1rem; vertical-align: .18em; white-space: nowrap; }
.badge.derived { background: var(--ink); color: var(--paper); }
.badge.same-model { background: var(--accent); border-color: var(--accent); color: var(--paper); }
.badge.inconclusive { border-style: dashed; border-color: var(--muted); color: var(--muted); }
figure { margin: 1.4rem 0; }
figcaption { font-size: .84rem; line-height: 1.45; color: var(--muted); max-width: 43rem; margin-top: .4rem; }
figcaption strong { color: var(--ink); }
.chart svg { display: block; max-width: 100%; height: auto; font-family: var(--sans); }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 2.5rem; align-items: start; }
.pair figure { margin: .4rem 0 1rem; }
.scroll, .scroll-x { overflow-x: auto; margin: 1.3rem 0; }
.scroll-x .chart svg { max-width: none; }
table { border-collapse: collapse; width: 100%; font-size: .86rem; line-height: 1.4; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
caption { text-align: left; font-size: .84rem; color: var(--muted); padding-bottom: .45rem; max-width: 46rem; }
th, td { text-align: left; vertical-align: top; padding: .38rem .9rem .38rem 0; border-bottom: 1px solid var(--hairline); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 600; border-bottom: 1px solid var(--rule); vertical-align: bottom; }
th.number, td.number { text-align: right; white-space: nowrap; }
thead th.number { white-space: normal; }
tbody th { min-width: 7rem; }
td code { overflow-wrap: anywhere; }
.range { display: block; font-size: .92em; color: var(--muted); font-weight: 400; }
p .range, dd .range { display: inline; margin-left: .4em; }
.range.reason { white-space: normal; min-width: 8rem; }
table.narrow { width: auto; }
table.narrow th, table.narrow td { padding-right: 2.5rem; }
td code { white-space: normal; }
.used { border-bottom: 2px solid var(--accent); }
.meanings, .facts { max-width: 50rem; margin: 0 0 1.2rem; }
.meanings div, .facts div { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1rem; padding: .38rem 0; border-bottom: 1px solid var(--hairline); }
.meanings dt, .facts dt { color: var(--ink); font-size: .88rem; }
nav { margin-top: 2.6rem; padding: 1rem 1.2rem; background: var(--panel); font-size: .9rem; }
nav h2 { font: 600 .82rem/1.3 var(--sans); color: var(--muted); margin: 0 0 .4rem; }
nav ol { columns: 2; column-gap: 2.5rem; max-width: none; margin: 0; padding-left: 1.3rem; }
.exhibit { border-top: 1px solid var(--hairline); padding: 1.1rem 0 .6rem; break-inside: avoid; }
.exhibit h4 { font-size: 1.12rem; }
.counts { color: var(--muted); margin-bottom: .35rem; max-width: 52rem; }
.counts b { color: var(--ink); }
.prompt { margin-bottom: .5rem; }
.label { font-size: .82rem; font-weight: 600; color: var(--muted); }
.answer figcaption { margin: 0 0 .3rem; }
blockquote { margin: 0; padding: .7rem .9rem; background: var(--panel); border-left: 3px solid var(--rule); font-size: .95rem; line-height: 1.5; }
.excerpt { white-space: pre-wrap; }
mark { background: var(--mark); color: inherit; border-bottom: 2px solid var(--mark-rule); padding: 0 .1em; }
mark.also { background: none; border-bottom: 2px dotted var(--mark-rule); padding: 0; }
.raster img { width: min(100%, 40rem); height: auto; image-rendering: pixelated; border: 1px solid var(--hairline); }
.caveats, .limits, .sources { padding-left: 1.1rem; }
.caveats li, .limits li, .sources li, .steps li { margin-bottom: .5rem; }
.advice { color: var(--muted); }
.tag { color: var(--muted); font-size: .78em; }
.commands { max-width: none; padding-left: 1.3rem; }
.commands li { margin-bottom: .3rem; }
details { margin: .6rem 0 1.2rem; }
summary { cursor: pointer; font-size: .9rem; color: var(--accent); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; padding: 0; font-size: .84rem; color: var(--muted); max-width: none; }
.swatch { display: inline-block; width: .9rem; height: .9rem; border: 1px solid var(--hairline); vertical-align: -.1em; }
.heat-0 { background: var(--heat-0); } .heat-1 { background: var(--heat-1); } .heat-2 { background: var(--heat-2); }
.heat-3 { background: var(--heat-3); } .heat-4 { background: var(--heat-4); } .heat-5 { background: var(--heat-5); }
footer { margin-top: 3.5rem; padding-bottom: 3rem; font-size: .84rem; color: var(--muted); }
footer p { border-top: 1px solid var(--rule); padding-top: .9rem; max-width: none; }
@media (max-width: 46rem) {
  body { font-size: 1rem; }
  header, main, footer { padding-left: 1rem; padding-right: 1rem; }
  header { padding-top: 1.6rem; }
  h1 { font-size: 1.55rem; margin-bottom: 1.1rem; }
  h2 { font-size: 1.3rem; }
  .pair, .hypotheses, .finding { grid-template-columns: minmax(0, 1fr); }
  .overview li { grid-template-columns: minmax(0, 1fr) auto; gap: .1rem 1rem; }
  .overview .lr { grid-column: 1 / -1; }
  .hypotheses div + div { margin-top: .8rem; }
  .meanings div, .facts div { grid-template-columns: minmax(0, 1fr); }
  nav ol { columns: 1; }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #ffffff; --ink: #000000; --muted: #444444; --rule: #888888; --hairline: #dddddd;
    --panel: #f6f6f3; --shade: #ececec; --accent: #1d4e79; --second: #93451a; --mark: #fbe7a1; --mark-rule: #b98a00;
    ${heat("day")}
  }
  @page { size: A4; margin: 18mm 16mm; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  html { font-size: 9.5pt; }
  body { font-size: 1rem; line-height: 1.45; }
  h3 { margin-top: 1.5rem; }
  main > section + section, main > nav + section { margin-top: 2rem; padding-top: 1.4rem; }
  header, main, footer { max-width: none; padding: 0; }
  header { padding-top: 0; }
  h1 { font-size: 18pt; }
  h2 { font-size: 14pt; }
  h1, h2, h3, h4, caption, summary { break-after: avoid; }
  figure, tr, .finding, .exhibit, blockquote { break-inside: avoid; }
  thead { display: table-header-group; }
  nav, .skip { display: none; }
  a { color: inherit; text-decoration: none; }
  .sources a::after { content: ' (' attr(href) ')'; color: var(--muted); }
  .scroll, .scroll-x { overflow: visible; }
  .raster .day { display: block; }
  .raster .night { display: none; }
  .scroll-x .chart svg { max-width: 100%; }
  table { font-size: 7.8pt; line-height: 1.3; }
  td code { font-size: 6.5pt; }
  th, td { padding-right: .5rem; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  p, li { orphans: 3; widows: 3; }
}
`;
