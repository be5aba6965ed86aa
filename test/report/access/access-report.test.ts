import { describe, expect, it } from "vitest";
import type { AccessReportInput } from "../../../src/report/access/access-report.ts";
import { renderAccessReportFiles } from "../../../src/report/access/access-report-files.ts";
import { binPlace } from "../../../src/report/access/charts/distribution-chart.ts";
import { graphLayout } from "../../../src/report/access/charts/graph-layout.ts";
import { maskText } from "../../../src/report/access/impersonal.ts";
import { reportFormats } from "../../../src/report/report-formats.ts";
import { type AccessAnalysis, accessAnalysisSchema } from "../../../src/schema/access.ts";
import type { AccessPolicy } from "../../../src/schema/access-policy.ts";
import { accessLimitsSchema } from "../../../src/schema/access-settings.ts";
import { nastyStrings } from "../../fixtures/report/nasty-strings.ts";
import { sampleAccess } from "../../fixtures/report/sample-access.ts";
import { sampleAnalysis } from "../../fixtures/report/sample-analysis.ts";
import { firstMatch, unseen } from "../../fixtures/report/unseen.ts";
import { expectInertCsv } from "../check-formats.ts";

const input = (analysis: AccessAnalysis, rest: Partial<AccessReportInput> = {}): AccessReportInput => ({
  ...{
    analysis,
    excerptMode: "none",
    excerpts: null,
    policy: null,
    run: null,
    hashes: [],
    commands: ["congener access scan"],
  },
  ...rest,
});
const files = async (given: AccessReportInput) =>
  new Map((await renderAccessReportFiles(given, reportFormats)).map(({ name, content }) => [name, content]));
const page = async (given: AccessReportInput) => (await files(given)).get("access-report.html") ?? "";

const policy: AccessPolicy = {
  ...{
    schemaVersion: 1,
    congenerVersion: "0.0.0",
    createdAt: "2026-04-15T09:00:00.000Z",
    scannedAt: "2026-04-15T08:00:00.000Z",
  },
  limits: accessLimitsSchema.parse({ exempt: ["acct-exempt"] }),
  counts: [{ subject: "account", kind: "direct", action: "verify", count: 7 }],
  decisions: [
    {
      subject: "account",
      id: "acct-real-name",
      kind: "direct",
      action: "verify",
      reason: "acct-real-name",
      requestsPerHour: 100,
      measures: [],
    },
  ],
};

