import type { SuspectAnalysis } from "../../schema/analysis.ts";
import type { CanaryTest } from "../../schema/canary.ts";
import {
  answerShare,
  canaryNotice,
  canaryResultWords,
  greenResultWords,
  unplantedWords,
} from "../canary-words.ts";
import { formatP } from "../numbers.ts";
import { DataTable } from "./data-table.tsx";
import { Code, Foreign } from "./text.tsx";

interface CanaryPartProps {
  readonly suspect: SuspectAnalysis;
  readonly index: number;
}

/** The revealed canaries on one suspect, by secret, slot and control; nothing where none were given. */
export function CanaryPart({ suspect, index }: CanaryPartProps) {
  const { canary } = suspect;
  if (canary === undefined) return null;
  return (
    <>
      <h3>Canaries</h3>
      <p>{canaryNotice}</p>
      {(canary.greenTests ?? []).map((test) => (
        <p>
          <strong>
            Secret <Foreign text={test.name} max={80} />
          </strong>
          , committed {test.committedAt} as <Code text={test.commitment} />:{" "}
          <Foreign text={greenResultWords(test, canary)} max={4000} />
        </p>
      ))}
      {canary.tests.map((test, at) => (
        <>
          <p>
            <strong>
              Secret <Foreign text={test.name} max={80} />
            </strong>
            , committed {test.committedAt} as <Code text={test.commitment} />:{" "}
            {canaryResultWords(test, canary)} {unplantedWords(test)}
          </p>
          <Slots test={test} id={`table-canary-${index}-${at}`} />
          {test.controls.length > 0 && <Controls test={test} id={`table-canary-controls-${index}-${at}`} />}
        </>
      ))}
    </>
  );
}

interface TableProps {
  readonly test: CanaryTest;
  readonly id: string;
}

function Slots({ test, id }: TableProps) {
  return (
    <details>
      <summary>
        Slots of <Foreign text={test.name} max={80} />
      </summary>
      <DataTable
        id={id}
        caption={
          <>
            Slots of the secret <Foreign text={test.name} max={80} />: one answer each, the plurality of{" "}
            {test.samplesPerSlot} samples; a tie is a miss
          </>
        }
        columns={[
          { head: "Slot" },
          { head: "Kind" },
          { head: "Planted" },
          { head: "Answer" },
          { head: "Samples" },
          { head: "Hit" },
        ]}
        rows={test.slotResults.map((slot) => [
          <Foreign text={slot.id} max={80} />,
          slot.kind,
          <Foreign text={slot.planted} max={120} />,
          slot.answer === null ? (
            slot.complete ? (
              "none, or a tie"
            ) : (
              "too few samples"
            )
          ) : (
            <Foreign text={slot.answer} max={120} />
          ),
          answerShare(slot),
          slot.hit ? "yes" : "no",
        ])}
      />
    </details>
  );
}

function Controls({ test, id }: TableProps) {
  return (
    <DataTable
      id={id}
      narrow
      caption={
        <>
          Controls asked the same about <Foreign text={test.name} max={80} />
        </>
      }
      columns={[
        { head: "Control" },
        { head: "Hits", numeric: true },
        { head: "Slots answered", numeric: true },
        { head: "p", numeric: true },
      ]}
      rows={test.controls.map((control) => [
        <Foreign text={control.name} max={120} />,
        control.hits,
        control.answered,
        formatP(control.pValue),
      ])}
    />
  );
}
