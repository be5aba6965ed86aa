import { foldLine } from "../../report/fold-line.ts";
import { formatCount } from "../../report/numbers.ts";
import { visibleText } from "../../report/visible-text.ts";
import type { ShownProbe, TargetAnswers } from "./probe-answers.ts";

/** Characters shown of the prompt, of an answer and of an extracted answer. */
const shownLength = { prompt: 600, answer: 300, extracted: 40 };

/** A probe's answers for people; every foreign text is made visible and bounded. */
export function renderProbeAnswers(shown: ShownProbe, columns: number): string {
  const text = (paragraph: string) => foldLine(paragraph, Math.min(columns, 110));
  return [
    ...text(
      `${shown.probe} (${visibleText(shown.family, { maxLength: 80 })}, ${shown.kind}, suite ${shown.suite})`,
    ),
    ...text(`Prompt: ${visibleText(shown.prompt, { maxLength: shownLength.prompt })}`),
    ...shown.targets.flatMap((target) => ["", ...targetLines(target).flatMap(text)]),
  ].join("\n");
}

function targetLines({
  target,
  recorded,
  outcomes,
  extracted,
  otherExtracted,
  answers,
}: TargetAnswers): string[] {
  const outcomeWords = Object.entries(outcomes)
    .map(([name, count]) => `${formatCount(count)} ${name}`)
    .join(", ");
  const categories = extracted.filter(({ answer }) => answer !== null);
  const none = extracted.find(({ answer }) => answer === null)?.count ?? 0;
  const counts = [
    ...categories.map(({ answer, count }) => `${visible(answer ?? "", shownLength.extracted)} ${count}`),
    ...(otherExtracted > 0 ? [`${otherExtracted} others`] : []),
    ...(none > 0 && categories.length > 0 ? [`no answer read ${none}`] : []),
  ];
  return [
    `${visible(target, 80)}: ${recorded === 0 ? "nothing recorded" : outcomeWords}`,
    ...(categories.length === 0 ? [] : [`  answers: ${counts.join(", ")}`]),
    ...answers.map(
      ({ index, outcome, text }) =>
        `  #${index}${outcome === "ok" ? "" : ` (${outcome})`} ${text === null ? "[redacted]" : text === "" ? "(no text)" : visible(text, shownLength.answer)}`,
    ),
  ];
}

const visible = (text: string, maxLength: number) => visibleText(text, { maxLength });
