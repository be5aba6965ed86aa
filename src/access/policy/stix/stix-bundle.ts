import type { SharedFinding } from "./shared-finding.ts";
import {
  type StixContent,
  type StixObject,
  stixBundle,
  stixObject,
  type TlpLevel,
  tlpMarking,
} from "./stix-object.ts";

/** Who shares, and with whom it may be shared on. */
export interface BundleOptions {
  readonly producer: string;
  readonly tlp: TlpLevel;
  /** When the scan was made, ISO 8601 in UTC with milliseconds. */
  readonly created: string;
}

/** How measures are called in the extension, which has STIX's spelling. */
const properties: Readonly<Record<string, string>> = {
  systematicCoverage: "systematic_coverage",
  chainOfThoughtShare: "chain_of_thought_share",
  competitorCorrelation: "competitor_correlation",
};

const schemaText = [
  "systematic_coverage (float, 0 to 1): share of prompts that fill a template whose slots change, repeats left out.",
  "chain_of_thought_share (float, 0 to 1): share of requests that ask for the steps of reasoning.",
  "competitor_correlation (float, -1 to 1): rank correlation of daily volume with closeness to releases of models.",
  "accounts, requests (integer): size, requests rounded to two digits.",
  "templates (list): slots (different values by slot), fillings, grid_share (share of all combinations that were asked).",
  "On user-account: measured over the account's requests to a language model. On campaign: over all of its accounts.",
].join(" ");

/**
 * STIX 2.1 bundle of what may be shared of campaigns: behaviour beyond limits, structure of templates, days, autonomous
 * systems. Nothing in it is a text of the log: words are Congener's own, the rest are numbers.
 * @see https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
 */
export function renderStix(findings: readonly SharedFinding[], options: BundleOptions) {
  const marking = tlpMarking(options.tlp);
  const identity = stixObject(
    {
      type: "identity",
      name: options.producer,
      identity_class: "organization",
      object_marking_refs: [marking.id],
    },
    options.created,
  );
  const make = (content: StixContent): StixObject =>
    stixObject(
      { ...content, created_by_ref: identity.id, object_marking_refs: [marking.id] },
      options.created,
    );
  const extension = make({
    type: "extension-definition",
    name: "Harvesting behaviour",
    description:
      "How accounts of a language model's provider behave that collect its answers systematically.",
    schema: schemaText,
    version: "1.0.0",
    extension_types: ["property-extension"],
  });
  const told = findings.flatMap((finding, at) => objectsOf(finding, { at, extension: extension.id, make }));
  const note = make({
    type: "note",
    abstract: "What this rests on",
    content:
      "Measured in the request log of one provider with Congener. It shows behaviour, not intent: whoever builds a test set or evaluates models may fill templates too. Accounts, addresses, payments, organisations, client strings and prompts are left out. A match is a reason to look, not to block.",
    object_refs: told.length > 0 ? told.map(({ id }) => id) : [identity.id],
  });
  const grouping = make({
    type: "grouping",
    name: "Systematic collection of a language model's answers",
    context: "suspicious-activity",
    object_refs: [...told.map(({ id }) => id), note.id],
  });
  return stixBundle([marking, identity, extension, ...told, note, grouping]);
}

interface ObjectContext {
  readonly at: number;
  readonly extension: string;
  readonly make: (content: StixContent) => StixObject;
}

function objectsOf(finding: SharedFinding, { at, extension, make }: ObjectContext): StixObject[] {
  const behaviour = finding.measures.flatMap(({ name, value, limit }) =>
    properties[name] === undefined ? [] : [{ property: properties[name], value, limit }],
  );
  const campaign = make({
    type: "campaign",
    name: `Harvesting campaign ${at + 1}`,
    description: `${finding.accounts} linked accounts, about ${finding.requests} requests; ${
      behaviour.map(({ property, value }) => `${property} ${value.toFixed(2)}`).join(", ") ||
      "linked accounts unlike ordinary customers"
    }.`,
    first_seen: `${finding.firstDay}T00:00:00.000Z`,
    last_seen: `${finding.lastDay}T23:59:59.999Z`,
    objective: "Systematic collection of a language model's answers",
    extensions: {
      [extension]: {
        extension_type: "property-extension",
        accounts: finding.accounts,
        requests: finding.requests,
        ...Object.fromEntries(behaviour.map(({ property, value }) => [property, Number(value.toFixed(2))])),
        ...(finding.templates.length === 0 ? {} : { templates: finding.templates.map(templateOf) }),
      },
    },
  });
  const patterns = [
    ...(behaviour.length === 0
      ? []
      : [
          {
            name: `Behaviour of harvesting campaign ${at + 1}`,
            pattern: `[${behaviour.map(({ property, limit }) => `user-account:extensions.'${extension}'.${property} > ${decimal(limit)}`).join(" AND ")}]`,
          },
        ]),
    ...(finding.systems.length === 0
      ? []
      : [
          {
            name: `Autonomous systems of harvesting campaign ${at + 1}`,
            pattern: `[${finding.systems.map((number) => `autonomous-system:number = ${number}`).join(" OR ")}]`,
          },
        ]),
  ];
  const indicators = patterns.map((entry) =>
    make({
      type: "indicator",
      ...entry,
      pattern_type: "stix",
      pattern_version: "2.1",
      indicator_types: ["anomalous-activity"],
      valid_from: `${finding.firstDay}T00:00:00.000Z`,
    }),
  );
  const relationships = indicators.map(({ id }) =>
    make({ type: "relationship", relationship_type: "indicates", source_ref: id, target_ref: campaign.id }),
  );
  return [campaign, ...indicators, ...relationships];
}

const templateOf = ({ slots, fillings, gridShare }: SharedFinding["templates"][number]) => ({
  slots,
  fillings,
  ...(gridShare === null ? {} : { grid_share: Number(gridShare.toFixed(2)) }),
});

/** A float of the pattern language has a point. */
const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));
