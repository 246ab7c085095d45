import { z } from 'zod';
import { id } from '../../../devices/protocol/index.js';
import { plannedDay } from './planning.api.js';

export const forecastQuery = z.object({
  areaId: id,
  from: plannedDay,
  /** A month is reckoned as 30 days like these. */
  days: z.coerce.number().int().min(1).max(31).default(7),
});
export type ForecastQuery = z.output<typeof forecastQuery>;

const bytes = {
  /** Of the first month: everything below. Both directions, with what MQTT, TLS and TCP add. */
  totalBytes: z.int(),
  /** For comparison: every play streamed live in the same coding, each time anew; in a month. */
  liveBytes: z.int(),
};

export const forecastView = z.object({
  /** Days that count as a month. */
  monthDays: z.int(),
  controllers: z.array(
    z.object({
      controllerId: z.string(),
      clusterId: z.string(),
      clusterName: z.string(),
      ...bytes,
      /**
       * Once: audio of these days that the controller lacks. Devices do not tell the service which audio they hold. Of one that reported its
       * plan `ready` it is assumed that it holds the audio of the plan of today and the six days after it, as the schedule
       * stands now; of any other, that it holds nothing: so this is an upper bound.
       */
      audioBytes: z.int(),
      /** What the controller last told of its plan. */
      ready: z.boolean(),
      planBytes: z.int(),
      receiptBytes: z.int(),
      /** Relays and live, reckoned at `streamBitsPerSecond`. */
      streamBytes: z.int(),
      otherBytes: z.int(),
    }),
  ),
  /** Clusters of the area without a controller: these cost nothing yet. */
  clustersWithout: z.int(),
  ...bytes,
  /** Assumed of relays and live: their real rate is known only when they run. */
  streamBitsPerSecond: z.int(),
});
export type ForecastView = z.output<typeof forecastView>;
