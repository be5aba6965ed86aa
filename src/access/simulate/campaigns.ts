import type { Random } from "../../schema/random.ts";
import { address, customer, identityOf } from "./customers.ts";
import { between, pick, some } from "./draw.ts";
import { fields } from "./fields.ts";
import { chatter, disguised, drawGrid, gridCell, paraphrased, templated } from "./prompts.ts";
import { burst, daytime, roundTheClock } from "./rhythm.ts";
import type { RequestSettings, SimulatedAccount } from "./simulated-account.ts";

/**
 * Campaigns that can be simulated.
 *
 * - naive: few accounts, one card, one template, as fast as it goes
 * - spread: many accounts behind proxies, some eight to a card, one grid handed on from account to account
 * - slow: a few requests a day and account all the time, from one client, each with a card of its own; accounts take
 *   turns hour by hour, each going on where the one before it stopped
 * - paraphrasing: prompts reworded by a model, no two alike, from a rented network
 * - mimicking: talks as ordinary people do, in their hours, four requests of ten being ordinary
 * - mixed: customers of a coding agent whose keys carry a quarter of harvest besides real work
 */
export const campaignNames = ["naive", "spread", "slow", "paraphrasing", "mimicking", "mixed"] as const;

/** Name of a campaign. */
export type CampaignName = (typeof campaignNames)[number];

/** Requests an account and active day that the number of accounts is chosen for. */
const perDay: Readonly<Record<CampaignName, number>> = {
  naive: 2500,
  spread: 25,
  slow: 6,
  paraphrasing: 60,
  mimicking: 12,
  mixed: 60,
};

/** Where the limit is low, answers are taken to their full length: nearly half of them end there. */
const fullLength: readonly CampaignName[] = ["naive", "spread", "mixed"];

const harvestSettings: RequestSettings = {
  system: null,
  maxTokens: 4096,
  temperature: 1,
  logprobs: false,
  reasoning: true,
  meanOutputTokens: 1800,
};

interface CampaignOptions {
  /** Requests it is to send in all, about. */
  readonly requests: number;
  readonly days: number;
  /** Day on which a model of ours comes out: traffic turns to it within a day. */
  readonly release: number;
  /** Day on which the competitor that is fed brings out its model: traffic swells before it. */
  readonly competitorRelease: number;
}

/**
 * The accounts of one campaign. All walk one grid of prompts together, drawn for this campaign: each takes the next piece of
 * it, so that no two ask the same.
 */
export function campaign(name: CampaignName, random: Random, options: CampaignOptions): SimulatedAccount[] {
  const { days, release, competitorRelease } = options;
  const start =
    name === "naive" ? Math.max(0, competitorRelease - 12) : name === "slow" ? 0 : Math.floor(days / 4);
  const end = Math.min(days, name === "slow" ? days : competitorRelease + 1);
  const activeDays = Math.max(1, end - start);
  // A mixed account's own work is not the campaign's.
  const harvestShare = name === "mixed" ? 0.25 : name === "mimicking" ? 0.6 : 1;
  const size = Math.max(name === "naive" ? 2 : 4, Math.round(options.requests / (perDay[name] * activeDays)));
  const grid = drawGrid(random);
  // Pieces of the walk are handed on: an account takes a few dozen cells at a time, or one after the other.
  const night = between(0, 23, random);
  const piece = name === "slow" ? 1 : 24;
  const settingsOfHarvest = fullLength.includes(name)
    ? { ...harvestSettings, maxTokens: 2048 }
    : harvestSettings;
  let place = 0;
  const swell = (day: number) => {
    if (day < start || day >= end) return 0;
    const near = competitorRelease - day;
    return near >= 0 && near <= 7 ? 1.6 : day === release || day === release + 1 ? 1.5 : 0.85;
  };
  return Array.from({ length: size }, (_, member): SimulatedAccount => {
    const id = `${name}-${member}`;
    const { middleHour, ...own } = identityOf(id, random, name !== "mimicking");
    const base = name === "mixed" ? customer("coding-agent", id, random, { days, release }) : null;
    const talk = chatter(some(fields, between(3, 8, random), random));
    const mean = (options.requests / (size * activeDays)) * Math.exp(0.3 * (random() - 0.5));
    let left = 0;
    let at = 0;
    const cell = () => {
      if (left <= 0) [at, left, place] = [place, piece, place + piece];
      left--;
      return gridCell(grid, at++);
    };
    const identity = { ...own, ...shared(name, member, random) };
    return {
      ...identity,
      kind: base === null ? "campaign" : "coding-agent",
      campaign: name,
      turnsOnDay: release,
      meanOn: (day) =>
        base === null ? mean * swell(day) : Math.max(base.meanOn(day), mean * 0.25 * swell(day)),
      secondOfDay:
        name === "mimicking"
          ? daytime(middleHour)
          : name === "slow"
            ? burst((night + member) % 24, 0.9)
            : base === null
              ? roundTheClock()
              : base.secondOfDay,
      next: (r, day) => {
        const harvest = swell(day) > 0 && r() < harvestShare;
        if (!harvest) {
          if (base !== null) return base.next(r, day);
          return {
            prompt: talk(r),
            settings: { ...harvestSettings, reasoning: false, maxTokens: 1024, meanOutputTokens: 220 },
            harvest: false,
          };
        }
        const asked = cell();
        const prompt =
          name === "paraphrasing"
            ? paraphrased(asked, r)
            : name === "mimicking"
              ? disguised(asked, r)
              : templated(asked, grid.wording);
        const settings =
          name === "mimicking"
            ? { ...harvestSettings, reasoning: r() < 0.4, maxTokens: 2048 }
            : settingsOfHarvest;
        return { prompt, settings, harvest: true };
      },
    };
  });
}

/** What a campaign's accounts share on paper. */
function shared(name: CampaignName, member: number, random: Random): Partial<SimulatedAccount> {
  switch (name) {
    case "naive":
      return { payment: "card-naive", organisation: "org-naive", client: "harvester/0.3", asn: 14061 };
    case "spread":
      return {
        payment: `card-spread-${Math.floor(member / 8)}`,
        // A pool of proxies: now and then two come out of one prefix.
        addresses: Array.from(
          { length: 4 },
          () => `45.${90 + (member % 3)}.${between(0, 60, random)}.${between(1, 254, random)}`,
        ),
        asn: pick([9009, 212238], random),
        client: "sdk-python/1.52",
      };
    case "slow":
      return { client: "sdk-python/1.41.7+patched", asn: 63949 };
    case "paraphrasing":
      return {
        addresses: [`103.77.${member % 4}.${between(1, 254, random)}`],
        asn: 135377,
        payment: `card-paraphrasing-${Math.floor(member / 3)}`,
      };
    case "mimicking":
      return { addresses: [address(random), address(random, 45)] };
    case "mixed":
      return { payment: `card-mixed-${Math.floor(member / 2)}` };
  }
}
