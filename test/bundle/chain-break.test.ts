import fc from "fast-check";
import { expect, test } from "vitest";
import { type ChainLink, chainBreak } from "../../src/bundle/chain-break.ts";
import { sha256Hex } from "../../src/schema/identity.ts";

const genesis = "0".repeat(64);

/** A chain of texts as a transcript file has it. */
function chained(texts: readonly string[]): ChainLink[] {
  let prevHash = genesis;
  return texts.map((text) => {
    const link = { prevHash, hash: sha256Hex(`${prevHash}|${text}`) };
    prevHash = link.hash;
    return link;
  });
}
const endOf = (links: readonly ChainLink[]) => ({ lines: links.length, head: links.at(-1)?.hash ?? genesis });

/** A chain of at least three lines and a place in it. */
const chainAndPlace = fc.integer({ min: 3, max: 40 }).chain((length) =>
  fc.record({
    links: fc.constant(chained(Array.from({ length }, (_, at) => `line ${at}`))),
    at: fc.nat(length - 1),
    other: fc.nat(length - 1),
  }),
);

test("an untouched chain has no break, whatever its length", () => {
  for (const length of [0, 1, 2, 50]) {
    const links = chained(Array.from({ length }, (_, at) => `line ${at}`));
    expect(chainBreak(links, genesis, endOf(links))).toBeNull();
  }
});

test("wherever one line is changed, dropped or put in, that line is named and what was done to it", () => {
  fc.assert(
    fc.property(chainAndPlace, ({ links, at }) => {
      const end = endOf(links);
      const link = links[at] as ChainLink;
      const changed = links.with(at, { ...link, hash: sha256Hex("another text") });
      expect(chainBreak(changed, genesis, end)).toMatchObject({
        line: at + 1,
        message: expect.stringContaining("this line was changed"),
      });
      expect(chainBreak(links.toSpliced(at, 1), genesis, end)).toMatchObject({
        line: at + 1,
        message: expect.stringContaining("a line was dropped"),
      });
      for (const prevHash of [link.prevHash, sha256Hex("nothing")])
        expect(
          chainBreak(links.toSpliced(at, 0, { prevHash, hash: sha256Hex("put in") }), genesis, end),
        ).toMatchObject({ line: at + 1, message: expect.stringContaining("a line was put in here") });
    }),
    { seed: 6 },
  );
});

test("two lines that changed places are out of order from the first of them on", () => {
  fc.assert(
    fc.property(chainAndPlace, ({ links, at, other }) => {
      fc.pre(at !== other);
      const swapped = links.with(at, links[other] as ChainLink).with(other, links[at] as ChainLink);
      expect(chainBreak(swapped, genesis, endOf(links))).toMatchObject({
        line: Math.min(at, other) + 1,
        message: expect.stringContaining(`line ${Math.max(at, other) + 1} is the one that belongs here`),
      });
    }),
    { seed: 6 },
  );
});

test("a chain that was joined anew shows at its end alone", () => {
  const links = chained(["a", "b", "c"]);
  const rewritten = chained(["a", "x", "c"]);
  expect(chainBreak(rewritten, genesis, endOf(links))).toMatchObject({
    line: 3,
    message: expect.stringContaining("or an earlier one and the chain rewritten from there"),
  });
  expect(chainBreak(chained(["a", "x", "c", "d"]), genesis, endOf(links))?.message).toContain(
    "the chain was rewritten",
  );
  expect(chainBreak(chained(["a", "b"]), genesis, endOf(links))?.message).toContain("dropped from the end");
  expect(chainBreak(chained(["a", "b", "c", "d"]), genesis, endOf(links))).toMatchObject({ line: 4 });
});
