import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RelaySource } from '../../../protocol/index.js';
import { SILENT } from '../../logger.js';
import { compiledSink } from '../../testing/sink-program.js';
import { LinuxClock } from '../clock.js';
import { MachineSources, type SourceSettings } from '../source/source.js';
import { DecodedSound } from './decoded-sound.js';
import { FfmpegDecoder } from './decoder.js';
import { chooseFfmpeg, lookUpsOf } from './ffmpeg.js';
import type { SoundEnd } from './sound.js';
import { WavSink } from './wav-sink.js';

const clock = new LinuxClock();
/** As in the field, only sooner. */
const TIMES = { stalledMs: 2_500, silentMs: 900, backMs: 300, againMs: 500 };
const RADIO_HZ = 440;
const STORED_HZ = 1_760;

let ffmpeg: string;
let folder: string;
let sinkProgram: string;
let stored: string;
let wav: string;
let nth = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-relay-'));
  ffmpeg = await chooseFfmpeg(undefined, SILENT, lookUpsOf(process.env.PATH));
  sinkProgram = compiledSink(folder);
  stored = join(folder, 'stored.ogg');
  const source = ['-f', 'lavfi', '-i', `sine=frequency=${STORED_HZ}:duration=1`];
  execFileSync(ffmpeg, ['-v', 'error', '-nostdin', ...source, '-c:a', 'libopus', stored]);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  wav = join(folder, `out-${nth++}.wav`);
});

/** A radio on HTTP: a real stream, made by ffmpeg as it is listened to, that a test can freeze, drop or refuse. */
class Radio {
  readonly #server: Server;
  readonly #open = new Map<ServerResponse, ChildProcess>();
  refuses = false;
  listeners = 0;

  constructor(private readonly filter = `sine=frequency=${RADIO_HZ}`) {
    this.#server = createServer((_, response) => this.#serve(response));
  }

