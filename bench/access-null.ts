/**
 * False discoveries of the empirical null with Benjamini and Hochberg's procedure at 5 %, on accounts of several shapes,
 * some of which are far out on purpose (4 to 12 robust spreads above the median).
 * Run: npx tsx bench/access-null.ts [--repeats 40] [--sizes 50,200,1000,5000,50000] > table.md
 */
import { parseArgs } from "node:util";
import { centralShare, fitEmpiricalNull, nullUpperTail } from "../src/access/baseline/empirical-null.ts";
import { seededRandom } from "../src/schema/random.ts";
import { benjaminiHochberg } from "../src/stats/benjamini-hochberg.ts";

const { values: flags } = parseArgs({
  options: {
    repeats: { type: "string", default: "40" },
    sizes: { type: "string", default: "50,200,1000,5000,50000" },
  },
});
const contaminations = [0, 0.02, 0.05, 0.1, 0.2];
const random = seededRandom(5);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const poisson = (mean: number) => {
  let count = 0;
  for (let product = random(); product > Math.exp(-mean); product *= random()) count++;
  return count;
};
const shapes: Readonly<Record<string, () => number>> = {
  normal,
  "t, 3 degrees of freedom": () => normal() / Math.sqrt((normal() ** 2 + normal() ** 2 + normal() ** 2) / 3),
  "log-normal (wrong scale)": () => Math.exp(normal()),
  "two kinds, 80 % and 20 %, 3 apart": () => (random() < 0.8 ? normal() : 3 + normal()),
  "two kinds, 95 % and 5 %, 4 apart": () => (random() < 0.95 ? normal() : 4 + normal()),
  "Poisson counts of mean 2": () => poisson(2),
  "85 % zeros, else log-normal": () => (random() < 0.85 ? 0 : Math.exp(0.5 * normal())),
  "share, logit-normal": () => 1 / (1 + Math.exp(-1.5 * normal())),
};

console.log(
  `| shape | accounts | ${contaminations.map((share) => `${100 * share} % far out`).join(" | ")} |\n| --- | ---: | ${contaminations.map(() => "---:").join(" | ")} |`,
);
for (const [name, draw] of Object.entries(shapes)) {
  const sorted = Array.from({ length: 20_000 }, draw).sort((first, second) => first - second);
  const at = (share: number) => sorted[Math.floor(share * sorted.length)] as number;
  const unit = Math.max(at(0.84) - at(0.5), at(0.97) - at(0.5));
  for (const n of flags.sizes.split(",").map(Number)) {
    const cells = contaminations.map((share) => rates({ n, share, draw, from: at(0.5), unit }));
    console.log(`| ${name} | ${n} | ${cells.join(" | ")} |`);
  }
}

/** `false discovery proportion / share found`, means over the repeats; large samples take fewer. */
function rates(cell: { n: number; share: number; draw: () => number; from: number; unit: number }): string {
  const { n, share, draw, from, unit } = cell;
  const repeats = Math.max(3, Math.min(Number(flags.repeats), Math.round(40_000 / n)));
  const odd = Math.round(share * n);
  let proportions = 0;
  let found = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const values = Float64Array.from({ length: n }, (_, index) =>
      index < odd ? from + unit * (4 + 8 * random()) : draw(),
    );
    const fitted = fitEmpiricalNull(values, centralShare);
    const q = benjaminiHochberg(Array.from(values, (value) => nullUpperTail(fitted, value)));
    const rejected = q.flatMap((value, index) => (value <= 0.05 ? [index] : []));
    const right = rejected.filter((index) => index < odd).length;
    proportions += (rejected.length - right) / Math.max(1, rejected.length);
    found += odd === 0 ? 0 : right / odd;
  }
  return odd === 0
    ? (proportions / repeats).toFixed(2)
    : `${(proportions / repeats).toFixed(2)} / ${(found / repeats).toFixed(2)}`;
}
