import type { WordingsUsed } from "../../schema/analysis.ts";
import { wordingSentence, wordingsBySample } from "../wording-words.ts";
import { DataTable } from "./data-table.tsx";
import { Foreign } from "./text.tsx";

/** Which wording each sample used; nothing where every sample was asked in its probe's own. */
export function WordingsPart({ used = [] }: { readonly used: readonly WordingsUsed[] | undefined }) {
  const sentence = wordingSentence(used);
  if (sentence === null) return null;
  return (
    <>
      <h3>Wordings</h3>
      <p>{sentence}</p>
      <details>
        <summary>The wording of each sample</summary>
        <DataTable
          id="table-wordings"
          caption="Wordings by sample number, the same for every model"
          columns={[{ head: "Probe" }, { head: "Samples" }, { head: "Wordings: own, then paraphrases" }]}
          rows={used.map((probe) => [
            <Foreign text={probe.probe} max={200} />,
            wordingsBySample(probe),
            probe.texts.map((text, at) => (
              <>
                {at > 0 && <br />}
                <Foreign text={text} max={300} />
              </>
            )),
          ])}
        />
      </details>
    </>
  );
}
