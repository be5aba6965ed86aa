import type { AccessLabel, Release } from "../../schema/access-settings.ts";
import { type Random, seededRandom } from "../../schema/random.ts";
import { type CampaignName, campaign, campaignNames } from "./campaigns.ts";
import { customer, customerMix } from "./customers.ts";
import { pick, poisson } from "./draw.ts";
import { customerKinds, type SimulatedAccount } from "./simulated-account.ts";

/** One line of a simulated log; the names are the log's own, see `simulatedMapping`. */
export interface SimulatedRequest {
  readonly request_id: string;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly account_id: string;
  readonly org_id: string;
  readonly api_key_id: string;
  readonly ip: string;
  readonly asn: number;
  readonly country: string;
  readonly user_agent: string;
  readonly payment_fingerprint: string;
  readonly model: string;
  readonly prompt: string;
  readonly system_prompt_hash: string | null;
  readonly max_tokens: number;
  readonly temperature: number | null;
  readonly logprobs: boolean;
  readonly reasoning: boolean;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly finish_reason: "stop" | "length";
}

/** `mapping.yaml` of a simulated log: its column by what Congener calls it. */
export const simulatedMapping = {
  time: "timestamp",
  account: "account_id",
  request: "request_id",
  key: "api_key_id",
  organisation: "org_id",
  ip: "ip",
  asn: "asn",
  country: "country",
  client: "user_agent",
  payment: "payment_fingerprint",
  model: "model",
  prompt: "prompt",
  system: "system_prompt_hash",
  maxTokens: "max_tokens",
  temperature: "temperature",
  logprobs: "logprobs",
  reasoning: "reasoning",
  inputTokens: "input_tokens",
  outputTokens: "output_tokens",
  finish: "finish_reason",
} as const;

/** What is simulated. */
export interface SimulationOptions {
  /**
   * Requests in all, about: within a few per cent for many accounts. With few, more: two accounts of every kind and 20
   * ordinary ones are there at least, which in 42 days send some 27,000.
   */
  readonly rows: number;
  /** Days; at least 14. */
  readonly days: number;
  readonly campaigns: readonly CampaignName[];
  /** Share of the requests that campaigns send together, in [0, 0.9]. */
  readonly campaignShare: number;
  readonly seed: number;
  /** First day, a Monday, as `2026-08-03`. */
  readonly firstDay: string;
}

/** Defaults of `congener access simulate`. */
export const simulationDefaults: SimulationOptions = {
  rows: 300_000,
  days: 42,
  campaigns: campaignNames,
  campaignShare: 0.15,
  seed: 1,
  firstDay: "2026-08-03",
};

/** A simulated log: who takes part, and its requests in order of time. */
export interface SimulatedLog {
  /** True kind and campaign of every account, by name. */
  readonly labels: readonly AccessLabel[];
  readonly releases: readonly Release[];
  /** Day by day, each sorted by time; one day is held at once. A second iteration gives the same requests. */
  readonly requests: () => Iterable<SimulatedRequest>;
  /** Requests of a day that a campaign harvests (its cover is not counted), by campaign; known after an iteration. */
  readonly harvested: ReadonlyMap<CampaignName, readonly number[]>;
}

const dayMs = 86_400_000;
/** Share of its mean volume that an account of each kind sends on an average day: it is not there every day. */
const presence = {
  chatter: 0.5,
  "coding-agent": 0.79,
  "rag-backend": 0.89,
  "batch-evaluator": 0.09,
  researcher: 0.45,
  reseller: 1,
};

/**
 * Draws a log of ordinary customers and harvesting campaigns. Seeded: the same options give the same log.
 * A miniature of behaviour that was reported of real campaigns; what it finds says how the measures fare on such
 * behaviour, not how common it is.
 */
