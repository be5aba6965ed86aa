/**
 * Figures of the keyed green list. Prints Markdown.
 * Usage: npm run --silent bench:green-list -- [DIR ...] [--keys 200] [--width 1] [--zoo-seeds 6] [--only corpora|zoo]
 *
 * 1. False positives: every model of each recorded corpus, none of which can have seen a key drawn now, under so many random
 *    keys. 2. Radioactivity: students of the zoo, half of whose dialogues are a teacher's answers, of which a share is
 *    rewritten to the green words of a key; detection by words of the suspect that are read.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseGreenList } from "../src/canary/green-list/parse-green-list.ts";
import { corpusNull } from "./green-list/corpus-null.ts";
import { zooRadioactivity } from "./green-list/zoo-radioactivity.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    keys: { type: "string", default: "200" },
    width: { type: "string", default: "1" },
    "zoo-seeds": { type: "string", default: "6" },
    only: { type: "string" },
  },
});
const list = parseGreenList(
  readFileSync(new URL("../canaries/green-list.yaml", import.meta.url), "utf8"),
  "green-list.yaml",
);
const contextWidth = Number(values.width);

if (values.only !== "zoo") {
  console.log(
    "| corpus | models × keys | choices counted: least / median / most | level | reachable level | found | standard error | z | found if every occurrence counted |",
  );
  console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const dir of positionals)
    for (const row of await corpusNull(dir, list, { keys: Number(values.keys), contextWidth, seed: 11 }))
      console.log(row);
  console.log("");
}
if (values.only !== "corpora")
  for (const row of zooRadioactivity({ seeds: Number(values["zoo-seeds"]), contextWidth })) console.log(row);
