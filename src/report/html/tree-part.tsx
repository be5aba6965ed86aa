import type { Analysis, ModelTree } from "../../schema/analysis.ts";
import { shownSupport } from "../charts/tree-chart.ts";
import { formatNumber, formatPercent } from "../numbers.ts";
import { treeBranches } from "../short-tree.ts";
import type { Charts } from "./charts.ts";
import { DataTable } from "./data-table.tsx";
import { Figure } from "./figure.tsx";
import { Foreign } from "./text.tsx";

const shownMembers = 8;

/** All models as a tree, what it does not say, and its branches in numbers; nothing in an analysis without one. */
export function TreePart({ analysis, charts }: { readonly analysis: Analysis; readonly charts: Charts }) {
  const tree = analysis.reportData.modelTree;
  if (tree === undefined) return null;
  return (
    <>
      <h3>Tree of all models</h3>
      {tree.merges.length === 0 ? (
        <p>
          No tree: <Foreign text={tree.reason ?? "no reason was recorded"} max={300} />.
        </p>
      ) : (
        <Tree tree={tree} charts={charts} reference={analysis.reference} />
      )}
    </>
  );
}

interface TreeProps {
  readonly tree: ModelTree;
  readonly charts: Charts;
  readonly reference: string;
}

function Tree({ tree, charts, reference }: TreeProps) {
  const branches = treeBranches(tree);
  return (
    <>
      <p>
        The tree puts together what answers alike. It is <strong>not a genealogy</strong>: it has no direction
        and no time, no branch point is an ancestor, and any set of models, unrelated ones too, falls into
        some tree. Whether a likeness is more than chance is what the likelihood ratio says.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area has to be reachable by keyboard */}
      <section class="scroll-x" aria-labelledby="figure-tree" tabIndex={0}>
        <Figure
          id="figure-tree"
          svg={charts.tree}
          wide
          caption={
            <>
              Average linkage on 1 − content affinity: the farther to the right two branches join, the less
              their models have in common. {supportWords(tree)} <Nearest tree={tree} reference={reference} />
              {charts.treeTips !== null && charts.treeTips < tree.tips.length && (
                <>
                  {" "}
                  Of {tree.tips.length} models the closest are drawn as one tip, named by one of them with the
                  number of the others.
                </>
              )}
              {tree.leftOut.length > 0 && (
                <>
                  {" "}
                  Without a place, for want of an affinity to some other model: <Names names={tree.leftOut} />
                  .
                </>
              )}
            </>
          }
        />
      </section>
      <details>
        <summary>Branches of the tree in numbers</summary>
        <DataTable
          id="table-tree"
          caption="Branches of the tree, from the closest on"
          columns={[
            { head: "Models" },
            { head: "How many", numeric: true },
            { head: "Distance", numeric: true },
            { head: "Support", numeric: true },
          ]}
          rows={branches.map(({ models, distance, support }) => [
            <Names names={models} />,
            models.length,
            formatNumber(distance),
            support === null ? "" : formatPercent(support),
          ])}
        />
      </details>
    </>
  );
}

function supportWords({ replicates, blocks, reason }: ModelTree): string {
  if (replicates === 0) return `Branches carry no support (${reason ?? "no reason was recorded"}).`;
  return `Numbers: in how many percent of ${replicates} trees from blocks of probes drawn anew (${blocks} blocks, with replacement) the very same models form a branch; below ${Math.round(100 * shownSupport)} no number is drawn. Support speaks of other draws of these probes, not of other prompts or models.`;
}

/** The smallest branch around the reference: the tree in one sentence. */
function Nearest({ tree, reference }: { readonly tree: ModelTree; readonly reference: string }) {
  const branch = treeBranches(tree).find(({ models }) => models.includes(reference));
  if (branch === undefined) return null;
  const others = branch.models.filter((model) => model !== reference);
  return (
    <>
      The reference first joins <Names names={others} />, at {formatNumber(branch.distance)}
      {branch.support !== null && `, with a support of ${formatPercent(branch.support)}`}.
    </>
  );
}

function Names({ names }: { readonly names: readonly string[] }) {
  return (
    <>
      {names.slice(0, shownMembers).map((name, at) => (
        <>
          {at > 0 && ", "}
          <Foreign text={name} max={60} />
        </>
      ))}
      {names.length > shownMembers && ` and ${names.length - shownMembers} more`}
    </>
  );
}
