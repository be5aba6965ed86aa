import type { Random } from "../../schema/random.ts";
import { between, normal, pick, some } from "./draw.ts";
import { fields } from "./fields.ts";
import { chatter, codingAgent, evaluator, researcher, retrieval, withPublicPrompt } from "./prompts.ts";
import { burst, daytime, roundTheClock, weekly } from "./rhythm.ts";
import type { CustomerKind, RequestSettings, SimulatedAccount } from "./simulated-account.ts";

/** Share of the ordinary accounts, and mean requests on an active day, by kind. */
export const customerMix: Readonly<
  Record<CustomerKind, { readonly share: number; readonly perDay: number }>
> = {
  chatter: { share: 0.82, perDay: 5 },
  "coding-agent": { share: 0.07, perDay: 40 },
  "rag-backend": { share: 0.045, perDay: 80 },
  "batch-evaluator": { share: 0.03, perDay: 800 },
  researcher: { share: 0.025, perDay: 30 },
  reseller: { share: 0.01, perDay: 200 },
};

const plain: RequestSettings = {
  system: null,
  maxTokens: 1024,
  temperature: null,
  logprobs: false,
  reasoning: false,
  meanOutputTokens: 220,
};

/** Share of the chatters and researchers who use a prompt from a public collection beside their own. */
const publicShare = 0.15;

const homes = [
  { country: "US", asns: [7018, 7922, 701], middleHour: 19 },
  { country: "DE", asns: [3320, 3209], middleHour: 14 },
  { country: "IN", asns: [55836, 45609], middleHour: 10 },
  { country: "BR", asns: [28573, 26599], middleHour: 17 },
  { country: "JP", asns: [4713, 2516], middleHour: 6 },
  { country: "GB", asns: [2856, 5089], middleHour: 14 },
] as const;
const clouds = [16509, 15169, 8075, 24940, 14061] as const;
const browsers = ["web/4.2", "web/4.3", "ios/8.1", "ios/8.2", "android/7.9", "desktop/2.0"] as const;
const libraries = ["sdk-python/1.40", "sdk-python/1.52", "sdk-node/4.60", "sdk-go/0.9", "curl/8.5"] as const;

/** An address; some live in the same /24 by chance, as customers of one provider do. */
export function address(random: Random, block = between(11, 222, random)): string {
  return `${block}.${between(0, 255, random)}.${between(0, 255, random)}.${between(1, 254, random)}`;
}

/** Who an account is on paper: nothing shared with anybody else. */
export function identityOf(name: string, random: Random, cloud: boolean) {
  const home = pick(homes, random);
  return {
    name,
    organisation: `org-${name}`,
    keys: Array.from({ length: between(1, cloud ? 3 : 1, random) }, (_, key) => `key-${name}-${key}`),
    addresses: Array.from({ length: between(1, 3, random) }, () => address(random)),
    asn: cloud ? pick(clouds, random) : pick(home.asns, random),
    country: home.country,
    client: pick(cloud ? libraries : browsers, random),
    payment: `card-${name}`,
    middleHour: home.middleHour,
  };
}

