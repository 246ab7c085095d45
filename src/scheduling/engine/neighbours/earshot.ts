/** Mean radius of the earth (IUGG): great circles are right within 0.5 %. */
const EARTH_RADIUS_M = 6_371_009;
/** In dry air at 20 °C; 600 m take 1.7 s. */
const SOUND_M_PER_S = 343;
const METRES_PER_DEGREE = (Math.PI / 180) * EARTH_RADIUS_M;

export interface Place {
  /** Degrees, WGS 84. */
  readonly latitude: number;
  readonly longitude: number;
}

export function isPlace(place: { readonly latitude: number | null; readonly longitude: number | null }): boolean {
  const { latitude, longitude } = place;
  return latitude !== null && longitude !== null && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
}

/** Great-circle distance in metres (haversine). */
export function distanceM(a: Place, b: Place): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const sine = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2;
  const part =
    sine(b.latitude - a.latitude) +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * sine(b.longitude - a.longitude);
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(part)));
}

export const delayMs = (metres: number): number => Math.round((metres / SOUND_M_PER_S) * 1_000);

/** Finds what lies within a distance without comparing all with all: squares as wide as that distance, nine looked at. */
export class EarshotGrid<T extends Place> {
  readonly #squares = new Map<string, T[]>();
  readonly #latitudeStep: number;
  readonly #longitudeStep: number;

  constructor(
    places: readonly T[],
    private readonly earshotM: number,
  ) {
    const farthestNorth = places.reduce((most, { latitude }) => Math.max(most, Math.abs(latitude)), 0);
    this.#latitudeStep = (earshotM / METRES_PER_DEGREE) * 1.01;
    // Degrees of longitude are shortest farthest from the equator; a little farther for a place that is only looked up.
    const shrink = Math.cos((Math.min(89, farthestNorth + 1) * Math.PI) / 180);
    this.#longitudeStep = this.#latitudeStep / shrink;
    for (const place of places) {
      const key = this.#key(...this.#squareOf(place));
      const square = this.#squares.get(key);
      if (square) square.push(place);
      else this.#squares.set(key, [place]);
    }
  }

  /** All within the distance, the place itself included if it is one of them. */
  *near(place: Place): Iterable<{ readonly place: T; readonly distanceM: number }> {
    const [row, column] = this.#squareOf(place);
    for (let r = row - 1; r <= row + 1; r++)
      for (let c = column - 1; c <= column + 1; c++)
        for (const other of this.#squares.get(this.#key(r, c)) ?? []) {
          const metres = distanceM(place, other);
          if (metres <= this.earshotM) yield { place: other, distanceM: metres };
        }
  }

  #squareOf({ latitude, longitude }: Place): [number, number] {
    return [Math.floor(latitude / this.#latitudeStep), Math.floor(longitude / this.#longitudeStep)];
  }

  #key(row: number, column: number): string {
    return `${row} ${column}`;
  }
}
