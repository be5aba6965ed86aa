import { useContext } from "preact/hooks";
import type { Exhibit } from "../../schema/analysis.ts";
import { formatPercent } from "../numbers.ts";
import { DetailContext } from "./detail.ts";
import { Code, Excerpt, Foreign } from "./text.tsx";

interface ExhibitListProps {
  readonly exhibits: readonly Exhibit[];
  readonly suspect: string;
  readonly reference: string;
  readonly prefix: string;
}

const shownControls = 40;

/** Phrases that suspect and reference share and the controls hardly use, each with its counts and two answers. */
export function ExhibitList({ exhibits, suspect, reference, prefix }: ExhibitListProps) {
  const { exhibits: shownExhibits } = useContext(DetailContext);
  if (exhibits.length === 0) return null;
  return (
    <>
      <h3>Exhibits: what the two share and the controls hardly use</h3>
      <p class="note">
        Chosen after the fact to illustrate the finding; no number is computed from them. Marked: the shared
        phrase; underlined with dots: what else of three or more words in a row both answers hold. Characters
        that cannot be seen are written out as <code>⟨U+…⟩</code>. How often each control used a phrase is in
        the file of exhibit counts too.
      </p>
      {exhibits.slice(0, shownExhibits).map((exhibit, index) => (
        <ExhibitCard
          exhibit={exhibit}
          suspect={suspect}
          reference={reference}
          id={`${prefix}-exhibit-${index}`}
        />
      ))}
      {exhibits.length > shownExhibits && (
        <p class="note">{exhibits.length - shownExhibits} further exhibits are in the JSON and CSV files.</p>
      )}
    </>
  );
}

interface ExhibitCardProps extends Omit<ExhibitListProps, "exhibits" | "prefix"> {
  readonly exhibit: Exhibit;
  readonly id: string;
}

function ExhibitCard({ exhibit, suspect, reference, id }: ExhibitCardProps) {
  return (
    <article class="exhibit" aria-labelledby={id}>
      <h4 id={id}>
        “<Foreign text={exhibit.phrase} max={200} />”
      </h4>
      <p class="counts">
        Suspect <b>{exhibit.suspect.count}</b> of {exhibit.suspect.of} answers, reference{" "}
        <b>{exhibit.reference.count}</b> of {exhibit.reference.of}, <ControlCounts exhibit={exhibit} />.
        {exhibit.share >= 0.001 && ` Weight among all shared phrases: ${formatPercent(exhibit.share, 1)}.`}
      </p>
      <p class="prompt">
        <span class="label">Asked</span> <Foreign text={exhibit.prompt} max={500} />{" "}
        <span class="label">probe</span> <Code text={exhibit.probe} max={120} />
      </p>
      <div class="pair">
        <Answer
          side="Suspect"
          name={suspect}
          text={exhibit.suspectExcerpt}
          phrase={exhibit.phrase}
          other={exhibit.referenceExcerpt}
        />
        <Answer
          side="Reference"
          name={reference}
          text={exhibit.referenceExcerpt}
          phrase={exhibit.phrase}
          other={exhibit.suspectExcerpt}
        />
      </div>
    </article>
  );
}

function ControlCounts({ exhibit }: { readonly exhibit: Exhibit }) {
  const answers = exhibit.controls.reduce((sum, control) => sum + control.of, 0);
  const hits = exhibit.controls.reduce((sum, control) => sum + control.count, 0);
  const users = exhibit.controls.filter((control) => control.count > 0);
  const named = users.slice(0, shownControls);
  return (
    <>
      the {exhibit.controls.length} controls <b>{hits}</b> of {answers}
      {users.length > 0 && (
        <>
          {" ("}
          {named.map((control, index) => (
            <>
              {index > 0 && ", "}
              <Foreign text={control.name} max={60} /> {control.count} of {control.of}
            </>
          ))}
          {users.length > named.length && `, ${users.length - named.length} more`}; none in any other)
        </>
      )}
    </>
  );
}

interface AnswerProps {
  readonly side: string;
  readonly name: string;
  readonly text: string;
  readonly phrase: string;
  readonly other: string;
}

function Answer({ side, name, text, phrase, other }: AnswerProps) {
  return (
    <figure class="answer">
      <figcaption>
        <span class="label">{side}</span> <Foreign text={name} max={80} />
      </figcaption>
      <blockquote>
        <Excerpt text={text} phrase={phrase} other={other} />
      </blockquote>
    </figure>
  );
}
