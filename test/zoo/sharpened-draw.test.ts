import { expect, test } from "vitest";
import { seededRandom } from "../../src/schema/random.ts";
import { drawOtherLab, layCommonGround, trainLab } from "../../src/zoo/population.ts";

const ground = layCommonGround();
const model = trainLab(ground, drawOtherLab(5, []), 6);
const prompts = ["What is your name, and who made you?", "Invent a name for a lighthouse keeper."];

test.each([0.3, 0.8, 1.3])(
  "temperature %f: the same tokens with and without log-probabilities",
  (temperature) => {
    for (const prompt of prompts) {
      const given = model.condition(prompt);
      // Log-probabilities need the whole distribution, which is the slow way to the same draw.
      const ask = (topLogprobs: number | null) =>
        Array.from({ length: 6 }, (_, sample) =>
          given
            .sample({ random: seededRandom(sample), maxTokens: 40, temperature, topLogprobs })
            .map(({ id }) => id),
        );
      const fast = ask(null);
      expect(fast).toEqual(ask(0));
      expect(new Set(fast.map((ids) => ids.join(" "))).size).toBeGreaterThan(1);
    }
  },
);
