import { crc32, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { drawHeatRaster } from "../../src/report/charts/heat-raster.ts";
import { drawMixture, mixtureParts } from "../../src/report/charts/mixture-chart.ts";
import { palettePng } from "../../src/report/charts/palette-png.ts";
import { drawSensitivity } from "../../src/report/charts/sensitivity-chart.ts";
import { drawTree } from "../../src/report/charts/tree-chart.ts";
import { markShared } from "../../src/report/mark-shared.ts";
import { rangeWords, sensitivityCases, sensitivityRange } from "../../src/report/sensitivity.ts";
import { shortTree } from "../../src/report/short-tree.ts";
import type { Evidence } from "../../src/schema/analysis.ts";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";

const analysis = sampleAnalysis({ controls: 12 });
const suspectNamed = (name: string) => {
  const found = analysis.suspects.find((suspect) => suspect.name === name);
  if (found === undefined) throw new Error(`no suspect ${name}`);
  return found;
};
const lineNamed = (evidence: readonly Evidence[], name: string) => {
  const found = evidence.find(({ line }) => line === name);
  if (found === undefined) throw new Error(`no line ${name}`);
  return found;
};
const roles = (of = analysis) => new Map(of.reportData.models.map(({ name, role }) => [name, role]));

/** Reads a palette PNG as its standard says, checksums and all. */
function readPng(uri: string) {
  const bytes = Buffer.from(uri.replace("data:image/png;base64,", ""), "base64");
  expect([...bytes.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    const body = bytes.subarray(at + 4, at + 8 + size);
    expect(bytes.readUInt32BE(at + 8 + size)).toBe(crc32(body));
    chunks.set(body.subarray(0, 4).toString("latin1"), body.subarray(4));
    at += 12 + size;
  }
  expect([...chunks.keys()]).toEqual(["IHDR", "PLTE", "IDAT", "IEND"]);
  const header = chunks.get("IHDR") ?? Buffer.alloc(13);
  const [width, height, depth] = [header.readUInt32BE(0), header.readUInt32BE(4), header[8] ?? 0];
  const rows = inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0));
  const stride = 1 + Math.ceil((width * depth) / 8);
  expect(rows.length).toBe(stride * height);
  const pixel = (x: number, y: number) => {
    const byte = rows[y * stride + 1 + (depth === 8 ? x : x >> 1)] ?? 0;
    return depth === 8 ? byte : x % 2 === 0 ? byte >> 4 : byte & 15;
  };
  return { width, height, depth, palette: [...(chunks.get("PLTE") ?? [])], pixel };
}

describe("palettePng", () => {
  it.each([
    [1, 1, 2],
    [7, 5, 16],
    [300, 301, 11],
    [280, 260, 200],
  ])("can be read again: %i x %i pixels of %i colours", (width, height, colours) => {
    const pixels = Uint8Array.from({ length: width * height }, (_, at) => (at * 7 + (at >> 3)) % colours);
    const palette = Array.from(
      { length: colours },
      (_, i) => `#${(i * 65_793).toString(16).padStart(6, "0")}`,
    );
    const image = readPng(palettePng({ width, height, pixels, palette }));
    expect(image).toMatchObject({ width, height });
    expect(image.palette.slice(3, 6)).toEqual([1, 1, 1]);
    let wrong = 0;
    pixels.forEach((value, at) => {
      if (image.pixel(at % width, Math.floor(at / width)) !== value) wrong++;
    });
    expect(wrong).toBe(0);
  });
});

