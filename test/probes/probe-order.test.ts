import { expect, test } from "vitest";
import { tellingMost } from "../../src/probes/probe-order.ts";

const probe = (name: string, telling: number, outputTokens: number) => ({ name, telling, outputTokens });

test("orders by the places in telling and in length, both weighing the same", () => {
  const probes = [
    probe("tells, short", 0.9, 10),
    probe("tells, long", 0.8, 300),
    probe("silent, long", 0.1, 400),
    probe("silent, short", 0.2, 20),
  ];
  // Places in telling 0 1 3 2, in length 3 1 0 2.
  expect(tellingMost(probes).map(({ name }) => name)).toEqual([
    "tells, long",
    "tells, short",
    "silent, long",
    "silent, short",
  ]);
  expect(probes.map(({ name }) => name)[0]).toBe("tells, short");
});

test("ties are broken by telling, then by name, whatever the order they came in", () => {
  const probes = [probe("b", 0.5, 50), probe("a", 0.5, 50), probe("c", 0.7, 40)];
  // Places of a 1 + 0, of b 2 + 1, of c 0 + 2.
  expect(tellingMost(probes).map(({ name }) => name)).toEqual(["a", "c", "b"]);
  expect(tellingMost(probes.toReversed()).map(({ name }) => name)).toEqual(["a", "c", "b"]);
  expect(tellingMost([])).toEqual([]);
});
