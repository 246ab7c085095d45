/** One chunk is enough for it; a tone of more bytes is made by a longer comment. */
const PACKET_MS = 60;
const FRAMES_PER_MS = 48;
/** Samples that an Opus decoder drops at the beginning (RFC 7845 §4.2). */
const PRE_SKIP = 312;
const PACKETS_PER_PAGE = 50;
const LARGEST_PAGE_BYTES = 255 * 255 - 1;

/** 600 Hz, mono, 12 kbit/s: four packets of 60 ms that follow each other without end. */
const TONE = [
  'W0ECDyhoST7jMWxwQgo/E4LZTgxeoZAPIpCSKrBx2fkIQ++sjnSRuenS7zqkTkIWfcKqMG4UaA4V3K3JBT4c6iagAw9iS1trCEzTuVN+eWJDTqouyU8oSwAA',
  'WwEPqcAKAPwAxQQFoyg6yTBCiGyMts30DC3+5e0G8LPNCiSGpXGhi3MAMhWPDNGTOWsgWpSsS7d5OIBsK2RDg4raxVJlF6q8bUbn+D5RC6nCRo3PYN5yUYgj',
  'WA46+bLWAD+MMj85I9uzqEQAR1tb+Ho3mJwdjxyJGAYmI38QMREUfF/fk47YWPEK2N2dVN06Xm+aOVSeql6SziV2FYqmwirmb2VEX53G3PmxZuBxjAy6zOZO',
  'WwEOOvmy1f+k32jVmmeMW9p9rujA/n6fAWqcFZLTuXZO3SACZeYPdTc1OZWLzjJS7DBk+0o7dm3ChFNy/DourPk1w/+CRDbiqU7sjMp5y+eguBwgoGdiwHiT',
].map((packet) => Buffer.from(packet, 'base64'));

/**
 * A tone of exactly `durationMs` as Ogg Opus (RFC 7845), which is what the service sends; a person near the loudspeaker
 * hears the kit at work. `name` makes it an asset of its own; `padBytes` makes it larger without making it longer.
 */
export function toneOf(name: string, durationMs: number, padBytes = 0): Uint8Array {
  const pages = new Pages();
  pages.add([opusHead()], 0, 'first');
  for (const piece of opusTags(name, padBytes)) pages.addPart(piece);
  const count = Math.ceil((durationMs + PRE_SKIP / FRAMES_PER_MS) / PACKET_MS);
  for (let at = 0; at < count; at += PACKETS_PER_PAGE) {
    const until = Math.min(count, at + PACKETS_PER_PAGE);
    const packets = Array.from({ length: until - at }, (_, n) => TONE[(at + n) % TONE.length] as Buffer);
    const last = until === count;
    // The position of the last page trims the sound to the millisecond (RFC 7845 §4.4).
    const position = last ? PRE_SKIP + durationMs * FRAMES_PER_MS : until * PACKET_MS * FRAMES_PER_MS;
    pages.add(packets, position, last ? 'last' : 'middle');
  }
  return pages.bytes();
}

function opusHead(): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead');
  head[8] = 1; // version
  head[9] = 1; // channels
  head.writeUInt16LE(PRE_SKIP, 10);
  head.writeUInt32LE(48_000, 12);
  return head;
}

/** The comment header, in pieces that fit a page each. */
function opusTags(name: string, padBytes: number): { bytes: Buffer; ends: boolean }[] {
  const comments = [`TITLE=${name}`, ...(padBytes > 0 ? [`PAD=${'.'.repeat(padBytes)}`] : [])];
  const tags = Buffer.concat([
    Buffer.from('OpusTags'),
    counted('vang-conformance'),
    uint32(comments.length),
    ...comments.map(counted),
  ]);
  // A piece that does not end a packet fills its segments, 255 bytes each.
  const pieceBytes = LARGEST_PAGE_BYTES - (LARGEST_PAGE_BYTES % 255);
  const pieces: { bytes: Buffer; ends: boolean }[] = [];
  for (let at = 0; at < tags.length; at += pieceBytes)
    pieces.push({ bytes: tags.subarray(at, at + pieceBytes), ends: at + pieceBytes >= tags.length });
  return pieces;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const counted = (text: string): Buffer => Buffer.concat([uint32(Buffer.byteLength(text)), Buffer.from(text)]);

/** Pages of one Ogg stream (RFC 3533 §6). */
class Pages {
  readonly #pages: Buffer[] = [];
  #continued = false;

  add(packets: readonly Buffer[], position: number, place: 'first' | 'middle' | 'last'): void {
    const lengths = packets.flatMap((packet) => [
      ...Array<number>(Math.floor(packet.length / 255)).fill(255),
      packet.length % 255,
    ]);
    this.#page(lengths, Buffer.concat(packets), position, place === 'first' ? 2 : place === 'last' ? 4 : 0);
  }

  /** A part of a packet that spans pages. */
  addPart({ bytes, ends }: { bytes: Buffer; ends: boolean }): void {
    const lengths = Array<number>(Math.floor(bytes.length / 255)).fill(255);
    if (ends) lengths.push(bytes.length % 255);
    // -1: no packet ends on this page (RFC 3533 §6).
    this.#page(lengths, bytes, ends ? 0 : -1, this.#continued ? 1 : 0);
    this.#continued = !ends;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#pages);
  }

  #page(lengths: readonly number[], body: Buffer, position: number, flags: number): void {
    const head = Buffer.alloc(27 + lengths.length);
    head.write('OggS');
    head[5] = flags;
    head.writeBigInt64LE(BigInt(position), 6);
    head.writeUInt32LE(0x76616e67, 14); // the stream's number
    head.writeUInt32LE(this.#pages.length, 18);
    head[26] = lengths.length;
    for (const [at, length] of lengths.entries()) head[27 + at] = length;
    const page = Buffer.concat([head, body]);
    page.writeUInt32LE(checksum(page), 22);
    this.#pages.push(page);
  }
}

/** CRC-32 of Ogg: polynomial 0x04c11db7, not reflected, from zero. */
function checksum(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc = (crc ^ (byte << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1) >>> 0;
  }
  return crc;
}