  async start(): Promise<string> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/vov1`;
  }

  #serve(response: ServerResponse): void {
    this.listeners += 1;
    if (this.refuses) return void response.writeHead(503).end();
    const args = ['-v', 'error', '-nostdin', '-re', '-f', 'lavfi', '-i', this.filter];
    const encoder = spawn(ffmpeg, [...args, '-c:a', 'libmp3lame', '-b:a', '128k', '-f', 'mp3', 'pipe:1'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#open.set(response, encoder);
    response.writeHead(200, { 'content-type': 'audio/mpeg' });
    encoder.stdout.pipe(response);
    response.on('error', () => undefined).on('close', () => encoder.kill('SIGKILL'));
  }

  /** The connection stays, nothing comes any more. */
  freeze(): void {
    for (const encoder of this.#open.values()) encoder.stdout?.unpipe();
  }

  drop(): void {
    for (const response of this.#open.keys()) response.destroy();
    this.#open.clear();
  }

  async stop(): Promise<void> {
    this.drop();
    for (const encoder of this.#open.values()) encoder.kill('SIGKILL');
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}

let radio: Radio | null = null;
afterEach(async () => {
  await radio?.stop();
  radio = null;
});

async function tuned(filter?: string): Promise<{ radio: Radio; source: RelaySource }> {
  radio = new Radio(filter);
  return { radio, source: { kind: 'stream', url: await radio.start() } };
}

interface Relayed {
  readonly end: SoundEnd;
  /** Each change between the source and the stored sound. */
  readonly changes: readonly boolean[];
  readonly heardMs: number;
}

async function relayed(
  source: RelaySource,
  relayMs: number,
  options: {
    settings?: Partial<SourceSettings>;
    path?: string;
    volume?: number;
    onRelay?: (heard: boolean) => void;
    onProgress?: (playedMs: number, stop: () => void) => void;
  } = {},
): Promise<Relayed> {
  const { settings = {}, path = stored, volume = 100 } = options;
  const relays = { sources: new MachineSources({ ffmpeg, ...settings }), clock };
  const sound = new DecodedSound(new FfmpegDecoder(ffmpeg), new WavSink(wav, sinkProgram), SILENT, relays, TIMES);
  const changes: boolean[] = [];
  let last = 0;
  const stop = new AbortController();
  const end = await sound.play({
    name: 'relay',
    path,
    seekMs: 0,
    volume,
    relay: { source, relayMs },
    signal: stop.signal,
    onStarted: () => undefined,
    onProgress: (playedMs) => options.onProgress?.(playedMs, () => stop.abort()),
    onRelay: (heard, heardMs) => {
      if (changes.at(-1) !== heard) {
        changes.push(heard);
        options.onRelay?.(heard);
      }
      last = heardMs;
    },
  });
  return { end, changes, heardMs: last };
}

/** Milliseconds of the file in which each tone sounds, by the zero crossings of its tenths of a second. */
function tonesIn(file: string): { radioMs: number; storedMs: number; peak: number } {
  const pcm = readFileSync(file).subarray(44);
  const tones = { radioMs: 0, storedMs: 0, peak: 0 };
  const step = 4_800;
  for (let first = 0; (first + step) * 2 <= pcm.length; first += step) {
    let crossings = 0;
    for (let frame = first + 1; frame < first + step; frame++) {
      const [a, b] = [pcm.readInt16LE(frame * 2 - 2), pcm.readInt16LE(frame * 2)];
      if (a < 0 !== b < 0) crossings += 1;
      tones.peak = Math.max(tones.peak, Math.abs(b));
    }
    const hz = crossings * 5;
    if (Math.abs(hz - RADIO_HZ) < 60) tones.radioMs += 100;
    if (Math.abs(hz - STORED_HZ) < 200) tones.storedMs += 100;
  }
  return tones;
}

describe('a relay of a stream', () => {
  test('sounds from its source for as long as planned, and the receipt may say how long', async () => {
    const { source } = await tuned();
    const { end, changes, heardMs } = await relayed(source, 3_000);
    expect(end.reason).toBe('end');
    expect(end.playedMs).toBeLessThanOrEqual(3_000);
    expect(changes).toEqual([true]);
    expect(heardMs).toBe(end.playedMs);
    expect(tonesIn(wav).storedMs).toBe(0);
    expect(tonesIn(wav).radioMs).toBeGreaterThanOrEqual(end.playedMs - 500);
  });

  test('frozen, it is noticed and the stored sound takes its place, repeated until the end', async () => {
    const { radio, source } = await tuned();
    const { end, changes, heardMs } = await relayed(source, 8_000, {
      onProgress: (playedMs) => {
        if (playedMs < 1_000) return;
        radio.refuses = true;
        radio.freeze();
      },
    });
    expect(end.reason).toBe('end');
    expect(changes).toEqual([true, false]);
    const { radioMs, storedMs } = tonesIn(wav);
    expect(radioMs).toBeGreaterThanOrEqual(800);
    expect(Math.abs(heardMs - radioMs)).toBeLessThanOrEqual(400);
    // One second of sound, played more than twice.
    expect(storedMs).toBeGreaterThan(2_000);
  });

  test('when it comes back, it is gone back to', async () => {
    const { radio, source } = await tuned();
    let dropped = false;
    const { changes } = await relayed(source, 9_000, {
      onProgress: (playedMs) => {
        if (dropped || playedMs < 500) return;
        dropped = true;
        radio.refuses = true;
        radio.drop();
      },
      onRelay: (heard) => {
        if (!heard) radio.refuses = false;
      },
    });
    expect(changes).toEqual([true, false, true]);
    expect(radio.listeners).toBeGreaterThan(1);
    expect(tonesIn(wav).storedMs).toBeGreaterThan(0);
  });

  test('one that was never there: the stored sound from the beginning, and no millisecond of relay', async () => {
    const { radio, source } = await tuned();
    radio.refuses = true;
    const { end, changes, heardMs } = await relayed(source, 3_000);
    expect([end.reason, changes, heardMs]).toEqual(['end', [false], 0]);
    expect(tonesIn(wav)).toMatchObject({ radioMs: 0 });
    expect(tonesIn(wav).storedMs).toBeGreaterThan(1_500);
  });

  test('stopped, it is silent at once', async () => {
    const { source } = await tuned();
    const { end } = await relayed(source, 60_000, { onProgress: (playedMs, stop) => playedMs >= 750 && stop() });
    expect(end.reason).toBe('stopped');
    expect(end.playedMs).toBeGreaterThanOrEqual(750);
    expect(end.playedMs).toBeLessThan(10_000);
  });

  test('its volume is that of the play', async () => {
    const { source } = await tuned();
    await relayed(source, 4_000);
    const loud = tonesIn(wav).peak;
    wav = join(folder, `out-${nth++}.wav`);
    await relayed(source, 4_000, { volume: 25 });
    expect(tonesIn(wav).peak / loud).toBeCloseTo(0.25, 1);
  });

  test('a playlist that names a file of this machine is not followed', async () => {
    const secret = join(folder, 'secret.ts');
    const made = ['-f', 'lavfi', '-i', `sine=frequency=${RADIO_HZ}:duration=3`, '-c:a', 'aac', '-f', 'mpegts'];
    execFileSync(ffmpeg, ['-v', 'error', '-nostdin', ...made, secret]);
    const list = `#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile://${secret}\n#EXT-X-ENDLIST\n`;
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'application/vnd.apple.mpegurl' }).end(list);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.m3u8`;
    const { changes } = await relayed({ kind: 'stream', url }, 2_000);
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    expect(asked).toBeGreaterThan(0);
    expect(changes).toEqual([false]);
    expect(tonesIn(wav).radioMs).toBe(0);
  });

  test('neither source nor stored sound: the play has failed', async () => {
    const { radio, source } = await tuned();
    radio.refuses = true;
    const { end } = await relayed(source, 1_000, { path: join(folder, 'gone.ogg') });
    expect(end).toEqual({ playedMs: 0, reason: 'failed' });
  });
});

/** No sound card here: this stands for arecord and gives a recording, at the pace of one. */
async function fakeArecord(filter: string): Promise<string> {
  const path = join(folder, `arecord-${nth++}`);
  const made = `-v error -nostdin -re -f lavfi -i '${filter}' -ac 1 -ar 48000 -f s16le pipe:1`;
  writeFileSync(path, `#!/bin/sh\nexec '${ffmpeg}' ${made}\n`);
  await chmod(path, 0o755);
  return path;
}

