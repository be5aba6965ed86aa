import { expect, test } from "vitest";
import { decide, severity } from "../../../src/access/policy/decide.ts";
import { groundsOf } from "../../../src/access/policy/grounds.ts";
import { decideAll, policyOf } from "../../../src/access/policy/make-policy.ts";
import { policyCsv } from "../../../src/access/policy/policy-csv.ts";
import type { AccountSubject, Subject } from "../../../src/access/policy/subject.ts";
import { accessPolicySchema } from "../../../src/schema/access-policy.ts";
import { type AccessLimits, accessLimitsSchema } from "../../../src/schema/access-settings.ts";
import { seededRandom } from "../../../src/schema/random.ts";

const limits = accessLimitsSchema.parse({});
const nothing: AccountSubject = {
  subject: "account",
  id: "acme",
  kind: "chatter",
  account: 0,
  cluster: -1,
  linked: 0,
  busiestHour: 10,
  topicsPerDay: 3,
  systematicCoverage: Number.NaN,
  chainOfThoughtShare: Number.NaN,
  competitorCorrelation: Number.NaN,
  risk: Number.NaN,
  probability: Number.NaN,
  unusualQ: Number.NaN,
  unusualIn: null,
  atypicalQ: Number.NaN,
  atypicalIn: null,
};
const account = (measures: Partial<AccountSubject>): AccountSubject => ({ ...nothing, ...measures });
const cluster = (measures: Partial<Subject>): Subject => ({
  ...nothing,
  subject: "cluster",
  id: "C-1",
  kind: "cluster",
  busiestHour: Number.NaN,
  topicsPerDay: Number.NaN,
  ...measures,
});
const harvester = {
  systematicCoverage: 0.98,
  chainOfThoughtShare: 1,
  competitorCorrelation: 0.8,
  unusualQ: 0.01,
  unusualIn: "topicDiversity",
  linked: 6,
  probability: 0.99,
};

test("what nobody could measure is no ground", () => {
  expect(decide(nothing, limits)).toMatchObject({ action: "allow", requestsPerHour: null, measures: [] });
});

test("volume, breadth and a risk that rests on them slow a heavy user to the hourly limit and never further", () => {
  const heavy = account({ busiestHour: 90_000, topicsPerDay: 4000, risk: 1 });
  expect(decide(heavy, limits)).toMatchObject({ action: "slow", requestsPerHour: 1000 });
  expect(decide(heavy, limits).reason).toContain("90,000 requests in its busiest hour, over 1,000");
  const strictest = {
    ...limits,
    requestsPerHour: 1,
    uniqueTopicsPerDay: 1,
    verifyGrounds: 2,
    stopGrounds: 3,
  };
  expect(decide(heavy, strictest).action).toBe("slow");
});

test("an evaluator's templates and reasoning, usual for its kind, are watched; unlike its kind they are slowed to a tenth", () => {
  const evaluator = { systematicCoverage: 1, chainOfThoughtShare: 1, busiestHour: 700 };
  expect(decide(account(evaluator), limits)).toMatchObject({ action: "watch", requestsPerHour: null });
  const atypical = account({ ...evaluator, atypicalQ: 0.01, atypicalIn: "systematicCoverage" });
  expect(decide(atypical, limits)).toMatchObject({ action: "slow", requestsPerHour: 100 });
});

test("being atypical in a measure does not count it twice; another kind of sign does", () => {
  const two = { systematicCoverage: 1, chainOfThoughtShare: 1, atypicalQ: 0.001, atypicalIn: "x" };
  expect(decide(account(two), limits).action).toBe("slow");
  const unusual = { ...two, unusualQ: 0.01, unusualIn: "topicDiversity" };
  expect(decide(account(unusual), limits)).toMatchObject({ action: "verify", requestsPerHour: 100 });
});

test("the probability is made of links and effects: it slows beside other grounds, and verifies or stops nobody", () => {
  const linked = { chainOfThoughtShare: 1, linked: 4 };
  const certain = { ...linked, probability: 1 };
  expect(decide(account(linked), limits).action).toBe("watch");
  expect(decide(account(certain), limits)).toMatchObject({ action: "slow", requestsPerHour: 100 });
  expect(decide(account({ ...harvester, unusualQ: Number.NaN }), limits).action).toBe("verify");
  expect(decide(account({ probability: 1 }), limits).action).toBe("watch");
});

test("five signs of different kinds stop, each named with its limit", () => {
  const decision = decide(account(harvester), limits);
  expect(decision).toMatchObject({ action: "stop", requestsPerHour: 0 });
  expect(decision.measures).toContainEqual({ name: "systematicCoverage", value: 0.98, limit: 0.75 });
  expect(decision.reason).toBe(
    "98 % of its prompts fill templates, over 0.75; 100 % of its requests ask for reasoning, over 0.9; its volume goes with releases (0.8), over 0.6; unlike its kind of customer in topicDiversity (q 0.01); one of 6 linked accounts; probability 0.99 of a campaign, over 0.9",
  );
});

