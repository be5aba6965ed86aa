import { expect, test } from "vitest";
import type { SharedFinding } from "../../../src/access/policy/stix/shared-finding.ts";
import { renderStix } from "../../../src/access/policy/stix/stix-bundle.ts";
import { tlpLevels } from "../../../src/access/policy/stix/stix-object.ts";
import { uuid5 } from "../../../src/access/policy/stix/uuid5.ts";
import { expectStix, type StixRecord } from "./expect-stix.ts";

const finding: SharedFinding = {
  accounts: 240,
  requests: 1_200_000,
  firstDay: "2026-05-01",
  lastDay: "2026-06-09",
  measures: [
    { name: "risk", value: 0.8, limit: 0.7 },
    { name: "systematicCoverage", value: 0.98765, limit: 1 },
    { name: "chainOfThoughtShare", value: 1, limit: 0.9 },
    { name: "linkedAccounts", value: 240, limit: 3 },
  ],
  templates: [{ slots: [40, 8, 3], fillings: 700, gridShare: 0.7292 }],
  systems: [9009, 212238],
};
const options = { producer: "Example AI", tlp: "amber", created: "2026-06-10T08:00:00.000Z" } as const;
const objects = (...given: Parameters<typeof renderStix>) =>
  renderStix(...given).objects as unknown as StixRecord[];

test("uuid5 is RFC 9562's", () => {
  // Reference: python3 -c "import uuid; print(uuid.uuid5(uuid.NAMESPACE_DNS, 'www.example.com'))"
  expect(uuid5("www.example.com", "6ba7b810-9dad-11d1-80b4-00c04fd430c8")).toBe(
    "2ed6657d-e927-568b-95e1-2665a8aea6a2",
  );
});

test("a bundle of campaigns fits the specification, at every marking", () => {
  for (const tlp of tlpLevels) expectStix(renderStix([finding, finding], { ...options, tlp }));
  expectStix(renderStix([{ ...finding, measures: [], templates: [], systems: [] }], options));
});

test("nothing found is still a bundle, and says so by having no campaign", () => {
  const bundle = renderStix([], options);
  expectStix(bundle);
  expect(bundle.objects.map(({ type }) => type)).toEqual([
    "marking-definition",
    "identity",
    "extension-definition",
    "note",
    "grouping",
  ]);
});

test("the campaign tells size, days, measures and the structure of its templates", () => {
  const campaign = objects([finding], options).find(({ type }) => type === "campaign");
  expect(campaign).toMatchObject({
    first_seen: "2026-05-01T00:00:00.000Z",
    last_seen: "2026-06-09T23:59:59.999Z",
  });
  expect(Object.values(campaign?.extensions ?? {})).toEqual([
    {
      extension_type: "property-extension",
      accounts: 240,
      requests: 1_200_000,
      systematic_coverage: 0.99,
      chain_of_thought_share: 1,
      templates: [{ slots: [40, 8, 3], fillings: 700, grid_share: 0.73 }],
    },
  ]);
});

test("patterns hold the limits that were passed, and the autonomous systems", () => {
  const bundle = objects([finding], options);
  const extension = bundle.find(({ type }) => type === "extension-definition")?.id;
  expect(bundle.flatMap(({ pattern }) => pattern ?? [])).toEqual([
    `[user-account:extensions.'${extension}'.systematic_coverage > 1.0 AND user-account:extensions.'${extension}'.chain_of_thought_share > 0.9]`,
    "[autonomous-system:number = 9009 OR autonomous-system:number = 212238]",
  ]);
});

test("the same findings give the same bundle, other findings other ids", () => {
  expect(renderStix([finding], options)).toEqual(renderStix([finding], options));
  const ids = objects([finding], options).map(({ id }) => id);
  const others = objects([{ ...finding, accounts: 241 }], options).map(({ id }) => id);
  expect(others.filter((id) => !ids.includes(id)).map((id) => id.split("--")[0])).toEqual([
    "campaign",
    "relationship",
    "relationship",
    "note",
    "grouping",
  ]);
});
