import { uuid5 } from "./uuid5.ts";

/** An object of a STIX 2.1 bundle. */
export interface StixObject {
  readonly type: string;
  readonly id: string;
  readonly spec_version: "2.1";
  readonly created: string;
  readonly [property: string]: unknown;
}

/** Of Congener's own objects; the specification keeps another one for observables. */
const namespace = "6f0b0c1e-2a55-5d0e-9d7e-3f6d2f0f7c21";

/** The parts of a STIX object that its type asks for. */
export type StixContent = Readonly<Record<string, unknown>> & { readonly type: string };

/**
 * Gives an object its id: a UUID of its own content, so that the same finding has the same id in every bundle, and the id
 * says nothing that the object does not.
 */
export function stixObject(content: StixContent, created: string): StixObject {
  const id = `${content.type}--${uuid5(JSON.stringify([content, created]), namespace)}`;
  const modified = content.type === "marking-definition" ? {} : { modified: created };
  return { ...content, id, spec_version: "2.1", created, ...modified };
}

/** A bundle of objects. */
export const stixBundle = (objects: readonly StixObject[]) => ({
  type: "bundle",
  id: `bundle--${uuid5(JSON.stringify(objects.map(({ id }) => id)), namespace)}`,
  objects,
});

/** Traffic light markings that a bundle can carry; `clear` is what TLP 1 calls white. */
export const tlpLevels = ["clear", "green", "amber", "red"] as const;

/** A traffic light marking. */
export type TlpLevel = (typeof tlpLevels)[number];

const tlpIds: Readonly<Record<TlpLevel, { readonly colour: string; readonly uuid: string }>> = {
  clear: { colour: "white", uuid: "613f2e26-407d-48c7-9eca-b8e91df99dc9" },
  green: { colour: "green", uuid: "34098fce-860f-48ae-8e50-ebd3cc5e41da" },
  amber: { colour: "amber", uuid: "f88d31f6-486f-44da-b317-01333bde0b82" },
  red: { colour: "red", uuid: "5e57c739-391a-4eb3-b6be-7d15ca92d5ed" },
};

/** The marking as the specification fixes it (section 7.2.1.4). */
export function tlpMarking(level: TlpLevel): StixObject {
  const { colour, uuid } = tlpIds[level];
  return {
    type: "marking-definition",
    spec_version: "2.1",
    id: `marking-definition--${uuid}`,
    created: "2017-01-20T00:00:00.000Z",
    definition_type: "tlp",
    name: `TLP:${colour.toUpperCase()}`,
    definition: { tlp: colour },
  };
}
