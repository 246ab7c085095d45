import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { SILENT } from '../../logger.js';
import { LinuxClock } from '../clock.js';
import { AlsaSink } from './alsa-sink.js';
import { DecodedSound } from './decoded-sound.js';
import { FfmpegDecoder } from './decoder.js';
import { NullSink } from './null-sink.js';
import type { PcmSink } from './sink.js';
import type { SoundEnd } from './sound.js';
import { WavSink } from './wav-sink.js';

const clock = new LinuxClock();
let folder: string;
let tone: string;
let sinkProgram: string;
let wav: string;
let nth = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-sound-'));
  tone = join(folder, 'tone.ogg');
  execFileSync('ffmpeg', [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    'sine=frequency=440:duration=3',
    '-c:a',
    'libopus',
    tone,
  ]);
  // The sink is a program of its own, so it is compiled as the build does it.
  for (const name of ['pace', 'wav-sink']) {
    const source = readFileSync(join('devices/player/sink', `${name}.ts`), 'utf8');
    const compilerOptions = { module: ts.ModuleKind.ES2022, target: ts.ScriptTarget.ES2022 };
    writeFileSync(join(folder, `${name}.js`), ts.transpileModule(source, { compilerOptions }).outputText);
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  sinkProgram = join(folder, 'wav-sink.js');
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
}

async function play(
  sink: PcmSink,
  options: {
    path?: string;
    seekMs?: number;
    volume?: number;
    stopAfterMs?: number;
    name?: string;
    ffmpeg?: string;
  } = {},
): Promise<Heard> {
  const { path = tone, seekMs = 0, volume = 100, name = 'p', ffmpeg = 'ffmpeg' } = options;
  const stop = new AbortController();
  let startedMs: number | null = null;
  const progress: number[] = [];
  const beganMs = clock.monoMs();
  const end = await new DecodedSound(new FfmpegDecoder(ffmpeg), sink, SILENT).play({
    name,
    path,
    seekMs,
    volume,
    signal: stop.signal,
    onStarted: (monoMs) => {
      startedMs = monoMs;
      if (options.stopAfterMs !== undefined) setTimeout(() => stop.abort(), options.stopAfterMs);
    },
    onProgress: (playedMs) => progress.push(playedMs),
  });
  return { end, startedMs, progress, tookMs: clock.monoMs() - beganMs };
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
const probed = (file: string): number =>
  Number(
    execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', file]).toString(),
  );

describe('a WAV file as loudspeaker', () => {
  test('three seconds sound for three seconds, and are all there', async () => {
    const { end, startedMs, progress, tookMs } = await play(new WavSink(wav, sinkProgram));
    expect(end.reason).toBe('end');
    expect(Math.abs(end.playedMs - 3_000)).toBeLessThanOrEqual(20);
    expect(framesIn(wav)).toBeGreaterThanOrEqual(end.playedMs * 48);
    expect(framesIn(wav)).toBeLessThan((end.playedMs + 1) * 48);
    expect(tookMs).toBeGreaterThan(2_950);
    expect(Math.abs(probed(wav) - 3)).toBeLessThan(0.02);
    expect(playsOf(wav)).toEqual([{ play: 'p', frame: 0, monoMs: startedMs }]);
    expect(progress.length).toBeGreaterThanOrEqual(8);
    expect([...progress].sort((a, b) => a - b)).toEqual(progress);
    expect(progress.at(-1)).toBeLessThanOrEqual(end.playedMs);
  });

  test('stopped in the middle: silence at once, and not a millisecond more is claimed than sounded', async () => {
    const { end } = await play(new WavSink(wav, sinkProgram), { stopAfterMs: 1_000 });
    expect(end.reason).toBe('stopped');
    expect(end.playedMs).toBe(Math.floor(framesIn(wav) / 48));
    expect(end.playedMs).toBeGreaterThan(700);
    expect(end.playedMs).toBeLessThan(1_600);
    expect(probed(wav)).toBeCloseTo(end.playedMs / 1_000, 2);
  });

  test('joined late: only the rest sounds', async () => {
    const { end } = await play(new WavSink(wav, sinkProgram), { seekMs: 2_200 });
    expect(end.reason).toBe('end');
    expect(Math.abs(end.playedMs - 800)).toBeLessThanOrEqual(40);
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
    expect(probed(wav)).toBeCloseTo((first.end.playedMs + second.end.playedMs) / 1_000, 2);
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
    sink.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.trim().split('\n')) reported = (JSON.parse(line) as { frames: number }).frames;
    });
    sink.stdin.write(second);
    while (reported < 20_000) await new Promise((done) => setTimeout(done, 20));
    sink.kill('SIGKILL');
    await new Promise((done) => sink.on('close', done));
    const frames = framesIn(wav);
    expect(frames).toBeGreaterThanOrEqual(reported);
    expect(probed(wav)).toBeGreaterThan(reported / 48_000 - 0.001);
    const next = await play(new WavSink(wav, sinkProgram), { seekMs: 2_600, name: 'next' });
    expect(playsOf(wav)[1]).toMatchObject({ play: 'next', frame: frames });
    expect(probed(wav)).toBeCloseTo(frames / 48_000 + next.end.playedMs / 1_000, 2);
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
    expect((await play(new NullSink(clock), { ffmpeg: '/nowhere/ffmpeg' })).end).toEqual({
      playedMs: 0,
      reason: 'failed',
    });
  });

  test('a decoder that is killed is no damaged file', async () => {
    const killed = join(folder, 'killed-ffmpeg');
    writeFileSync(killed, '#!/bin/sh\nkill -TERM $$\n');
    await chmod(killed, 0o755);
    expect((await play(new NullSink(clock), { ffmpeg: killed })).end.reason).toBe('failed');
  });

  test('asked to stop before it began', async () => {
    const sound = new DecodedSound(new FfmpegDecoder('ffmpeg'), new NullSink(clock), SILENT);
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
    expect(end.reason).toBe('end');
    expect(Math.abs(end.playedMs - 1_000)).toBeLessThanOrEqual(40);
    expect(tookMs).toBeGreaterThan(950);
  });

  test('aplay: all at a good end; stopped, never more than its buffer is sure to have played', async () => {
    const aplay = join(folder, 'aplay');
    writeFileSync(aplay, '#!/bin/sh\nexec cat >/dev/null\n');
    await chmod(aplay, 0o755);
    const whole = await play(new AlsaSink('default', clock, aplay), { seekMs: 2_000 });
    expect(whole.end.reason).toBe('end');
    expect(Math.abs(whole.end.playedMs - 1_000)).toBeLessThanOrEqual(40);
    const stopped = await play(new AlsaSink('default', clock, aplay), { stopAfterMs: 1_000 });
    expect(stopped.end.reason).toBe('stopped');
    expect(stopped.end.playedMs).toBeLessThan(1_000);
    expect(stopped.end.playedMs).toBeGreaterThan(400);
  });

  test('a card that is not there', async () => {
    const { end } = await play(new AlsaSink('default', clock, '/nowhere/aplay'));
    expect(end).toEqual({ playedMs: 0, reason: 'failed' });
  });
});
