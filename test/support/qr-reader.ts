/**
 * Reads a QR code (ISO/IEC 18004, model 2, versions 7 to 15, levels L and M, bytes) from a clean picture of a page: upright, undistorted, so that
 * no error has to be corrected. Written from the standard, apart from what draws our codes.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  dark(x: number, y: number): boolean;
}

/** Centres of the patterns within a code; rows and columns are the same. */
const ALIGNMENT: Readonly<Record<number, readonly number[]>> = {
  ...{ 7: [6, 22, 38], 8: [6, 24, 42], 9: [6, 26, 46], 10: [6, 28, 50], 11: [6, 30, 54], 12: [6, 32, 58] },
  ...{ 13: [6, 34, 62], 14: [6, 26, 46, 66], 15: [6, 26, 48, 70] },
};
/** Blocks of data of each version: how many of how many bytes. */
const BLOCKS: Readonly<Record<'L' | 'M', Readonly<Record<number, readonly (readonly [number, number])[]>>>> = {
  L: {
    ...{ 7: [[2, 78]], 8: [[2, 97]], 9: [[2, 116]], 11: [[4, 81]], 13: [[4, 107]] },
    10: [
      [2, 68],
      [2, 69],
    ],
    12: [
      [2, 92],
      [2, 93],
    ],
    14: [
      [3, 115],
      [1, 116],
    ],
    15: [
      [5, 87],
      [1, 88],
    ],
  },
  M: {
    7: [[4, 31]],
    8: [
      [2, 38],
      [2, 39],
    ],
    9: [
      [3, 36],
      [2, 37],
    ],
    10: [
      [4, 43],
      [1, 44],
    ],
    11: [
      [1, 50],
      [4, 51],
    ],
    12: [
      [6, 36],
      [2, 37],
    ],
    13: [
      [8, 37],
      [1, 38],
    ],
    14: [
      [4, 40],
      [5, 41],
    ],
    15: [
      [5, 41],
      [5, 42],
    ],
  },
};
const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
];

interface Point {
  readonly x: number;
  readonly y: number;
  /** Of one module, in pixels. */
  readonly module: number;
}

/** @throws if there is no such code */
export function readQr(picture: Picture): string {
  const modules = modulesOf(picture);
  const { level, mask } = formatOf(modules);
  const size = modules.length;
  const version = (size - 17) / 4;
  const bytes = codewords(modules, version, MASKS[mask] as (r: number, c: number) => boolean);
  return textOf(dataOf(bytes, BLOCKS[level][version] ?? []), version);
}

/** Runs of dark, light, dark, light, dark like 1 : 1 : 3 : 1 : 1, in rows and in columns. */
function findersOf(picture: Picture): Point[] {
  const found: Point[] = [];
  for (let y = 0; y < picture.height; y++) {
    const runs: number[] = [];
    let begin = 0;
    for (let x = 1; x <= picture.width; x++) {
      if (x < picture.width && picture.dark(x, y) === picture.dark(x - 1, y)) continue;
      runs.push(x - begin);
      begin = x;
      const last = runs.slice(-5);
      const module = last.reduce((sum, run) => sum + run, 0) / 7;
      if (!picture.dark(x - 1, y) || last.length < 5 || !isFinder(last, module)) continue;
      const centre = x - 3.5 * module;
      const up = columnRuns(picture, Math.round(centre), y);
      if (up && Math.abs(up.module - module) < module / 2) found.push({ x: centre, y: up.centre, module });
    }
  }
  const apart: Point[] = [];
  for (const point of found)
    if (!apart.some(({ x, y, module }) => Math.hypot(x - point.x, y - point.y) < 4 * module)) apart.push(point);
  return apart;
}

const isFinder = (runs: readonly number[], module: number): boolean =>
  module >= 1.5 && [1, 1, 3, 1, 1].every((times, n) => Math.abs((runs[n] ?? 0) - times * module) <= module * 0.6);

/** The same through a point, from top to bottom; null: it is none. */
function columnRuns(picture: Picture, x: number, y: number): { centre: number; module: number } | null {
  const edge = (step: number): number[] => {
    const edges: number[] = [];
    for (let at = y; at >= 0 && at < picture.height && edges.length < 3; at += step)
      if (picture.dark(x, at) !== picture.dark(x, at + step)) edges.push(at + (step > 0 ? 1 : 0));
    return edges;
  };
  const [up, down] = [edge(-1), edge(1)];
  if (up.length < 3 || down.length < 3) return null;
  const [top = 0, bottom = 0] = [up[2], down[2]];
  const module = (bottom - top) / 7;
  const runs = [up[1], up[0], down[0], down[1]].map(Number);
  const lengths = [(runs[0] ?? 0) - top, (runs[1] ?? 0) - (runs[0] ?? 0), (runs[2] ?? 0) - (runs[1] ?? 0)];
  return isFinder([...lengths, (runs[3] ?? 0) - (runs[2] ?? 0), bottom - (runs[3] ?? 0)], module)
    ? { centre: (top + bottom) / 2, module }
    : null;
}

