import type { AccessAnalysis } from "../../schema/access.ts";
import { formatCount, formatNumber } from "../numbers.ts";

const plural = (count: number, one: string, many = `${one}s`) =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** What was looked at, in a sentence. */
export function scopeWords({ log, kinds }: AccessAnalysis): string {
  const range =
    log.firstTime === null || log.lastTime === null
      ? "no usable request"
      : `from ${log.firstTime.slice(0, 10)} to ${log.lastTime.slice(0, 10)}`;
  const among = kinds.length === 0 ? "" : `, ${plural(kinds.length, "kind")} of customer`;
  return `${plural(log.usedRows, "request")} of ${plural(log.accounts, "account")} in ${plural(log.files.length, "log file")}, ${range}${among}.`;
}

/** What was found, in a sentence or two. */
export function foundWords(analysis: AccessAnalysis): string {
  const { accounts, clusters, clusterCount, flaggedAccounts, settings } = analysis;
  const level = settings.baseline.falseDiscoveryRate;
  const unusual = accounts.filter(({ indicators }) =>
    indicators.some(({ qValue }) => qValue !== null && qValue <= level),
  ).length;
  const flaggedClusters = clusters.filter(({ flagged }) => flagged).length;
  const linked =
    clusterCount === 0
      ? "No evidence links accounts with each other."
      : `${plural(clusterCount, "cluster")} of linked accounts; of the ${formatCount(clusters.length)} listed ${formatCount(flaggedClusters)} with a risk above it as a whole.`;
  return `${plural(flaggedAccounts, "account")} with a risk above ${formatNumber(settings.riskThreshold)}. Of the ${plural(accounts.length, "account")} listed here, ${formatCount(unusual)} ${unusual === 1 ? "differs" : "differ"} from their kind of customer in at least one indicator at q of ${formatNumber(level)} or less. ${linked}`;
}

/** What it cannot say: on the first screen, in every format. */
export const cannotSay =
  "Behaviour in logs is not intent. An evaluation, a data pipeline or a reseller may look like a campaign, and a patient campaign like a customer. An account that is not listed is not cleared.";

/** What the control of false alarms covers, and what not. */
export function alarmWords({ settings, log }: AccessAnalysis): string {
  return `False alarms: q is adjusted (Benjamini and Hochberg) over all ${formatCount(log.accounts)} accounts for each indicator, and apart over all clusters. Of the accounts with q of ${formatNumber(settings.baseline.falseDiscoveryRate)} or less in one indicator, that share at most is expected to be ordinary, as far as the fitted null holds. The risk is a weighted sum with thresholds of the analyst's; no error rate belongs to it.`;
}

/** Why p-values and risks are never multiplied with the ratio of a comparison. */
export const besideWords =
  "Access-side evidence says who asked what; the likelihood ratio says how much more probable the suspect's answers are if it was trained on the reference's. They stand beside each other and are never multiplied: one log and one suspect are not independent draws of anything, and neither knows how probable a campaign was beforehand. A prior is the reader's.";

/** What a canary's cluster name has to do with the clusters of this report. */
export const clusterNameWords =
  "Canary clusters carry the names that variants were assigned under. Numbers such as C-1 are those of one scan: they name the same accounts only if the variants were assigned from this very scan.";

/** Steps of the method in plain words. */
export const methodSteps: readonly (readonly [head: string, text: string])[] = [
  [
    "Read the log.",
    "Every usable request counts once. Addresses, payments and clients are reduced to salted hashes as they are read; rows that cannot be used are counted and named by file and line.",
  ],
  [
    "Measure behaviour, not words.",
    "Each account gets indicators of breadth, of templates with slots, of harvesting, of timing and of volume. None looks for particular phrases, but for those that ask for reasoning.",
  ],
  [
    "Compare like with like.",
    "An account is compared with its own kind of customer on a scale that steadies the spread: median and robust spread, then a null fitted to the bulk of accounts with tails heavier than normal. Evaluators and batch jobs are so compared with their own.",
  ],
  [
    "Count all the looks.",
    "With many accounts some are extreme by chance; q says how many of those singled out are expected to be ordinary.",
  ],
  [
    "Link accounts.",
    "Values that few share, one walk through a template shared out between accounts, or activity in step make an edge, weighed by its surprise in nats (how improbable by chance). What many share links nobody. A cluster is then measured as if it were one account.",
  ],
  [
    "Sum up in the open.",
    "The risk is a weighted mean of five indicators, each full at its threshold. Beside it, where labelled or simulated cases are there, stands a probability with how well it did on cases it had not seen.",
  ],
];

/** Published sources of the method. */
export const methodSources: readonly (readonly [text: string, url: string])[] = [
  [
    "Benjamini and Hochberg (1995), Controlling the false discovery rate",
    "https://doi.org/10.1111/j.2517-6161.1995.tb02031.x",
  ],
  [
    "Efron (2004), Large-scale simultaneous hypothesis testing: the choice of a null hypothesis",
    "https://doi.org/10.1198/016214504000000089",
  ],
  [
    "Hurlbert (1971), The nonconcept of species diversity: a critique and alternative parameters (rarefaction)",
    "https://doi.org/10.2307/1934145",
  ],
  [
    "Chao and Shen (2003), Nonparametric estimation of Shannon's index of diversity",
    "https://doi.org/10.1023/A:1026096204727",
  ],
  [
    "Broder (1997), On the resemblance and containment of documents (MinHash)",
    "https://doi.org/10.1109/SEQUEN.1997.666900",
  ],
  [
    "Fruchterman and Reingold (1991), Graph drawing by force-directed placement",
    "https://doi.org/10.1002/spe.4380211102",
  ],
];

/** Limits of the method. */
export const limits: readonly (readonly [head: string, text: string])[] = [
  [
    "Behaviour is not intent.",
    "Grids of prompts, long answers and steady hours are also what evaluations and pipelines look like. Ask before acting.",
  ],
  ["Only this log.", "A campaign over several providers, or beyond the period, shows a part of itself here."],
  [
    "The baseline is the log itself.",
    "Where a large share of a kind of customer belongs to a campaign, the campaign is taken for ordinary; a clean period in the settings helps.",
  ],
  [
    "Kinds may be inferred.",
    "Without a column for the kind of customer it is inferred by the rules printed here, and a campaign may dress as another kind.",
  ],
  [
    "Sharing is not conspiracy.",
    "Offices, universities and privacy networks share addresses; families share payments. An edge is a reason to look.",
  ],
  [
    "A probability has a population.",
    "It was fitted on the cases named here. Other campaigns and other customers may give other numbers.",
  ],
];

/** What the report must not be used for. */
export const responsibleUse =
  "Let a person decide, on the evidence and not on the score, and let the account be heard before it is stopped. Do not publish pseudonyms with dates that let customers recognise one another. Pseudonyms are made with a key that stays with the provider; real ids are in accounts.csv, which never leaves it.";
