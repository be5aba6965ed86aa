/** A published source that the method rests on. */
interface Source {
  readonly text: string;
  readonly url: string;
}

const sources: readonly Source[] = [
  {
    text: "Patterson et al. (2012), Ancient admixture in human history: the f4 statistic, whose mean over pairs of controls the content affinity is",
    url: "https://doi.org/10.1534/genetics.112.145037",
  },
  {
    text: "Künsch (1989), The jackknife and the bootstrap for general stationary observations: standard errors over blocks",
    url: "https://doi.org/10.1214/aos/1176347265",
  },
  {
    text: "Gretton et al. (2012), A kernel two-sample test: the maximum mean discrepancy (MMD)",
    url: "https://jmlr.org/papers/v13/gretton12a.html",
  },
  {
    text: "Gao, Liang and Guestrin (2025), Model equality testing: MMD on the answers of language models",
    url: "https://arxiv.org/abs/2410.20247",
  },
  {
    text: "Phipson and Smyth (2010), Permutation p-values should never be zero",
    url: "https://doi.org/10.2202/1544-6115.1585",
  },
  {
    text: "Brümmer and du Preez (2006), Application-independent evaluation of speaker detection: Cllr and logistic fusion",
    url: "https://doi.org/10.1016/j.csl.2005.08.001",
  },
  {
    text: "Vergeer et al. (2016), Numerical likelihood ratios outputted by LR systems are often based on extrapolation: bounds (ELUB)",
    url: "https://doi.org/10.1016/j.scijus.2016.06.003",
  },
  {
    text: "Morrison et al. (2021), Consensus on validation of forensic voice comparison: Tippett plots and what to report",
    url: "https://doi.org/10.1016/j.scijus.2021.02.002",
  },
];

/** The method in plain words, with what it rests on. */
export function MethodSection() {
  return (
    <section id="method" aria-labelledby="method-heading">
      <h2 id="method-heading">Method in plain words</h2>
      <ol class="steps">
        <li>
          <strong>Ask everybody alike.</strong> Reference, suspects and controls answer the very same prompts,
          several times each. The controls are models of other labs that are known not to descend from the
          reference.
        </li>
        <li>
          <strong>Look at how answers are written.</strong> Each answer becomes counts of words, openings,
          closings, style marks and, where a prompt has a closed answer, its choice. What most models say
          alike counts little.
        </li>
        <li>
          <strong>Subtract what everybody does.</strong> What is compared is how suspect and reference depart
          from the panel of controls. A model never enters its own mean, and models of the labs of suspect and
          reference are never in the panel.
        </li>
        <li>
          <strong>Measure two affinities.</strong> Content affinity: do both depart in one direction on the
          same prompts? Habit affinity: do they depart in one direction whatever the prompt? Intervals come
          from leaving out whole families of prompts, because prompts of a family resemble one another.
        </li>
        <li>
          <strong>Weigh them.</strong> Both are turned into one likelihood ratio by a calibration fitted on
          pairs of models whose origin is documented, tested on pairs it was not fitted on, and bounded by the
          number of independent sources behind it.
        </li>
        <li>
          <strong>Say only what follows.</strong> “Derived” needs the lower end of the interval above 10 and
          enough controls and sources; “same model” needs equivalence within a stated margin; “not
          distinguished” needs the power to have seen a stated effect. Everything else is “inconclusive”.
        </li>
      </ol>
      <h3>Sources</h3>
      <ul class="sources">
        {sources.map((source) => (
          <li>
            <a href={source.url}>{source.text}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