function modulesOf(picture: Picture): boolean[][] {
  const points = findersOf(picture);
  const corner = points.find(
    (each) =>
      points.some((right) => right !== each && Math.abs(right.y - each.y) < each.module && right.x > each.x) &&
      points.some((below) => below !== each && Math.abs(below.x - each.x) < each.module && below.y > each.y),
  );
  const right = corner && points.find(({ x, y }) => Math.abs(y - corner.y) < corner.module && x > corner.x);
  if (!corner || !right) throw new Error(`no QR code in the picture (${points.length} corners)`);
  // From centre to centre there are 10 modules and 4 for each version.
  const version = Math.round(((right.x - corner.x) / corner.module - 10) / 4);
  const size = 17 + 4 * version;
  const module = (right.x - corner.x) / (size - 7);
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) =>
      picture.dark(Math.round(corner.x + (column - 3) * module - 0.5), Math.round(corner.y + (row - 3) * module - 0.5)),
    ),
  );
}

function formatOf(modules: readonly (readonly boolean[])[]): { level: 'L' | 'M'; mask: number } {
  const at = (row: number, column: number) => (modules[row]?.[column] ? 1 : 0);
  const bits = [
    ...[0, 1, 2, 3, 4, 5, 7, 8].map((row) => at(row, 8)),
    ...[7, 5, 4, 3, 2, 1, 0].map((column) => at(8, column)),
  ].reduce<number>((sum, bit, n) => sum | (bit << n), 0);
  const format = bits ^ 0x5412;
  const level = (['M', 'L'] as const)[format >> 13];
  if (!level) throw new Error('a QR code of another level');
  return { level, mask: (format >> 10) & 7 };
}

function isFixed(row: number, column: number, version: number): boolean {
  const size = 17 + 4 * version;
  if (row === 6 || column === 6) return true;
  if (row < 9 && (column < 9 || column >= size - 8)) return true;
  if (row >= size - 8 && column < 9) return true;
  // Its version, twice.
  if ((row < 6 && column >= size - 11) || (column < 6 && row >= size - 11)) return true;
  const centres = ALIGNMENT[version] ?? [];
  const near = (a: number, b: number) => Math.abs(row - a) <= 2 && Math.abs(column - b) <= 2;
  const last = size - 7;
  return centres.some((a) =>
    centres.some((b) => near(a, b) && !((a === 6 && b === 6) || (a === 6 && b === last) || (a === last && b === 6))),
  );
}

/** Two columns at a time from the right, up and down in turn. */
function codewords(
  modules: readonly (readonly boolean[])[],
  version: number,
  isMasked: (row: number, column: number) => boolean,
): number[] {
  const size = modules.length;
  const bits: number[] = [];
  let isUp = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const row = isUp ? size - 1 - step : step;
      for (const column of [right, right - 1])
        if (!isFixed(row, column, version)) bits.push(modules[row]?.[column] !== isMasked(row, column) ? 1 : 0);
    }
    isUp = !isUp;
  }
  return Array.from({ length: Math.floor(bits.length / 8) }, (_, n) =>
    bits.slice(n * 8, n * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0),
  );
}

/** Blocks stand byte by byte beside each other. */
function dataOf(bytes: readonly number[], groups: readonly (readonly [number, number])[]): number[] {
  const blocks = groups.flatMap(([count, length]) =>
    Array.from({ length: count }, () => ({ length, bytes: [] as number[] })),
  );
  let at = 0;
  for (let n = 0; n < Math.max(...blocks.map(({ length }) => length)); n++)
    for (const block of blocks) if (n < block.length) block.bytes.push(bytes[at++] ?? 0);
  return blocks.flatMap((block) => block.bytes);
}

function textOf(data: readonly number[], version: number): string {
  const bits = data.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  if (bits.slice(0, 4) !== '0100') throw new Error('a QR code that holds no bytes');
  const counted = version < 10 ? 8 : 16;
  const count = Number.parseInt(bits.slice(4, 4 + counted), 2);
  const from = 4 + counted;
  return Buffer.from(
    Array.from({ length: count }, (_, n) => Number.parseInt(bits.slice(from + n * 8, from + n * 8 + 8), 2)),
  ).toString('utf8');
}
