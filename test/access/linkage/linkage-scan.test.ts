import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ClusterRecord } from "../../../src/schema/access.ts";
import { type Random, seededRandom } from "../../../src/schema/random.ts";
import { jsonl, scannedLog } from "../scanned-log.ts";

const hour = 3_600_000;
const start = Date.parse("2026-05-04T00:00:00Z");

interface Row {
  readonly t: string;
  readonly a: string;
  readonly card: string;
  readonly net: string;
  readonly client: string;
  readonly p: string;
}

const syllables = ["ka", "lo", "mi", "ru", "ten", "sva", "por", "gil", "dra", "bex", "fon", "hul"];
const word = (number: number) =>
  [0, 1, 2].map((at) => syllables[Math.floor(number / 12 ** at) % 12]).join("");
const talk = (random: Random) =>
  Array.from({ length: 6 + Math.floor(6 * random()) }, () => word(Math.floor(1700 * random()))).join(" ");

/** Templates of fifteen words and more with two or three slots. */
const templates = {
  public: (x: number, y: number) =>
    `I want you to act as a patient teacher of ${word(x)} and explain ${word(y)} in three short paragraphs before you ask me a question`,
  vendor: (x: number, y: number) =>
    `Summarise the following support ticket for our team in two friendly sentences and name the product ${word(x)} and the mood ${word(y)} of the writer`,
  company: (x: number, y: number) =>
    `Prepare the minutes of the weekly meeting on ${word(x)} from these notes, list every open task with its owner and mark ${word(y)} as urgent`,
  relay: (x: number, y: number) =>
    `Given the subject ${word(x)} please generate one difficult exercise of the form ${word(y)} together with its complete solution and every step of the reasoning`,
  spread: (x: number, y: number, z = 0) =>
    `You are an expert in ${word(x)} so write an examination question about ${word(y)} at level ${word(z)} then solve it and show all of your working`,
};

const boilerplate =
  "You are the assistant of a large company. Be polite, be brief, never give legal or medical advice, do not mention other companies, answer in the language of the question and end with an offer to help.";

/** Who is in the log: strangers; honest people with something in common; a relay; a campaign of six cards. */
function rows(): Row[] {
  const random = seededRandom(8);
  const log: Row[] = [];
  const any = () => start + 20 * 24 * hour * random();
  const ask = (a: string, p: string, own: Partial<Row> & { at?: number } = {}) => {
    const { at = any(), ...rest } = own;
    log.push({
      t: new Date(at).toISOString(),
      a,
      card: `card ${a}`,
      net: a,
      client: `c${a.length}`,
      p,
      ...rest,
    });
  };
  const chat = (a: string, count: number, own: Partial<Row> = {}) => {
    for (let at = 0; at < count; at++) ask(a, talk(random), own);
  };
  for (let at = 0; at < 120; at++) chat(`stranger-${at}`, 5 + Math.floor(40 * random() ** 3));
  // A prompt of a public collection.
  for (let at = 0; at < 60; at++) {
    chat(`public-${at}`, 4);
    for (let turn = 0; turn < 5 + (at % 7) * 3; turn++)
      ask(`public-${at}`, templates.public(Math.floor(900 * random()), Math.floor(6 * random())));
  }
  // One boilerplate before whatever is asked, out of one office and one program.
  for (let at = 0; at < 30; at++)
    for (let turn = 0; turn < 6 + at; turn++)
      ask(`boiler-${at}`, `${boilerplate} ${talk(random)}`, { net: "office", client: "desk/1" });
  // Customers of one product: its servers, its client, its template.
  for (let at = 0; at < 12; at++)
    for (let turn = 0; turn < 10 + 5 * at; turn++)
      ask(`vendor-${at}`, templates.vendor(20 * at + Math.floor(20 * random()), Math.floor(9 * random())), {
        net: "vendor",
        client: "vendor/2",
      });
  // A card of forty is not one hand by itself; three of them use a template that nobody else has.
  for (let at = 0; at < 40; at++) {
    chat(`company-${at}`, 8, { card: "card company" });
    if (at < 3)
      for (let turn = 0; turn < 8 + 20 * at; turn++)
        ask(`company-${at}`, templates.company(Math.floor(900 * random()), Math.floor(40 * random())), {
          card: "card company",
        });
  }
  // Four take one walk from each other's hands, hour by hour.
  let place = 0;
  for (let day = 0; day < 16; day++)
    for (let at = 0; at < 4; at++)
      for (let turn = 0; turn < 4 + Math.floor(4 * random()); turn++, place++)
        ask(`relay-${at}`, templates.relay(place % 30, (place * 7) % 41), {
          at: start + 24 * hour * day + at * hour + turn * 6 * 60_000,
        });
  // Forty-eight accounts on six cards, each with a few cells of one grid of 1600.
  const cells = Array.from({ length: 1600 }, (_, cell) => cell);
  for (let at = cells.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [cells[at], cells[other]] = [cells[other] as number, cells[at] as number];
  }
  for (const [at, cell] of cells.slice(0, 720).entries()) {
    const account = at % 48;
    ask(
      `spread-${account}`,
      templates.spread(cell % 20, 100 + (Math.floor(cell / 20) % 16), 200 + Math.floor(cell / 320)),
      {
        card: `card spread ${Math.floor(account / 8)}`,
      },
    );
  }
  return log.sort((a, b) => (a.t < b.t ? -1 : 1));
}

