import type { Analysis } from "../../schema/analysis.ts";

/** Rows and columns of a heat map: models, or labs where there are too many models. */
export interface GroupedMatrix {
  readonly names: readonly string[];
  readonly values: readonly (readonly (number | null)[])[];
  /** Models in each row; all 1 when nothing was grouped. */
  readonly sizes: readonly number[];
  /** Models that did not fit and are in the tables only. */
  readonly leftOut: number;
}

const unknownLab = "(unknown lab)";

/** Names of the matrix in the order of the tree, so that what is alike stands together; those without a place last. */
export function treeOrder({ reportData }: Analysis): readonly string[] {
  const { names } = reportData.matrix;
  const known = new Set(names);
  const tips = (reportData.modelTree?.tips ?? []).filter((tip) => known.has(tip));
  const placed = new Set(tips);
  return [...tips, ...names.filter((name) => !placed.has(name))];
}

/**
 * Order and, above `limit` models, shorten the matrix of content affinities. Up to the limit, the order of the tree, or,
 * in an analysis without one, reference, suspects and the controls by their affinity to the reference. Above it, reference
 * and suspects stay single and the controls become one row a lab with the mean of its affinities; of still too many rows
 * the closest to the reference stay.
 */
export function groupMatrix(analysis: Analysis, limit = 60): GroupedMatrix {
  const { names, content } = analysis.reportData.matrix;
  const index = new Map(names.map((name, position) => [name, position]));
  if (names.length <= limit && (analysis.reportData.modelTree?.tips.length ?? 0) > 0) {
    const order = treeOrder(analysis);
    return {
      names: order,
      values: order.map((row) => order.map((column) => mean([row], [column]))),
      sizes: order.map(() => 1),
      leftOut: 0,
    };
  }
  const lead = [analysis.reference, ...analysis.suspects.map((suspect) => suspect.name)].filter(
    (name, at, all) => index.has(name) && all.indexOf(name) === at,
  );
  const rest = names.filter((name) => !lead.includes(name));
  const labs = new Map(analysis.reportData.models.map((model) => [model.name, model.lab]));
  const groups = new Map<string, string[]>();
  for (const name of rest) {
    const key = names.length > limit ? (labs.get(name) ?? unknownLab) : name;
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  const toReference = (members: readonly string[]) =>
    mean([analysis.reference], members) ?? Number.NEGATIVE_INFINITY;
  const ordered = [...groups].sort((a, b) => toReference(b[1]) - toReference(a[1]) || (a[0] < b[0] ? -1 : 1));
  const rows: (readonly [string, readonly string[]])[] = [
    ...lead.slice(0, limit).map((name) => [name, [name]] as const),
    ...ordered.slice(0, Math.max(0, limit - lead.length)),
  ];
  return {
    names: rows.map(([name, members]) => (members.length > 1 ? `${name}, ${members.length} models` : name)),
    values: rows.map(([, row]) => rows.map(([, column]) => mean(row, column))),
    sizes: rows.map(([, members]) => members.length),
    leftOut: names.length - rows.reduce((sum, [, members]) => sum + members.length, 0),
  };

  function mean(row: readonly string[], column: readonly string[]): number | null {
    const values = row.flatMap((a) =>
      column.flatMap((b) => {
        const value = a === b ? null : (content[index.get(a) ?? -1]?.[index.get(b) ?? -1] ?? null);
        return value === null ? [] : [value];
      }),
    );
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  }
}
