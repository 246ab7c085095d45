import type { Bytes } from '../container/bytes.js';
import { VisualProblem } from './problem.js';

/** The index of three minutes is some hundred kilobytes; larger ones are not read. */
const MOST_INDEX_BYTES = 16 * 1024 ** 2;
const MOST_BOXES = 20_000;

export interface Mp4Track {
  readonly kind: 'video' | 'sound' | 'other';
  /** Four letters of the first sample description, e.g. `avc1`; of `mp4a` with what it holds: `mp4a.40` is AAC. */
  readonly codec: string;
  /** Sum of the lengths of its samples; 0 where they stand in fragments. */
  readonly durationMs: number;
  /** Pixels as shown; 0 for sound. */
  readonly width: number;
  readonly height: number;
}

/** What the index of an MP4 (ISO/IEC 14496-12) says of its tracks. @throws VisualProblem */
export async function readMp4(file: Bytes): Promise<readonly Mp4Track[]> {
  const head = await file.read(0, 12);
  if (head.toString('latin1', 4, 8) !== 'ftyp') throw new VisualProblem('video.unknown', 'no MP4');
  let index: Buffer | null = null;
  let offset = 0;
  for (let boxes = 0; offset + 8 <= file.size; boxes++) {
    if (boxes > MOST_BOXES) throw new VisualProblem('video.damaged', 'too many boxes');
    const start = await file.read(offset, 16);
    const { length, header } = lengthOf(start, file.size - offset);
    if (length < header) throw new VisualProblem('video.truncated', 'a box has no valid length');
    if (offset + length > file.size) throw new VisualProblem('video.truncated', 'the file ends inside a box');
    if (start.toString('latin1', 4, 8) === 'moov') {
      if (length > MOST_INDEX_BYTES) throw new VisualProblem('video.damaged', `an index of ${length} bytes`);
      index ??= await file.read(offset + header, length - header);
    }
    offset += length;
  }
  if (offset !== file.size) throw new VisualProblem('video.truncated', 'the file ends inside a box');
  if (index === null) throw new VisualProblem('video.truncated', 'no index');
  return [...boxesIn(index)].filter(({ name }) => name === 'trak').map(({ body }) => trackOf(body));
}

interface Box {
  readonly name: string;
  readonly body: Buffer;
}

function* boxesIn(body: Buffer): Generator<Box> {
  let at = 0;
  for (let boxes = 0; at + 8 <= body.length && boxes < MOST_BOXES; boxes++) {
    const { length, header } = lengthOf(body.subarray(at), body.length - at);
    if (length < header || at + length > body.length) throw new VisualProblem('video.damaged', 'a box is too long');
    yield { name: body.toString('latin1', at + 4, at + 8), body: body.subarray(at + header, at + length) };
    at += length;
  }
}

/** A box of 0 bytes reaches to the end, one of 1 has its length behind its name. */
function lengthOf(start: Buffer, rest: number): { readonly length: number; readonly header: number } {
  const short = start.readUInt32BE(0);
  if (short === 0) return { length: rest, header: 8 };
  if (short !== 1) return { length: short, header: 8 };
  return { length: start.length < 16 ? 0 : Number(start.readBigUInt64BE(8)), header: 16 };
}

const inside = (body: Buffer | undefined, name: string): Buffer | undefined =>
  body && [...boxesIn(body)].find((box) => box.name === name)?.body;

function trackOf(track: Buffer): Mp4Track {
  const media = inside(track, 'mdia');
  const table = inside(inside(media, 'minf'), 'stbl');
  const handler = inside(media, 'hdlr')?.toString('latin1', 8, 12);
  const kind = handler === 'vide' ? 'video' : handler === 'soun' ? 'sound' : 'other';
  const description = inside(table, 'stsd');
  const coding = description?.toString('latin1', 12, 16) ?? '';
  const codec = description !== undefined && coding === 'mp4a' ? `${coding}.${soundIn(description)}` : coding;
  // The sample description starts behind version, flags and count; a picture's size stands 32 bytes into it.
  const sized = kind === 'video' && description !== undefined && description.length >= 44;
  const [across, down] = sized ? [description.readUInt16BE(40), description.readUInt16BE(42)] : [0, 0];
  const turned = isTurned(inside(track, 'tkhd'));
  return {
    kind,
    codec,
    durationMs: durationOf(inside(media, 'mdhd'), inside(table, 'stts')),
    width: turned ? down : across,
    height: turned ? across : down,
  };
}

/** Object type of the decoder in hexadecimal (ISO/IEC 14496-1, table 5), or `?`. */
function soundIn(description: Buffer): string {
  let at = description.indexOf('esds', 16, 'latin1');
  if (at === -1) return '?';
  at += 8;
  const descriptor = (tag: number): boolean => {
    if (description[at] !== tag) return false;
    at += 1;
    // The length takes one to four bytes.
    for (let more = 0; more < 3 && ((description[at] ?? 0) & 0x80) !== 0; more++) at += 1;
    at += 1;
    return true;
  };
  if (!descriptor(3)) return '?';
  at += 3; // number and flags; those of files are 0
  return descriptor(4) ? (description[at] ?? 0).toString(16) : '?';
}

function durationOf(header: Buffer | undefined, times: Buffer | undefined): number {
  if (!header || !times || header.length < 24 || times.length < 8) return 0;
  const timescale = header.readUInt32BE(header[0] === 1 ? 20 : 12);
  if (timescale === 0) return 0;
  const entries = Math.min(times.readUInt32BE(4), Math.floor((times.length - 8) / 8));
  let units = 0;
  for (let entry = 0; entry < entries; entry++)
    units += times.readUInt32BE(8 + entry * 8) * times.readUInt32BE(12 + entry * 8);
  return Math.round((units * 1000) / timescale);
}

/** Held upright while filming: the matrix of the track turns by a quarter. */
function isTurned(header: Buffer | undefined): boolean {
  if (!header) return false;
  const matrix = header[0] === 1 ? 52 : 40;
  return header.length >= matrix + 16 && header.readInt32BE(matrix) === 0 && header.readInt32BE(matrix + 4) !== 0;
}
