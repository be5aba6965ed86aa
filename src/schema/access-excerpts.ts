import { z } from "zod";

/**
 * `excerpts.json`: the words of the template exhibits, which stay with the analyst (mode 0600). E-mail addresses, URLs and
 * numbers of six and more digits are masked; names in running text are not, so a report shows them only when asked.
 */
export const accessExcerptsSchema = z.strictObject({
  schemaVersion: z.literal(1),
  exhibits: z.array(
    z.strictObject({
      /** As in access.json. */
      id: z.string(),
      /** One prompt of the family, shortened; its slots are `[1]`, `[2]` ... in the order of `slots`. */
      text: z.string(),
      /** A few values of each slot, as lower-case words. */
      slots: z.array(z.array(z.string())),
    }),
  ),
});

/** Words of the exhibits; see `accessExcerptsSchema`. */
export type AccessExcerpts = z.output<typeof accessExcerptsSchema>;
