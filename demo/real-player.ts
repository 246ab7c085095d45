import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { correlate, decodeToPcm, findFfmpeg } from '../media/index.js';
import type { ApiClient } from './api-client.js';
import type { ReadyItem } from './load.js';
import { Program } from './processes.js';

const RATE = 16_000;

/** The reference player as it runs on a board, with a WAV file as its loudspeaker, in real time. */
export class RealPlayer {
  readonly #program: Program;
  readonly wav: string;

  constructor(
    private readonly folder: string,
    claim: string,
    private readonly ffmpegPath: string,
  ) {
    this.wav = join(folder, 'loudspeaker.wav');
    this.#program = new Program(
      'devices/player/main.js',
      [
        '--claim',
        claim,
        '--data',
        join(folder, 'player'),
        '--sound',
        `wav:${this.wav}`,
        '--serial',
        'DEMO-REAL-1',
        '--model',
        'Bộ phát thật (WAV)',
      ],
      { VANG_PLAYER_FFMPEG: ffmpegPath },
    );
  }

  /** Waits until the service holds the receipt of this item from this cluster. */
  async played(
    monitor: ApiClient,
    item: ReadyItem,
    clusterId: string,
    pause: () => Promise<void>,
  ): Promise<{ outcome: string; playedMs: number }> {
    for (;;) {
      const rows = await monitor.get<{ receipt: string }[]>(`/api/receipts?itemId=${item.id}&clusterId=${clusterId}`);
      const [newest] = rows;
      if (newest) return JSON.parse(newest.receipt) as { outcome: string; playedMs: number };
      await pause();
    }
  }

  /** How like the stored audio the loudspeaker sounded, 0..1. */
  async match(author: ApiClient, item: ReadyItem): Promise<number> {
    const stored = join(this.folder, 'stored.ogg');
    await writeFile(stored, await author.bytes(`/api/items/${item.id}/audio`));
    const tool = await findFfmpeg({ explicitPath: this.ffmpegPath });
    const snapshot = join(this.folder, 'heard.wav');
    await copyFile(this.wav, snapshot);
    const recorded = await decodeToPcm({ tool, path: snapshot, sampleRate: RATE });
    const reference = await decodeToPcm({ tool, path: stored, sampleRate: RATE });
    return correlate({ reference, recorded, sampleRate: RATE }).similarity;
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }
}
