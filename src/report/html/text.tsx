import type { Estimate } from "../../schema/analysis.ts";
import { excerptSegments } from "../excerpt-segments.ts";
import { formatInterval, formatNumber, notAvailable } from "../numbers.ts";
import { visibleText } from "../visible-text.ts";

/** Any text that Congener did not write: visible, bounded, and kept from reordering what stands around it. */
export function Foreign({ text, max = 400 }: { readonly text: string; readonly max?: number }) {
  return <bdi>{visibleText(text, { maxLength: max })}</bdi>;
}

/** Foreign text that is to be copied exactly: hashes, commands, identifiers. */
export function Code({ text, max = 300 }: { readonly text: string; readonly max?: number }) {
  return (
    <code>
      <bdi>{visibleText(text, { maxLength: max })}</bdi>
    </code>
  );
}

/** An answer around the shared phrase, which is marked. */
export function Excerpt({ text, phrase }: { readonly text: string; readonly phrase: string }) {
  return (
    <bdi class="excerpt">
      {excerptSegments(text, phrase).map((segment) => {
        const shown = visibleText(segment.text, { maxLength: 600, keepLines: true });
        return segment.marked ? <mark>{shown}</mark> : shown;
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
