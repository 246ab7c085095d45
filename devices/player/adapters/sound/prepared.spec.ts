import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SILENT } from '../../logger.js';
import { compiledSink } from '../../testing/sink-program.js';
import { LinuxClock } from '../clock.js';
import { AlsaSink } from './alsa-sink.js';
import { DecodedSound } from './decoded-sound.js';
import { FfmpegDecoder } from './decoder.js';
import { chooseFfmpeg, lookUpsOf } from './ffmpeg.js';
import type { PcmPlay, PcmSink, SinkListener } from './sink.js';
import type { SoundRequest } from './sound.js';
import { WavSink } from './wav-sink.js';

const clock = new LinuxClock();
let ffmpeg: string;
let folder: string;
let sinkProgram: string;
let tone: string;
let wav: string;
let nth = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-prepared-'));
  ffmpeg = await chooseFfmpeg(undefined, SILENT, lookUpsOf(process.env.PATH));
  sinkProgram = compiledSink(folder);
  tone = join(folder, 'tone.ogg');
  const source = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=1'];
  execFileSync(ffmpeg, ['-v', 'error', '-nostdin', ...source, '-c:a', 'libopus', tone]);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  wav = join(folder, `out-${nth++}.wav`);
});

/** Counts what was opened, and passes everything on. */
class CountedSink implements PcmSink {
  readonly opened: string[] = [];
  constructor(
    private readonly sink: PcmSink,
    readonly shared: boolean = sink.shared,
  ) {}
  open(name: string, listener: SinkListener): PcmPlay {
    this.opened.push(name);
    return this.sink.open(name, listener);
  }
}

const requestOf = (name: string, more: Partial<SoundRequest> = {}): SoundRequest => ({
  name,
  path: tone,
  seekMs: 0,
  volume: 100,
  onStarted: () => undefined,
  onProgress: () => undefined,
  signal: new AbortController().signal,
  ...more,
});

const startsIn = (file: string): { play: string; frame: number; monoMs: number }[] =>
  existsSync(`${file}.plays.jsonl`)
    ? readFileSync(`${file}.plays.jsonl`, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];

describe('a play that was prepared', () => {
  test('sounds at its instant, to the sample, from the sink that was opened for it', async () => {
    const sink = new CountedSink(new WavSink(wav, sinkProgram));
    const sound = new DecodedSound(new FfmpegDecoder(ffmpeg), sink, SILENT);
    sound.prepare({ name: 'p', path: tone, volume: 100 });
    sound.prepare({ name: 'p', path: tone, volume: 100 });
    let startedMonoMs = 0;
    const atMonoMs = clock.monoMs() + 3_000;
    const onStarted = (monoMs: number) => {
      startedMonoMs = monoMs;
    };
    const end = await sound.play(requestOf('p', { atMonoMs, onStarted }));
    expect(end.reason).toBe('end');
    expect(sink.opened).toEqual(['p']);
    expect(startedMonoMs).toBeCloseTo(atMonoMs, 3);
    expect(startsIn(wav)).toMatchObject([{ play: 'p', frame: 0 }]);
  });

  test('is silent until then, and for ever if nobody asks for it', async () => {
    const sink = new CountedSink(new WavSink(wav, sinkProgram));
    const sound = new DecodedSound(new FfmpegDecoder(ffmpeg), sink, SILENT);
    sound.prepare({ name: 'withdrawn', path: tone, volume: 100 });
    sound.prepare(null);
    await sound.play(requestOf('other'));
    expect(sink.opened).toEqual(['withdrawn', 'other']);
    expect(startsIn(wav).map(({ play }) => play)).toEqual(['other']);
  });

  test('with another volume than it was prepared for it is made anew', async () => {
    const sink = new CountedSink(new WavSink(wav, sinkProgram));
    const sound = new DecodedSound(new FfmpegDecoder(ffmpeg), sink, SILENT);
    sound.prepare({ name: 'p', path: tone, volume: 100 });
    expect((await sound.play(requestOf('p', { volume: 50 }))).reason).toBe('end');
    sound.prepare(null);
    expect(sink.opened).toEqual(['p', 'p']);
  });

  test('from a file that is no audio it is damaged, as if it had not been prepared', async () => {
    const text = join(folder, 'text.ogg');
    writeFileSync(text, 'đây không phải âm thanh');
    const sound = new DecodedSound(new FfmpegDecoder(ffmpeg), new WavSink(wav, sinkProgram), SILENT);
    sound.prepare({ name: 'p', path: text, volume: 100 });
    const end = await sound.play(requestOf('p', { path: text, atMonoMs: clock.monoMs() + 1_000 }));
    expect(end).toEqual({ playedMs: 0, reason: 'damaged' });
    expect(startsIn(wav)).toEqual([]);
  });

  test('stopped before its instant it never sounded', async () => {
    const sound = new DecodedSound(new FfmpegDecoder(ffmpeg), new WavSink(wav, sinkProgram), SILENT);
    const stop = new AbortController();
    sound.prepare({ name: 'p', path: tone, volume: 100 });
    const playing = sound.play(requestOf('p', { atMonoMs: clock.monoMs() + 60_000, signal: stop.signal }));
    stop.abort();
    expect(await playing).toEqual({ playedMs: 0, reason: 'stopped' });
    expect(startsIn(wav)).toEqual([]);
  });
});

