import { type PolicyDecision, policyActions } from "../../schema/access.ts";
import type { AccessLimits } from "../../schema/access-settings.ts";
import { contrasts, counts, type Ground, groundsOf } from "./grounds.ts";
import type { Subject } from "./subject.ts";

/** What may be done, mildest first. */
export type PolicyAction = PolicyDecision["action"];

/**
 * Decides on one account or cluster by counting grounds.
 *
 * `watch`  any ground
 * `slow`   over the hourly limit; or a suspicious pattern: systematic coverage, and something that sets it apart; or as many
 *          grounds as `verify` wants, the probability being one of them
 * `verify` `verifyGrounds` grounds, volume, topics and what is made of other grounds not counted, and a sign that sets it apart
 * `stop`   the same with `stopGrounds`
 *
 * A member takes over its cluster's action, as far as `verify`; `stop` only with a ground of its own besides the link.
 * Volume alone never goes beyond `slow`. Stricter limits never make a decision milder.
 *
 * @param cluster - decision on the account's cluster; null without one, and for a cluster
 */
export function decide(
  subject: Subject,
  limits: AccessLimits,
  cluster: PolicyDecision | null = null,
): PolicyDecision {
  // An organisation's accounts are linked too: a link counts where the cluster as a whole is suspicious.
  const ordinary = cluster !== null && severity(cluster.action) < severity("slow");
  const grounds = groundsOf(subject, limits).filter(({ name }) => name !== "linked" || !ordinary);
  const own = actionOf(grounds, limits);
  const taken = fromCluster(grounds, cluster);
  const action = severer(own, taken);
  const volumeOnly = own === "slow" && !suspicious(grounds, limits) && severity(taken) < severity("slow");
  return {
    subject: subject.subject,
    id: subject.id,
    kind: subject.kind,
    action,
    reason: reasonOf(grounds, action, severity(taken) > severity(own) ? cluster : null),
    requestsPerHour: allowance(action, volumeOnly, limits),
    measures: grounds.map(({ measure }) => measure),
  };
}

/** The decision on an account that `exempt` names. */
export const exempted = ({ id, kind }: Subject): PolicyDecision => ({
  subject: "account",
  id,
  kind,
  action: "allow",
  reason: "exempt by the limits file",
  requestsPerHour: null,
  measures: [],
});

/** How severe an action is: 0 for allow to 4 for stop. */
export const severity = (action: PolicyAction): number => policyActions.indexOf(action);

const severer = (first: PolicyAction, second: PolicyAction): PolicyAction =>
  severity(first) >= severity(second) ? first : second;

function actionOf(grounds: readonly Ground[], limits: AccessLimits): PolicyAction {
  const counted = grounds.filter(counts).length;
  const apart = grounds.some(contrasts);
  if (apart && counted >= limits.stopGrounds) return "stop";
  if (apart && counted >= limits.verifyGrounds) return "verify";
  if (suspicious(grounds, limits) || grounds.some(({ name }) => name === "volume")) return "slow";
  return grounds.length > 0 ? "watch" : "allow";
}

/** The probability is made of the other grounds: beside them it slows, but nobody has to verify or is stopped for it. */
function suspicious(grounds: readonly Ground[], { patternGrounds, verifyGrounds }: AccessLimits): boolean {
  const named = (wanted: Ground["name"]) => grounds.some(({ name }) => name === wanted);
  if (named("template") && grounds.filter(contrasts).length >= patternGrounds) return true;
  return named("probability") && grounds.filter(counts).length + 1 >= verifyGrounds;
}

/** A chance link must not stop an honest account. */
function fromCluster(grounds: readonly Ground[], cluster: PolicyDecision | null): PolicyAction {
  if (cluster === null) return "allow";
  const ownGround = grounds.some((ground) => counts(ground) && ground.name !== "linked");
  return cluster.action === "stop" && !ownGround ? "verify" : cluster.action;
}

function allowance(
  action: PolicyAction,
  volumeOnly: boolean,
  { requestsPerHour, suspiciousPatternMultiplier }: AccessLimits,
): number | null {
  if (action === "allow" || action === "watch") return null;
  if (action === "stop") return 0;
  return volumeOnly ? requestsPerHour : requestsPerHour * suspiciousPatternMultiplier;
}

function reasonOf(grounds: readonly Ground[], action: PolicyAction, cluster: PolicyDecision | null): string {
  const own = grounds.map(({ words }) => words).join("; ");
  if (cluster !== null) return `member of ${cluster.id} (${action}: ${cluster.reason})${own && `; ${own}`}`;
  return own || "nothing beyond a limit";
}