export function simulateLog(options: SimulationOptions): SimulatedLog {
  const { rows, days, campaigns, seed } = options;
  const release = Math.floor(days / 2);
  const competitorRelease = Math.floor(days * 0.9);
  const accounts = accountsOf(options, release, competitorRelease);
  const firstMs = Date.parse(options.firstDay);
  const dateOf = (day: number) => new Date(firstMs + day * dayMs).toISOString().slice(0, 10);
  const harvested = new Map(campaigns.map((name) => [name, new Array<number>(days).fill(0)]));
  return {
    labels: accounts.map(({ name, kind, campaign }) => ({ account: name, kind, campaign })),
    releases: [
      { name: "model-2", owner: "ours", date: dateOf(release) },
      { name: "rival-1", owner: "competitor", date: dateOf(competitorRelease) },
    ],
    harvested,
    *requests() {
      // Accounts hold the state of their walks, so that they are made anew.
      const fresh = accountsOf(options, release, competitorRelease);
      for (const counts of harvested.values()) counts.fill(0);
      const random = seededRandom(seed * 7919 + rows);
      let number = 0;
      for (let day = 0; day < days; day++) {
        for (const { account, ms } of timesOf(fresh, day, random)) {
          const { request, harvest } = requestOf(account, random, { day, second: ms / 1000, release });
          if (harvest) {
            const counts = harvested.get(account.campaign as CampaignName);
            if (counts !== undefined) counts[day] = (counts[day] ?? 0) + 1;
          }
          const timestamp = new Date(firstMs + day * dayMs + ms).toISOString();
          yield { request_id: `req-${(++number).toString(36)}`, timestamp, ...request };
        }
      }
    },
  };
}

/** Who asks when on a day, in order of time: what an account asks next may depend on what others took before it. */
function timesOf(accounts: readonly SimulatedAccount[], day: number, random: Random) {
  const times: { account: SimulatedAccount; ms: number }[] = [];
  for (const account of accounts) {
    const count = poisson(account.meanOn(day), random);
    for (let at = 0; at < count; at++)
      times.push({ account, ms: account.secondOfDay(random) * 1000 + Math.floor(random() * 1000) });
  }
  return times.sort((a, b) => a.ms - b.ms);
}

function accountsOf(
  options: SimulationOptions,
  release: number,
  competitorRelease: number,
): SimulatedAccount[] {
  const { rows, days, campaigns, campaignShare, seed } = options;
  const random = seededRandom(seed);
  const harvested = campaigns.length === 0 ? 0 : rows * campaignShare;
  const meanADay = customerKinds.reduce(
    (sum, kind) => sum + customerMix[kind].share * customerMix[kind].perDay * presence[kind],
    0,
  );
  const ordinary = Math.max(20, Math.round((rows - harvested) / (meanADay * days)));
  const accounts = customerKinds.flatMap((kind) =>
    Array.from({ length: Math.max(2, Math.round(ordinary * customerMix[kind].share)) }, (_, at) =>
      customer(kind, `${kind}-${at}`, random, { days, release }),
    ),
  );
  const campaignAccounts = campaigns.flatMap((name) =>
    campaign(name, random, { requests: harvested / campaigns.length, days, release, competitorRelease }),
  );
  // Names tell nothing about who is what.
  return [...accounts, ...campaignAccounts].map((account) => ({
    ...account,
    name: `acct-${Math.floor(random() * 2 ** 48).toString(36)}`,
  }));
}

function requestOf(
  account: SimulatedAccount,
  random: Random,
  { day, second, release }: { readonly day: number; readonly second: number; readonly release: number },
) {
  const { prompt, settings, harvest } = account.next(random, day);
  const wanted = Math.max(
    1,
    Math.round(settings.meanOutputTokens * Math.exp(0.5 * (random() + random() + random() - 1.5))),
  );
  return {
    harvest,
    request: {
      account_id: account.name,
      org_id: account.organisation,
      api_key_id:
        account.keyAt === undefined
          ? pick(account.keys, random)
          : (account.keys[account.keyAt(day, second)] as string),
      ip: pick(account.addresses, random),
      asn: account.asn,
      country: account.country,
      user_agent: account.client,
      payment_fingerprint: account.payment,
      model: day >= release && day >= account.turnsOnDay ? "model-2" : "model-1",
      prompt,
      system_prompt_hash: settings.system,
      max_tokens: settings.maxTokens,
      temperature: settings.temperature,
      logprobs: settings.logprobs,
      reasoning: settings.reasoning,
      input_tokens: Math.ceil(prompt.length / 4),
      output_tokens: Math.min(settings.maxTokens, wanted),
      finish_reason: wanted >= settings.maxTokens ? ("length" as const) : ("stop" as const),
    },
  };
}
