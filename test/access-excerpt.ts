import { policyDryRunSchema } from "../src/schema/access-policy.ts";

/** The part of a scan's summary that the guide shows: its counts and the first account, whose pseudonym is drawn anew. */
export function scanExcerpt(stdout: string): string {
  const lines = stdout.split("\n");
  const accounts = lines.flatMap((line, at) => (/^ {2}A-/.test(line) ? [at] : []));
  return ["```text", ...lines.slice(0, accounts[1]), "```"]
    .join("\n")
    .replace(/A-[0-9a-f]{8,}/, "A-........")
    .concat("\n");
}

/** Decisions of a dry run by what the accounts truly are, as a Markdown table. */
export function dryRunExcerpt(json: string): string {
  const { groups } = policyDryRunSchema.parse(JSON.parse(json));
  const rows = groups
    .map(({ kind, campaign, accounts, actions }) => ({
      name: campaign ? `campaign ${campaign}` : kind,
      cells: [accounts, actions.allow, actions.watch, actions.slow, actions.verify, actions.stop],
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    "| what it is | accounts | allow | watch | slow | verify | stop |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows.map(({ name, cells }) => `| ${[name, ...cells].join(" | ")} |`),
  ]
    .join("\n")
    .concat("\n");
}
