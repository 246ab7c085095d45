import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Program } from '../../demo/processes.js';
import { DemoService } from '../../demo/service.js';
import { findFfmpeg } from '../../media/index.js';
import type { Bench } from './bench.js';
import { freePort, SmallDistrict } from './small-district.js';

const FRAMES_PER_MS = 48;
const HEADER_BYTES = 44;
const pause = async () => void (await wait(50));

interface Receipt {
  readonly play: string;
  readonly outcome: string;
  readonly cause: string | null;
  readonly playedMs: number;
}

/**
 * Kill -9 of the player in mid-play. The loudspeaker is a process of its own that counts what it sounded: that is the
 * truth (and the baseline) which the partial receipt, written at the next boot, is held against.
 */
export const killPlayer: Bench = {
  name: 'kill-player',
  async run({ short }) {
    const kills = short ? 2 : 20;
    const folder = await mkdtemp(join(tmpdir(), 'vang-kill-player-'));
    const service = new DemoService(folder, { http: await freePort(), mqtt: await freePort() });
    const ffmpeg = await findFfmpeg({});
    const wav = join(folder, 'loudspeaker.wav');
    let player: Program | null = null;
    try {
      await service.ready();
      const district = await SmallDistrict.load(
        service,
        1,
        'Kính thưa bà con, đây là bản tin dài để thử việc mất điện giữa chừng. Xin bà con thông cảm và chờ nghe lại.',
        pause,
      );
      const claim = await district.claim(0);
      const start = () =>
        new Program(
          'devices/player/main.js',
          ['--claim', claim, '--data', join(folder, 'player'), '--sound', `wav:${wav}`, '--serial', 'KILL-1'],
          { VANG_PLAYER_FFMPEG: ffmpeg.path },
        );
      player = start();
      await waitFor(district, (controller) => controller !== null);
      const everyMs = Math.ceil((district.durationMs + 1_500) / 1_000) * 1_000;
      const first = Math.ceil((Date.now() + 6_000) / 1_000) * 1_000;
      await district.scheduleAt(Array.from({ length: kills }, (_, i) => first + i * everyMs));
      for (let kill = 0; kill < kills; kill++) {
        await beginning(wav, kill + 1);
        // Somewhere between just begun and nearly done.
        await wait(150 + Math.random() * (district.durationMs - 900));
        await player.kill();
        player = start();
      }
      const receipts = await receiptsOf(district, kills);
      return verdict(await truths(wav), receipts, kills);
    } finally {
      await player?.stop();
      await service.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function waitFor(
  district: SmallDistrict,
  fits: (controller: { ready: boolean } | null) => boolean,
): Promise<void> {
  for (;;) {
    const [cluster] = await district.administrator.get<{ controller: { ready: boolean } | null }[]>('/api/clusters');
    if (cluster && fits(cluster.controller)) return;
    await pause();
  }
}

async function playsBegun(wav: string): Promise<{ play: string; frame: number }[]> {
  const text = await readFile(`${wav}.plays.jsonl`, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { play: string; frame: number });
}

async function beginning(wav: string, count: number): Promise<void> {
  while ((await playsBegun(wav)).length < count) await pause();
}

/** Milliseconds that each play really sounded, from the frames in the file. */
async function truths(wav: string): Promise<Map<string, number>> {
  const plays = await playsBegun(wav);
  const frames = ((await stat(wav)).size - HEADER_BYTES) / 2;
  return new Map(plays.map(({ play, frame }, i) => [play, ((plays[i + 1]?.frame ?? frames) - frame) / FRAMES_PER_MS]));
}

async function receiptsOf(district: SmallDistrict, count: number): Promise<Receipt[]> {
  for (;;) {
    const rows = await district.administrator.get<{ receipt: string }[]>(
      `/api/receipts?itemId=${district.itemId}&limit=500`,
    );
    if (rows.length >= count) return rows.map((row) => JSON.parse(row.receipt) as Receipt);
    await pause();
  }
}

function verdict(truth: ReadonlyMap<string, number>, receipts: readonly Receipt[], kills: number) {
  const errors = receipts.map((receipt) => (truth.get(receipt.play) ?? Number.NaN) - receipt.playedMs);
  const partial = receipts.filter((receipt) => receipt.outcome === 'partial').length;
  const complete = receipts.filter((receipt) => receipt.outcome === 'complete').length;
  const worstShortMs = Math.round(Math.max(...errors));
  const worstOverMs = Math.round(Math.max(0, ...errors.map((error) => -error)));
  return {
    kills,
    receipts: receipts.length,
    partial,
    complete,
    /** The receipt says less than was played, at most. */
    worstShortMs,
    /** The receipt says more than was played, at most. */
    worstOverMs,
    holds:
      receipts.length === kills && partial === kills && complete === 0 && worstShortMs <= 1_000 && worstOverMs === 0,
  };
}
