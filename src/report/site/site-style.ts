/** What the pages of a site need besides the report's own style; the same rules: no double quotes, `<` or `&`. */
export const siteStyle = `
.publication { max-width: 62rem; margin: 0 auto; padding: 1rem 1.5rem 0; font-family: var(--sans); font-size: .9rem; line-height: 1.5; }
.publication p { max-width: none; margin: 0 0 .4rem; }
.publication details { margin: .2rem 0 .4rem; }
.publication ul { max-width: none; margin: .3rem 0 .6rem; padding-left: 1.2rem; }
.publication .downloads { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; padding: 0; margin: 0 0 .4rem; }
.publication .banner { margin: .8rem 0 .6rem; }
.publication hr { border: 0; border-top: 1px solid var(--rule); margin: .8rem 0 0; }
.suspects { list-style: none; margin: 0; padding: 0; max-width: none; }
.suspects li { margin: 0 0 .55rem; min-width: 15rem; }
.suspects li:last-child { margin-bottom: 0; }
.suspects .badge { margin-left: .2rem; }
.checks { list-style: none; margin: 0; padding: 0; max-width: none; min-width: 8rem; }
.report-link { min-width: 9rem; display: inline-block; font-weight: 600; }
table.reports { margin: 1.3rem 0 1.6rem; }
table.reports > tbody > tr > th, table.reports > tbody > tr > td { padding-top: .7rem; padding-bottom: .7rem; }
.phone { display: none; }
@media (max-width: 46rem) {
  .publication { padding-left: 1rem; padding-right: 1rem; }
  table.reports, table.reports > caption, table.reports > tbody, table.reports > tbody > tr, table.reports > tbody > tr > * { display: block; }
  table.reports > thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.reports > tbody > tr { border-bottom: 1px solid var(--rule); padding: .5rem 0; }
  table.reports > tbody > tr:first-child { border-top: 1px solid var(--rule); }
  table.reports > tbody > tr > th, table.reports > tbody > tr > td { border: 0; padding: .25rem 0; overflow-wrap: anywhere; }
  .phone { display: inline; color: var(--muted); }
}
@media print {
  .publication { max-width: none; padding: 0 0 1rem; }
  .publication .downloads, .publication details, .publication .trail { display: none; }
}
`;