describe("report of a scan", () => {
  it("is the same bytes for the same scan, in every format", async () => {
    const [first, second] = [await files(input(sampleAccess())), await files(input(sampleAccess()))];
    expect([...first]).toEqual([...second]);
  });

  it("reads as it always did, in Markdown and CSV", async () => {
    const small = sampleAccess({ accounts: 6, clusters: 2, edges: 3, exhibits: 2, days: 5 });
    for (const [name, content] of await files(input(small, { policy })))
      if (!/html|json|indicators/.test(name))
        await expect(content).toMatchFileSnapshot(`../snapshots/access/${name}`);
  });

  it("says first what it cannot say, and prints every section", async () => {
    const html = await page(input(sampleAccess(), { policy }));
    expect(html.indexOf("Behaviour in logs is not intent")).toBeLessThan(
      html.indexOf('id="contents-heading"'),
    );
    for (const id of "findings log clusters accounts exhibits distributions probability method limits provenance".split(
      " ",
    ))
      expect(html).toContain(`<section id="${id}"`);
    expect(html).not.toContain('id="model-side"');
    expect(html.match(/<svg/g)?.length).toBeGreaterThan(10);
    expect(html).toContain("the log has no column logprobs");
  });

  it.each([
    ["no account", { accounts: 0, clusters: 0, exhibits: 0 }],
    ["one account", { accounts: 1, clusters: 0, exhibits: 0 }],
  ])("stands with %s", async (_name, options) => {
    const empty = sampleAccess(options);
    const bare: AccessAnalysis = {
      ...empty,
      log: { ...empty.log, firstTime: null, lastTime: null, files: [] },
      ...{
        distributions: [],
        timeline: null,
        topics: [],
        kinds: [],
        probabilityModel: null,
        caveats: [],
        off: [],
      },
    };
    const html = await page(input(bare));
    expect(html).toContain("No timeline");
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("quotes prompts only where it is asked to, and masked", async () => {
    const excerpts = {
      schemaVersion: 1 as const,
      exhibits: [
        {
          id: "T-1",
          text: "Write to bob@example.com about [1], call 555 123 4567",
          slots: [["zebra"], ["https://a.example/x"]],
        },
      ],
    };
    const modes = await Promise.all(
      (["none", "hashed", "short"] as const).map(async (excerptMode) =>
        [...(await files(input(sampleAccess(), { excerptMode, excerpts }))).values()].join("\n"),
      ),
    );
    expect(modes.map((text) => text.includes("zebra"))).toEqual([false, false, true]);
    expect(modes.map((text) => text.includes("0000ffc49b28c000"))).toEqual([false, true, true]);
    for (const text of modes) expect(text).not.toMatch(/bob@|555 123|a\.example/);
  });

  it("names no real account of a policy, and counts its actions", async () => {
    const all = [...(await files(input(sampleAccess(), { policy }))).values()].join("\n");
    expect(all).not.toMatch(/acct-real-name|acct-exempt/);
    expect(await page(input(sampleAccess(), { policy }))).toContain("What the policy of 2026-04-15 would do");
  });

  it("masks what a log put into its own words", async () => {
    const personal = [
      "bob@example.com",
      "203.0.113.77",
      "2001:db8::17",
      "tok_live_9f8e7d6c5b4a3210",
      "+49 170 1234567",
      "https://h.example/u/1",
    ];
    const sample = sampleAccess();
    for (const text of personal) {
      const changed = accessAnalysisSchema.parse(withEveryString(sample, () => text));
      for (const [name, content] of await files(input(changed, { excerptMode: "hashed" })))
        expect(content.includes(text), `${text} in ${name}`).toBe(false);
    }
    expect(maskText("model 4.1 in 2026 on A-12 costs 12345")).toBe("model 4.1 in 2026 on A-12 costs 12345");
  });

  it("stays under three megabytes with 20,000 accounts and 5,000 clusters", {
    timeout: 120_000,
  }, async () => {
    const large = input(sampleAccess({ accounts: 20_000, clusters: 5000, edges: 4, days: 900 }));
    const [html] = await renderAccessReportFiles(large, ["html"]);
    expect(Buffer.byteLength(html?.content ?? "")).toBeLessThan(3_000_000);
  });
});

describe("a comparison beside it", () => {
  const [suspect, ...others] = sampleAnalysis().suspects;
  const score = { hits: 9, answered: 40, incomplete: 0, pValue: 0.2, allSlotsPValue: 0.2 };
  const cluster = (name: string, hits: number, pValue: number, adjustedPValue: number) => ({
    cluster: name,
    hits,
    pValue,
    adjustedPValue,
  });
  const fedThrough = [
    cluster("C-2", 31, 2e-9, 1.2e-7),
    cluster("C-9", 30, 4e-9, 2e-7),
    cluster("c-quiet", 2, 0.7, 1),
  ];
  const test = {
    ...{
      name: "harbour",
      commitment: "ab".repeat(32),
      committedAt: "2026-02-01T00:00:00.000Z",
      slots: 40,
      variants: 16,
      samplesPerSlot: 3,
    },
    ...{
      ...score,
      adjustedPValue: 1,
      interval: [0.1, 0.4] as [number, number],
      uptake: 0.1,
      unplanted: [1, 2],
      slotResults: [],
      controls: [],
      clusters: fedThrough,
    },
  };
  const canary = {
    suspect: suspect?.name ?? "",
    transcriptHead: "cd".repeat(32),
    secretsCommitted: 1,
    tests: [test],
  };
  const run = {
    ...sampleAnalysis(),
    suspects: suspect === undefined ? [] : [{ ...suspect, canary }, ...others],
  };

  it("names the clusters that a suspect was fed through, with their corrected p, in every format", async () => {
    const all = await files(input(sampleAccess(), { run }));
    const html = all.get("access-report.html") ?? "";
    const section = html.slice(html.indexOf('id="model-side"'), html.indexOf('id="method"'));
    expect(section).toContain("C-2");
    expect(section).toContain("1.2 × 10⁻⁷");
    expect(section.match(/its variants reached the suspect/g)).toHaveLength(2);
    expect(section.match(/this scan has a cluster of the same name/g)).toHaveLength(1);
    // Beyond chance or not at all: a quiet cluster is not named in the page, and stands in the data.
    expect(section).not.toContain("c-quiet");
    expect(all.get("access-report.fed-through.csv")).toContain("c-quiet,2,0.7,1");
    expect(all.get("access-report.md")).toContain("1.2 × 10⁻⁷");
  });

  it("says that the two are never multiplied, and changes no number of the access side", async () => {
    const [alone, beside] = [await files(input(sampleAccess())), await files(input(sampleAccess(), { run }))];
    for (const name of ["access-report.html", "access-report.md"])
      expect(beside.get(name)).toContain("never multiplied");
    for (const [name, content] of alone)
      if (name.endsWith(".csv")) expect(beside.get(name), name).toBe(content);
    const analysisOf = (text = "{}") => (JSON.parse(text) as { analysis: unknown }).analysis;
    expect(analysisOf(beside.get("access-report.json"))).toEqual(analysisOf(alone.get("access-report.json")));
  });

  it("says so where no canary was assigned by cluster", async () => {
    const html = await page(input(sampleAccess(), { run: sampleAnalysis() }));
    expect(html).toContain("no canaries that were assigned by account cluster");
  });
});

describe("hostile logs", () => {
  it("stand as harmless text in every format", { timeout: 120_000 }, async () => {
    const sample = sampleAccess({ accounts: 12, clusters: 2, edges: 4 });
    const places = 40;
    for (let from = 0; from < nastyStrings.length; from += places) {
      let at = from;
      const next = () => nastyStrings[(from + (at++ % places)) % nastyStrings.length] ?? "";
      const hostile = accessAnalysisSchema.parse(withEveryString(sample, next));
      const all = await files(
        input(hostile, {
          excerptMode: "short",
          excerpts: {
            schemaVersion: 1,
            exhibits: [{ id: hostile.exhibits[0]?.id ?? "", text: next(), slots: [[next()]] }],
          },
        }),
      );
      for (const [name, content] of all) {
        if (name.endsWith(".csv")) expectInertCsv(content, name);
        else expect(firstMatch(content.replace(/[\n\t]/g, ""), unseen), name).toBeNull();
      }
      const html = all.get("access-report.html") ?? "";
      const tags = html.replace(/<style>.*?<\/style>/s, "").match(/<[a-z][^>]*>/gi) ?? [];
      for (const tag of tags) {
        expect(tag).toMatch(
          /^<(?!script|img|iframe|object|embed|form|input|base|link|foreignObject|image|use)/i,
        );
        expect(tag).not.toMatch(/evil\.example|pwned|\son\w+=/);
      }
    }
  });
});

describe("drawings", () => {
  it("lay a graph out the same every time, linked accounts nearer than others", () => {
    const edges: [number, number][] = [
      [0, 1],
      [1, 2],
      [0, 2],
      [3, 4],
      [4, 5],
      [3, 5],
    ];
    const places = graphLayout(6, edges);
    expect(places).toEqual(graphLayout(6, edges));
    const far = (a: number, b: number) =>
      Math.hypot((places[a]?.x ?? 0) - (places[b]?.x ?? 0), (places[a]?.y ?? 0) - (places[b]?.y ?? 0));
    expect(Math.max(far(0, 1), far(1, 2), far(0, 2))).toBeLessThan(Math.min(far(0, 4), far(1, 4), far(2, 4)));
    expect(graphLayout(1, [])).toEqual([{ x: 0.5, y: 0.5 }]);
    for (const { x, y } of graphLayout(60, [])) expect(Number.isFinite(x + y)).toBe(true);
  });
  it("put a value between the edges of its bin, and what is beyond outside", () => {
    const edges = [0, 1, 10, 100];
    expect([0.5, 5.5, 100, 1000, -1].map((value) => binPlace(edges, value))).toEqual([
      0.5, 1.5, 3, 3.35, -0.35,
    ]);
  });
});

/** A copy with every free string replaced; pseudonyms, times, hashes, names from a list and settings stay. */
function withEveryString(analysis: AccessAnalysis, text: () => string): unknown {
  const free = new Set(
    "name reason step unit kind comparedWith rule topic campaign note message advice code method id features reasons file missing".split(
      " ",
    ),
  );
  const visit = (value: unknown, key: string, path: string): unknown => {
    if (typeof value === "string")
      return free.has(key) && !/(indicators|distributions)\/name$/.test(path) && !/evidence\/kind$/.test(path)
        ? text()
        : value;
    if (Array.isArray(value)) return value.map((item) => visit(item, key, path));
    if (value === null || typeof value !== "object" || key === "settings") return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, visit(item, name, `${path}/${name}`)]),
    );
  };
  return visit(analysis, "", "");
}
