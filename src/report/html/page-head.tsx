import type { ComponentChildren } from "preact";

/** Lets a page load nothing at all: no script, no frame, no request. */
const contentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

interface PageHeadProps {
  /** Made visible already. */
  readonly title: string;
  readonly style: string;
  /** Links that the page needs besides. */
  readonly children?: ComponentChildren;
}

/** Head of every page that Congener writes: no script, no request, light and dark, no referrer. */
export function PageHead({ title, style, children }: PageHeadProps) {
  return (
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content={contentSecurityPolicy} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <title>{title}</title>
      {children}
      <style>{style}</style>
    </head>
  );
}
