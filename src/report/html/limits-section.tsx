import type { Analysis } from "../../schema/analysis.ts";
import { CaveatList } from "./suspect-section.tsx";

/** Caveats of the whole comparison, the limits of the method, and what the report must not be used for. */
export function LimitsSection({ analysis }: { readonly analysis: Analysis }) {
  return (
    <section id="limits" aria-labelledby="limits-heading">
      <h2 id="limits-heading">Limits and responsible use</h2>
      {analysis.caveats.length > 0 && (
        <>
          <h3>Caveats of this comparison</h3>
          <CaveatList caveats={analysis.caveats} />
        </>
      )}
      <h3>Limits of the method</h3>
      <ul class="limits">
        <li>
          <strong>It has no direction.</strong> It cannot tell who learnt from whom; release dates and planted
          canaries can.
        </li>
        <li>
          <strong>A common teacher looks alike.</strong> Two models trained on a third one’s answers resemble
          each other; add that third model as a reference.
        </li>
        <li>
          <strong>The web carries answers.</strong> A reference’s answers that were published may have been
          learnt without anybody’s intent; controls with later training data help.
        </li>
        <li>
          <strong>A shared base counts.</strong> Two models tuned from one base resemble each other; give the
          base as baseline.
        </li>
        <li>
          <strong>Both may just be right.</strong> Capable models agree on facts; habit affinity and prompts
          of taste speak past that.
        </li>
        <li>
          <strong>Settings matter.</strong> System prompts, sampling parameters, output limits and refusals
          change answers; they are recorded in the table of models and should be matched.
        </li>
        <li>
          <strong>The calibration has a population.</strong> For models unlike the pairs it was fitted on, its
          ratios may be off.
        </li>
      </ul>
      <h3>Responsible use</h3>
      <p>
        A finding is a weight of evidence, to be read with all other evidence by those who decide. It does not
        say that anybody broke a contract or a law, that a licence was missing, or that a model is worse for
        it. “Not distinguished” and “inconclusive” clear nobody and accuse nobody. Before a finding is
        published, let the maker of the suspect see the report and repeat the comparison with the commands
        below.
      </p>
      <p>
        What each part means, what it must not be read as, and what to ask about every caveat is in Congener’s{" "}
        <code>docs/reading-a-report.md</code>.
      </p>
    </section>
  );
}
