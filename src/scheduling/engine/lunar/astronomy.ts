/**
 * New moons and the longitude of the sun, as far as a calendar needs them. Instants are days since 2000-01-01T12:00
 * (J2000.0), in terrestrial time unless said otherwise.
 */

/** Terrestrial minus universal time, in days. Espenak and Meeus, "Polynomial expressions for Delta T" (NASA 2006), 1900–2150. */
export function deltaT(year: number): number {
  return deltaTSeconds(year) / 86_400;
}

function deltaTSeconds(year: number): number {
  if (year < 1920) return polynomial(year - 1900, [-2.79, 1.494119, -0.0598939, 0.0061966, -0.000197]);
  if (year < 1941) return polynomial(year - 1920, [21.2, 0.84493, -0.0761, 0.0020936]);
  if (year < 1961) return polynomial(year - 1950, [29.07, 0.407, -1 / 233, 1 / 2547]);
  if (year < 1986) return polynomial(year - 1975, [45.45, 1.067, -1 / 260, -1 / 718]);
  if (year < 2005) return polynomial(year - 2000, [63.86, 0.3345, -0.060374, 0.0017275, 0.000651814, 0.00002373599]);
  if (year < 2050) return polynomial(year - 2000, [62.92, 0.32217, 0.005589]);
  return -20 + 32 * ((year - 1820) / 100) ** 2 - 0.5628 * (2150 - year);
}

const polynomial = (x: number, factors: readonly number[]): number =>
  factors.reduceRight((sum, factor) => sum * x + factor, 0);

const sin = (degrees: number): number => Math.sin((degrees * Math.PI) / 180);
const cos = (degrees: number): number => Math.cos((degrees * Math.PI) / 180);

/** Days from one new moon to the next, on average. */
export const MEAN_MONTH = 29.530588861;

/**
 * The new moon of number `k`, 0 being that of 2000-01-06. Meeus, Astronomical Algorithms (2nd ed.), chapter 49: a few seconds
 * off at most in our centuries.
 */
export function newMoon(k: number): number {
  const t = k / 1236.85;
  const mean = 5.09766 + MEAN_MONTH * k + polynomial(t, [0, 0, 0.00015437, -0.00000015, 0.00000000073]);
  const e = polynomial(t, [1, -0.002516, -0.0000074]);
  const sun = 2.5534 + 29.1053567 * k + polynomial(t, [0, 0, -0.0000014, -0.00000011]);
  const moon = 201.5643 + 385.81693528 * k + polynomial(t, [0, 0, 0.0107582, 0.00001238, -0.000000058]);
  const node = 160.7108 + 390.67050284 * k + polynomial(t, [0, 0, -0.0016118, -0.00000227, 0.000000011]);
  const ascending = 124.7746 - 1.56375588 * k + polynomial(t, [0, 0, 0.0020672, 0.00000215]);
  let at = mean - 0.00017 * sin(ascending);
  for (const [factor, power, ofSun, ofMoon, ofNode] of PHASE_TERMS)
    at += factor * e ** power * sin(ofSun * sun + ofMoon * moon + ofNode * node);
  for (const [factor, constant, rate] of PLANET_TERMS) at += factor * sin(constant + rate * k);
  return at + 0.000325 * sin(299.77 + 0.107408 * k - 0.009173 * t * t);
}

/** Days, power of the eccentricity, multiples of the anomalies of sun and moon and of the argument of latitude. */
const PHASE_TERMS: readonly (readonly [number, number, number, number, number])[] = [
  [-0.4072, 0, 0, 1, 0],
  [0.17241, 1, 1, 0, 0],
  [0.01608, 0, 0, 2, 0],
  [0.01039, 0, 0, 0, 2],
  [0.00739, 1, -1, 1, 0],
  [-0.00514, 1, 1, 1, 0],
  [0.00208, 2, 2, 0, 0],
  [-0.00111, 0, 0, 1, -2],
  [-0.00057, 0, 0, 1, 2],
  [0.00056, 1, 1, 2, 0],
  [-0.00042, 0, 0, 3, 0],
  [0.00042, 1, 1, 0, 2],
  [0.00038, 1, 1, 0, -2],
  [-0.00024, 1, -1, 2, 0],
  [-0.00007, 0, 2, 1, 0],
  [0.00004, 0, 0, 2, -2],
  [0.00004, 0, 3, 0, 0],
  [0.00003, 0, 1, 1, -2],
  [0.00003, 0, 0, 2, 2],
  [-0.00003, 0, 1, 1, 2],
  [0.00003, 0, -1, 1, 2],
  [-0.00002, 0, -1, 1, -2],
  [-0.00002, 0, 1, 3, 0],
  [0.00002, 0, 0, 4, 0],
];

