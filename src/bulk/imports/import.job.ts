import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { z } from 'zod';
import { type ArchiveEntry, DocumentProblem, readArchive } from '../../../documents/index.js';
import { AccountService, actorFrom } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Problem } from '../../platform/i18n/index.js';
import { type JobContext, type JobRunner, PermanentJobError } from '../../platform/jobs/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { isDiskFull } from '../disk-full.js';
import { familyOf } from '../engine/file-family.js';
import { throttled } from '../engine/throttle.js';
import { ArchiveListing } from './archive.listing.js';
import { freshFolder, headOf, peeked } from './beginning.js';
import { FileReading, FileRefused } from './file.reading.js';
import { BulkImport, ImportLine } from './import.entity.js';
import { ImportLedger } from './import.ledger.js';
import { countsOf } from './import.queries.js';
import { IMPORT_JOB } from './import.service.js';
import { LibraryRestoring } from './library.restoring.js';

const importPayload = z.object({ importId: z.string() });
/** About ten a second: people see no more, and each is a write. */
const TELL_EVERY_MS = 100;

/** One run of an import. */
interface Run {
  readonly into: BulkImport;
  readonly ownerId: string;
  readonly signal: AbortSignal;
  /** For what must lie in a file to be read. */
  readonly folder: string;
  /** Tells of a line that is settled. */
  readonly settled: (line: ImportLine) => void;
  /** Looks at how much there is to do. */
  readonly recount: () => Promise<void>;
}

