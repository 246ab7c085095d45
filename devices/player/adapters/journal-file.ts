import { copyFile, type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { applyRecord, type Durable, type JournalRecord, UNBORN } from '../core/index.js';
import { syncFolder, writeWhole } from './files.js';
import { decodeLine, encodeLine, NEWLINE } from './lines.js';

/** Where the core's records become durable. */
export interface Journal {
  /** What the records so far make of the durable state. */
  start(): Promise<JournalStart>;
  /** Durable when it resolves. `after` is the state with the records applied, for compaction. After a rejection nothing more is taken. */
  append(records: readonly JournalRecord[], after: Durable): Promise<void>;
  stop(): Promise<void>;
}

export interface JournalStart {
  readonly durable: Durable;
  readonly records: number;
  /** Bytes after the last whole record: torn by a power cut, or damaged on the card. */
  readonly droppedBytes: number;
}

export const encodeRecord = (record: JournalRecord): Buffer => encodeLine(record);

/** The records up to the first that is not whole and genuine, and how many bytes they take. */
export function decodeRecords(bytes: Buffer): { readonly records: JournalRecord[]; readonly length: number } {
  const records: JournalRecord[] = [];
  let length = 0;
  for (let line = decodeLine(bytes, 0); line; line = decodeLine(bytes, length)) {
    records.push(line.value as JournalRecord);
    length = line.end;
  }
  return { records, length };
}

/**
 * Append-only file, one fdatasync per step. What is behind the first damaged record is cut off, because a record only
 * means something after those before it; unless it is just the torn last line, it is first kept aside for a person.
 */
export class JournalFile implements Journal {
  #file: FileHandle | null = null;
  #bytes = 0;
  #compactAt = 0;

  constructor(
    private readonly path: string,
    /** Compacted when the file has grown by this much beyond its snapshot. */
    private readonly growthBytes = 1_048_576,
  ) {}

  async start(): Promise<JournalStart> {
    await rm(`${this.path}.new`, { force: true });
    const file = await open(this.path, 'a+', 0o600);
    this.#file = file;
    // A new file exists only once its folder is durable.
    await syncFolder(dirname(this.path));
    const bytes = await file.readFile();
    const { records, length } = decodeRecords(bytes);
    if (length < bytes.length) {
      if (bytes.includes(NEWLINE, length)) await copyFile(this.path, `${this.path}.damaged`);
      await file.truncate(length);
      await file.sync();
    }
    this.#bytes = length;
    this.#compactAt = length + this.growthBytes;
    let durable = UNBORN;
    for (const record of records) durable = applyRecord(durable, record);
    return { durable, records: records.length, droppedBytes: bytes.length - length };
  }

  async append(records: readonly JournalRecord[], after: Durable): Promise<void> {
    const file = this.#file;
    if (!file) throw new Error('journal is not open');
    try {
      const lines = Buffer.concat(records.map(encodeRecord));
      await file.appendFile(lines);
      await file.datasync();
      this.#bytes += lines.length;
      if (this.#bytes > this.#compactAt) await this.#compact(after);
    } catch (error) {
      // The file may end in half a record now; a line behind it would be lost at the next start.
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  async #compact(durable: Durable): Promise<void> {
    const snapshot = encodeRecord({ t: 'snapshot', durable });
    await writeWhole(this.path, snapshot, 0o600);
    await this.#file?.close();
    this.#file = await open(this.path, 'a+', 0o600);
    this.#bytes = snapshot.length;
    this.#compactAt = snapshot.length + this.growthBytes;
  }
}
