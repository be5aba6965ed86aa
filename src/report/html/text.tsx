import { useContext } from "preact/hooks";
import type { Estimate } from "../../schema/analysis.ts";
import { excerptSegments } from "../excerpt-segments.ts";
import { markShared } from "../mark-shared.ts";
import { formatInterval, formatNumber, notAvailable } from "../numbers.ts";
import { visibleText } from "../visible-text.ts";
import { DetailContext } from "./detail.ts";

/** Any text that Congener did not write: visible, bounded, and kept from reordering what stands around it. */
export function Foreign({ text, max = 400 }: { readonly text: string; readonly max?: number }) {
  const detail = useContext(DetailContext);
  return <bdi>{visibleText(text, { maxLength: Math.min(max, detail.text) })}</bdi>;
}

/** Foreign text that is to be copied exactly: hashes, commands, identifiers. */
export function Code({ text, max = 300 }: { readonly text: string; readonly max?: number }) {
  return (
    <code>
      <bdi>{visibleText(text, { maxLength: max })}</bdi>
    </code>
  );
}

interface ExcerptProps {
  readonly text: string;
  readonly phrase: string;
  /** The answer beside it. */
  readonly other: string;
}

/** An answer around the shared phrase, which is marked, and so is what else it shares with the answer beside it. */
export function Excerpt({ text, phrase, other }: ExcerptProps) {
  const { text: most } = useContext(DetailContext);
  return (
    <bdi class="excerpt">
      {markShared(excerptSegments(text, phrase), other).map((segment) => {
        const shown = visibleText(segment.text, { maxLength: Math.min(600, most), keepLines: true });
        if (segment.marked) return <mark>{shown}</mark>;
        return segment.shared ? <mark class="also">{shown}</mark> : shown;
      })}
    </bdi>
  );
}

/** Estimate with its interval, or why there is none. */
export function EstimateText({ value, digits = 2 }: { readonly value: Estimate; readonly digits?: number }) {
  if (value.estimate === null)
    return (
      <>
        {notAvailable}
        {value.reason !== null && (
          <span class="range reason">
            <Foreign text={value.reason} />
          </span>
        )}
      </>
    );
  return (
    <>
      {formatNumber(value.estimate, digits)}
      {value.interval === null ? "" : <span class="range">{formatInterval(value.interval, digits)}</span>}
    </>
  );
}
