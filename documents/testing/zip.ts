import { buffer } from 'node:stream/consumers';
import { crc32, deflateRawSync } from 'node:zlib';
import { ZipFile } from 'yazl';

/** A well-formed archive, by a library of its own. */
export async function zip(files: Readonly<Record<string, string | Uint8Array>>): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(files)) archive.addBuffer(Buffer.from(content), name);
  archive.end();
  return buffer(archive.outputStream);
}

/** One entry of an archive that no well-meaning library would write. */
export interface RawEntry {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  /** Deflated as it stands; the checksum and size of `content` are stated. */
  readonly deflated?: Uint8Array;
  readonly statedBytes?: number;
  readonly statedChecksum?: number;
  readonly flags?: number;
  readonly method?: number;
  /** Unix file type and rights. */
  readonly mode?: number;
  readonly extra?: Uint8Array;
  /** Points the directory at the data of another entry, as overlapping bombs do. */
  readonly sharesDataOf?: number;
}

export function rawZip(entries: readonly RawEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const content = Buffer.from(entry.content ?? '');
    const data = Buffer.from(entry.deflated ?? deflateRawSync(content));
    const extra = Buffer.from(entry.extra ?? '');
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(entry.flags ?? 0, 2);
    common.writeUInt16LE(entry.method ?? 8, 4);
    common.writeUInt32LE(entry.statedChecksum ?? crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(entry.statedBytes ?? content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const offset = entry.sharesDataOf === undefined ? at : (offsets[entry.sharesDataOf] ?? 0);
    offsets.push(offset);
    if (entry.sharesDataOf === undefined) {
      const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, data]);
      parts.push(local);
      at += local.length;
    }
    common.writeUInt16LE(extra.length, 24);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(((entry.mode ?? 0) << 16) >>> 0, 6);
    central.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, central, name, extra]));
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
