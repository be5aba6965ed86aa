import type { IndicatorName } from "../../schema/access.ts";
import type { AccessSettings } from "../../schema/access-settings.ts";
import type { Step, StepContext } from "../step.ts";
import { unitColumn } from "../unit-column.ts";

/**
 * A step whose indicator is the share of a unit's requests for which `holds`, a boolean SQL expression over the table
 * `request`, is true; requests for which it is NULL do not count. Not applicable under `harvest.minimumRequests` requests.
 * Cost: one scan of the columns named, a second or two for 29 million rows.
 */
export function shareStep(options: {
  readonly step: string;
  readonly indicator: IndicatorName;
  readonly needs: Step["needs"];
  readonly holds: (settings: AccessSettings, context: StepContext) => string;
}): Step {
  return {
    name: options.step,
    stage: "indicators",
    needs: options.needs,
    async run(database, settings, context) {
      const { minimumRequests } = settings.harvest;
      const { units } = context;
      const column = await unitColumn(
        database,
        units.count,
        `SELECT account AS unit, count(holds) AS n,
           CASE WHEN count(holds) >= ${minimumRequests} THEN avg(CAST(holds AS INTEGER)) END AS value
         FROM (SELECT account, (${options.holds(settings, context)}) AS holds FROM ${units.requests}) GROUP BY account`,
      );
      return {
        indicators: [
          {
            name: options.indicator,
            unit: "share of requests",
            scale: "arcsine",
            ...column,
            notApplicable: `fewer than ${minimumRequests} requests of which it is known`,
          },
        ],
      };
    },
  };
}
