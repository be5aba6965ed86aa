import { setImmediate } from "node:timers/promises";
import { harvest } from "./harvest.ts";
import { hashPair } from "./hash.ts";
import type { Lab } from "./lab.ts";
import { type ModelServer, startModelServer } from "./model-server.ts";
import { drawOtherLab, layCommonGround, planStudent, trainLab, trainOn } from "./population.ts";

export interface ZooOptions {
  /** Everything about the zoo is a function of it; 1 by default. */
  readonly seed?: number;
  /** Control labs, 3 at least; 12 by default. */
  readonly controls?: number;
  /** Prompts of the suite: students are never trained on them. */
  readonly suitePrompts?: Iterable<string>;
  /** Shares of the students' dialogues that were harvested from the reference; 0.8 and 0.35 by default. */
  readonly fractions?: { readonly high: number; readonly low: number };
  /** Port of the main server; 0, the default, for any free one. The re-served model always has a port of its own. */
  readonly port?: number;
  readonly onProgress?: (progress: ZooProgress) => void;
}

/** What the zoo is doing while it starts: `done` of `total` labs trained or answers harvested. */
export interface ZooProgress {
  readonly stage: "train" | "harvest";
  readonly done: number;
  readonly total: number;
}

/** One model of the zoo: what a configuration's target needs, and the truth about it. */
export interface ZooTarget {
  /** `reference`, `distilled-high`, `distilled-low`, `honest`, `re-served`, or a control lab's name. */
  readonly name: string;
  /** Who made the model, or claims to have made it. */
  readonly lab: string;
  readonly role: "reference" | "suspect" | "control";
  /** How it came about; `fraction` of a distilled model's dialogues are the reference's answers. */
  readonly origin: "own" | "distilled" | "same-weights";
  readonly fraction: number | null;
  /** Ends in `/v1`; no key is needed. */
  readonly baseURL: string;
  /** Model id on the wire. */
  readonly model: string;
}

export interface Zoo {
  readonly seed: number;
  readonly labs: readonly ZooTarget[];
  /** Prompts whose answers the distilled models were trained on. */
  readonly trainingPrompts: ReadonlySet<string>;
  /** Stop all servers; nothing of the zoo keeps the process alive afterwards. May be called twice. */
  close(): Promise<void>;
}

/**
 * Start the zoo: draw labs, train their models, serve them over HTTP on 127.0.0.1, harvest the reference's answers over
 * HTTP and train two students on them. A miniature for demonstration: its findings say nothing about any real model.
 *
 * @throws RangeError when fewer than 3 controls or fractions outside of (0, 1] are asked for
 */
export async function startZoo(options: ZooOptions = {}): Promise<Zoo> {
  const { seed = 1, controls = 12, fractions = { high: 0.8, low: 0.35 }, onProgress } = options;
  if (!Number.isInteger(controls) || controls < 3)
    throw new RangeError(`zoo needs 3 or more controls, got ${controls}`);
  for (const share of [fractions.high, fractions.low])
    if (!(share > 0 && share <= 1)) throw new RangeError(`zoo fraction must be in (0, 1], got ${share}`);

  const ground = layCommonGround();
  const serverOptions = { seed: hashPair(seed, 51), vocabulary: ground.vocabulary };
  const main = await startModelServer({ ...serverOptions, port: options.port ?? 0 });
  const servers: ModelServer[] = [main];
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= Promise.all(servers.map((server) => server.close())).then(() => undefined);
    return closing;
  };
  try {
    const other = await startModelServer({ ...serverOptions, seed: hashPair(seed, 52) });
    servers.push(other);
    return { seed, ...(await populate()), close };

    async function populate(): Promise<Pick<Zoo, "labs" | "trainingPrompts">> {
      const targets: ZooTarget[] = [];
      const labs = drawLabs(seed, controls);
      const total = labs.length;
      const add = (target: Omit<ZooTarget, "baseURL">, server: ModelServer) =>
        targets.push({ ...target, baseURL: server.baseURL });

      let trained = 0;
      const progress = async () => {
        trained += 1;
        onProgress?.({ stage: "train", done: trained, total });
        // Training is synchronous: let the caller draw its progress bar.
        await setImmediate();
      };
      const [reference, honest, high, low, reseller, ...panel] = labs as [Lab, Lab, Lab, Lab, Lab, ...Lab[]];
      const weights = trainLab(ground, reference, hashPair(seed, 60));
      const referenceModel = `${reference.slug}-1`;
      main.serve(referenceModel, weights);
      add(
        {
          name: "reference",
          lab: reference.slug,
          role: "reference",
          origin: "own",
          fraction: null,
          model: referenceModel,
        },
        main,
      );
      await progress();

      const exclude = new Set(options.suitePrompts ?? []);
      const plans = [
        { name: "distilled-high", lab: high, share: fractions.high },
        { name: "distilled-low", lab: low, share: fractions.low },
      ].map((student, index) => ({
        ...student,
        plan: planStudent({
          lab: student.lab,
          seed: hashPair(seed, 70 + index),
          shares: [student.share],
          exclude,
        }),
      }));
      const asked = plans.reduce((sum, { plan }) => sum + (plan.prompts[0]?.length ?? 0), 0);
      let answers = 0;
      for (const { name, lab, share, plan } of plans) {
        const taught = await harvest({
          baseURL: main.baseURL,
          model: referenceModel,
          prompts: plan.prompts[0] ?? [],
          onAnswer: () => onProgress?.({ stage: "harvest", done: ++answers, total: asked }),
        });
        const model = `${lab.slug}-chat`;
        main.serve(model, trainOn(ground, [...plan.own, ...taught]));
        add({ name, lab: lab.slug, role: "suspect", origin: "distilled", fraction: share, model }, main);
        await progress();
      }

      main.serve(`${honest.slug}-chat`, trainLab(ground, honest, hashPair(seed, 61)));
      add(
        {
          name: "honest",
          lab: honest.slug,
          role: "suspect",
          origin: "own",
          fraction: null,
          model: `${honest.slug}-chat`,
        },
        main,
      );
      await progress();
      const resold = `${reseller.slug}-ultra`;
      other.serve(resold, weights);
      add(
        {
          name: "re-served",
          lab: reseller.slug,
          role: "suspect",
          origin: "same-weights",
          fraction: null,
          model: resold,
        },
        other,
      );
      await progress();

      for (const [index, lab] of panel.entries()) {
        main.serve(`${lab.slug}-1`, trainLab(ground, lab, hashPair(seed, 80 + index)));
        add(
          {
            name: lab.slug,
            lab: lab.slug,
            role: "control",
            origin: "own",
            fraction: null,
            model: `${lab.slug}-1`,
          },
          main,
        );
        await progress();
      }
      return { labs: targets, trainingPrompts: new Set(plans.flatMap(({ plan }) => plan.prompts.flat())) };
    }
  } catch (error) {
    await close();
    throw error;
  }
}

/** Reference, honest suspect, two students, reseller, then the controls; every third control knows as much as the reference. */
function drawLabs(seed: number, controls: number): Lab[] {
  const labs: Lab[] = [];
  const strong = 0.8;
  labs.push(drawOtherLab(hashPair(seed, 1), labs, strong));
  for (let index = 1; index < controls + 5; index += 1)
    labs.push(
      drawOtherLab(hashPair(seed, 1 + index), labs, index >= 5 && index % 3 === 2 ? strong : undefined),
    );
  return labs;
}
