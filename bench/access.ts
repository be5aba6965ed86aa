/**
 * Time and memory of `congener access scan` against the size of the log, on made-up requests: accounts of Zipf volume,
 * prompts of some 300 characters, a third of them from templates with slots, three working hours of every account.
 * Run: npm run bench:access -- --rows 1e6,3e6,10e6,29e6 [--format parquet] [--memory 3GB] [--threads 2] [--keep]
 *
 * Each size is a process of its own, from the sources. Memory is the peak resident set of that process, DuckDB's included;
 * disk is the most that the output folder held while it ran. Growth is the exponent of time between two sizes: 1 is linear.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withDatabase } from "../src/access/database.ts";

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "1e6" },
    format: { type: "string", default: "parquet" },
    memory: { type: "string", default: "3GB" },
    threads: { type: "string", default: "2" },
    accounts: { type: "string", default: "25000" },
    folder: { type: "string", default: tmpdir() },
    keep: { type: "boolean", default: false },
  },
});
const rowsAFile = 1_000_000;
const folder = mkdtempSync(join(flags.folder, "congener-bench-access-"));

/** Columns of a made-up request; everything is a hash of its number, so that a row is the same in every size. */
function requestsSql(first: number, count: number): string {
  const uniform = (name: string) => `(hash(i, '${name}') % 1000000007 / 1000000007.0)`;
  const account = `CAST(exp(${uniform("account")} * ln(${Number(flags.accounts)})) AS INTEGER)`;
  return `SELECT strftime(TIMESTAMP '2026-05-01' + to_seconds(CAST(floor(${uniform("day")} * 30) * 86400
        + ((hash(account, 'zone') % 24) * 3600 + ${uniform("time")} * 10800) % 86400 AS BIGINT)), '%Y-%m-%dT%H:%M:%SZ') AS timestamp,
      'acct-' || account AS account_id, 'req-' || i AS request_id, 'key-' || account || '-' || hash(i, 'key') % 3 AS api_key_id,
      'org-' || account // 3 AS org_id,
      concat_ws('.', 1 + hash(account, 'a') % 222, hash(account, 'b') % 256, hash(i, 'c') % 4, hash(i, 'd') % 256) AS ip,
      65000 + hash(account, 'asn') % 400 AS asn, (['US','DE','IN','BR','JP'])[CAST(1 + hash(account, 'land') % 5 AS BIGINT)] AS country,
      'sdk/1.' || hash(account, 'client') % 40 AS user_agent, 'pay-' || account AS payment_fingerprint,
      'model-' || hash(i, 'model') % 3 AS model,
      CASE WHEN hash(account, 'templated') % 10 = 0 OR ${uniform("template")} < 0.25
        THEN 'Write a detailed answer to question ' || hash(i, 'q') % 100000 || ' about "' || lexicon[CAST(1 + hash(i, 's') % 2000 AS BIGINT)] || '" for '
          || array_to_string(list_transform(range(40), lambda x: lexicon[CAST(1 + hash(x, account % 500) % 2000 AS BIGINT)]), ' ')
        ELSE array_to_string(list_transform(range(45), lambda x: lexicon[CAST(1 + hash(x, i) % 2000 AS BIGINT)]), ' ') END AS prompt,
      'sys-' || hash(account, 'system') % 900 AS system_prompt_hash, 1024 AS max_tokens, 0.7 AS temperature,
      hash(account, 'logprobs') % 50 = 0 AS logprobs, hash(i, 'reasoning') % 20 = 0 AS reasoning,
      60 + hash(i, 'in') % 60 AS input_tokens, 20 + hash(i, 'out') % 1000 AS output_tokens, 'stop' AS finish_reason
    FROM (SELECT i, ${account} AS account FROM range(${first}, ${first + count}) rows(i)) drawn,
      (SELECT list(substr(translate(md5(CAST(w AS VARCHAR)), '0123456789', 'ghiklmnort'), 1, 2 + w % 8)) AS lexicon FROM range(2000) numbers(w)) vocabulary`;
}

async function writeLog(rows: number): Promise<string> {
  const log = join(folder, `log-${rows}`);
  mkdirSync(log);
  const access = { file: ":memory:", temporaryFolder: join(folder, "spill"), memory: "2GB", threads: 2 };
  const written = { parquet: "FORMAT parquet", jsonl: "FORMAT json", csv: "FORMAT csv, HEADER" }[
    flags.format
  ];
  if (written === undefined) throw new Error(`--format ${flags.format}: expected parquet, jsonl or csv`);
  await withDatabase(access, async (database) => {
    for (let first = 0; first < rows; first += rowsAFile) {
      const file = join(log, `requests-${String(first / rowsAFile).padStart(3, "0")}.${flags.format}`);
      await database.run(
        `COPY (${requestsSql(first, Math.min(rowsAFile, rows - first))}) TO '${file}' (${written})`,
      );
    }
  });
  return log;
}