/** Days, degrees, degrees a month; the first planetary term has a square and stands in `newMoon`. */
const PLANET_TERMS: readonly (readonly [number, number, number])[] = [
  [0.000165, 251.88, 0.016321],
  [0.000164, 251.83, 26.651886],
  [0.000126, 349.42, 36.412478],
  [0.00011, 84.66, 18.206239],
  [0.000062, 141.74, 53.303771],
  [0.00006, 207.14, 2.453732],
  [0.000056, 154.84, 7.30686],
  [0.000047, 34.52, 27.261239],
  [0.000042, 207.19, 0.121824],
  [0.00004, 291.34, 1.844379],
  [0.000037, 161.72, 24.198154],
  [0.000035, 239.56, 25.513099],
  [0.000023, 331.55, 3.592518],
];

/**
 * Apparent geocentric longitude of the sun, 0..360 degrees. Bretagnon and Simon, Planetary Programs and Tables (1986), with
 * aberration and nutation: some 2 arc seconds, which the sun passes in less than a minute.
 */
export function sunLongitude(at: number): number {
  const c = at / 36_525;
  let sum = 0;
  for (const [factor, constant, rate] of SUN_TERMS) sum += factor * sin(constant + rate * c);
  const mean = 282.7771834 + 36_000.76953744 * c + 0.000005729577951308232 * sum;
  const aberration = 0.0000974 * cos(177.63 + 35_999.01848 * c) - 0.005575;
  const nutation =
    -0.004778 * sin(124.9 - 1_934.134 * c + 0.002063 * c * c) -
    0.0003667 * sin(201.11 + 72_001.5377 * c + 0.00057 * c * c);
  const longitude = mean + aberration + nutation;
  return longitude - 360 * Math.floor(longitude / 360);
}

/** Ten-millionths of a radian, degrees, degrees a century. */
const SUN_TERMS: readonly (readonly [number, number, number])[] = [
  [403406, 270.54861, 0.9287892],
  [195207, 340.19128, 35999.1376958],
  [119433, 63.91854, 35999.4089666],
  [112392, 331.2622, 35998.7287385],
  [3891, 317.843, 71998.20261],
  [2819, 86.631, 71998.4403],
  [1721, 240.052, 36000.35726],
  [660, 310.26, 71997.4812],
  [350, 247.23, 32964.4678],
  [334, 260.87, -19.441],
  [314, 297.82, 445267.1117],
  [268, 343.14, 45036.884],
  [242, 166.79, 3.1008],
  [234, 81.53, 22518.4434],
  [158, 3.5, -19.9739],
  [132, 132.75, 65928.9345],
  [129, 182.95, 9038.0293],
  [114, 162.03, 3034.7684],
  [99, 29.8, 33718.148],
  [93, 266.4, 3034.448],
  [86, 249.2, -2280.773],
  [78, 157.6, 29929.992],
  [72, 257.8, 31556.493],
  [68, 185.1, 149.588],
  [64, 69.9, 9037.75],
  [46, 8, 107997.405],
  [38, 197.1, -4444.176],
  [37, 250.4, 151.771],
  [32, 65.3, 67555.316],
  [29, 162.7, 31556.08],
  [28, 341.5, -4561.54],
  [27, 291.6, 107996.706],
  [27, 98.5, 1221.655],
  [25, 146.7, 62894.167],
  [24, 110, 31437.369],
  [21, 5.2, 14578.298],
  [21, 342.6, -31931.757],
  [20, 230.9, 34777.243],
  [18, 256.1, 1221.999],
  [17, 45.3, 62894.511],
  [14, 242.9, -4442.039],
  [13, 115.2, 107997.909],
  [13, 151.8, 119.066],
  [13, 285.3, 16859.071],
  [12, 53.3, -4.578],
  [10, 126.6, 26895.292],
  [10, 205.7, -39.127],
  [10, 85.9, 12297.536],
  [10, 146.1, 90073.778],
];
