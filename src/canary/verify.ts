import type {
  CanaryCommitment,
  CanaryOpening,
  CanaryResult,
  CanarySuspect,
  CanaryTest,
  ClusterTest,
} from "../schema/canary.ts";
import type { GreenCommitment, GreenOpening } from "../schema/green-list.ts";
import { alike, type CanaryCheck } from "./canary-check.ts";
import { commitmentHash, commitmentOf, differences } from "./commit.ts";
import { correctSecrets } from "./correct-secrets.ts";
import { greenCommitmentOf } from "./green-list/commit-green-list.ts";
import { verifyGreenTest } from "./green-list/verify-green-test.ts";
import { scoreReadings } from "./score-slots.ts";
import { figuresOf, secretsOf } from "./test-suspect.ts";

/**
 * Whether commitments, openings and a result agree: every number is computed anew from the openings and the readings in
 * the result, offline. What a run's transcripts say is another check, made by testing them again.
 *
 * @param result - null to check commitments and openings alone
 * @returns one entry a check; all hold if nothing was changed
 */
export function verifyCanary(
  commitments: readonly AnyCommitment[],
  openings: readonly AnyOpening[],
  result: CanaryResult | null,
): CanaryCheck[] {
  const slotLists = openings.filter((opening) => opening.kind === "canary-opening");
  const greenLists = openings.filter((opening) => opening.kind === "canary-green-opening");
  const byHash = new Map(slotLists.map((opening) => [commitmentHash(opening), opening]));
  const greenByHash = new Map(greenLists.map((opening) => [commitmentHash(opening), opening]));
  const opened = openings.map((opening) => checkOpening(opening, commitments));
  const committed = Math.max(
    secretsOf(openings),
    new Set(commitments.flatMap(({ hash, previous }) => [hash, ...previous])).size,
  );
  const tests = (result?.suspects ?? []).flatMap((suspect) => [
    ...suspect.tests.map((test) => checkTest(suspect, test, byHash.get(test.commitment))),
    ...(suspect.greenTests ?? []).map((test) =>
      verifyGreenTest(suspect.suspect, test, greenByHash.get(test.commitment)),
    ),
    checkCorrection(suspect, committed),
  ]);
  return [...opened, ...tests];
}

type AnyOpening = CanaryOpening | GreenOpening;
type AnyCommitment = CanaryCommitment | GreenCommitment;

function checkOpening(opening: AnyOpening, commitments: readonly AnyCommitment[]): CanaryCheck {
  const what = `opening of ${opening.sealed.name} matches its commitment`;
  const hash = commitmentHash(opening);
  const commitment = commitments.find((one) => one.hash === hash);
  if (commitment === undefined)
    return {
      what,
      holds: false,
      detail: `its hash is ${hash}, and ${commitments.length === 1 ? `the commitment has ${commitments[0]?.hash}` : "no commitment given has it"}`,
    };
  const { witness } = commitment.timestamp;
  const expected =
    opening.kind === "canary-opening" ? commitmentOf(opening, witness) : greenCommitmentOf(opening, witness);
  const differing = differences<AnyCommitment>(expected, commitment);
  return {
    what,
    holds: differing.length === 0,
    detail:
      differing.length === 0
        ? `SHA-256 ${hash}, committed ${opening.committedAt}`
        : `the commitment was changed in ${differing.join(", ")}`,
  };
}

function checkTest(
  { suspect }: CanarySuspect,
  test: CanaryTest,
  opening: CanaryOpening | undefined,
): CanaryCheck {
  const what = `result of ${test.name} on ${suspect} follows from its opening`;
  if (opening === undefined)
    return { what, holds: false, detail: `no opening given has the commitment ${test.commitment}` };
  const { sealed } = opening;
  const score = scoreReadings(sealed, new Map(test.slotResults.map(({ id, samples }) => [id, samples])));
  const { adjustedPValue: _corrected, controls: _controls, ...said } = test;
  const computed = figuresOf(opening, score);
  const differing = [...new Set([...Object.keys(computed), ...Object.keys(said)])].filter((key) =>
    key === "clusters"
      ? !alike(computed.clusters?.map(uncorrected), said.clusters?.map(uncorrected))
      : !alike(computed[key as keyof typeof computed], said[key as keyof typeof said]),
  );
  return {
    what,
    holds: differing.length === 0,
    detail:
      differing.length === 0
        ? `${score.hits} of ${computed.slots} slots, p = ${score.pValue.toPrecision(2)}`
        : `recomputed, ${differing.join(", ")} differ`,
  };
}

/** What is checked by itself is the correction. */
const uncorrected = ({ adjustedPValue: _corrected, ...test }: ClusterTest) => test;

function checkCorrection(
  { suspect, secretsCommitted, tests, greenTests = [] }: CanarySuspect,
  committed: number,
): CanaryCheck {
  const corrected = correctSecrets(tests, greenTests, secretsCommitted);
  const right = alike([...corrected.tests, ...corrected.greenTests], [...tests, ...greenTests]);
  return {
    what: `correction on ${suspect} counts every secret`,
    holds: right && secretsCommitted >= committed,
    detail:
      secretsCommitted < committed
        ? `the result counts ${secretsCommitted} secrets, and ${committed} were committed`
        : `Holm over ${secretsCommitted}${right ? "" : ", but the adjusted p-values are others"}`,
  };
}
