import { demandSize, type Picture } from './pixels.js';
import { VisualProblem } from './problem.js';

export const isWebp = (file: Buffer): boolean =>
  file.toString('latin1', 0, 4) === 'RIFF' && file.toString('latin1', 8, 12) === 'WEBP';

/** Flags of the extended header (RFC 9649 §2.7). */
const ANIMATION = 0x02;
const KEPT_FLAGS = 0x30; // colour profile and transparency
const KEPT = ['ICCP', 'ALPH', 'VP8 ', 'VP8L'];

/** The header says how long the file is; what stands behind is dropped, what is missing is missed. */
export function cleanWebp(file: Buffer): Picture {
  if (file.length < 20) throw cutOff();
  const end = 8 + file.readUInt32LE(4);
  if (end > file.length) throw cutOff();
  const kept: Buffer[] = [];
  let canvas: Size | null = null;
  let size: Size | null = null;
  for (let at = 12; at < end; ) {
    if (at + 8 > end) throw damaged('a part without a length');
    const name = file.toString('latin1', at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, at + 8 + length);
    if (at + 8 + length > end) throw damaged('a part is longer than the file');
    at += 8 + length + (length % 2);
    if (name === 'VP8X') {
      if (kept.length > 0 || length !== 10) throw damaged('the extended header is wrong');
      canvas = canvasOf(body);
      const header = Buffer.from(body);
      header.writeUInt8(header.readUInt8(0) & KEPT_FLAGS, 0);
      kept.push(chunk(name, header));
    } else if (name === 'ANIM' || name === 'ANMF') throw new VisualProblem('picture.animated', 'an animated WebP');
    else if (KEPT.includes(name)) {
      if (canvas === null && (name === 'ICCP' || name === 'ALPH')) throw damaged(`${name} without a header`);
      if (name === 'VP8 ' || name === 'VP8L') {
        if (size !== null) throw damaged('two pictures');
        size = name === 'VP8 ' ? lossySize(body) : losslessSize(body);
      }
      kept.push(chunk(name, body));
    }
  }
  if (size === null) throw damaged('no picture in it');
  if (canvas !== null && (canvas.width !== size.width || canvas.height !== size.height))
    throw damaged('the picture does not fill its canvas');
  const inside = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...kept]);
  return { type: 'image/webp', ...size, bytes: chunk('RIFF', inside) };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function canvasOf(body: Buffer): Size {
  if ((body.readUInt8(0) & ANIMATION) !== 0) throw new VisualProblem('picture.animated', 'an animated WebP');
  return checked({ width: body.readUIntLE(4, 3) + 1, height: body.readUIntLE(7, 3) + 1 });
}

/** RFC 6386 §9.1: a key frame, its first part within the chunk, then the size. */
function lossySize(body: Buffer): Size {
  if (body.length < 10) throw cutOff();
  const tag = body.readUIntLE(0, 3);
  if ((tag & 1) !== 0 || body.readUIntBE(3, 3) !== 0x9d012a) throw damaged('no key frame');
  if (10 + (tag >> 5) > body.length) throw cutOff();
  return checked({ width: body.readUInt16LE(6) & 0x3fff, height: body.readUInt16LE(8) & 0x3fff });
}

/** RFC 9649 §3.4: 14 bits each, one less than the size. */
function losslessSize(body: Buffer): Size {
  if (body.length < 5) throw cutOff();
  if (body.readUInt8(0) !== 0x2f) throw damaged('no lossless picture');
  const bits = body.readUInt32LE(1);
  return checked({ width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 });
}

function checked(size: Size): Size {
  demandSize(size.width, size.height);
  return size;
}

function chunk(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

const cutOff = () => new VisualProblem('picture.truncated', 'the WebP is shorter than its header says');
const damaged = (detail: string) => new VisualProblem('picture.damaged', detail);
