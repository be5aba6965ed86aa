import type { AccountRecord, ClusterRecord } from "../../schema/access.ts";
import { Foreign } from "../html/text.tsx";
import { formatCount, formatNumber } from "../numbers.ts";
import type { AccessReport } from "./access-report.ts";
import { alarmWords, cannotSay, foundWords, scopeWords } from "./access-words.ts";

/** First screen: what was looked at, what was found, what it cannot say, and the first who should be looked at. */
export function AccessSummary({ report: { analysis } }: { readonly report: AccessReport }) {
  const clusters = analysis.clusters.slice(0, 5);
  const accounts = analysis.accounts.slice(0, 5);
  return (
    <section id="findings" aria-labelledby="findings-heading">
      <h2 id="findings-heading" class="unseen">
        Findings
      </h2>
      <dl class="hypotheses">
        <div>
          <dt>Looked at</dt>
          <dd>{scopeWords(analysis)}</dd>
        </div>
        <div>
          <dt>Cannot say</dt>
          <dd>{cannotSay}</dd>
        </div>
      </dl>
      <p class="sentence">{foundWords(analysis)}</p>
      <p class="weight">{alarmWords(analysis)}</p>
      {clusters.length > 0 && (
        <ul class="overview" aria-label="Clusters with the most evidence">
          {clusters.map((cluster) => (
            <ClusterLine cluster={cluster} />
          ))}
        </ul>
      )}
      {accounts.length > 0 && (
        <ul class="overview" aria-label="Accounts with the highest risk">
          {accounts.map((account) => (
            <AccountLine account={account} />
          ))}
        </ul>
      )}
    </section>
  );
}

const probabilityWords = (probability: number | null) =>
  probability === null ? "" : `probability ${formatNumber(probability)}`;

function ClusterLine({ cluster }: { readonly cluster: ClusterRecord }) {
  return (
    <li>
      <a href="#clusters">
        {cluster.cluster}, {formatCount(cluster.size)} accounts
      </a>
      <Badge flagged={cluster.flagged} risk={cluster.risk} />
      <span class="lr">
        {formatCount(cluster.requests)} requests
        <span class="range">
          {formatNumber(cluster.nats, 0)} nats of linking evidence {probabilityWords(cluster.probability)}
        </span>
      </span>
    </li>
  );
}

function AccountLine({ account }: { readonly account: AccountRecord }) {
  return (
    <li>
      <a href="#accounts">{account.account}</a>
      <Badge flagged={account.flagged} risk={account.risk} />
      <span class="lr">
        <Foreign text={account.kind} max={60} />, {formatCount(account.requests)} requests
        <span class="range">
          {account.cluster ?? ""} {probabilityWords(account.probability)}
        </span>
      </span>
    </li>
  );
}

/** Risk, marked where it is above the threshold; the words say so too. */
export function Badge({ flagged, risk }: { readonly flagged: boolean; readonly risk: number | null }) {
  return (
    <span class={`badge ${flagged ? "derived" : "inconclusive"}`}>
      {risk === null ? "no risk" : `risk ${formatNumber(risk)}${flagged ? ", above" : ""}`}
    </span>
  );
}
