import { z } from 'zod';
import { id } from '../../../devices/protocol/index.js';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const hours = z
  .object({
    /** ISO: 1 is Monday, 7 is Sunday. */
    weekdays: z.array(z.int().min(1).max(7)).min(1).max(7),
    from: time,
    until: z.union([time, z.literal('24:00')]),
    untilDay: z.enum(['same', 'next']).default('same'),
  })
  .refine(({ from, until, untilDay }) => (untilDay === 'same' ? from < until : until <= from), {
    error: 'on the same day `until` is after `from`; on the next day it is no later than `from`',
    path: ['until'],
  });

export const newForeignLoudspeaker = z.object({
  areaId: id,
  name: z.string().normalize('NFC').trim().min(1).max(200),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  hours: z.array(hours).min(1).max(50),
});
export type NewForeignLoudspeaker = z.output<typeof newForeignLoudspeaker>;

export const foreignLoudspeakerQuery = z.object({ areaId: id });
export type ForeignLoudspeakerQuery = z.output<typeof foreignLoudspeakerQuery>;

export const foreignLoudspeakerView = z.object({
  id: z.string(),
  areaId: z.string(),
  name: z.string(),
  latitude: z.number(),
  longitude: z.number(),
  hours: z.array(
    z.object({
      weekdays: z.array(z.int()),
      from: z.string(),
      until: z.string(),
      untilDay: z.enum(['same', 'next']),
    }),
  ),
  createdByName: z.string(),
  createdAtMs: z.int(),
});
export type ForeignLoudspeakerView = z.output<typeof foreignLoudspeakerView>;
