/** Writes the smallest file that is a Word 97 document: an OLE container with a document stream and a table stream. */

const SECTOR = 512;
/** Shorter streams would have to go into the short-sector stream. */
const LONG_STREAM = 4_096;
const TEXT_AT = 1_024;
const END_OF_CHAIN = -2;
const TABLE_SECTOR = -3;

export interface Word97Parts {
  /** Paragraphs end with \r. Characters above 0xff need `unicode`. */
  readonly text: string | Uint8Array;
  readonly unicode?: boolean;
  readonly encrypted?: boolean;
  /** Empty storages beside the streams, as macros have one. */
  readonly storages?: readonly string[];
}

export function word97({ text, unicode = false, encrypted = false, storages = [] }: Word97Parts): Buffer {
  const bytes = typeof text === 'string' ? Buffer.from(text, unicode ? 'utf16le' : 'latin1') : Buffer.from(text);
  const characters = unicode ? bytes.length / 2 : bytes.length;
  const head = Buffer.alloc(TEXT_AT);
  head.writeUInt16LE(0xa5ec, 0);
  head.writeUInt16LE(0x00c1, 2);
  head.writeUInt16LE(0x0200 | (encrypted ? 0x0100 : 0), 0x0a);
  head.writeUInt32LE(TEXT_AT, 0x18);
  head.writeUInt32LE(characters, 0x4c);
  const pieces = Buffer.alloc(21);
  pieces.writeUInt8(2, 0);
  pieces.writeUInt32LE(16, 1);
  pieces.writeUInt32LE(characters, 9);
  pieces.writeUInt32LE(unicode ? TEXT_AT : TEXT_AT * 2 + 0x40000000, 15);
  head.writeUInt32LE(0, 0x1a2);
  head.writeUInt32LE(pieces.length, 0x1a6);
  return oleFile([
    { name: 'WordDocument', bytes: padded(Buffer.concat([head, bytes]), LONG_STREAM) },
    { name: '1Table', bytes: padded(pieces, LONG_STREAM) },
    ...storages.map((name) => ({ name, bytes: null })),
  ]);
}

interface OleEntry {
  readonly name: string;
  /** Null is an empty storage. */
  readonly bytes: Buffer | null;
}

export function oleFile(entries: readonly OleEntry[]): Buffer {
  const directorySectors = Math.ceil((entries.length + 1) / 4);
  const sectors = entries.map(({ bytes }) => (bytes === null ? 0 : Math.ceil(bytes.length / SECTOR)));
  const dataSectors = sectors.reduce((sum, count) => sum + count, 0);
  const tableSectors = Math.ceil((directorySectors + dataSectors + 4) / (SECTOR / 4 - 1));
  const chain: number[] = [...Array<number>(tableSectors).fill(TABLE_SECTOR)];
  const append = (count: number) => {
    const from = chain.length;
    for (let at = 0; at < count; at += 1) chain.push(at === count - 1 ? END_OF_CHAIN : from + at + 1);
    return count === 0 ? END_OF_CHAIN : from;
  };
  const directoryAt = append(directorySectors);
  const starts = sectors.map(append);
  const directory = Buffer.concat([
    directoryEntry('Root Entry', 5, entries.length > 0 ? 1 : -1, -1, END_OF_CHAIN, 0),
    ...entries.map(({ name, bytes }, index) =>
      directoryEntry(
        name,
        bytes === null ? 1 : 2,
        -1,
        index + 2 <= entries.length ? index + 2 : -1,
        starts[index] ?? END_OF_CHAIN,
        bytes?.length ?? 0,
      ),
    ),
  ]);
  const table = Buffer.alloc(tableSectors * SECTOR, 0xff);
  for (const [index, next] of chain.entries()) table.writeInt32LE(next, index * 4);
  return Buffer.concat([
    oleHead(tableSectors, directoryAt),
    table,
    padded(directory, directorySectors * SECTOR),
    ...entries.flatMap(({ bytes }) =>
      bytes === null ? [] : [padded(bytes, Math.ceil(bytes.length / SECTOR) * SECTOR)],
    ),
  ]);
}

function oleHead(tableSectors: number, directoryAt: number): Buffer {
  const head = Buffer.alloc(SECTOR);
  head.write('d0cf11e0a1b11ae1', 0, 'hex');
  head.writeUInt16LE(0x003e, 24);
  head.writeUInt16LE(3, 26);
  head.writeUInt16LE(0xfffe, 28);
  head.writeUInt16LE(9, 30);
  head.writeUInt16LE(6, 32);
  head.writeInt32LE(tableSectors, 44);
  head.writeInt32LE(directoryAt, 48);
  head.writeInt32LE(LONG_STREAM, 56);
  head.writeInt32LE(END_OF_CHAIN, 60);
  head.writeInt32LE(END_OF_CHAIN, 68);
  for (let index = 0; index < 109; index += 1) head.writeInt32LE(index < tableSectors ? index : -1, 76 + index * 4);
  return head;
}

function directoryEntry(name: string, type: number, child: number, right: number, start: number, size: number): Buffer {
  const entry = Buffer.alloc(128);
  entry.write(name, 0, 'utf16le');
  entry.writeUInt16LE((name.length + 1) * 2, 64);
  entry.writeUInt8(type, 66);
  entry.writeUInt8(1, 67);
  entry.writeInt32LE(-1, 68);
  entry.writeInt32LE(right, 72);
  entry.writeInt32LE(child, 76);
  entry.writeInt32LE(start, 116);
  entry.writeInt32LE(size, 120);
  return entry;
}

const padded = (bytes: Buffer, length: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(Math.max(0, length - bytes.length))]);
