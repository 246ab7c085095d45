import { demandSize, type Picture } from './pixels.js';
import { VisualProblem } from './problem.js';

export const isJpeg = (file: Buffer): boolean => file[0] === 0xff && file[1] === 0xd8 && file[2] === 0xff;

/** More than any encoder writes; each scan is a pass over the whole picture for whoever shows it. */
const MOST_SCANS = 100;

const EOI = 0xd9;
const SOS = 0xda;
/** Tables that the decoder needs. */
const TABLES = new Set([0xc4, 0xdb, 0xdd]);
/** Baseline, extended, progressive: what browsers show. */
const SHOWN = new Set([0xc0, 0xc1, 0xc2]);
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** ITU-T T.81, annex B: kept are frame, tables, scans, colours and which side is up. */
export function cleanJpeg(file: Buffer): Picture {
  const kept: Buffer[] = [];
  let size: { readonly width: number; readonly height: number } | null = null;
  let orientation = 1;
  let scans = 0;
  let at = 2;
  for (;;) {
    const { marker, body, next } = segmentAt(file, at);
    const whole = file.subarray(next - body.length - 4, next);
    at = next;
    if (marker === EOI) break;
    if (isFrame(marker)) {
      if (size !== null) throw new VisualProblem('picture.damaged', 'two frames');
      if (!SHOWN.has(marker)) throw new VisualProblem('picture.damaged', `frame ${marker.toString(16)} is not shown`);
      size = frameSize(body);
      kept.push(whole);
    } else if (marker === SOS) {
      if (size === null) throw new VisualProblem('picture.damaged', 'a scan before its frame');
      if (++scans > MOST_SCANS) throw new VisualProblem('picture.damaged', 'too many scans');
      at = endOfScan(file, next);
      kept.push(whole, file.subarray(next, at));
    } else if (TABLES.has(marker)) kept.push(whole);
    else if (marker === 0xe1) orientation = orientationOf(body) ?? orientation;
    else if (marker === 0xe2 && body.toString('latin1', 0, 12) === 'ICC_PROFILE\0') kept.push(whole);
    // How the colours are stored.
    else if (marker === 0xee && body.length === 12 && body.toString('latin1', 0, 5) === 'Adobe') kept.push(whole);
  }
  if (size === null || scans === 0) throw new VisualProblem('picture.damaged', 'no picture in it');
  const bytes = Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...uprightMark(orientation),
    ...kept,
    Buffer.from([0xff, EOI]),
  ]);
  const turned = orientation >= 5;
  return {
    type: 'image/jpeg',
    width: turned ? size.height : size.width,
    height: turned ? size.width : size.height,
    bytes,
  };
}

interface Segment {
  readonly marker: number;
  /** Without marker and length. */
  readonly body: Buffer;
  /** Behind it. */
  readonly next: number;
}

function segmentAt(file: Buffer, from: number): Segment {
  let at = from;
  if (at < file.length && file[at] !== 0xff) throw new VisualProblem('picture.damaged', `no marker at ${at}`);
  while (file[at] === 0xff) at += 1;
  const marker = file[at];
  if (marker === undefined) throw cutOff();
  at += 1;
  const none = Buffer.alloc(0);
  if (marker === EOI) return { marker, body: none, next: at };
  if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8))
    throw new VisualProblem('picture.damaged', `marker ${marker.toString(16)} outside a scan`);
  if (at + 2 > file.length) throw cutOff();
  const length = file.readUInt16BE(at);
  if (length < 2) throw new VisualProblem('picture.damaged', 'a segment without a length');
  if (at + length > file.length) throw cutOff();
  return { marker, body: file.subarray(at + 2, at + length), next: at + length };
}

function frameSize(body: Buffer): { readonly width: number; readonly height: number } {
  const components = body[5] ?? 0;
  if (body[0] !== 8 || ![1, 3, 4].includes(components) || body.length !== 6 + 3 * components)
    throw new VisualProblem('picture.damaged', 'the frame header is wrong');
  const size = { height: body.readUInt16BE(1), width: body.readUInt16BE(3) };
  demandSize(size.width, size.height);
  return size;
}

/** The next marker that is neither a stuffed byte nor a restart. */
function endOfScan(file: Buffer, from: number): number {
  let at = file.indexOf(0xff, from);
  while (at !== -1) {
    const next = file[at + 1];
    if (next === undefined) break;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
    at = file.indexOf(0xff, next === 0xff ? at + 1 : at + 2);
  }
  throw cutOff();
}

const cutOff = () => new VisualProblem('picture.truncated', 'the JPEG ends before its end mark');

/** Tag 0x0112 of the first directory of Exif, 2 to 8; undefined when there is none. */
function orientationOf(body: Buffer): number | undefined {
  if (body.toString('latin1', 0, 6) !== 'Exif\0\0' || body.length < 14) return undefined;
  const tiff = body.subarray(6);
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const word = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const first = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (first + 2 > tiff.length) return undefined;
  const entries = Math.min(word(first), 200);
  for (let entry = 0; entry < entries; entry++) {
    const at = first + 2 + entry * 12;
    if (at + 12 > tiff.length) return undefined;
    if (word(at) !== 0x0112) continue;
    const value = word(at + 8);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** Exif with this one tag, so that a photograph taken with a turned telephone still stands upright. */
function uprightMark(orientation: number): Buffer[] {
  if (orientation === 1) return [];
  const exif = Buffer.from('ffe1002245786966000049492a0008000000010012010300010000000000000000000000', 'hex');
  exif.writeUInt16LE(orientation, 28);
  return [exif];
}