describe('a card that lets one play in at a time', () => {
  test('is opened for the next play only once the present one has left it', async () => {
    const sink = new CountedSink(new WavSink(wav, sinkProgram), false);
    const sound = new DecodedSound(new FfmpegDecoder(ffmpeg), sink, SILENT);
    const seen: string[][] = [];
    const first = sound.play(
      requestOf('first', {
        onStarted: () => sound.prepare({ name: 'second', path: tone, volume: 100 }),
        onProgress: () => seen.push([...sink.opened]),
      }),
    );
    await first;
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every((opened) => opened.join() === 'first')).toBe(true);
    expect(sink.opened).toEqual(['first', 'second']);
    await sound.play(requestOf('second'));
    expect(sink.opened).toEqual(['first', 'second']);
    expect(startsIn(wav).map(({ play }) => play)).toEqual(['first', 'second']);
  });

  /** Like a card that is busy, it refuses a second one. */
  async function exclusiveAplay(): Promise<string> {
    const path = join(folder, `aplay-${nth++}`);
    writeFileSync(
      path,
      `#!/bin/sh\nexec 9>'${path}.lock'\nflock -n 9 || exit 1\ntouch '${path}.busy'\nexec cat >/dev/null\n`,
    );
    await chmod(path, 0o755);
    return path;
  }

  test('is given up by what was expected when something else sounds first', async () => {
    const aplay = await exclusiveAplay();
    const sound = new DecodedSound(new FfmpegDecoder(ffmpeg), new AlsaSink('hw:0', clock, aplay), SILENT);
    sound.prepare({ name: 'expected', path: tone, volume: 100 });
    while (!existsSync(`${aplay}.busy`)) await new Promise((later) => setTimeout(later, 5));
    expect((await sound.play(requestOf('emergency'))).reason).toBe('end');
  });

  test('begins at its instant, not before', async () => {
    const sound = new DecodedSound(
      new FfmpegDecoder(ffmpeg),
      new AlsaSink('hw:0', clock, await exclusiveAplay()),
      SILENT,
    );
    sound.prepare({ name: 'p', path: tone, volume: 100 });
    const atMonoMs = clock.monoMs() + 1_500;
    let startedMonoMs = 0;
    const onStarted = (monoMs: number) => {
      startedMonoMs = monoMs;
    };
    expect((await sound.play(requestOf('p', { atMonoMs, onStarted }))).reason).toBe('end');
    expect(startedMonoMs).toBeGreaterThanOrEqual(atMonoMs);
    expect(startedMonoMs).toBeLessThan(atMonoMs + 500);
  });
});

test('what a player held when it was killed never sounds', async () => {
  const sink = spawn(process.execPath, [sinkProgram, wav, 'held', 'held'], {
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  });
  sink.stdin?.write(Buffer.alloc(9_600, 1));
  const orders = sink.stdio[3] as Writable;
  const ended = once(sink, 'exit');
  sink.stdin?.end();
  orders.end();
  expect((await ended)[0]).toBe(0);
  expect(startsIn(wav)).toEqual([]);
});
