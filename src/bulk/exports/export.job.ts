import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AreaService } from '../../areas/index.js';
import { type ArchivedItem, LibraryArchive } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { type JobContext, type JobRunner, PermanentJobError } from '../../platform/jobs/index.js';
import { KeyRing } from '../../platform/keys/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { isDiskFull } from '../disk-full.js';
import { throttled } from '../engine/throttle.js';
import { ItemOrigin } from '../imports/import.entity.js';
import { LIBRARY_FORMAT, LIBRARY_VERSION } from '../library-file.js';
import { LibraryExport } from './export.entity.js';
import { EXPORT_JOB } from './export.service.js';
import { libraryZip } from './library-zip.js';

const exportPayload = z.object({ exportId: z.string() });
const TELL_EVERY_MS = 100;
/** The description is short beside the sound. */
const DESCRIBED = 0.3;

/** Writes exports into the content store. Begun again, it writes the whole of it again. */
@Injectable()
export class ExportJob {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly areas: AreaService,
    private readonly archive: LibraryArchive,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** Called once when the process starts, before the runner does. */
  register(runner: JobRunner): void {
    runner.register(EXPORT_JOB, (context) => this.#run(context), {
      onGivenUp: (job, reason) => this.#givenUp(exportPayload.parse(job.payload).exportId, reason),
    });
  }

  async #run({ job, progress, signal }: JobContext): Promise<unknown> {
    const { exportId: id } = exportPayload.parse(job.payload);
    const wanted = await this.database.read((reader) => reader.findOneBy(LibraryExport, { id, state: 'running' }));
    if (!wanted) return { export: 'no longer wanted' };
    const tell = throttled(TELL_EVERY_MS, () => this.clock.monotonicMs(), progress);
    try {
      const { sha256, bytes, items } = await this.#write(wanted, tell, signal);
      const done = { state: 'done', sha256, bytes, items } as const;
      await this.database.write(({ manager }) => manager.update(LibraryExport, { id, state: 'running' }, done));
      return { bytes, items };
    } catch (error) {
      throw isDiskFull(error) ? new PermanentJobError('service.diskFull', { cause: error }) : error;
    }
  }

  async #write(wanted: LibraryExport, tell: JobContext['progress'], signal: AbortSignal) {
    const { areaPath, areaId, filter, includeAudio } = wanted;
    const area = await this.database.read((reader) => this.areas.byId(reader, areaId));
    const all = await this.archive.count(areaPath, filter);
    let described = 0;
    const told = (item: ArchivedItem) => {
      described += 1;
      const title = item.versions.at(-1)?.metadata.title ?? '';
      tell(all === 0 ? 0 : (DESCRIBED * Math.min(described, all)) / all, `${described}/${all} ${title}`);
    };
    const { stream, items } = libraryZip({
      header: {
        format: LIBRARY_FORMAT,
        version: LIBRARY_VERSION,
        installation: this.keys.rootFingerprint,
        demo: this.database.isDemo(),
        exportedAtMs: this.clock.nowMs(),
        area: { code: area?.code ?? '', name: area?.name ?? '' },
        includesAudio: includeAudio,
      },
      items: this.#items(wanted, told, signal),
      open: (sha256) => this.store.open(sha256),
      bytesOf: async (sha256) => (await this.store.stat(sha256))?.bytes ?? null,
      signal,
      packed: (name, done, files) => tell(DESCRIBED + ((1 - DESCRIBED) * done) / files, `${done}/${files} ${name}`),
    });
    const stored = await this.store.put(stream);
    return { ...stored, items: items() };
  }

  async *#items(
    { areaPath, filter, includeAudio }: LibraryExport,
    told: (item: ArchivedItem) => void,
    signal: AbortSignal,
  ): AsyncGenerator<ArchivedItem> {
    for await (const item of this.archive.items(areaPath, filter)) {
      signal.throwIfAborted();
      const from = await this.#origin(item.id);
      told(item);
      yield { ...(includeAudio ? item : withoutSound(item)), origin: from };
    }
  }

  async #origin(itemId: string): Promise<ArchivedItem['origin']> {
    const found = await this.database.read((reader) => reader.findOneBy(ItemOrigin, { itemId }));
    if (!found) return null;
    const { installation, originItemId, decisions } = found;
    return { installation, itemId: originItemId, decisions: [...decisions] };
  }

  async #givenUp(id: string, reason: string): Promise<void> {
    const ended = reason === 'cancelled' ? ({ state: 'stopped' } as const) : ({ state: 'failed', reason } as const);
    await this.database.write(({ manager }) => manager.update(LibraryExport, { id, state: 'running' }, ended));
  }
}

/** Pictures and films are what such an item is; sound can be made or recorded again. */
const withoutSound = (item: ArchivedItem): ArchivedItem => ({
  ...item,
  versions: item.versions.map((version) => ({ ...version, upload: null, audio: null })),
});