describe("drawHeatRaster", () => {
  it("draws every affinity in the order of the tree, and marks reference and suspects", () => {
    const large = sampleAnalysis({ controls: 84 });
    const raster = drawHeatRaster(large);
    const { modelTree, matrix } = large.reportData;
    expect(raster.names).toEqual([...(modelTree?.tips ?? []), ...(modelTree?.leftOut ?? [])]);
    const image = readPng(raster.day);
    expect(image.width).toBe(raster.size);
    const margin = raster.size - raster.names.length;
    const of = (name: string) => matrix.names.indexOf(name);
    const [first = "", second = ""] = raster.names;
    expect(matrix.content[of(first)]?.[of(second)]).toBeGreaterThan(0.7);
    expect(image.pixel(margin + 1, margin)).toBe(5);
    expect(image.pixel(margin, margin)).toBe(6);
    expect([image.pixel(margin, 0), image.pixel(margin + 1, 0), image.pixel(margin + 9, 0)]).toEqual([
      7, 8, 6,
    ]);
    expect(readPng(raster.night).palette).not.toEqual(image.palette);
  });
});

describe("the tree", () => {
  it("is drawn with a tip a model and the support of its branches", async () => {
    const { modelTree } = analysis.reportData;
    if (modelTree === undefined) throw new Error("the sample has a tree");
    const whole = shortTree(modelTree, new Set());
    expect(whole.tips.map(({ models }) => models)).toEqual(modelTree.tips.map((tip) => [tip]));
    expect(whole.merges).toEqual(modelTree.merges);
    const svg = (await drawTree(whole, roles())) ?? "";
    expect(svg).toContain("acme-chat-7b (suspect)");
    expect(svg).toContain(">100<");
    expect(svg).toContain(">89<");
    // Support below one half.
    expect(svg).not.toContain(">45<");
    expect(svg).not.toMatch(/ id="|<script|href=|url\(/);
  });

  it("is cut to tips that can be read: named models keep theirs, the rest is joined from the closest on", async () => {
    const merge = (one: number, other: number, distance: number) => ({
      parts: [one, other] as [number, number],
      distance,
      support: null,
    });
    const tree = {
      tips: ["a", "b", "c", "d", "e", "f"],
      leftOut: [],
      merges: [merge(0, 1, 0.1), merge(6, 2, 0.2), merge(3, 4, 0.7), merge(8, 5, 0.8), merge(7, 9, 0.9)],
      ...{ replicates: 0, blocks: 0, reason: "none drawn" },
    };
    const models = (named: readonly string[], limit: number) =>
      shortTree(tree, new Set(named), limit).tips.map((tip) => tip.models.join(""));
    expect(models([], 4)).toEqual(["abc", "d", "e", "f"]);
    expect(models(["a"], 4)).toEqual(["a", "b", "c", "def"]);
    expect(models([], 60)).toEqual(tree.tips);
    const short = shortTree(tree, new Set(["a"]), 4);
    expect(short.merges.map(({ parts }) => parts)).toEqual([
      [0, 1],
      [4, 2],
      [5, 3],
    ]);
    expect(await drawTree(short, roles())).toContain("d + 2");
    expect(await drawTree({ tips: [], merges: [] }, roles())).toBeNull();
  });

  it("has at most sixty tips however many models there are", () => {
    const large = sampleAnalysis({ controls: 120 }).reportData.modelTree;
    if (large === undefined) throw new Error("the sample has a tree");
    const short = shortTree(large, new Set(["aurora-2-large"]));
    expect(short.tips.length).toBe(60);
    expect(short.tips.flatMap(({ models }) => models)).toEqual(large.tips);
  });
});

describe("admixture bars", () => {
  const line = lineNamed(suspectNamed("acme-chat-7b").evidence, "several-references");

  it("draw the reference and who has weight, and count the others", async () => {
    const svg = (await drawMixture(mixtureParts(line, "teacher"))) ?? "";
    expect(svg).toContain("aurora-2-large");
    expect(svg).toContain("birch-1-chat");
    expect(svg).toContain("10 other candidates");
    expect(await drawMixture(mixtureParts(line, "version"))).toContain("aurora-1");
  });

  it("are none without candidates, and take a table of any content", async () => {
    expect(await drawMixture(mixtureParts({ ...line, table: [] }, "teacher"))).toBeNull();
    const odd = { ...line, table: [{ question: "teacher", model: null, weight: "much", low: true }] };
    expect(mixtureParts(odd, "teacher")).toEqual([{ model: "", role: "", weight: 0, low: null, high: null }]);
  });
});

describe("what the ratio rests on", () => {
  const suspect = suspectNamed("acme-chat-7b");
  const cases = sensitivityCases(analysis, suspect);
  const of = (kind: string) => cases.find((one) => one.kind === kind);

  it("has the controls, the families, retried samples and incomplete probes", () => {
    expect(cases.map(({ kind, values }) => [kind, values.length])).toEqual([
      ["control", 12],
      ["family", 10],
      ["retried", 1],
      ["incomplete", 0],
    ]);
    const family = of("family");
    if (family === undefined) throw new Error("no families");
    expect(sensitivityRange(family)).toMatchObject({
      low: { name: "code", log10LR: 0.64 },
      high: { name: "naming" },
    });
    expect(rangeWords(family)).toBe("0.64 to 1.18");
    const control = of("control");
    expect(control === undefined ? "" : rangeWords(control)).toMatch(/; not defined in 1$/);
    expect(of("incomplete")?.reason).toMatch(/answered every sample/);
  });

  it("is drawn, unless there is no ratio", async () => {
    const svg = (await drawSensitivity(suspect, cases)) ?? "";
    for (const label of [
      "as reported",
      "one control less (12)",
      "one family less (10)",
      "no retried samples",
    ])
      expect(svg).toContain(label);
    expect(svg).not.toContain("no incomplete probes");
    const undecided = suspectNamed("quiet-mini");
    expect(await drawSensitivity(undecided, sensitivityCases(analysis, undecided))).toBeNull();
  });

  it("says where an analysis does not hold it", () => {
    const { leaveOneFamilyOut: _families, ...reportData } = analysis.reportData;
    const older = sensitivityCases({ ...analysis, reportData }, { ...suspect, evidence: [] });
    expect(older.map(({ reason }) => reason)).toEqual([
      null,
      "not recorded in this analysis",
      "not recorded in this analysis",
      "not recorded in this analysis",
    ]);
  });
});

describe("markShared", () => {
  const plain = (text: string) => [{ text, marked: false }];

  it("marks runs of three words that the other answer holds too, and keeps the text", () => {
    const text = "As a rule of thumb, I would go for Leek, and potato soup.";
    const found = markShared(plain(text), "leek and potato. A rule of thumb is fine");
    expect(found.filter(({ shared }) => shared).map((part) => part.text)).toEqual([
      "a rule of thumb",
      "Leek, and potato",
    ]);
    expect(found.map((part) => part.text).join("")).toBe(text);
  });

  it("leaves the phrase itself and short runs alone", () => {
    const segments = [{ text: "the quiet sea", marked: true }, ...plain(" is big")];
    expect(markShared(segments, "the quiet sea is big")).toEqual([
      { text: "the quiet sea", marked: true, shared: false },
      { text: " is big", marked: false, shared: false },
    ]);
  });

  it("cuts scripts without spaces into words", () => {
    const [first, second] = markShared(plain("守护灯塔的人叫林海。今天"), "守护灯塔的人叫王明");
    expect(first).toMatchObject({ shared: true });
    expect(first?.text.startsWith("守护灯塔的人")).toBe(true);
    expect(second?.shared).toBe(false);
  });

  it.each([
    ["one endless word", "a".repeat(1_000_000)],
    ["Chinese without a mark", "灯塔守护人".repeat(200_000)],
    ["spaces", " ".repeat(1_000_000)],
    ["lone surrogates", "\ud800".repeat(1_000_000)],
  ])("takes %s in bounded time", (_, text) => {
    const started = performance.now();
    const found = markShared(plain(text), text);
    expect(found.map((part) => part.text).join("")).toBe(text);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
