import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProducedAudio, SpokenScript } from '../../media/index.js';
import { type AccountRole, Audit, accountEntities, accountMigrations, actorFrom } from '../accounts/index.js';
import { Area, AreaService, areaEntities, areaMigrations } from '../areas/index.js';
import { noticeEntities, noticeMigrations } from '../notices/index.js';
import { ManualClock } from '../platform/clock/index.js';
import { type Database, newId } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { fold } from '../platform/i18n/index.js';
import { JobRunner, Jobs, jobEntities, jobMigrations } from '../platform/jobs/index.js';
import { silentLog } from '../platform/logging/index.js';
import { Outbox, outboxEntities, outboxMigrations } from '../platform/outbox/index.js';
import { ContentStore } from '../platform/storage/index.js';
import { AcceptanceService } from './acceptance/acceptance.service.js';
import type { Approval } from './approval/approval.api.js';
import { approvalNotices, approvalRoom } from './approval/approval.spec-support.js';
import { LibraryAudio } from './audio/audio.service.js';
import { MediaTools, type Script } from './audio/media.tools.js';
import { type ItemView, type NewItemRequest, newItem } from './items/item.api.js';
import { ItemService } from './items/item.service.js';
import { ItemVersions, sha256Of } from './items/item.versions.js';
import { LibraryService } from './items/library.service.js';
import { UploadService } from './items/upload.service.js';
import { VisualService } from './items/visual.service.js';
import { libraryEntities, libraryMigrations } from './library.migration.js';
import { indexFor } from './search/index.choice.js';
import { SearchService } from './search/search.service.js';
import { DictionaryService } from './speech/dictionary.service.js';
import { ScriptReader } from './speech/script.reader.js';
import { SpeechService } from './speech/speech.service.js';
import { TemplateService } from './templates/template.service.js';

export const librarySuite = {
  entities: [
    ...outboxEntities,
    ...jobEntities,
    ...areaEntities,
    ...accountEntities,
    ...noticeEntities,
    ...libraryEntities,
  ],
  migrations: [
    ...outboxMigrations,
    ...jobMigrations,
    ...areaMigrations,
    ...accountMigrations,
    ...noticeMigrations,
    ...libraryMigrations,
  ],
};

/** Makes "audio" at once, for specs that are not about sound. */
export class QuietTools extends MediaTools {
  /** What happens instead of making audio, once for each entry. */
  readonly mishaps: ((signal: AbortSignal) => Promise<void> | void)[] = [];
  produced = 0;

  constructor() {
    super(silentLog);
  }

  override async speak({ sentences, language, speech }: Script, folder: string): Promise<SpokenScript> {
    const path = join(folder, 'spoken.wav');
    await writeFile(path, JSON.stringify([sentences, language, speech]));
    return { path, durationMs: 1_500, sentences: sentences.map(({ said }) => ({ said, startMs: 0, endMs: 1_500 })) };
  }

  override async produce(input: string, folder: string, signal: AbortSignal): Promise<ProducedAudio> {
    await this.mishaps.shift()?.(signal);
    this.produced += 1;
    const path = join(folder, 'made.ogg');
    const bytes = Buffer.from(
      `audio of ${createHash('sha256')
        .update(await readFile(input))
        .digest('hex')}`,
    );
    await writeFile(path, bytes);
    const mp3Path = join(folder, 'made.mp3');
    const mp3Bytes = Buffer.concat([bytes, Buffer.from(' as MP3')]);
    await writeFile(mp3Path, mp3Bytes);
    const loudness = { inputLufs: -20, outputLufs: -16, gainDb: 4, truePeakDb: -2, limited: false };
    return {
      path,
      type: 'audio/ogg; codecs=opus',
      bytes: bytes.length,
      durationMs: 1_500,
      sha256: sha256Of(bytes.toString()),
      loudness,
      mp3: { path: mp3Path, type: 'audio/mpeg', bytes: mp3Bytes.length, sha256: sha256Of(mp3Bytes.toString()) },
      sound: {
        rangeLu: 3,
        noiseFloorDb: null,
        clippedSamples: 0,
        speechRatio: 1,
        trimmedStartMs: 0,
        trimmedEndMs: 0,
        verdict: [],
      },
      peaks: [0, 50, 100],
    };
  }
}

