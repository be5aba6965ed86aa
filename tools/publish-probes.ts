/**
 * Adds the shipped probes to `probes/published.json`, for a release: `npx tsx tools/publish-probes.ts`. What is in the
 * list stays; an id whose text is another than the published one is an error.
 */
import { writeFile } from "node:fs/promises";
import { loadSuite } from "../src/probes/load-suite.ts";
import { publishedTexts } from "../src/probes/published-texts.ts";
import { suiteNames } from "../src/probes/suite-files.ts";
import { textHash } from "../src/probes/text-hash.ts";

const published = await publishedTexts("probes");
for (const name of await suiteNames("probes"))
  for (const probe of (await loadSuite(name, "probes")).probes) {
    const before = published.get(probe.id);
    if (before !== undefined && before !== textHash(probe))
      throw new Error(`${probe.id} was published with another text: give the probe another id`);
    published.set(probe.id, textHash(probe));
  }
const sorted = [...published].sort(([first], [second]) => (first < second ? -1 : 1));
await writeFile("probes/published.json", `${JSON.stringify(Object.fromEntries(sorted), null, 1)}\n`);
