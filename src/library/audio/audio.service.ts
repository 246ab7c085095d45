import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { z } from 'zod';
import { MediaProblem, type MediaProblemCode, type ProducedAudio, type SpokenSentence } from '../../../media/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { JOB_LOST, type JobContext, type JobRunner, PermanentJobError } from '../../platform/jobs/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import type { AudioQuery } from '../items/item.api.js';
import { Item, ItemVersion } from '../items/item.entity.js';
import { seenVersion } from '../items/item.queries.js';
import { NO_AUDIO, RENDER_JOB } from '../items/item.versions.js';
import { libraryProblem } from '../problems.js';
import { ScriptReader } from '../speech/script.reader.js';
import { isOfTheMachine } from './media.problems.js';
import { MediaTools, type Script } from './media.tools.js';

const renderPayload = z.object({ itemId: z.string(), version: z.int(), uploadSha256: z.string().nullable() });
/** The audio of a version is being made from this; if it has another source by now, the work is somebody else's. */
type Source = z.infer<typeof renderPayload>;
/** What is to be levelled: a person's recording, or what is spoken first. */
type Wanted = { readonly from: 'upload'; readonly sha256: string } | { readonly from: 'text'; readonly script: Script };

/** Makes the audio of versions, and hands it out. */
@Injectable()
export class LibraryAudio {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly media: MediaTools,
    private readonly reader: ScriptReader,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Called once when the process starts, before the runner does. */
  register(runner: JobRunner): void {
    runner.register(RENDER_JOB, (context) => this.#run(context), {
      onGivenUp: (job, reason) => this.#givenUp(renderPayload.parse(job.payload), reason),
    });
  }

  /** The audio of a version, by default the current one; a path below a folder, for the one who answers the request. */
  async file(actor: Actor, id: string, { version: n, format }: AudioQuery) {
    const version = await this.database.read((reader) => seenVersion(reader, actor, id, n));
    const [sha256, type] =
      format === 'mp3' ? [version.mp3Sha256, 'audio/mpeg'] : [version.audioSha256, version.audioType];
    if (sha256 === null || type === null || !(await this.store.has(sha256)))
      throw libraryProblem('library.audioMissing');
    return { path: this.store.path(sha256), sha256, type };
  }

  /** May be begun again at any moment: it only puts content into the store, which is there once, and then says so. */
  async #run({ job, signal, progress }: JobContext): Promise<{ readonly audio: string }> {
    const asked = renderPayload.parse(job.payload);
    const wanted = await this.#wanted(asked);
    if (!wanted) return { audio: 'no longer wanted' };
    const folder = await freshFolder(job.id);
    try {
      const source = await this.#sourceOf(wanted, folder, { signal, progress });
      const produced = await this.media.produce(source.path, folder, signal);
      progress(0.9, 'storing');
      for (const { path } of [produced, produced.mp3]) await this.store.put(path);
      await this.#finish(asked, { ...audioOf(produced), spoken: source.sentences });
      return { audio: produced.sha256 };
    } catch (error) {
      return await this.#failed(asked, error, { signal, last: job.attempts >= job.maxAttempts });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** The sound that is to be levelled: a person's recording, or what is spoken now. */
  async #sourceOf(
    wanted: Wanted,
    folder: string,
    { signal, progress }: Pick<JobContext, 'signal' | 'progress'>,
  ): Promise<{ readonly path: string; readonly sentences: readonly SpokenSentence[] | null }> {
    if (wanted.from === 'upload') return { path: this.store.path(wanted.sha256), sentences: null };
    const { path, sentences } = await this.media.speak(wanted.script, folder, signal, (done, of) =>
      progress(0.6 * (done / of), `speaking ${done}/${of}`),
    );
    progress(0.6, 'levelling');
    return { path, sentences };
  }

  async #wanted({ itemId, version: n, uploadSha256 }: Source): Promise<Wanted | null> {
    return this.database.read(async (reader) => {
      const item = await reader.findOneBy(Item, { id: itemId });
      const version = await reader.findOneBy(ItemVersion, { itemId, n, audioState: 'rendering' });
      if (!item || !version || version.uploadSha256 !== uploadSha256) return null;
      if (uploadSha256 !== null) return { from: 'upload', sha256: uploadSha256 };
      const { areaPath, language } = item;
      const { speech } = version;
      const text = version.text ?? '';
      const { sentences } = await this.reader.read(reader, { text, language, voice: speech?.voice ?? null, areaPath });
      return { from: 'text', script: { sentences, language, speech } };
    });
  }

  /** A bad file stays bad: that is an answer, not a failure. What is the machine's fault is tried again. */
  async #failed(
    source: Source,
    error: unknown,
    { signal, last }: { signal: AbortSignal; last: boolean },
  ): Promise<{ readonly audio: string }> {
    if (signal.aborted) throw error;
    const code: MediaProblemCode = error instanceof MediaProblem ? error.code : 'media.toolFailed';
    const final = error instanceof MediaProblem && !isOfTheMachine(code);
    if (!final && !last) throw error;
    this.log.warn({ err: error, itemId: source.itemId, version: source.version, code }, 'audio could not be made');
    await this.#finish(source, { ...NO_AUDIO, audioState: 'failed', audioProblem: code });
    if (final) return { audio: code };
    throw new PermanentJobError(code, { cause: error });
  }

  /** The process was killed in its last attempt, or somebody cancelled. Other ends were written by the one who ended it. */
  async #givenUp(asked: Source, reason: string): Promise<void> {
    const code = reason === 'cancelled' ? 'library.audioCancelled' : reason === JOB_LOST ? 'job.lost' : null;
    if (code !== null) await this.#finish(asked, { ...NO_AUDIO, audioState: 'failed', audioProblem: code });
  }

  async #finish({ itemId, version: n, uploadSha256 }: Source, audio: Partial<ItemVersion>): Promise<void> {
    // Only while it is still awaited, so that an older run never overwrites what a newer upload is to become.
    const awaited = { itemId, n, audioState: 'rendering', uploadSha256: uploadSha256 ?? IsNull() } as const;
    await this.database.write((tx) => tx.manager.update(ItemVersion, awaited, audio));
  }
}

/** A folder for one attempt; those of earlier attempts, whose process was killed, are removed. */
async function freshFolder(jobId: string): Promise<string> {
  const prefix = `vang-render-${jobId}-`;
  for (const name of await readdir(tmpdir()))
    if (name.startsWith(prefix)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  return mkdtemp(join(tmpdir(), prefix));
}

function audioOf({
  sha256,
  bytes,
  type,
  durationMs,
  loudness,
  mp3,
  sound,
  peaks,
}: ProducedAudio): Partial<ItemVersion> {
  return {
    audioState: 'ready',
    audioProblem: null,
    audioSha256: sha256,
    audioBytes: bytes,
    audioType: type,
    audioDurationMs: durationMs,
    loudness,
    mp3Sha256: mp3.sha256,
    mp3Bytes: mp3.bytes,
    sound,
    peaks,
  };
}