describe('a relay from the input of a sound card', () => {
  test('sounds while something is plugged in', async () => {
    const arecord = await fakeArecord(`sine=frequency=${RADIO_HZ}`);
    const { end, changes } = await relayed({ kind: 'lineIn' }, 2_000, { settings: { lineIn: 'hw:1', arecord } });
    expect([end.reason, changes]).toEqual(['end', [true]]);
    expect(tonesIn(wav).radioMs).toBeGreaterThan(1_000);
  });

  test('a cable that was pulled is silence, and silence is no relay', async () => {
    const pulled = `sine=frequency=${RADIO_HZ},volume=0:enable=gte(t\\,1.5)`;
    const arecord = await fakeArecord(pulled);
    const { changes, heardMs } = await relayed({ kind: 'lineIn' }, 5_000, { settings: { lineIn: 'hw:1', arecord } });
    expect(changes).toEqual([true, false]);
    expect(heardMs).toBeGreaterThan(900);
    // The silence by which it was recognised is not counted as heard.
    expect(heardMs).toBeLessThan(2_000);
    expect(tonesIn(wav).storedMs).toBeGreaterThan(500);
  });

  test('a device without an input, or with its tuner elsewhere, plays what is stored', async () => {
    const nothing = await relayed({ kind: 'lineIn' }, 1_500);
    expect([nothing.end.reason, nothing.changes]).toEqual(['end', [false]]);
    const arecord = await fakeArecord(`sine=frequency=${RADIO_HZ}`);
    const settings = { fm: { card: 'hw:1', mhz: 99.9 }, arecord };
    wav = join(folder, `out-${nth++}.wav`);
    expect((await relayed({ kind: 'fm', mhz: 100.5 }, 1_500, { settings })).changes).toEqual([false]);
    wav = join(folder, `out-${nth++}.wav`);
    expect((await relayed({ kind: 'fm', mhz: 99.9 }, 1_500, { settings })).changes).toEqual([true]);
  });
});
