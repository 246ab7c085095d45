import { crc32, createInflate } from 'node:zlib';
import { demandSize, type Picture } from './pixels.js';
import { VisualProblem } from './problem.js';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

export const isPng = (file: Buffer): boolean => file.subarray(0, 8).equals(SIGNATURE);

/** What changes how the pixels look. Everything else tells of place, time or program, or nothing at all. */
const KEPT = new Set(['PLTE', 'tRNS', 'gAMA', 'cHRM', 'sRGB']);
/** Bits of a pixel by colour type, and the depths that go with it (W3C PNG, table 11.1). */
const COLOURS: Readonly<Record<number, { readonly samples: number; readonly depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};
/** First column, first row and steps of the seven passes of an interlaced picture. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly palette: boolean;
  readonly interlaced: boolean;
}

/** Every checksum holds, and the pixels unpack to exactly what the header promises: never more, whatever is packed. */
export async function cleanPng(file: Buffer): Promise<Picture> {
  const kept: Buffer[] = [];
  const pixels: Buffer[] = [];
  let header: Header | null = null;
  let palette = false;
  let at = SIGNATURE.length;
  for (;;) {
    const { name, body, next } = chunkAt(file, at);
    at = next;
    if (header === null) {
      if (name !== 'IHDR') throw damaged('the header is not first');
      header = headerOf(body);
      kept.push(chunk('IHDR', body));
      continue;
    }
    if (name === 'IHDR') throw damaged('two headers');
    if (name === 'IEND') break;
    if (name === 'acTL') throw new VisualProblem('picture.animated', 'an animated PNG');
    if (name === 'IDAT') pixels.push(body);
    else if (KEPT.has(name) && pixels.length === 0) {
      palette ||= name === 'PLTE';
      if (name === 'PLTE' && (body.length % 3 !== 0 || body.length > 768)) throw damaged('the palette is wrong');
      kept.push(chunk(name, body));
    } else if (isCritical(name) && name !== 'PLTE') throw damaged(`unknown part ${JSON.stringify(name)}`);
  }
  if (header.palette && !palette) throw damaged('no palette');
  const packed = Buffer.concat(pixels);
  const used = await unpackedTo(packed, unpackedBytes(header));
  const bytes = Buffer.concat([
    SIGNATURE,
    ...kept,
    chunk('IDAT', packed.subarray(0, used)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { type: 'image/png', width: header.width, height: header.height, bytes };
}

function chunkAt(file: Buffer, at: number): { readonly name: string; readonly body: Buffer; readonly next: number } {
  if (at + 12 > file.length) throw new VisualProblem('picture.truncated', 'the PNG ends before its end mark');
  const length = file.readUInt32BE(at);
  const next = at + 12 + length;
  if (next > file.length) throw new VisualProblem('picture.truncated', 'the PNG ends inside a part');
  if (crc32(file.subarray(at + 4, next - 4)) !== file.readUInt32BE(next - 4)) throw damaged('a checksum does not hold');
  return { name: file.toString('latin1', at + 4, at + 8), body: file.subarray(at + 8, next - 4), next };
}

function headerOf(body: Buffer): Header {
  if (body.length !== 13) throw damaged('the header is too short');
  const [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
  const [depth = 0, type = -1, compression, filter, interlace = 2] = body.subarray(8);
  demandSize(width, height);
  const colours = COLOURS[type];
  if (!colours?.depths.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1)
    throw damaged('the header is wrong');
  return {
    width,
    height,
    bitsPerPixel: colours.samples * depth,
    palette: type === 3,
    interlaced: interlace === 1,
  };
}

/** Each row of pixels is preceded by one byte that names its filter. */
function unpackedBytes({ width, height, bitsPerPixel, interlaced }: Header): number {
  const rows = (columns: number, lines: number) =>
    columns <= 0 || lines <= 0 ? 0 : lines * (1 + Math.ceil((columns * bitsPerPixel) / 8));
  if (!interlaced) return rows(width, height);
  return ADAM7.reduce(
    (sum, [x, y, across, down]) => sum + rows(Math.ceil((width - x) / across), Math.ceil((height - y) / down)),
    0,
  );
}

/** @returns how many packed bytes it took; what is unpacked is counted and let go, and ends at `expected` */
async function unpackedTo(packed: Buffer, expected: number): Promise<number> {
  const inflate = createInflate({ chunkSize: 256 * 1024 });
  let bytes = 0;
  try {
    inflate.end(packed);
    for await (const piece of inflate as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > expected) throw damaged('more pixels than its size');
    }
  } catch (error) {
    if (error instanceof VisualProblem) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'Z_BUF_ERROR'
      ? new VisualProblem('picture.truncated', 'pixels are missing')
      : damaged('not unpacked');
  } finally {
    inflate.destroy();
  }
  if (bytes < expected) throw new VisualProblem('picture.truncated', 'pixels are missing');
  return inflate.bytesWritten;
}

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const made = Buffer.alloc(named.length + 8);
  made.writeUInt32BE(body.length, 0);
  named.copy(made, 4);
  made.writeUInt32BE(crc32(named), named.length + 4);
  return made;
}

const isCritical = (name: string): boolean => /^[A-Z]/.test(name);
const damaged = (detail: string) => new VisualProblem('picture.damaged', detail);
