import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { UnsentReceipt } from '../core/index.js';
import type { Log } from '../logger.js';
import { SerialQueue } from '../queue.js';
import { isFullDisk, syncFolder } from './files.js';
import { decodeLine, encodeLine, NEWLINE } from './lines.js';

/** Receipts of one boot, from and to these numbers. */
export interface ReceiptRange {
  readonly boot: number;
  readonly first: number;
  readonly last: number;
}

/** Where receipts stay that the service has acknowledged, while there is room (invariant 6). */
export interface ReceiptArchive {
  /** Never rejects. */
  start(): Promise<void>;
  /** Durable when it resolves, or the disk gave no room. Never rejects. `nowMs`: server time, null while it is not known. */
  keep(receipts: readonly UnsentReceipt[], nowMs: number | null): Promise<void>;
  /** What is kept of a range: in order, each once, not more at a time than one batch may hold. */
  recall(range: ReceiptRange): AsyncIterable<readonly UnsentReceipt[]>;
  /** Gives the disk back what is oldest. @returns whether there was anything */
  makeRoom(): Promise<boolean>;
}

const DAY_MS = 86_400_000;
const KEEP_DAYS = 30;
/** Read whole when a range is asked for: memory is short. */
const SEGMENT_BYTES = 262_144;
/** Some 25,000 receipts: a month of 40 plays a day is 1.5 MB. */
const MOST_BYTES = 33_554_432;
const RUN = 100;
/** Of a segment begun while time was not known. */
const UNDATED = 0;

interface Segment {
  readonly number: number;
  /** Since 1970, of server time. */
  readonly day: number;
  readonly bytes: number;
}

const nameOf = ({ number, day }: Segment): string => `${String(number).padStart(8, '0')}-${day}`;

/**
 * Segments of at most a day, in a folder: a line per receipt, appended and never changed, so that a cut costs no more than the
 * line that it tore. A receipt may stand there twice (the power went before its acknowledgement was journalled); it is told once.
 */
export class DiskReceiptArchive implements ReceiptArchive {
  /** Oldest first. */
  #segments: Segment[] = [];
  readonly #changes = new SerialQueue();

  constructor(
    private readonly folder: string,
    private readonly log: Log,
    private readonly mostBytes = MOST_BYTES,
    private readonly segmentBytes = SEGMENT_BYTES,
  ) {}

  /** One that cannot be read is an empty one: a player plays without its archive. */
  async start(): Promise<void> {
    this.#segments = await this.#found().catch((error) => this.#complain(error) ?? []);
  }

  async #found(): Promise<Segment[]> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const found: Segment[] = [];
    for (const name of (await readdir(this.folder)).sort()) {
      const [, number, day] = /^(\d{8})-(\d{1,6})$/.exec(name) ?? [];
      if (!number || !day) continue;
      const { size: bytes } = await stat(join(this.folder, name));
      found.push({ number: Number(number), day: Number(day), bytes });
    }
    return found;
  }

  keep(receipts: readonly UnsentReceipt[], nowMs: number | null): Promise<void> {
    return this.#changes
      .push(async () => {
        if (receipts.length === 0) return;
        const day = nowMs === null ? UNDATED : Math.floor(nowMs / DAY_MS);
        const lines = Buffer.concat(receipts.map(encodeLine));
        if (day !== UNDATED) await this.#grow(day);
        while (!(await this.#append(lines, day))) if (!(await this.#dropOldest())) throw new Error('the disk is full');
        while (this.#bytes() > this.mostBytes && this.#segments.length > 1) await this.#dropOldest();
      })
      .catch((error) => this.#complain(error));
  }

  makeRoom(): Promise<boolean> {
    return this.#changes.push(() => this.#dropOldest()).catch((error) => this.#complain(error) ?? false);
  }

  async *recall({ boot, first, last }: ReceiptRange): AsyncGenerator<readonly UnsentReceipt[]> {
    let run: UnsentReceipt[] = [];
    let told = first - 1;
    for (const { number } of [...this.#segments]) {
      // It may have got its day, or made way, meanwhile.
      const segment = this.#segments.find((each) => each.number === number);
      const bytes = segment ? await readFile(this.#pathOf(segment)).catch(() => null) : null;
      for (const receipt of bytes ? receiptsIn(bytes) : []) {
        if (receipt.boot !== boot || receipt.seq <= told || receipt.seq > last) continue;
        if (run.length === RUN || (run.length > 0 && receipt.seq !== told + 1)) {
          yield run;
          run = [];
        }
        run.push(receipt);
        told = receipt.seq;
      }
    }
    if (run.length > 0) yield run;
  }

  async #dropOldest(): Promise<boolean> {
    const oldest = this.#segments.shift();
    if (oldest) await rm(this.#pathOf(oldest), { force: true });
    return oldest !== undefined;
  }

  /** A new day is known: what was begun without one gets it, what is too old goes. */
  async #grow(day: number): Promise<void> {
    for (const [i, segment] of this.#segments.entries()) {
      if (segment.day !== UNDATED) continue;
      const dated = { ...segment, day };
      await rename(this.#pathOf(segment), this.#pathOf(dated));
      this.#segments[i] = dated;
    }
    // Not only from the front: time may have been set back once.
    const old = this.#segments.filter((segment) => segment.day < day - KEEP_DAYS);
    this.#segments = this.#segments.filter((segment) => !old.includes(segment));
    for (const segment of old) await rm(this.#pathOf(segment), { force: true });
  }

  /** @returns false: the disk is full */
  async #append(lines: Buffer, day: number): Promise<boolean> {
    const newest = this.#segments.at(-1);
    const goesOn = newest !== undefined && newest.day === day && newest.bytes < this.segmentBytes;
    const segment = goesOn ? newest : { number: (newest?.number ?? 0) + 1, day, bytes: 0 };
    try {
      const bytes = await this.write(this.#pathOf(segment), lines);
      if (goesOn) this.#segments.pop();
      this.#segments.push({ ...segment, bytes });
      return true;
    } catch (error) {
      if (!goesOn) await rm(this.#pathOf(segment), { force: true });
      if (!isFullDisk(error)) throw error;
      return false;
    }
  }

  /** @returns the bytes of the file with them, durably */
  protected async write(path: string, lines: Buffer): Promise<number> {
    const file = await open(path, 'a+', 0o600);
    try {
      const { size } = await file.stat();
      // What a cut or a full disk left of a line must not swallow the next.
      const last = size > 0 ? (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] : NEWLINE;
      await file.appendFile(last === NEWLINE ? lines : Buffer.concat([Buffer.of(NEWLINE), lines]));
      await file.datasync();
      if (size === 0) await syncFolder(this.folder);
      return (await file.stat()).size;
    } finally {
      await file.close();
    }
  }

  #complain(error: unknown): void {
    this.log.warn('archive', { problem: String(error) });
  }

  #pathOf(segment: Segment): string {
    return join(this.folder, nameOf(segment));
  }

  #bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

/** All that is whole and genuine; what is not is passed over to the end of its line. */
function* receiptsIn(bytes: Buffer): Generator<UnsentReceipt> {
  for (let at = 0; at < bytes.length; ) {
    const line = decodeLine(bytes, at);
    if (line) yield line.value as UnsentReceipt;
    const newline = bytes.indexOf(NEWLINE, at);
    at = line?.end ?? (newline < 0 ? bytes.length : newline + 1);
  }
}
