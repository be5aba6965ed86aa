import type { DesignPower, PowerQuestion, PowerSimulator } from "./simulated-power.ts";

/** The smallest design of one number of samples a probe that answers the question, or that there is none. */
export interface FoundDesign {
  readonly samples: number;
  /** Probes that suffice, by simulation; null where not even all of the pilot's do. */
  readonly probes: number | null;
  /** With these probes; with all of the pilot's where they do not suffice. */
  readonly power: DesignPower;
  /**
   * Where the pilot's probes do not suffice: from how many on, more or less, probes of the same kind would. By formula
   * from the pilot's variance components, two standard errors up and down; null ends lie beyond eight times the pilot.
   */
  readonly extrapolated: readonly [number | null, number | null] | null;
}

/** With fewer probes the jackknife of a comparison is not to be relied on. */
const fewestProbes = 10;
/** Steps in which the number of probes grows. */
const step = 1.25;
/** The formula is not carried farther than this many times the pilot. */
export const farthest = 8;

/**
 * Finds the fewest probes that have the power asked for. The formula says where to begin; what is returned was simulated
 * on random parts of the pilot, and grows until the simulation, not the formula, reaches the power.
 */
export async function findDesign(simulator: PowerSimulator, { rates }: PowerQuestion): Promise<FoundDesign> {
  const { whole } = simulator;
  const enough = ({ power }: DesignPower) => power.estimate >= rates.power;
  if (!enough(whole))
    return {
      samples: whole.samples,
      probes: null,
      power: whole,
      extrapolated: extrapolate(simulator, rates.power),
    };
  let probes = Math.min(fewestProbes, whole.probes);
  while (probes < whole.probes && !enough(simulator.byFormula(probes))) probes++;
  for (; probes < whole.probes; probes = Math.ceil(step * probes)) {
    const power = await simulator.onPart(probes);
    if (power !== null && enough(power)) return { samples: whole.samples, probes, power, extrapolated: null };
  }
  return { samples: whole.samples, probes: whole.probes, power: whole, extrapolated: null };
}

function extrapolate(simulator: PowerSimulator, wanted: number): readonly [number | null, number | null] {
  const { whole } = simulator;
  const firstWith = (errors: number): number | null => {
    for (let probes = whole.probes; probes <= farthest * whole.probes; probes = Math.ceil(1.05 * probes)) {
      const { power } = simulator.byFormula(probes);
      if (power.estimate + errors * (power.standardError ?? 0) >= wanted)
        return Number(probes.toPrecision(2));
    }
    return null;
  };
  return [firstWith(2), firstWith(-2)];
}
