import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SILENT } from '../../logger.js';
import { compiledSink } from '../../testing/sink-program.js';
import { LinuxClock } from '../clock.js';
import { AlsaSink } from './alsa-sink.js';
import { DecodedSound } from './decoded-sound.js';
import { FfmpegDecoder } from './decoder.js';
import { chooseFfmpeg, lookUpsOf } from './ffmpeg.js';
import { NullSink } from './null-sink.js';
import { AHEAD_MS, type PcmSink } from './sink.js';
import type { SoundEnd } from './sound.js';
import { WavSink } from './wav-sink.js';

const clock = new LinuxClock();
let ffmpeg: string;
let folder: string;
let tone: string;
let sinkProgram: string;
let wav: string;
let nth = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-sound-'));
  tone = join(folder, 'tone.ogg');
  // As the player does it: a machine without ffmpeg has that of npm.
  ffmpeg = await chooseFfmpeg(undefined, SILENT, lookUpsOf(process.env.PATH));
  const source = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=3'];
  execFileSync(ffmpeg, ['-v', 'error', '-nostdin', ...source, '-c:a', 'libopus', tone]);
  sinkProgram = compiledSink(folder);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  wav = join(folder, `out-${nth++}.wav`);
});

interface Heard {
  readonly end: SoundEnd;
  readonly startedMs: number | null;
  readonly progress: readonly number[];
  readonly tookMs: number;
  /** From the first sample to the end. */
  readonly soundedMs: number;
}

async function play(
  sink: PcmSink,
  options: {
    path?: string;
    seekMs?: number;
    volume?: number;
    /** Stopped at the first progress from here on. */
    stopAtMs?: number;
    name?: string;
    decoder?: string;
  } = {},
): Promise<Heard> {
  const { path = tone, seekMs = 0, volume = 100, name = 'p', decoder = ffmpeg, stopAtMs } = options;
  const stop = new AbortController();
  let startedMs: number | null = null;
  const progress: number[] = [];
  const beganMs = clock.monoMs();
  const end = await new DecodedSound(new FfmpegDecoder(decoder), sink, SILENT).play({
    name,
    path,
    seekMs,
    volume,
    signal: stop.signal,
    onStarted: (monoMs) => {
      startedMs = monoMs;
    },
    onProgress: (playedMs) => {
      progress.push(playedMs);
      if (stopAtMs !== undefined && playedMs >= stopAtMs) stop.abort();
    },
  });
  const endedMs = clock.monoMs();
  return { end, startedMs, progress, tookMs: endedMs - beganMs, soundedMs: endedMs - (startedMs ?? endedMs) };
}