/** Members of each cluster by name, and kinds of evidence on its edges. */
async function found(log: readonly Row[], settings: Record<string, unknown> = {}) {
  const { analysis, folder } = await scannedLog({
    files: { "log.jsonl": jsonl(log) },
    columns: { payment: "card", network: "net", client: "client", prompt: "p" },
    settings: { report: { clusters: 100, accounts: 1000, edges: 1000 }, ...settings },
  });
  const names = new Map(
    readFileSync(join(folder, "out", "accounts.csv"), "utf8")
      .split("\r\n")
      .map((line) => line.split(","))
      .map(([name = "", pseudonym = ""]) => [pseudonym, name]),
  );
  const describeOf = ({ members, edges, nats }: ClusterRecord) => ({
    members: members.map((member) => names.get(member) ?? "").sort(),
    kinds: [...new Set(edges.flatMap(({ evidence }) => evidence.map(({ kind }) => kind)))].sort(),
    edges,
    nats,
  });
  return analysis.clusters.map(describeOf);
}

const group = (name: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${name}-${at}`).sort();

describe("links in a log", () => {
  const log = rows();
  let once: ReturnType<typeof found> | undefined;
  const all = () => {
    once ??= found(log);
    return once;
  };
  const clusterOf = async (account: string) => (await all()).find(({ members }) => members.includes(account));

  it("are none among strangers, users of a public prompt, of one boilerplate or of one product", async () => {
    const linked = (await all()).flatMap(({ members }) => members);
    expect(linked.filter((account) => /^(stranger|public|boiler|vendor)/.test(account))).toEqual([]);
  });

  it("are made by a rare template beside a card that many hold", async () => {
    const company = await clusterOf("company-0");
    expect(company?.members).toEqual(group("company", 3));
    expect(company?.kinds).toEqual(expect.arrayContaining(["payment", "template"]));
  });

  it("are made by handing one walk over in time", async () => {
    const relay = await clusterOf("relay-0");
    expect(relay?.members).toEqual(group("relay", 4));
    expect(relay?.kinds).toContain("succession");
    const evidence =
      relay?.edges.flatMap((edge) => edge.evidence.filter(({ kind }) => kind === "succession")) ?? [];
    // Alone it is never enough: an edge needs more than ln(accounts) + 8.
    for (const { nats } of evidence) expect(nats).toBeLessThan(8);
  });

  it("join the groups of one campaign that fill one grid", async () => {
    const spread = await clusterOf("spread-0");
    expect(spread?.members).toEqual(group("spread", 48));
    const joins =
      spread?.edges.filter(({ evidence }) => evidence.some(({ kind }) => kind === "joint-grid")) ?? [];
    expect(joins.length).toBeGreaterThanOrEqual(5);
    for (const { evidence, nats } of joins) {
      expect(evidence).toHaveLength(1);
      expect(nats).toBeGreaterThan(Math.log(314) + 8);
      expect(evidence[0]?.note).toMatch(/their groups \(8 and 8\) fill one grid/);
    }
  });

  it("join no groups that fill a grid each by itself", async () => {
    const random = seededRandom(12);
    const alone = log.map((row) =>
      row.a.startsWith("spread")
        ? {
            ...row,
            p: templates.spread(
              Math.floor(20 * random()),
              100 + Math.floor(16 * random()),
              200 + Math.floor(5 * random()),
            ),
          }
        : row,
    );
    const separate = (await found(alone)).filter(({ members }) => members[0]?.startsWith("spread"));
    expect(separate.map(({ members }) => members.length)).toEqual([8, 8, 8, 8, 8, 8]);
  }, 60_000);

  it("are the same in any order of rows and under other names", async () => {
    const random = seededRandom(2);
    const renamed = new Map(
      [...new Set(log.map(({ a }) => a))].map((name) => [name, [...name].reverse().join("")]),
    );
    const turned = log
      .map((row) => ({ row: { ...row, a: renamed.get(row.a) ?? "" }, place: random() }))
      .sort((a, b) => a.place - b.place)
      .map(({ row }) => row);
    const again = await found(turned);
    const shape = (list: Awaited<ReturnType<typeof found>>, name: (account: string) => string) =>
      list
        .map(({ members, kinds, nats }) => ({
          members: members.map(name).sort(),
          kinds,
          nats: Number(nats.toFixed(6)),
        }))
        .sort((a, b) => ((a.members[0] ?? "") < (b.members[0] ?? "") ? -1 : 1));
    expect(shape(again, (name) => [...name].reverse().join(""))).toEqual(shape(await all(), (name) => name));
  }, 60_000);
});
