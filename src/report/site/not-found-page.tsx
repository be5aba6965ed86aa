import type { Site } from "../../schema/site.ts";
import { Foreign } from "../html/text.tsx";
import { renderSitePage } from "./site-page.tsx";

/** What a host shows for an address that does not exist, at any depth: a relative link would lead nowhere from there. */
export function renderNotFoundPage({ title, baseURL }: Site): string {
  return renderSitePage({
    title: "Page not found",
    body: (
      <>
        <header>
          <p class="kicker">
            <Foreign text={title} max={120} />
          </p>
          <h1>Page not found</h1>
        </header>
        <main>
          <p>
            There is no page at this address. Reports stay where they are once published: check the address.
          </p>
          {baseURL !== null && (
            <p>
              <a href={`${baseURL}index.html`}>All reports</a>
            </p>
          )}
        </main>
      </>
    ),
  });
}