/** Reads what was uploaded, file by file. Each is one commit, so that it goes on wherever it was left. */
@Injectable()
export class ImportJob {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly accounts: AccountService,
    private readonly reading: FileReading,
    private readonly listing: ArchiveListing,
    private readonly restoring: LibraryRestoring,
    private readonly ledger: ImportLedger,
    private readonly clock: Clock,
  ) {}

  /** Called once when the process starts, before the runner does. */
  register(runner: JobRunner): void {
    runner.register(IMPORT_JOB, (context) => this.#run(context), {
      onGivenUp: (job, reason) => this.#givenUp(importPayload.parse(job.payload).importId, job.id, reason),
    });
  }

  async #run({ job, progress, signal }: JobContext): Promise<unknown> {
    const { importId } = importPayload.parse(job.payload);
    const into = await this.database.read((reader) => reader.findOneBy(BulkImport, { id: importId, jobId: job.id }));
    if (!into || job.ownerId === null) return { import: 'no longer wanted' };
    const folder = await freshFolder(job.id);
    const tell = throttled(TELL_EVERY_MS, () => this.clock.monotonicMs(), progress);
    let all = 0;
    let done = 0;
    const recount = async () => {
      const counts = (await this.database.read((reader) => countsOf(reader, [importId]))).get(importId);
      all = Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);
      done = all - (counts?.waiting ?? 0);
    };
    const settled = ({ name }: ImportLine) => {
      done += 1;
      tell(all === 0 ? 0 : done / all, `${done}/${all} ${name}`);
    };
    try {
      await recount();
      await this.#readAll({ into, ownerId: job.ownerId, signal, folder, settled, recount });
      return await this.#finish(importId, job.id);
    } catch (error) {
      const lasting = lastingReason(error);
      throw lasting === null || signal.aborted ? error : new PermanentJobError(lasting, { cause: error });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #readAll(run: Run): Promise<void> {
    for (;;) {
      run.signal.throwIfAborted();
      const line = await this.database.read((reader) =>
        reader.findOne(ImportLine, {
          where: { importId: run.into.id, parentId: IsNull(), state: 'waiting' },
          order: { id: 'ASC' },
        }),
      );
      if (!line) return;
      if (line.kind === 'file') await this.#readFile(run, line);
      else await this.#readArchive(run, line);
      run.settled(line);
    }
  }

  async #readFile(run: Run, line: ImportLine): Promise<void> {
    const sha256 = line.sha256 ?? '';
    if (!(await this.store.has(sha256))) return this.ledger.refuse(line, 'bulk.fileLost');
    const path = this.store.path(sha256);
    const family = familyOf(await headOf(path), line.name);
    if (family === 'audio') await this.#keepAudio(run, line, sha256);
    else await this.#keepDocument(run, line, path);
  }

  async #readArchive(run: Run, line: ImportLine): Promise<void> {
    let kind = line.kind === 'library' ? ('library' as const) : ('archive' as const);
    if (!line.listed) {
      const listed = await this.listing.list(line, run.signal);
      if (listed === null) return;
      kind = listed;
      await run.recount();
    }
    const waiting = await this.database.read((reader) =>
      reader.findBy(ImportLine, { parentId: line.id, state: 'waiting' }),
    );
    const path = this.store.path(line.sha256 ?? '');
    if (waiting.length > 0 && kind === 'archive') await this.#readEntries(run, path, waiting);
    if (waiting.length > 0 && kind === 'library')
      await this.restoring.restore({
        actor: await this.#actor(run),
        into: run.into,
        archive: line,
        waiting: new Map(waiting.map((each) => [each.place, each])),
        path,
        signal: run.signal,
        settled: run.settled,
      });
    await this.ledger.close(line);
  }

  async #readEntries(run: Run, path: string, waiting: readonly ImportLine[]): Promise<void> {
    const lines = new Map(waiting.map((line) => [line.name, line]));
    await readArchive({
      path,
      signal: run.signal,
      onEntry: async (entry) => {
        const line = lines.get(entry.name);
        if (!line) return;
        run.signal.throwIfAborted();
        await this.#readEntry(run, entry, line);
        run.settled(line);
      },
      // Told when it was listed; a file that was whole then is whole now.
      onRefused: async ({ name, code }) => {
        const line = lines.get(name);
        if (line) await this.ledger.refuse(line, code);
      },
    });
  }

  async #readEntry(run: Run, entry: ArchiveEntry, line: ImportLine): Promise<void> {
    if (await this.#isKnown(run, line)) return this.ledger.settle(line, { id: run.into.areaId }, neverMade);
    const { head, bytes } = await peeked(await entry.open());
    const family = head.byteLength === 0 ? 'document' : familyOf(head, line.name);
    if (family === 'audio') {
      const { sha256 } = await this.store.put(bytes);
      return this.#keepAudio(run, line, sha256);
    }
    if (family !== 'document') return this.ledger.refuse(line, 'document.unknownFormat');
    const path = join(run.folder, line.id);
    await writeFile(path, bytes);
    try {
      await this.#keepDocument(run, line, path);
    } finally {
      await rm(path, { force: true });
    }
  }

  async #keepDocument(run: Run, line: ImportLine, path: string): Promise<void> {
    await this.#keep(run, line, (file) => this.reading.document({ ...file, path }, run.signal));
  }

  async #keepAudio(run: Run, line: ImportLine, sha256: string): Promise<void> {
    await this.#keep(run, line, (file) => this.reading.audio({ ...file, path: this.store.path(sha256) }, sha256));
  }

  async #keep(
    run: Run,
    line: ImportLine,
    read: (file: Pick<BulkImport, 'areaId' | 'defaults'> & { name: string }) => ReturnType<FileReading['document']>,
  ): Promise<void> {
    const { areaId, defaults } = run.into;
    try {
      const made = (await this.#isKnown(run, line)) ? null : await read({ areaId, defaults, name: line.name });
      if (made === null) await this.ledger.settle(line, { id: areaId }, neverMade);
      else await this.ledger.keep(await this.#actor(run), line, { id: areaId }, made);
    } catch (error) {
      if (!(error instanceof FileRefused)) throw error;
      await this.ledger.refuse(line, error.code);
    }
  }

  #isKnown({ into: { areaId } }: Run, { sha256 }: ImportLine): Promise<boolean> {
    return this.database.read(async (reader) => (await this.ledger.known(reader, areaId, sha256 ?? '')) !== null);
  }

  /** Whoever started it, with the rights of this moment. */
  async #actor({ ownerId, into }: Run): Promise<Actor> {
    const found = await this.database.read((reader) => this.accounts.withGrants(reader, ownerId));
    if (!found) throw new PermanentJobError('right.missing');
    const actor = actorFrom(found.account, found.grants);
    actor.demand('library.write', into.areaPath);
    return actor;
  }

  async #finish(importId: string, jobId: string): Promise<unknown> {
    return this.database.write(async ({ manager }) => {
      const left = await manager.countBy(ImportLine, { importId, state: 'waiting' });
      // What was uploaded in the last moment waits for the next start.
      const state = left === 0 ? 'done' : 'open';
      await manager.update(BulkImport, { id: importId, jobId }, { state, endedAtMs: this.clock.nowMs() });
      return (await countsOf(manager, [importId])).get(importId);
    });
  }

  /** Only of the newest job: a newer one may have begun. */
  async #givenUp(importId: string, jobId: string, reason: string): Promise<void> {
    const ended = reason === 'cancelled' ? { state: 'stopped' as const } : { state: 'failed' as const, reason };
    await this.database.write(({ manager }) =>
      manager.update(
        BulkImport,
        { id: importId, jobId, state: 'running' },
        { ...ended, endedAtMs: this.clock.nowMs() },
      ),
    );
  }
}

const neverMade = () => Promise.reject(new Error('the file was in the library a moment ago'));

/** What no further attempt changes: a person must do something first. @returns a problem code, or null */
function lastingReason(error: unknown): string | null {
  if (error instanceof PermanentJobError) return error.message;
  if (error instanceof Problem) return error.code;
  if (error instanceof DocumentProblem) return error.code;
  return isDiskFull(error) ? 'service.diskFull' : null;
}
