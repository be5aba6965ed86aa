import { describe, expect, it } from "vitest";
import { parameterCaveats } from "../../src/analysis/parameter-caveats.ts";
import { caveatSchema, type ModelSummary } from "../../src/schema/analysis.ts";

const model = (params: Record<string, unknown>): ModelSummary => ({
  name: "m",
  model: "m",
  api: "openai",
  baseURL: null,
  lab: "lab",
  role: "other",
  params: JSON.stringify(params),
  samples: 1,
  failed: 0,
  retried: 0,
  outcomes: { ok: 1, empty: 0, truncated: 0, refused: 0, filtered: 0, malformed: 0 },
  servedModels: [],
  outputTokens: null,
  lines: 1,
  headHash: "0".repeat(64),
});
const controls = Array.from({ length: 10 }, () => model({ temperature: 1 }));
const codes = (
  suspect: Record<string, unknown>,
  reference: Record<string, unknown>,
  panel: ModelSummary[] = controls,
) => parameterCaveats(model(suspect), model(reference), panel).map(({ code }) => code);

describe("parameters that differ", () => {
  it("tells who was asked how", () => {
    const [caveat, ...more] = parameterCaveats(
      model({ temperature: 0.3, system: `You are ${"x".repeat(200)}` }),
      model({ temperature: 1 }),
      [...controls, model({})],
    );
    expect(more).toEqual([]);
    expect(caveatSchema.parse(caveat).code).toBe("parameters-differ");
    expect(caveat?.message).toContain("temperature: suspect 0.3, reference 1, controls 1 (10), unset (1)");
    expect(caveat?.message).toMatch(/system: suspect "You are x+\.\.\., reference unset/);
    expect(caveat?.message.length).toBeLessThan(400);
  });

  it("an unset value is a value; a setting that only suspect and reference share counts, too", () => {
    expect(codes({}, { temperature: 1 })).toEqual(["parameters-differ"]);
    expect(codes({ temperature: 0.2 }, { temperature: 0.2 })).toEqual(["parameters-differ"]);
  });

  it("says nothing of equal settings, of limits and seeds, or of controls that differ among themselves", () => {
    expect(codes({ temperature: 1 }, { temperature: 1 })).toEqual([]);
    expect(codes({ temperature: 1, max_tokens: 5, seed: 1 }, { temperature: 1, max_tokens: 9 })).toEqual([]);
    const mixed = controls.map((control, i) => (i < 4 ? model({ temperature: 0 }) : control));
    expect(codes({ temperature: 1 }, { temperature: 1 }, mixed)).toEqual([]);
    expect(codes({}, {}, [])).toEqual([]);
  });
});
