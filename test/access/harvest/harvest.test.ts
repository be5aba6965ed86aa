import { describe, expect, it } from "vitest";
import {
  chainOfThoughtStep,
  fullLengthStep,
  logprobStep,
} from "../../../src/access/harvest/harvest-shares.ts";
import { noFollowUpStep } from "../../../src/access/harvest/no-follow-up.ts";
import { measured, type Row } from "../timing/measured.ts";

const rowsOf = (account: string, count: number, row: (at: number) => Partial<Row>): Row[] =>
  Array.from({ length: count }, (_, at) => ({ account, minute: at, ...row(at) }));

describe("shares", () => {
  it("counts requests for reasoning among those of which it is known", async () => {
    const rows = [
      ...rowsOf("all", 20, () => ({ asksReasoning: true })),
      ...rowsOf("quarter", 80, (at) => ({ asksReasoning: at % 4 === 0 })),
      ...rowsOf("unknown", 80, (at) => (at < 19 ? { asksReasoning: true } : {})),
    ];
    const { value } = await measured(rows, [chainOfThoughtStep], "chainOfThoughtShare");
    expect([value("all"), value("quarter")]).toEqual([1, 0.25]);
    expect(value("unknown")).toBeNaN();
    const reversed = await measured([...rows].reverse(), [chainOfThoughtStep], "chainOfThoughtShare");
    expect(reversed.value("quarter")).toBe(0.25);
  });
  it("takes an answer for full-length by its end or its tokens, never a letter", async () => {
    const rows = [
      ...rowsOf("limit", 20, () => ({ finish: "length", outputTokens: 512, maxTokens: 512 })),
      ...rowsOf("nearly", 20, (at) => ({
        finish: "stop",
        outputTokens: at < 10 ? 470 : 400,
        maxTokens: 512,
      })),
      ...rowsOf("letters", 20, () => ({ finish: "length", outputTokens: 8, maxTokens: 8 })),
      ...rowsOf("end only", 20, () => ({ finish: "MAX_TOKENS" })),
      ...rowsOf("nothing", 20, () => ({})),
    ];
    const { value } = await measured(rows, [fullLengthStep], "fullLengthShare");
    expect(["limit", "nearly", "letters", "end only"].map(value)).toEqual([1, 0.5, 0, 1]);
    expect(value("nothing")).toBeNaN();
  });
  it("takes absent log-probabilities for not asked", async () => {
    const rows = rowsOf("a", 40, (at) => (at < 10 ? { logprobs: true } : {}));
    expect((await measured(rows, [logprobStep], "logprobShare")).value("a")).toBe(0.25);
  });
});

describe("answers without a follow-up", () => {
  it("by key, where prompts are one turn each", async () => {
    const rows = [
      ...rowsOf("apart", 20, (at) => ({ minute: at * 31 })),
      ...rowsOf("together", 20, (at) => ({ minute: at * 29 })),
      ...rowsOf("new keys", 20, (at) => ({ minute: at, key: at })),
    ];
    const { value } = await measured(rows, [noFollowUpStep], "noFollowUpShare");
    expect([value("apart"), value("together"), value("new keys")]).toEqual([1, 0.05, 1]);
    const reversed = await measured([...rows].reverse(), [noFollowUpStep], "noFollowUpShare");
    expect(reversed.value("together")).toBe(0.05);
  });
  it("by beginnings, where prompts hold the conversation", async () => {
    const turns = ["", " Answer. And then?", " Answer. And then? Then that. Why?"];
    const rows = [
      ...rowsOf("talks", 30, (at) => ({ text: `Question ${100 + Math.floor(at / 3)}:${turns[at % 3]}` })),
      ...rowsOf("takes", 30, (at) => ({ text: `Exercise ${100 + at}: solve.` })),
    ];
    const { value } = await measured(rows, [noFollowUpStep], "noFollowUpShare");
    expect(value("talks")).toBeCloseTo(1 / 3, 1);
    expect(value("takes")).toBe(1);
  });
});
