/** The cores of the robustness and false-claim benches, on few worlds of the zoo: what must hold at any size. */
import { describe, expect, it } from "vitest";
import { falseShare } from "../../bench/false-claims/shares.ts";
import { auditHonestSuspects } from "../../bench/false-claims/zoo-audits.ts";
import { type Audit, baselineRow, robustnessTable, tabulate } from "../../bench/robustness/audit.ts";
import { zooRows } from "../../bench/robustness/zoo-rows.ts";
import { loadCalibration, shippedCalibrations } from "../../src/cli/load-calibration.ts";
import { loadSuite } from "../../src/probes/load-suite.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { layCommonGround } from "../../src/zoo/population.ts";

const minutes = 60_000;
const suite = await loadSuite("demo", "probes");
const calibration = await loadCalibration(shippedCalibrations["zoo-miniature"]);
const zoo = { ground: layCommonGround(), probes: suite.probes, calibration, samples: 3 };

describe("robustness in the zoo", () => {
  it(
    "changed form, settings and a derived control are told; the standard student stands out",
    async () => {
      const rows = [
        baselineRow,
        "lower case",
        "cut to 40 characters",
        "system prompt, recorded",
        "one control secretly derived",
      ];
      const audits = await zooRows({
        ...zoo,
        seed: 500_001,
        controls: 10,
        honest: 2,
        wanted: (row) => rows.includes(row),
      });
      const of = (row: string) => audits.filter((audit) => audit.row === row);
      expect([...new Set(audits.map(({ row }) => row))].sort()).toEqual([...rows].sort());
      const told = (row: string, code: string) => of(row).every(({ warnings }) => warnings.includes(code));
      expect(told("lower case", "unlike-format")).toBe(true);
      expect(told("cut to 40 characters", "unlike-format")).toBe(true);
      expect(told("system prompt, recorded", "parameters-differ")).toBe(true);
      expect(told("one control secretly derived", "control-near-reference")).toBe(true);
      // Of unchanged answers neither is said; that a control is near by chance may happen (test/analysis/control-caveats).
      for (const code of ["unlike-format", "parameters-differ"])
        expect(of(baselineRow).some(({ warnings }) => warnings.includes(code))).toBe(false);
      const scores = (student: boolean) =>
        of(baselineRow).flatMap((audit) => (audit.student === student ? (audit.score ?? []) : []));
      expect(Math.min(...scores(true))).toBeGreaterThan(Math.max(...scores(false)));
      // Whatever was done to it, no honest suspect is called derived.
      expect(audits.filter(({ student, finding }) => !student && finding === "derived")).toEqual([]);
    },
    3 * minutes,
  );

  it(
    "honest suspects are not called derived",
    async () => {
      const audits = await auditHonestSuspects({ ...zoo, seed: 500_002, controls: 10, suspects: 4 });
      expect(audits.length).toBe(4);
      expect(audits.filter(({ finding }) => finding === "derived" || finding === "same-model")).toEqual([]);
      expect(audits.every(({ log10LR }) => log10LR !== null && log10LR <= 1)).toBe(true);
    },
    3 * minutes,
  );
});

describe("tables", () => {
  const audit = (row: string, student: boolean, score: number | null, warnings: string[] = []): Audit => ({
    row,
    student,
    score,
    finding: null,
    warnings,
  });
  const honest = Array.from({ length: 101 }, (_, i) => audit(baselineRow, false, i / 100));

  it("power and false alarms are counted against the unperturbed and the row's own null", () => {
    const rows = tabulate([
      ...honest,
      ...[0.985, 0.995, 3, null].map((score) => audit(baselineRow, true, score)),
      ...honest.map(({ score }) => audit("shifted", false, (score ?? 0) + 0.5, ["odd"])),
      ...[1, 2].map((score) => audit("shifted", true, score, ["odd"])),
    ]);
    expect(
      rows.map(({ row, power, powerOwnNull, falseAlarms }) => [row, power, powerOwnNull, falseAlarms]),
    ).toEqual([
      [baselineRow, 0.5, 0.5, 1 / 101],
      // 0.99 is the threshold of the baseline: 51 of the shifted are above; the threshold of their own is 1.49.
      ["shifted", 1, 0.5, 51 / 101],
    ]);
    const lines = robustnessTable(rows).split("\n");
    expect(lines[2]).toMatch(/falsely: none \|$/);
    expect(lines[3]).toMatch(/`odd` 1\.00 \|$/);
    expect(() => tabulate([audit("lower case", false, 1)])).toThrow(/no honest suspects/);
  });

  it("false claims come with an exact interval and one over clusters, which is wider where they go together", () => {
    const trials = Array.from({ length: 200 }, (_, i) => ({
      clusters: [`lab ${i % 10}`],
      claimed: i % 10 === 0 ? 1 : 0,
    }));
    const { share, exact, clustered } = falseShare(trials, seededRandom(3));
    expect(share).toBe(0.1);
    expect((clustered?.[1] ?? 0) - (clustered?.[0] ?? 0)).toBeGreaterThan(2 * (exact[1] - exact[0]));
    expect(falseShare([{ clusters: ["one"], claimed: 0 }], seededRandom(3)).clustered).toBeNull();
  });
});
