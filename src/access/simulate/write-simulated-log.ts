import { createWriteStream } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { stringify } from "yaml";
import { UsageError } from "../../errors.ts";
import { literal, withDatabase } from "../database.ts";
import { type SimulatedLog, type SimulationOptions, simulatedMapping, simulateLog } from "./simulate-log.ts";

/** Formats that a simulated log is written in. */
export const simulatedFormats = ["jsonl", "csv", "parquet"] as const;

/** What was written, and what it holds. */
export interface WrittenSimulation {
  /** Path of the log. */
  readonly log: string;
  readonly rows: number;
  readonly simulated: SimulatedLog;
}

/**
 * Writes a simulated log into an empty or new folder, with `truth.csv` (what every account is), `mapping.yaml` and
 * `access.yaml` (the releases): what `congener access scan` needs.
 * @throws UsageError where the folder holds something
 */
export async function writeSimulatedLog(
  folder: string,
  options: SimulationOptions,
  format: (typeof simulatedFormats)[number],
): Promise<WrittenSimulation> {
  await mkdir(folder, { recursive: true });
  const [found] = await readdir(folder);
  if (found !== undefined)
    throw new UsageError(
      "access.folder-not-empty",
      `${folder} holds ${found}: expected an empty or new folder for the simulated log; name another with -o`,
    );
  const simulated = simulateLog(options);
  let rows = 0;
  const lines = function* () {
    for (const request of simulated.requests()) {
      rows++;
      yield `${JSON.stringify(request)}\n`;
    }
  };
  const jsonl = join(folder, "log.jsonl");
  await pipeline(Readable.from(inBlocks(lines())), createWriteStream(jsonl));
  const log = join(folder, `log.${format}`);
  if (format !== "jsonl") {
    await convert(folder, jsonl, log, format);
    await rm(jsonl);
  }
  await writeFile(join(folder, "truth.csv"), truthCsv(simulated));
  await writeFile(join(folder, "mapping.yaml"), stringify({ format, columns: simulatedMapping }));
  await writeFile(
    join(folder, "access.yaml"),
    `# Settings of a simulated log: what is not here has its default; congener access init writes all of them.\n${stringify({ seed: options.seed, releases: simulated.releases })}`,
  );
  return { log, rows, simulated };
}

const truthCsv = ({ labels }: SimulatedLog): string =>
  `account,kind,campaign\n${labels.map(({ account, kind, campaign }) => `${account},${kind},${campaign}\n`).join("")}`;

/** Lines in blocks of some 64 KiB: a write a line would cost more than the line. */
function* inBlocks(lines: Iterable<string>): Generator<string> {
  let block = "";
  for (const line of lines) {
    block += line;
    if (block.length < 1 << 16) continue;
    yield block;
    block = "";
  }
  yield block;
}

const columnTypes =
  "{request_id: 'VARCHAR', timestamp: 'VARCHAR', account_id: 'VARCHAR', org_id: 'VARCHAR', api_key_id: 'VARCHAR', ip: 'VARCHAR', asn: 'INTEGER', country: 'VARCHAR', user_agent: 'VARCHAR', payment_fingerprint: 'VARCHAR', model: 'VARCHAR', prompt: 'VARCHAR', system_prompt_hash: 'VARCHAR', max_tokens: 'INTEGER', temperature: 'DOUBLE', logprobs: 'BOOLEAN', reasoning: 'BOOLEAN', input_tokens: 'INTEGER', output_tokens: 'INTEGER', finish_reason: 'VARCHAR'}";

async function convert(folder: string, from: string, to: string, format: "csv" | "parquet"): Promise<void> {
  const database = {
    file: ":memory:",
    temporaryFolder: join(folder, `.${basename(to)}.tmp`),
    memory: "1GB",
    threads: 2,
  };
  const as = format === "csv" ? "(FORMAT csv, HEADER)" : "(FORMAT parquet, COMPRESSION zstd)";
  await withDatabase(database, async (connection) => {
    await connection.run("SET preserve_insertion_order = true");
    await connection.run(
      `COPY (SELECT * FROM read_json(${literal(from)}, format = 'newline_delimited', columns = ${columnTypes})) TO ${literal(to)} ${as}`,
    );
  });
}
