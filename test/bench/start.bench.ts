import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LinuxClock } from '../../devices/player/adapters/clock.js';
import { DecodedSound } from '../../devices/player/adapters/sound/decoded-sound.js';
import { FfmpegDecoder } from '../../devices/player/adapters/sound/decoder.js';
import { WavSink } from '../../devices/player/adapters/sound/wav-sink.js';
import { SILENT } from '../../devices/player/logger.js';
import { playOf } from '../../devices/player/testing/plans.js';
import { findFfmpeg } from '../../media/index.js';
import type { Bench } from './bench.js';
import { CLICK_MS, type Clicked, clickAsset, clicksIn } from './click.js';
import { PoleStandIn } from './pole-stand-in.js';

/** From one planned start to the next. */
const EVERY_MS = 1_000;
/** Enough to enrol, connect, fetch plan and audio. */
const SETUP_MS = 8_000;
const LIMITS = { p99Ms: 20, skewMs: 10, rssMb: 90 };
/** As devices/player/install/vang-player.service starts it. */
const AS_INSTALLED = { NODE_OPTIONS: '--max-semi-space-size=1', MALLOC_ARENA_MAX: '2' };
/** The sink as it was built, also for a spec that runs from the sources. */
const BUILT = import.meta.url.includes('/dist/') ? '../../' : '../../dist/';
const SINK = fileURLToPath(new URL(`${BUILT}devices/player/sink/wav-sink.js`, import.meta.url));
const clock = new LinuxClock();

/** This machine's wall clock, which is the stand-in's time, minus its monotonic clock. The best of several readings. */
function wallMinusMono(): number {
  let best = { spread: Number.POSITIVE_INFINITY, difference: 0 };
  for (let i = 0; i < 2_000; i++) {
    const before = clock.monoMs();
    const wall = performance.timeOrigin + performance.now();
    const after = clock.monoMs();
    if (after - before < best.spread) best = { spread: after - before, difference: wall - (before + after) / 2 };
  }
  // The stand-in tells Date.now(); what performance lost on it since this process began is not the player's fault.
  const drift = Date.now() - (performance.timeOrigin + performance.now());
  return best.difference + (Math.abs(drift) > 1 ? drift : 0);
}

/**
 * Two real players with the WAV sink and the same plan: how far from its planned instant each play's first sample lies, read
 * from the click in the file; and how far apart the two are. Baseline: a player that prepares nothing.
 */
export const start: Bench = {
  name: 'start',
  async run({ short }) {
    const plays = short ? 10 : 200;
    const folder = await mkdtemp(join(tmpdir(), 'vang-start-'));
    const { path: ffmpeg } = await findFfmpeg({});
    const asset = clickAsset();
    const poles: PoleStandIn[] = [];
    try {
      const baseline = await unprepared(folder, ffmpeg, asset.bytes, short ? 3 : 20);
      for (const device of ['pole-1', 'pole-2']) poles.push(await PoleStandIn.enrolled(folder, device));
      const wavOf = (pole: PoleStandIn) => `${pole.data}.wav`;
      const firstMs = Math.ceil((Date.now() + SETUP_MS) / 1_000) * 1_000;
      const planned = Array.from({ length: plays }, (_, i) =>
        playOf(firstMs + i * EVERY_MS, { play: `click-${i}`, durationMs: CLICK_MS, audio: asset, volume: 100 }),
      );
      for (const pole of poles) {
        await pole.plan(1, planned, asset);
        pole.start(['--sound', `wav:${wavOf(pole)}`], { VANG_PLAYER_FFMPEG: ffmpeg, ...AS_INSTALLED });
      }
      await Promise.all(poles.map((pole) => pole.ready()));
      await Promise.all(poles.map((pole) => pole.receipts(plays, SETUP_MS + plays * EVERY_MS + 30_000)));
      const rss = await Promise.all(poles.map((pole) => pole.running.peakMemoryMb()));
      const difference = wallMinusMono();
      const starts = await Promise.all(poles.map(async (pole) => byPlay(await heardIn(wavOf(pole)))));
      const complete = poles
        .flatMap((pole) => pole.service.arrived)
        .filter(({ receipt }) => receipt.outcome === 'complete');
      const offMs = starts.flatMap((each) =>
        planned.flatMap(({ play, startMs }) => {
          const monoMs = each.get(play);
          return monoMs === undefined ? [] : [monoMs + difference - startMs];
        }),
      );
      const skews = planned.map(({ play }) =>
        Math.abs((starts[0]?.get(play) ?? Number.NaN) - (starts[1]?.get(play) ?? Number.NaN)),
      );
      return verdict(plays, offMs, skews, complete.length, Math.max(...rss.map((mb) => mb ?? Number.NaN)), baseline);
    } finally {
      for (const pole of poles) await pole.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function heardIn(wav: string): Promise<Clicked[]> {
  const lines = (await readFile(`${wav}.plays.jsonl`, 'utf8')).trim().split('\n');
  return clicksIn(
    await readFile(wav),
    lines.map((line) => JSON.parse(line) as { play: string; frame: number; monoMs: number }),
  );
}

const byPlay = (clicks: readonly Clicked[]) => new Map(clicks.map(({ play, startedMonoMs }) => [play, startedMonoMs]));

/** Decoder and sink are started at the planned instant, as a timer that calls a program does. Median lateness, ms. */
async function unprepared(folder: string, ffmpeg: string, audio: Uint8Array, plays: number): Promise<number> {
  const path = join(folder, 'click.wav');
  const wav = join(folder, 'unprepared.wav');
  await writeFile(path, audio);
  const sound = new DecodedSound(new FfmpegDecoder(ffmpeg), new WavSink(wav, SINK), SILENT);
  const planned: number[] = [];
  for (let i = 0; i < plays; i++) {
    const atMs = clock.monoMs() + 100;
    planned.push(atMs);
    await wait(100);
    const signal = new AbortController().signal;
    const silent = { onStarted: () => undefined, onProgress: () => undefined };
    await sound.play({ name: `click-${i}`, path, seekMs: 0, volume: 100, signal, ...silent });
  }
  const starts = byPlay(await heardIn(wav));
  return quantile(
    planned.map((atMs, i) => (starts.get(`click-${i}`) ?? Number.NaN) - atMs),
    0.5,
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN);
}

const round = (ms: number) => Math.round(ms * 10) / 10;

function verdict(
  plays: number,
  offMs: readonly number[],
  skews: readonly number[],
  complete: number,
  rssMB: number,
  baselineP50Ms: number,
) {
  const away = offMs.map(Math.abs);
  const figures = {
    plays,
    p50Ms: quantile(away, 0.5),
    p99Ms: quantile(away, 0.99),
    maxMs: quantile(away, 1),
    /** Never before its time, beyond what the exchange of the time allows. */
    earliestMs: round(Math.min(...offMs)),
    skewMs: round(Math.max(...skews)),
    baselineP50Ms,
    rssMB,
  };
  const all = offMs.length === 2 * plays && complete === 2 * plays;
  const { p99Ms, skewMs } = figures;
  const holds = all && p99Ms <= LIMITS.p99Ms && skewMs <= LIMITS.skewMs && rssMB <= LIMITS.rssMb;
  return { ...figures, complete, holds };
}
