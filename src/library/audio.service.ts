import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { z } from 'zod';
import { MediaProblem, type MediaProblemCode, type ProducedAudio } from '../../media/index.js';
import { Database } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { type JobContext, type JobRunner, PermanentJobError } from '../platform/jobs/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import { ContentStore } from '../platform/storage/index.js';
import { Item, ItemVersion } from './item.entity.js';
import { seenItem, versionOf } from './item.queries.js';
import { NO_AUDIO, RENDER_JOB } from './item.versions.js';
import { isOfTheMachine } from './media.problems.js';
import { MediaTools } from './media.tools.js';
import { libraryProblem } from './problems.js';

const renderPayload = z.object({ itemId: z.string(), version: z.int(), uploadSha256: z.string().nullable() });
/** The audio of a version is being made from this; if it has another source by now, the work is somebody else's. */
type Source = z.infer<typeof renderPayload>;

/** Makes the audio of versions, and hands it out. */
@Injectable()
export class LibraryAudio {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly media: MediaTools,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Called once when the process starts, before the runner does. */
  register(runner: JobRunner): void {
    runner.register(RENDER_JOB, (context) => this.#run(context));
  }

  /** The audio of a version, by default the current one; a path below a folder, for the one who answers the request. */
  async file(actor: Actor, id: string, n: number | undefined) {
    const version = await this.database.read(async (reader) => {
      const item = await seenItem(reader, actor, id);
      return versionOf(reader, id, n ?? item.currentVersion);
    });
    const { audioSha256, audioType } = version;
    if (audioSha256 === null || audioType === null || !(await this.store.has(audioSha256)))
      throw libraryProblem('library.audioMissing');
    return { path: this.store.path(audioSha256), sha256: audioSha256, type: audioType };
  }

  /** May be begun again at any moment: it only puts content into the store, which is there once, and then says so. */
  async #run({ job, signal, progress }: JobContext): Promise<{ readonly audio: string }> {
    const source = renderPayload.parse(job.payload);
    const wanted = await this.#wanted(source);
    if (!wanted) return { audio: 'no longer wanted' };
    const folder = await freshFolder(job.id);
    try {
      const input =
        source.uploadSha256 === null
          ? await this.media.speak(wanted, folder, signal)
          : this.store.path(source.uploadSha256);
      progress(0.3);
      const produced = await this.media.produce(input, folder, signal);
      progress(0.9);
      await this.store.put(produced.path);
      await this.#finish(source, audioOf(produced));
      return { audio: produced.sha256 };
    } catch (error) {
      return await this.#failed(source, error, { signal, last: job.attempts >= job.maxAttempts });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #wanted({ itemId, version: n, uploadSha256 }: Source): Promise<{ text: string; language: string } | null> {
    return this.database.read(async (reader) => {
      const item = await reader.findOneBy(Item, { id: itemId });
      const version = await reader.findOneBy(ItemVersion, { itemId, n, audioState: 'rendering' });
      if (!item || !version || version.uploadSha256 !== uploadSha256) return null;
      return { text: version.text ?? '', language: item.language };
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

function audioOf({ sha256, bytes, type, durationMs, loudness }: ProducedAudio): Partial<ItemVersion> {
  return {
    audioState: 'ready',
    audioProblem: null,
    audioSha256: sha256,
    audioBytes: bytes,
    audioType: type,
    audioDurationMs: durationMs,
    loudness,
  };
}
