import { expect } from "vitest";
import { z } from "zod";

/** An object of a bundle, as far as tests look into it. */
export interface StixRecord {
  readonly type: string;
  readonly id: string;
  readonly pattern?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

// Required properties and formats of STIX 2.1 (OASIS standard, sections 2, 3, 4, 5 and 7), for the types that are used.
const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
const idOf = (type: string) => z.string().regex(new RegExp(`^${type}--${uuid}$`));
const anyId = idOf("[a-z][a-z0-9-]*");
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const text = z.string().min(1);
const extensions = z.record(
  idOf("extension-definition"),
  z.looseObject({ extension_type: z.literal("property-extension") }),
);

const common = (type: string) => ({
  type: z.literal(type),
  spec_version: z.literal("2.1"),
  id: idOf(type),
  created: time,
  modified: time,
  object_marking_refs: z.array(idOf("marking-definition")).min(1),
});
const made = (type: string) => ({ ...common(type), created_by_ref: idOf("identity") });

// The grammar of patterns as far as it is used: one observation, comparisons of numbers joined by one operator.
const path = "[a-z][a-z0-9-]{2,}:[a-z_]+(\\.('[^'\\\\]+'|[a-z0-9_-]+))*";
const comparison = `${path} (=|!=|<|>|<=|>=) -?\\d+(\\.\\d+)?`;
const pattern = new RegExp(`^\\[${comparison}(( AND ${comparison})*|( OR ${comparison})*)\\]$`);

const schemas: Readonly<Record<string, z.ZodType>> = {
  identity: z.strictObject({
    ...common("identity"),
    name: text,
    identity_class: z.enum(["individual", "group", "system", "organization", "class", "unknown"]),
  }),
  campaign: z.strictObject({
    ...made("campaign"),
    name: text,
    description: text,
    first_seen: time,
    last_seen: time,
    objective: text,
    extensions,
  }),
  indicator: z.strictObject({
    ...made("indicator"),
    name: text,
    pattern: z.string().regex(pattern),
    pattern_type: z.literal("stix"),
    pattern_version: z.literal("2.1"),
    indicator_types: z
      .array(
        z.enum([
          "anomalous-activity",
          "anonymization",
          "benign",
          "compromised",
          "malicious-activity",
          "attribution",
          "unknown",
        ]),
      )
      .min(1),
    valid_from: time,
  }),
  relationship: z.strictObject({
    ...made("relationship"),
    relationship_type: z.string().regex(/^[a-z0-9-]+$/),
    source_ref: anyId,
    target_ref: anyId,
  }),
  note: z.strictObject({
    ...made("note"),
    abstract: text,
    content: text,
    object_refs: z.array(anyId).min(1),
  }),
  grouping: z.strictObject({
    ...made("grouping"),
    name: text,
    context: z.enum(["suspicious-activity", "malware-analysis", "unspecified"]),
    object_refs: z.array(anyId).min(1),
  }),
  "extension-definition": z.strictObject({
    ...made("extension-definition"),
    name: text,
    description: text,
    schema: text,
    version: z.string().regex(/^\d+\.\d+\.\d+$/),
    extension_types: z
      .array(z.enum(["new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension"]))
      .min(1),
  }),
  "marking-definition": z.strictObject({
    type: z.literal("marking-definition"),
    spec_version: z.literal("2.1"),
    id: z.enum([
      "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
      "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
      "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
      "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
    ]),
    created: z.literal("2017-01-20T00:00:00.000Z"),
    definition_type: z.literal("tlp"),
    name: z.string().regex(/^TLP:(WHITE|GREEN|AMBER|RED)$/),
    definition: z.strictObject({ tlp: z.enum(["white", "green", "amber", "red"]) }),
  }),
};

/** Expects a valid STIX 2.1 bundle all of whose references, also those of extensions and patterns, stand in it. */
export function expectStix(value: unknown): void {
  const bundle = z
    .strictObject({
      type: z.literal("bundle"),
      id: idOf("bundle"),
      objects: z.array(z.looseObject({ type: text, id: anyId })),
    })
    .parse(JSON.parse(JSON.stringify(value)));
  for (const object of bundle.objects) {
    const schema = schemas[object.type];
    expect(schema, object.type).toBeDefined();
    expect(schema?.safeParse(object).error?.issues ?? [], JSON.stringify(object)).toEqual([]);
  }
  const ids = bundle.objects.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const named = JSON.stringify(bundle.objects).match(new RegExp(`[a-z-]+--${uuid}`, "g")) ?? [];
  expect(named.filter((id) => !ids.includes(id))).toEqual([]);
}
