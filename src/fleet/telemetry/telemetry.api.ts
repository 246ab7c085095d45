import { z } from 'zod';
import { FIGURES } from '../engine/rollup.js';

export const telemetryQuery = z.object({
  /** UTC epoch ms, both inclusive. */
  fromMs: z.coerce.number().int().min(0),
  untilMs: z.coerce.number().int().min(0),
  /** `messages`: each one, as long as they are kept, ten days at most; `days`: rolled up. */
  by: z.enum(['messages', 'days']).default('days'),
});
export type TelemetryQuery = z.infer<typeof telemetryQuery>;

const figure = z.object({ min: z.number(), avg: z.number(), max: z.number() });

export const telemetryTrend = z.object({
  messages: z.array(
    z.object({
      atMs: z.int(),
      boot: z.int(),
      uptimeS: z.int(),
      bytesUp: z.int(),
      bytesDown: z.int(),
      signalDbm: z.number().nullable(),
      temperatureC: z.number().nullable(),
      supplyVolts: z.number().nullable(),
      supply: z.enum(['mains', 'battery']).nullable(),
      freeBytes: z.int().nullable(),
      memoryBytes: z.int().nullable(),
      clockErrorMs: z.int().nullable(),
      volumePercent: z.int().nullable(),
      amplifier: z.boolean().nullable(),
    }),
  ),
  days: z.array(
    z.object({
      day: z.string(),
      messages: z.int(),
      uptimeShare: z.number(),
      bytesUp: z.int(),
      bytesDown: z.int(),
      figures: z.partialRecord(z.enum(FIGURES), figure),
    }),
  ),
});
export type TelemetryTrend = z.infer<typeof telemetryTrend>;
