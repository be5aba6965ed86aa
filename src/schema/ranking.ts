import { z } from "zod";

const finite = z.number();

/** One probe of a ranking; see `rankProbes` for the numbers. */
export const rankedProbeSchema = z.strictObject({
  probe: z.string(),
  family: z.string(),
  /** Hash of its own wording (`textHash`): a probe of another text is another probe. */
  text: z.string().regex(/^[0-9a-f]{64}$/),
  /** How much it separates labs: shrunk, standardised, 0 for not at all; with a 95 % interval. */
  telling: finite,
  interval: z.tuple([finite, finite]),
  separation: finite,
  noise: finite,
  ownShare: finite,
  labs: z.int().min(0),
  labsWithin: z.int().min(0),
  /** Mean tokens of one sample over the panel; `estimated` where an endpoint did not count them (a token is four bytes). */
  tokens: z.strictObject({ input: finite, output: finite, estimated: z.boolean() }),
  /** Telling squared a thousand tokens, 0 where telling is not above 0: `--best` takes the largest. */
  perThousandTokens: finite,
});

/** A file of `congener probes rank --out`: probes by how much they separate labs, and what they cost. */
export const rankingSchema = z.strictObject({
  schemaVersion: z.literal(1),
  congenerVersion: z.string(),
  statisticVersion: z.string(),
  /** Name of the run that it was measured on. */
  run: z.string(),
  /** Embedded miniatures: the ranking says nothing about real models. */
  miniature: z.boolean(),
  /** The models that it was measured on. */
  panel: z.array(z.string()),
  labs: z.int().min(0),
  withinBetweenModels: z.int().min(0),
  withinBetweenSamples: z.int().min(0),
  nullHypothesis: z.string(),
  method: z.string(),
  heterogeneity: z.strictObject({ statistic: finite, degreesOfFreedom: finite, pValue: finite }),
  caveats: z.array(z.strictObject({ code: z.string(), message: z.string(), advice: z.string() })),
  probes: z.array(rankedProbeSchema).min(1),
  unranked: z.array(z.string()),
});

/** One probe of a ranking; see `rankedProbeSchema`. */
export type RankedProbe = z.output<typeof rankedProbeSchema>;
/** Probes by how much they separate labs; see `rankingSchema`. */
export type Ranking = z.output<typeof rankingSchema>;
