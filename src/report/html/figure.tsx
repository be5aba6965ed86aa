import type { ComponentChildren } from "preact";

interface FigureProps {
  /** Unique on the page; never made from foreign text. */
  readonly id: string;
  /** Markup of `drawChart`, or null: then nothing is drawn and the caption says why. */
  readonly svg: string | null;
  /** Says in words what the chart shows: it is the chart's text alternative. */
  readonly caption: ComponentChildren;
  readonly wide?: boolean;
}

/** Chart with its text alternative as a caption. */
export function Figure({ id, svg, caption, wide = false }: FigureProps) {
  return (
    <figure class={wide ? "wide" : undefined}>
      {svg !== null && (
        <div class="chart" role="img" aria-labelledby={id}>
          {/* The one place where markup goes in: Vega's own, which escapes its text. Its parts are no images by themselves. */}
          <div aria-hidden="true" dangerouslySetInnerHTML={{ __html: svg }} />
        </div>
      )}
      <figcaption id={id}>{caption}</figcaption>
    </figure>
  );
}
