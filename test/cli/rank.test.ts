import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { tellingMost } from "../../src/probes/probe-order.ts";
import type { Ranking } from "../../src/schema/ranking.ts";
import { readManifest } from "../../src/store/manifest-file.ts";
import { temporaryFolder } from "../store/run-fixture.ts";
import { writeToyConfig } from "./toy-config.ts";
import { startToyEndpoint } from "./toy-endpoint.ts";

const bin = fileURLToPath(new URL("../../src/cli/bin.ts", import.meta.url));

/** Runs the command line from its sources. */
async function congener(cwd: string, ...words: string[]) {
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), bin, ...words], {
    cwd,
    env: { PATH: process.env.PATH ?? "", TOY_KEY: "a-key-of-the-toy" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err] = [child.stdout.toArray(), child.stderr.toArray()];
  const code = await new Promise<number | null>((resolve) => child.on("exit", resolve));
  return { code, out: Buffer.concat(await out).toString(), err: Buffer.concat(await err).toString() };
}

test("a run is ranked on its controls, and the best probes are asked by that ranking", async () => {
  const folder = await temporaryFolder();
  const endpoint = await startToyEndpoint();
  try {
    writeToyConfig(folder, endpoint.baseURL);
    expect((await congener(folder, "run", "-q")).code).toBe(0);
    const printed = await congener(folder, "probes", "rank", "results/toy", "--out", "ranking.json");
    expect(printed).toMatchObject({ code: 0 });
    expect(printed.out).toMatch(/toy\.sea/);
    expect(printed.out).toMatch(/3 probes of toy on 10 controls of 10 labs/);
    expect(printed.err).toMatch(/next: congener run --best 50 --ranking ranking\.json/);
    const ranking = JSON.parse(await readFile(join(folder, "ranking.json"), "utf8")) as Ranking;
    expect(ranking.panel).toHaveLength(10);
    expect(ranking.panel).not.toContain("suspect");
    expect(JSON.parse((await congener(folder, "probes", "rank", "results/toy", "--json")).out)).toEqual(
      ranking,
    );

    const best = ranking.probes.toSorted((a, b) => b.perThousandTokens - a.perThousandTokens)[0]?.probe;
    const cut = await congener(folder, "run", "--run", "few", "--best", "1", "--ranking", "ranking.json");
    expect(cut).toMatchObject({ code: 0 });
    expect(cut.err).toMatch(/note: 1 of 3 probes, by the ranking of toy/);
    const { suites } = await readManifest(join(folder, "few"));
    expect(suites.flatMap(({ probes }) => probes.map(({ id }) => id))).toEqual([best]);

    const ranked = ranking.probes
      .filter(({ perThousandTokens }) => perThousandTokens > 0)
      .map(({ probe, telling, tokens }) => ({ name: probe, telling, outputTokens: tokens.output }));
    const atEqualNumber = ["--best", "1", "--best-by", "probe", "--ranking", "ranking.json"];
    expect(await congener(folder, "run", "--run", "long", ...atEqualNumber)).toMatchObject({ code: 0 });
    const { suites: longer } = await readManifest(join(folder, "long"));
    expect(longer.flatMap(({ probes }) => probes.map(({ id }) => id))).toEqual([
      tellingMost(ranked)[0]?.name,
    ]);

    for (const [words, message] of [
      [["--best", "1"], /--best N and --ranking FILE go together/],
      [["--best-by", "probe"], /--best-by probe expects --best N and --ranking FILE beside it/],
      [["--best", "4", "--ranking", "ranking.json"], /--best 4: only \d of the 3 probes of toy are ranked/],
      [["--best", "1", "--ranking", "none.json"], /none\.json: no such file; expected a ranking/],
      [["--best", "1", "--ranking", "toy.yaml"], /toy\.yaml: .*expected a ranking/],
    ] as const) {
      const refused = await congener(folder, "run", "--run", "other", ...words);
      expect(refused.code).toBe(2);
      expect(refused.err).toMatch(message);
    }
    await writeFile(
      join(folder, "toy.yaml"),
      (await readFile(join(folder, "toy.yaml"), "utf8")).replaceAll("Say a sentence", "Write a line"),
    );
    const reworded = await congener(
      folder,
      "run",
      "--run",
      "other",
      "--best",
      "1",
      "--ranking",
      "ranking.json",
    );
    expect(reworded.err).toMatch(/only 0 of the 3 probes/);
  } finally {
    await endpoint.close();
  }
}, 60_000);