const framesIn = (file: string): number => (readFileSync(file).length - 44) / 2;
const playsOf = (file: string): { play: string; frame: number; monoMs: number }[] =>
  readFileSync(`${file}.plays.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const loudest = (file: string): number => {
  const bytes = readFileSync(file);
  let peak = 0;
  for (let at = 44; at < bytes.length; at += 2) peak = Math.max(peak, Math.abs(bytes.readInt16LE(at)));
  return peak;
};
/** What another program finds in the file: for a WAV file, as much as its header says. */
async function decodedFrames(file: string, seekMs = 0): Promise<number> {
  const { pcm, ended } = new FfmpegDecoder(ffmpeg).decode(file, seekMs, 100);
  let bytes = 0;
  for await (const piece of pcm) bytes += piece.length;
  expect(await ended).toEqual({ ok: true });
  return bytes / 2;
}

describe('a WAV file as loudspeaker', () => {
  test('three seconds sound for three seconds, and are all there', async () => {
    const { end, startedMs, progress, tookMs } = await play(new WavSink(wav, sinkProgram));
    expect(end.reason).toBe('end');
    const frames = await decodedFrames(tone);
    expect(Math.abs(frames / 48_000 - 3)).toBeLessThan(0.05);
    expect(framesIn(wav)).toBe(frames);
    expect(await decodedFrames(wav)).toBe(frames);
    expect(end.playedMs).toBe(Math.floor(frames / 48));
    expect(tookMs).toBeGreaterThanOrEqual(end.playedMs);
    expect(playsOf(wav)).toEqual([{ play: 'p', frame: 0, monoMs: startedMs }]);
    // Every 250 ms of sound, and never later than one buffer, however late the machine is.
    const steps = [...progress, end.playedMs].map((playedMs, at) => playedMs - (progress[at - 1] ?? 0));
    for (const step of steps) expect(step).toBeGreaterThanOrEqual(0);
    for (const step of steps) expect(step).toBeLessThanOrEqual(250 + AHEAD_MS);
  });

  test('stopped in the middle: silence at once, and not a millisecond more is claimed than sounded', async () => {
    const { end, progress } = await play(new WavSink(wav, sinkProgram), { stopAtMs: 1_000 });
    expect(end.reason).toBe('stopped');
    expect(end.playedMs).toBe(Math.floor(framesIn(wav) / 48));
    expect(end.playedMs).toBeGreaterThanOrEqual(1_000);
    // At once: what the sink held already is the most that can still sound.
    expect(end.playedMs).toBeLessThanOrEqual((progress.at(-1) ?? 0) + AHEAD_MS);
    expect(await decodedFrames(wav)).toBe(framesIn(wav));
  });

  test('joined late: only the rest sounds', async () => {
    const { end } = await play(new WavSink(wav, sinkProgram), { seekMs: 2_200 });
    expect(end.reason).toBe('end');
    expect(framesIn(wav)).toBe(await decodedFrames(tone, 2_200));
    expect(Math.abs(end.playedMs - 800)).toBeLessThanOrEqual(50);
  });

  test('volume is linear and 100 leaves the file as it is', async () => {
    const at100 = wav;
    const at25 = `${wav}.quiet.wav`;
    await Promise.all([
      play(new WavSink(at100, sinkProgram), { seekMs: 2_500, volume: 100 }),
      play(new WavSink(at25, sinkProgram), { seekMs: 2_500, volume: 25 }),
    ]);
    expect(loudest(at25) / loudest(at100)).toBeCloseTo(0.25, 1);
  });

  test('plays follow each other in one file', async () => {
    const sink = new WavSink(wav, sinkProgram);
    const first = await play(sink, { seekMs: 2_500, name: 'one' });
    const second = await play(sink, { seekMs: 2_500, name: 'two' });
    const [one, two] = playsOf(wav);
    expect([one?.play, two?.play, one?.frame]).toEqual(['one', 'two', 0]);
    expect(Math.floor((two?.frame ?? 0) / 48)).toBe(first.end.playedMs);
    expect(Math.floor((framesIn(wav) - (two?.frame ?? 0)) / 48)).toBe(second.end.playedMs);
    expect(await decodedFrames(wav)).toBe(framesIn(wav));
  });

  test('a file that is not its own is never overwritten', async () => {
    writeFileSync(wav, readFileSync(tone));
    const { end, startedMs } = await play(new WavSink(wav, sinkProgram));
    expect(end).toEqual({ playedMs: 0, reason: 'failed' });
    expect(startedMs).toBeNull();
    expect(readFileSync(wav)).toEqual(readFileSync(tone));
  });
});

describe('the sink process alone', () => {
  const second = Buffer.alloc(96_000, 1);

  test('killed: the file is still a WAV file, at most a report behind, and the next play goes on in it', async () => {
    const sink = spawn(process.execPath, [sinkProgram, wav, 'killed'], { stdio: ['pipe', 'pipe', 'inherit'] });
    sink.stdin.on('error', () => undefined);
    let reported = 0;
    const closed = new Promise((done) => sink.on('close', done));
    const midway = new Promise<void>((reached) => {
      createInterface({ input: sink.stdout }).on('line', (line) => {
        reported = (JSON.parse(line) as { frames: number }).frames;
        if (reported >= 20_000) reached();
      });
    });
    sink.stdin.write(second);
    await midway;
    sink.kill('SIGKILL');
    await closed;
    const frames = framesIn(wav);
    expect(frames).toBeGreaterThanOrEqual(reported);
    expect(await decodedFrames(wav)).toBeGreaterThanOrEqual(reported);
    const next = await play(new WavSink(wav, sinkProgram), { seekMs: 2_600, name: 'next' });
    expect(playsOf(wav)[1]).toMatchObject({ play: 'next', frame: frames });
    expect(Math.floor((framesIn(wav) - frames) / 48)).toBe(next.end.playedMs);
    expect(await decodedFrames(wav)).toBe(framesIn(wav));
  });

  test('plays no faster than the clock, and what it was given in a burst takes its time', async () => {
    const sink = spawn(process.execPath, [sinkProgram, wav, 'burst'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines: { frames: number; monoMs: number }[] = [];
    let rest = '';
    sink.stdout.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts.map((line) => JSON.parse(line) as { frames: number; monoMs: number }));
    });
    sink.stdin.end(second);
    await new Promise((done) => sink.on('close', done));
    const [first, last] = [lines[0], lines.at(-1)];
    expect(first?.frames).toBe(0);
    expect(last?.frames).toBe(48_000);
    for (const { frames, monoMs } of lines)
      expect(frames).toBeLessThanOrEqual((monoMs - (first?.monoMs ?? 0)) * 48 + 1);
    expect((last?.monoMs ?? 0) - (first?.monoMs ?? 0)).toBeGreaterThanOrEqual(1_000);
  });
});

describe('what cannot be played', () => {
  test('a file that is no audio is damaged, and never started', async () => {
    const text = join(folder, 'text.ogg');
    writeFileSync(text, 'đây không phải âm thanh');
    expect(await play(new NullSink(clock), { path: text })).toMatchObject({
      end: { playedMs: 0, reason: 'damaged' },
      startedMs: null,
    });
  });

  test('a list that names another file is not opened', async () => {
    const list = join(folder, 'list.ogg');
    writeFileSync(list, 'ffconcat version 1.0\nfile tone.ogg\n');
    const heard = await play(new NullSink(clock), { path: list });
    expect(heard).toMatchObject({ end: { playedMs: 0, reason: 'damaged' }, startedMs: null });
  });

  test('without ffmpeg it is the player that failed, not the file', async () => {
    expect((await play(new NullSink(clock), { decoder: '/nowhere/ffmpeg' })).end).toEqual({
      playedMs: 0,
      reason: 'failed',
    });
  });

  test('a decoder that is killed is no damaged file', async () => {
    const killed = join(folder, 'killed-ffmpeg');
    writeFileSync(killed, '#!/bin/sh\nkill -TERM $$\n');
    await chmod(killed, 0o755);
    expect((await play(new NullSink(clock), { decoder: killed })).end.reason).toBe('failed');
  });

  test('asked to stop before it began', async () => {
    const sound = new DecodedSound(new FfmpegDecoder(ffmpeg), new NullSink(clock), SILENT);
    const end = await sound.play({
      name: 'p',
      path: tone,
      seekMs: 0,
      volume: 100,
      onStarted: () => undefined,
      onProgress: () => undefined,
      signal: AbortSignal.abort(),
    });
    expect(end).toEqual({ playedMs: 0, reason: 'stopped' });
  });
});

describe('other sinks', () => {
  test('the null sink takes as long as the sound', async () => {
    const { end, tookMs } = await play(new NullSink(clock), { seekMs: 2_000 });
    expect(end).toEqual({ reason: 'end', playedMs: Math.floor((await decodedFrames(tone, 2_000)) / 48) });
    expect(tookMs).toBeGreaterThanOrEqual(end.playedMs);
  });

  test('aplay: all at a good end; stopped, never more than its buffer is sure to have played', async () => {
    const aplay = join(folder, 'aplay');
    writeFileSync(aplay, '#!/bin/sh\nexec cat >/dev/null\n');
    await chmod(aplay, 0o755);
    const whole = await play(new AlsaSink('default', clock, aplay), { seekMs: 2_000 });
    expect(whole.end).toEqual({ reason: 'end', playedMs: Math.floor((await decodedFrames(tone, 2_000)) / 48) });
    const stopped = await play(new AlsaSink('default', clock, aplay), { stopAtMs: 750 });
    expect(stopped.end.reason).toBe('stopped');
    expect(stopped.end.playedMs).toBeGreaterThanOrEqual(750);
    // 200 ms in the card's buffer may never have sounded.
    expect(stopped.end.playedMs).toBeLessThanOrEqual(stopped.soundedMs - 200 + 1);
  });

  test('interrupted and gone on with: nothing of the file is lost, and no more is heard twice than a sink cannot be sure of', async () => {
    const aplay = join(folder, 'aplay');
    writeFileSync(aplay, '#!/bin/sh\nexec cat >/dev/null\n');
    await chmod(aplay, 0o755);
    const wholeMs = (await decodedFrames(tone)) / 48;
    for (const sink of [new WavSink(wav, sinkProgram), new AlsaSink('default', clock, aplay), new NullSink(clock)]) {
      const first = await play(sink, { stopAtMs: 1_000, name: 'one' });
      const second = await play(sink, { seekMs: first.end.playedMs, name: 'one' });
      expect(second.end.reason).toBe('end');
      // A millisecond for each rounding, one block of the decoder at the place where it begins again.
      expect(Math.abs(first.end.playedMs + second.end.playedMs - wholeMs)).toBeLessThanOrEqual(22);
    }
    expect(playsOf(wav).map(({ play }) => play)).toEqual(['one', 'one']);
    expect(Math.abs(framesIn(wav) / 48 - wholeMs)).toBeLessThanOrEqual(22);
  });

  test('a card that is not there', async () => {
    const { end } = await play(new AlsaSink('default', clock, '/nowhere/aplay'));
    expect(end).toEqual({ playedMs: 0, reason: 'failed' });
  });
});