/** An ordinary customer of a kind; `days` is the length of the simulation, `release` the day a model of ours comes out. */
export function customer(
  kind: CustomerKind,
  name: string,
  random: Random,
  { days, release }: { readonly days: number; readonly release: number },
): SimulatedAccount {
  const cloud = kind !== "chatter";
  const { middleHour, ...identity } = identityOf(name, random, cloud);
  const volume = customerMix[kind].perDay * Math.exp(0.6 * normal(random) - 0.18);
  const turnsOnDay = release + Math.floor(-14 * Math.log(1 - random()));
  const common = { ...identity, kind, campaign: "", turnsOnDay };
  const settingsOf = (settings: Partial<RequestSettings>): RequestSettings => ({ ...plain, ...settings });
  const always = (write: (random: Random) => string, settings: RequestSettings) => (r: Random) => ({
    prompt: write(r),
    settings,
    harvest: false,
  });
  switch (kind) {
    case "chatter": {
      const own = some(fields, between(2, 6, random), random);
      const write = random() < publicShare ? withPublicPrompt(own, chatter(own), random) : chatter(own);
      const week = weekly(0.8);
      const present = 0.25 + 0.5 * random();
      const asksSteps = random() < 0.1;
      return {
        ...common,
        meanOn: (day) => (hash01(name, day) < present ? volume * week(day) : 0),
        secondOfDay: daytime(middleHour),
        next: (r) => {
          const prompt = write(r);
          const withSteps = asksSteps && r() < 0.3;
          return {
            prompt: withSteps ? `${prompt} explain your reasoning` : prompt,
            settings: plain,
            harvest: false,
          };
        },
      };
    }
    case "coding-agent": {
      const settings = settingsOf({
        system: `agent-${between(1, 6, random)}`,
        maxTokens: 8192,
        reasoning: random() < 0.7,
        meanOutputTokens: 900,
      });
      const week = weekly(0.25);
      return {
        ...common,
        meanOn: (day) => volume * week(day),
        secondOfDay: daytime(middleHour, 2.8),
        // One agent after the other works on, each with a key of its own.
        keyAt: (day, second) => Math.floor((24 * day + second / 3600) / 8) % identity.keys.length,
        next: always(codingAgent(`project-${between(1, 400, random)}`), settings),
      };
    }
    case "rag-backend": {
      const settings = settingsOf({
        system: `rag-${name}`,
        maxTokens: 512,
        temperature: 0,
        meanOutputTokens: 160,
      });
      const week = weekly(0.6);
      return {
        ...common,
        meanOn: (day) => volume * week(day),
        secondOfDay: random() < 0.5 ? roundTheClock() : daytime(middleHour, 5),
        next: always(retrieval(`product ${between(1, 900, random)}`, pick(fields, random)), settings),
      };
    }
    case "batch-evaluator": {
      const from = between(0, 23, random);
      const jobs = new Set(Array.from({ length: between(2, 5, random) }, () => between(0, days - 1, random)));
      // Many look at a new release at once.
      if (random() < 0.5) jobs.add(Math.min(days - 1, release + between(0, 3, random)));
      const asksSteps = random() < 0.5;
      const settings = settingsOf({
        maxTokens: asksSteps ? 1024 : 8,
        temperature: 0,
        logprobs: random() < 0.4,
        meanOutputTokens: asksSteps ? 350 : 3,
      });
      return {
        ...common,
        turnsOnDay: release,
        meanOn: (day) => (jobs.has(day) ? volume : 0),
        secondOfDay: burst(from, 1 + 3 * random()),
        next: always(evaluator(between(300, 1200, random), asksSteps, random), settings),
      };
    }
    case "researcher": {
      const own = some(fields, between(8, 30, random), random);
      const write = random() < publicShare ? withPublicPrompt(own, researcher(own), random) : researcher(own);
      const temperatures = [0, 0.5, 1] as const;
      const logprobs = random() < 0.6;
      const present = 0.3 + 0.3 * random();
      return {
        ...common,
        meanOn: (day) => (hash01(name, day) < present ? volume : 0),
        secondOfDay: daytime(middleHour, 3),
        next: (r) => ({
          prompt: write(r),
          settings: settingsOf({
            temperature: pick(temperatures, r),
            logprobs,
            maxTokens: 256,
            meanOutputTokens: 60,
          }),
          harvest: false,
        }),
      };
    }
    case "reseller": {
      const users = Array.from({ length: 40 }, () => chatter(some(fields, between(2, 6, random), random)));
      const settings = settingsOf({ system: `reseller-${name}` });
      return {
        ...common,
        meanOn: () => volume,
        secondOfDay: roundTheClock(),
        next: (r) => ({ prompt: pick(users, r)(r), settings, harvest: false }),
      };
    }
  }
}

/** A number in [0, 1) that belongs to an account and a day. */
function hash01(name: string, day: number): number {
  let hash = 2166136261 ^ day;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