const mapping = `columns:
  time: timestamp
  account: account_id
  request: request_id
  key: api_key_id
  organisation: org_id
  ip: ip
  asn: asn
  country: country
  client: user_agent
  payment: payment_fingerprint
  model: model
  prompt: prompt
  system: system_prompt_hash
  maxTokens: max_tokens
  temperature: temperature
  logprobs: logprobs
  reasoning: reasoning
  inputTokens: input_tokens
  outputTokens: output_tokens
  finish: finish_reason
`;

const bytesBelow = (path: string): number =>
  Number(
    execFileSync("du", ["-sb", path], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split(
      "\t",
    )[0],
  );

/** Runs the scan and tells its seconds, its peak memory, the most disk, and how long each stage took. */
async function scan(log: string, rows: number) {
  const out = join(folder, `out-${rows}`);
  const peak = join(folder, `peak-${rows}`);
  const tellPeak = `import { writeFileSync } from "node:fs";
    process.on("exit", () => writeFileSync(${JSON.stringify(peak)}, JSON.stringify(process.resourceUsage())));`;
  const words = ["access", "scan", log, "--map", join(folder, "mapping.yaml"), "-o", out];
  const limits = ["--memory", flags.memory, "--threads", flags.threads];
  const imports = ["--import", "tsx", "--import", `data:text/javascript,${encodeURIComponent(tellPeak)}`];
  const start = performance.now();
  const child = spawn(process.execPath, [...imports, "src/cli/bin.ts", ...words, ...limits], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const stages: { what: string; at: number }[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    for (const what of text.split("\n").filter((line) => /^(?!note: |off: |unusable: )./.test(line)))
      stages.push({ what, at: performance.now() - start });
  });
  let disk = 0;
  const watch = setInterval(() => {
    try {
      disk = Math.max(disk, bytesBelow(out));
    } catch {
      // The folder is not there yet, or a file went away while it was measured.
    }
  }, 1000);
  const code = await new Promise<number | null>((done) => child.on("close", done));
  clearInterval(watch);
  if (code !== 0)
    throw new Error(`the scan ended with ${code}: ${stages.map(({ what }) => what).join("; ")}`);
  const seconds = (performance.now() - start) / 1000;
  const lasted = stages.map(({ what, at }, index) => ({
    what: what.replace(/ \S+ \(\d+ of \d+\)$/, ""),
    seconds: ((stages[index + 1]?.at ?? seconds * 1000) - at) / 1000,
  }));
  const sums = new Map<string, number>();
  for (const { what, seconds: part } of lasted) sums.set(what, (sums.get(what) ?? 0) + part);
  const usage = JSON.parse(readFileSync(peak, "utf8")) as NodeJS.ResourceUsage;
  const kept = bytesBelow(out);
  if (!flags.keep) rmSync(out, { recursive: true });
  return {
    seconds,
    processorSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    peakMB: usage.maxRSS / 1024,
    diskMB: disk / 1e6,
    keptMB: kept / 1e6,
    sums,
  };
}

try {
  writeFileSync(join(folder, "mapping.yaml"), mapping);
  console.log("      rows    log MB   seconds    cpu s   rows/s  peak MB  disk MB  kept MB  growth");
  let before: { rows: number; seconds: number } | undefined;
  for (const rows of flags.rows.split(",").map(Number)) {
    const log = await writeLog(rows);
    const logMB = readdirSync(log).reduce((sum, name) => sum + statSync(join(log, name)).size, 0) / 1e6;
    const { seconds, processorSeconds, peakMB, diskMB, keptMB, sums } = await scan(log, rows);
    const growth =
      before === undefined
        ? ""
        : (Math.log(seconds / before.seconds) / Math.log(rows / before.rows)).toFixed(2);
    const cells: [number | string, number][] = [
      [rows, 10],
      [logMB.toFixed(0), 10],
      [seconds.toFixed(1), 10],
      [processorSeconds.toFixed(1), 9],
      [(rows / seconds).toFixed(0), 9],
      [peakMB.toFixed(0), 9],
      [diskMB.toFixed(0), 9],
      [keptMB.toFixed(0), 9],
      [growth, 8],
    ];
    console.log(cells.map(([cell, width]) => String(cell).padStart(width)).join(""));
    const slowest = [...sums].sort((a, b) => b[1] - a[1]).slice(0, 12);
    console.log(`    ${slowest.map(([what, part]) => `${what} ${part.toFixed(1)} s`).join(", ")}`);
    before = { rows, seconds };
    if (!flags.keep) rmSync(log, { recursive: true });
  }
} finally {
  if (!flags.keep) rmSync(folder, { recursive: true, force: true });
  else console.log(`kept ${folder}`);
}
