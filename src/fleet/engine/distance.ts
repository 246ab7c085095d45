export interface Place {
  /** Degrees. */
  readonly latitude: number;
  readonly longitude: number;
}

const EARTH_M = 6_371_000;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Along the ground, whole metres (haversine; within half a percent, far better than a telephone knows where it is). */
export function distanceM(a: Place, b: Place): number {
  const across = radians(b.longitude - a.longitude);
  const up = radians(b.latitude - a.latitude);
  const h =
    Math.sin(up / 2) ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(across / 2) ** 2;
  return Math.round(2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h))));
}
