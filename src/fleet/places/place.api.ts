import { z } from 'zod';
import { PLACE_KINDS, REACHES } from '../engine/place-kind.js';

const latitude = z.number().min(-90).max(90);
const longitude = z.number().min(-180).max(180);
export const position = z.object({ latitude, longitude });

export const placeChange = z.object({
  reach: z.enum(REACHES).optional(),
  horns: z.int().min(0).max(100).optional(),
  /** Null: not known. */
  position: position.nullable().optional(),
});
export type PlaceChange = z.infer<typeof placeChange>;

export const placeView = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  areaId: z.string(),
  kind: z.enum(PLACE_KINDS),
  reach: z.enum(REACHES),
  horns: z.int(),
  position: position.nullable(),
  /** Hamlets that hear it today. */
  hamlets: z.array(z.object({ id: z.string(), name: z.string() })),
  /** The profile of those hamlets: what is said there, in the order in which it is to be spoken; none: no hamlet has a profile. */
  languages: z.array(z.string()),
});
export type PlaceView = z.infer<typeof placeView>;

export const nearestQuery = z.object({
  latitude: z.coerce.number().min(-90).max(90),
  longitude: z.coerce.number().min(-180).max(180),
});
export type NearestQuery = z.infer<typeof nearestQuery>;

export const nearestPlace = placeView.extend({
  /** Metres along the ground; null: nobody has entered where it is. */
  distanceM: z.int().nullable(),
  /** A controller stands there. */
  equipped: z.boolean(),
});
export const nearest = z.object({
  clusters: z.array(nearestPlace),
  /** Hamlets by the nearest cluster that they hear. */
  hamlets: z.array(z.object({ id: z.string(), name: z.string(), distanceM: z.int().nullable() })),
});
export type Nearest = z.infer<typeof nearest>;
