import { crc32, deflateSync } from 'node:zlib';

/** A segment of a JPEG. */
export function segment(marker: number, body: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** The Exif of a telephone, in either byte order: which side is up, and where it was. */
export function exifWith(order: 'II' | 'MM', orientation: number, secret: string): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write(order, 'latin1');
  const word = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const long = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  word(42, 2);
  long(8, 4);
  word(1, 8);
  word(0x0112, 10);
  word(3, 12);
  long(1, 14);
  word(orientation, 18);
  return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff, Buffer.from(secret)]);
}

export function pngPart(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const part = Buffer.alloc(named.length + 8);
  part.writeUInt32BE(body.length, 0);
  named.copy(part, 4);
  part.writeUInt32BE(crc32(named), named.length + 4);
  return part;
}

/** The parts of a PNG, whole. */
export function parts(png: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const next = at + 12 + png.readUInt32BE(at);
    found.push(png.subarray(at, next));
    at = next;
  }
  return found;
}

export interface PngShape {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  readonly type?: number;
  readonly interlace?: number;
  /** Rows with their filter bytes. */
  readonly raw: Buffer;
  /** Instead of `raw`. */
  readonly packed?: Buffer;
  /** Behind the packed pixels, in the same part. */
  readonly behind?: Buffer;
}

/** A PNG that says what it is told to say. */
export function png({ width, height, depth = 8, type = 0, interlace = 0, raw, packed, behind }: PngShape): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, interlace], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngPart('IHDR', header),
    pngPart('IDAT', Buffer.concat([packed ?? deflateSync(raw), behind ?? Buffer.alloc(0)])),
    pngPart('IEND', Buffer.alloc(0)),
  ]);
}

/** A WebP of these parts; `raw` ones are put in as they are. */
export function riff(named: readonly (readonly [string, Buffer])[]): Buffer {
  const part = (name: string, body: Buffer): Buffer => {
    if (name === 'raw') return body;
    const head = Buffer.alloc(8);
    head.write(name, 'latin1');
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  };
  const inside = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...named.map(([name, body]) => part(name, body))]);
  return part('RIFF', inside);
}
