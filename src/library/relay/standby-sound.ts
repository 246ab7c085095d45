import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { standbySound } from '../../../media/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { MediaTools } from '../audio/media.tools.js';
import { StandbySoundRow } from './standby-sound.entity.js';

/** As plans name it. */
export type StandbyAudio = Pick<StandbySoundRow, 'sha256' | 'bytes' | 'type' | 'durationMs'>;

const ID = 'relay';

/** What takes the place of a relay that gives nothing: a chime, the same for the whole installation. */
@Injectable()
export class StandbySound {
  #making: Promise<StandbyAudio> | null = null;

  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly media: MediaTools,
    private readonly clock: Clock,
  ) {}

  /**
   * In the store; made at the first call of the installation, or if its file was lost.
   * @throws MediaProblem without ffmpeg
   */
  keep(): Promise<StandbyAudio> {
    this.#making ??= this.#keep().finally(() => {
      this.#making = null;
    });
    return this.#making;
  }

  async #keep(): Promise<StandbyAudio> {
    const known = await this.database.read(standbyOf);
    if (known && (await this.store.has(known.sha256))) return known;
    const folder = await mkdtemp(join(tmpdir(), 'vang-standby-'));
    try {
      // The silence between two chimes is part of it.
      const clean = { trimSilence: false };
      const made = await this.media.produce(await standbySound(folder), folder, new AbortController().signal, clean);
      await this.store.put(made.path);
      const { sha256, bytes, type, durationMs } = made;
      const row = { id: ID, sha256, bytes, type, durationMs, madeAtMs: this.clock.nowMs() };
      return await this.database.write(async ({ manager }) => {
        // Another process may have been first: plans already name its bytes.
        await manager.createQueryBuilder().insert().into(StandbySoundRow).values(row).orIgnore().execute();
        const first = await standbyOf(manager);
        if (first && (await this.store.has(first.sha256))) return first;
        await manager.update(StandbySoundRow, { id: ID }, row);
        return { sha256, bytes, type, durationMs };
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Null: it was never made. */
export async function standbyOf(reader: EntityManager): Promise<StandbyAudio | null> {
  const row = await reader.findOneBy(StandbySoundRow, { id: ID });
  if (!row) return null;
  const { sha256, bytes, type, durationMs } = row;
  return { sha256, bytes, type, durationMs };
}