/** One commune with two hamlets and a neighbour, the people of its station, and the library over a real store. */
export async function openLibrary(database: Database, media: MediaTools = new QuietTools()) {
  const folder = await mkdtemp(join(tmpdir(), 'vang-library-'));
  const store = new ContentStore(join(folder, 'content'));
  await store.start();
  const clock = new ManualClock();
  const jobs = new Jobs(database, clock);
  const audit = new Audit(clock);
  const areas = new AreaService(database);
  const told = approvalNotices({ database, areas, audit, clock });
  const index = indexFor(database.kind);
  const versions = new ItemVersions(jobs, audit, clock, media, told.notices, index);
  const dictionary = new DictionaryService(database, areas, audit, clock);
  const scriptReader = new ScriptReader(dictionary, media);
  const audio = new LibraryAudio(database, store, media, scriptReader, silentLog);
  const newRunner = (options: { readonly leaseMs?: number } = {}) => {
    const runner = new JobRunner({ database, jobs, clock, log: silentLog, pollMs: null, graceMs: 50, ...options });
    audio.register(runner);
    return runner;
  };
  const runner = newRunner();
  await runner.start({ concurrency: 2 });
  await database.write(async ({ manager }) => {
    for (const [id, path, kind] of [
      ['p', '/p/', 'province'],
      ['an-khuong', '/p/an-khuong/', 'commune'],
      ['ap-1', '/p/an-khuong/ap-1/', 'hamlet'],
      ['an-phu', '/p/an-phu/', 'commune'],
    ] as const)
      await manager.insert(Area, {
        id,
        path,
        kind,
        parentId: null,
        code: id,
        name: id,
        nameFolded: fold(id),
        validFrom: '2020-01-01',
        validTo: null,
        successorId: null,
        speciallyDisadvantaged: false,
        border: false,
        ethnicMinority: false,
      });
  });
  const templates = new TemplateService(database, areas, audit, clock);
  const items = new ItemService(database, areas, versions, audit, clock, index, templates);
  const approval = approvalRoom(told, versions, media);
  const uploads = new UploadService(database, store, versions, audit);

  /** The audio of the newest version is made, or found impossible. */
  async function settled(actor: Actor, id: string): Promise<ItemView> {
    await runner.idle();
    return items.get(actor, id);
  }
  return {
    database,
    store,
    clock,
    jobs,
    media,
    audio,
    items,
    acceptances: new AcceptanceService(database, areas, audit, new Outbox(clock), clock),
    dictionary,
    speech: new SpeechService(database, areas, scriptReader, media),
    index,
    search: new SearchService(database, areas, index),
    ...approval,
    uploads,
    templates,
    visuals: new VisualService(database, store, media, versions, audit),
    library: new LibraryService(),
    runner,
    newRunner,
    settled,
    create: (actor: Actor, request: Partial<NewItemRequest> = {}) =>
      items.create(actor, newItem.parse(script(request))),
    async close(): Promise<void> {
      await runner.stop();
      await media.stop();
      await store.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type OpenLibrary = Awaited<ReturnType<typeof openLibrary>>;

export const script = (changes: Partial<NewItemRequest> = {}): object => ({
  kind: 'script',
  areaId: 'an-khuong',
  title: 'Vay vốn nuôi dê',
  text: 'Kính thưa bà con!',
  ...changes,
});

export function person(name: string, role: AccountRole, areaPath = '/p/an-khuong/'): Actor {
  return actorFrom({ id: newId(), name }, [{ role, areaPath }]);
}

/** What a client that heard the newest version sends to approve it. */
export function heard(item: ItemView): Approval {
  const newest = item.versions.at(-1);
  return {
    textSha256: newest?.textSha256 ?? null,
    audioSha256: newest?.audio.sha256 ?? null,
    contentSha256: newest?.contentSha256 ?? null,
    checklist: null,
  };
}

export const newestOf = ({ versions }: ItemView) => versions.at(-1)!;

/** A second of a tone, as a WAV file. */
export function wav(durationMs = 1_000, rate = 16_000): Buffer {
  const samples = Math.round((durationMs / 1_000) * rate);
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i++)
    file.writeInt16LE(Math.round(8_000 * Math.sin((i / rate) * 2 * Math.PI * 440)), 44 + i * 2);
  return file;
}

export async function* inPieces(bytes: Uint8Array, size = 4_096): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.byteLength; from += size) yield bytes.subarray(from, from + size);
}