test("members take over their cluster's action, stop only with a sign of their own, and exempt ones nothing", () => {
  const clusters = [cluster(harvester)];
  const member = (id: string, measures: Partial<AccountSubject>) =>
    account({ id, cluster: 0, linked: 6, ...measures });
  const accounts = [
    member("silent", { account: 0 }),
    member("asks", { account: 1, chainOfThoughtShare: 1 }),
    member("free", { account: 2, ...harvester }),
    account({ id: "other", account: 3 }),
  ];
  const decisions = decideAll({ accounts, clusters }, { ...limits, exempt: ["free"] });
  expect(decisions.clusters[0]?.action).toBe("stop");
  expect(decisions.accounts.map(({ action }) => action)).toEqual(["verify", "stop", "allow", "allow"]);
  expect(decisions.accounts[0]?.reason).toMatch(/^member of C-1 \(verify: 98 % of its prompts/);
  const policy = policyOf(decisions, limits, {
    now: new Date(0),
    congenerVersion: "0",
    scannedAt: "2026-01-01T00:00:00.000Z",
  });
  expect(accessPolicySchema.parse(policy)).toEqual(policy);
  expect(policy.decisions.map(({ id }) => id)).toEqual(["C-1", "asks", "silent"]);
  expect(policy.counts).toContainEqual({ subject: "account", kind: "chatter", action: "allow", count: 2 });
});

test("being linked to ordinary accounts is no sign", () => {
  const evaluator = { systematicCoverage: 1, chainOfThoughtShare: 1, linked: 3, cluster: 0 };
  const of = (measures: Partial<Subject>) =>
    decideAll({ accounts: [account(evaluator)], clusters: [cluster(measures)] }, limits).accounts[0]?.action;
  expect(of({ linked: 3 })).toBe("watch");
  expect(of({ linked: 3, systematicCoverage: 1 })).toBe("verify");
});

test("stricter limits never make a decision milder, nor leave more requests", () => {
  const random = seededRandom(7);
  const or = (value: number) => (random() < 0.2 ? Number.NaN : value);
  let changed = 0;
  for (let round = 0; round < 2000; round++) {
    const measures = (): Partial<AccountSubject> => ({
      systematicCoverage: or(random()),
      chainOfThoughtShare: or(random()),
      competitorCorrelation: or(2 * random() - 1),
      risk: or(random()),
      probability: or(random()),
      unusualQ: or(random() * 0.2),
      atypicalQ: or(random() * 0.2),
      linked: Math.floor(random() * 8),
    });
    const subject = account({
      ...measures(),
      busiestHour: or(random() * 3000),
      topicsPerDay: or(random() * 300),
      cluster: random() < 0.5 ? 0 : -1,
    });
    const loose = someLimits(random);
    const strict = stricter(loose, random);
    const clusters = [cluster(measures())];
    const of = (used: AccessLimits) => decideAll({ accounts: [subject], clusters }, used).accounts[0];
    const [before, after] = [of(loose), of(strict)];
    if (before === undefined || after === undefined) throw new Error("expected decisions");
    expect(severity(after.action)).toBeGreaterThanOrEqual(severity(before.action));
    expect(after.requestsPerHour ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(
      before.requestsPerHour ?? Number.POSITIVE_INFINITY,
    );
    if (after.action !== before.action) changed++;
  }
  expect(changed).toBeGreaterThan(100);
});

test("more of a measure never loses a ground", () => {
  const names = (subject: Subject) => groundsOf(subject, limits).map(({ name }) => name);
  const little = account({
    systematicCoverage: 0.76,
    chainOfThoughtShare: 0.91,
    busiestHour: 1001,
    linked: 3,
  });
  const much = account({ systematicCoverage: 1, chainOfThoughtShare: 1, busiestHour: 1e6, linked: 300 });
  expect(names(little)).toEqual(["volume", "template", "reasoning", "linked"]);
  expect(names(much)).toEqual(names(little));
});

test("hostile ids and kinds neither compute nor break rows in CSV, and stand as they are in JSON", () => {
  const id = '=HYPERLINK("http://x"),\r\n"a';
  const decisions = decideAll({ accounts: [account({ id, kind: ";@sum" })], clusters: [] }, limits);
  expect(policyCsv(decisions)).toBe(
    `subject,id,kind,action,requests_per_hour,reason\r\naccount,"'=HYPERLINK(""http://x""),\\u{000d}\\u{000a}""a",;'@sum,allow,,nothing beyond a limit\r\n`,
  );
  expect(decisions.accounts[0]?.id).toBe(id);
});

function someLimits(random: () => number): AccessLimits {
  return {
    ...limits,
    requestsPerHour: 1 + random() * 3000,
    uniqueTopicsPerDay: 1 + random() * 300,
    systematicCoverage: random(),
    suspiciousPatternMultiplier: random(),
    chainOfThoughtShare: random(),
    competitorCorrelation: random(),
    risk: random(),
    probability: random(),
    falseDiscoveryRate: random() * 0.2,
    linkedAccounts: 2 + Math.floor(random() * 6),
    patternGrounds: Math.floor(random() * 4),
    verifyGrounds: 2 + Math.floor(random() * 4),
    stopGrounds: 3 + Math.floor(random() * 4),
  };
}

/** Some of the limits tightened: lowered, but the false discovery rate raised. */
function stricter(from: AccessLimits, random: () => number): AccessLimits {
  const less = (value: number, floor = 0) => (random() < 0.5 ? value : floor + (value - floor) * random());
  const fewer = (value: number, floor: number) => Math.floor(less(value, floor));
  return {
    ...from,
    requestsPerHour: less(from.requestsPerHour),
    uniqueTopicsPerDay: less(from.uniqueTopicsPerDay),
    systematicCoverage: less(from.systematicCoverage),
    suspiciousPatternMultiplier: less(from.suspiciousPatternMultiplier),
    chainOfThoughtShare: less(from.chainOfThoughtShare),
    competitorCorrelation: less(from.competitorCorrelation),
    risk: less(from.risk),
    probability: less(from.probability),
    falseDiscoveryRate: Math.min(1, from.falseDiscoveryRate * (1 + random())),
    linkedAccounts: fewer(from.linkedAccounts, 2),
    patternGrounds: fewer(from.patternGrounds, 0),
    verifyGrounds: fewer(from.verifyGrounds, 2),
    stopGrounds: fewer(from.stopGrounds, 3),
  };
}
