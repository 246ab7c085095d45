import { describe, expect, test } from '@jest/globals';
import { LoudnessSink } from './loudness.js';
import type { PcmPlay, PcmSink, SinkListener } from './sink.js';
import { soundTone, tonePcm } from './tone.js';

/** Takes so many bytes at a time, and tells when it has consumed them. */
function card(roomBytes: number, failsAfter = Number.POSITIVE_INFINITY) {
  const taken: Buffer[] = [];
  let listener: SinkListener | null = null;
  const bytes = () => taken.reduce((sum, piece) => sum + piece.length, 0);
  const play: PcmPlay = {
    begin: () => undefined,
    room: () => roomBytes,
    write: (pcm) => {
      taken.push(Buffer.from(pcm));
      queueMicrotask(() => (bytes() > failsAfter ? listener?.failed('unplugged') : listener?.heard(bytes() / 2, 0)));
    },
    finish: async () => bytes() / 2,
    stop: async () => bytes() / 2,
  };
  const sink: PcmSink = {
    shared: true,
    open: (_, heard) => {
      listener = heard;
      return play;
    },
  };
  return { sink, pcm: () => Buffer.concat(taken) };
}

const peakOf = (pcm: Buffer) => {
  let peak = 0;
  for (let at = 0; at < pcm.length; at += 2) peak = Math.max(peak, Math.abs(pcm.readInt16LE(at)));
  return peak;
};

describe('a test tone', () => {
  test('is as long and as loud as asked, and begins and ends without a click', () => {
    const pcm = tonePcm(20, 1_000);
    expect(pcm.length).toBe(1_000 * 48 * 2);
    expect(peakOf(pcm)).toBeCloseTo(0.2 * 0.5 * 32_767, -2);
    expect(Math.abs(pcm.readInt16LE(0))).toBeLessThan(10);
    expect(Math.abs(pcm.readInt16LE(pcm.length - 2))).toBeLessThan(200);
    expect(peakOf(tonePcm(0, 200))).toBe(0);
  });

  test('goes to the sink as fast as that takes it, whole', async () => {
    const { sink, pcm } = card(1_000);
    expect(await soundTone(sink, 50, 200)).toBe(true);
    expect(pcm().equals(tonePcm(50, 200))).toBe(true);
  });

  test('a sink that fails has not sounded it', async () => {
    expect(await soundTone(card(1_000, 3_000).sink, 50, 200)).toBe(false);
  });
});

describe('the loudness of what sounds', () => {
  test('changes from the next samples on, for this play alone, and never wraps around', () => {
    const { sink, pcm } = card(1_000);
    const loudness = new LoudnessSink(sink);
    const listener = { heard: () => undefined, failed: () => undefined };
    const play = loudness.open('bulletin', listener);
    const samples = Buffer.from(Int16Array.from([1_000, -1_000, 30_000, -30_000]).buffer);
    play.write(samples);
    loudness.set('bulletin', 50);
    play.write(samples);
    loudness.set('bulletin', 200);
    play.write(samples);
    loudness.open('other', listener).write(samples);
    const heard = pcm();
    const values = Array.from({ length: heard.length / 2 }, (_, at) => heard.readInt16LE(at * 2));
    expect(values).toEqual([
      ...[1_000, -1_000, 30_000, -30_000],
      ...[500, -500, 15_000, -15_000],
      ...[2_000, -2_000, 32_767, -32_768],
      ...[1_000, -1_000, 30_000, -30_000],
    ]);
  });

  test('is forgotten when the play is over: the same name begins as it is', async () => {
    const { sink, pcm } = card(1_000);
    const loudness = new LoudnessSink(sink);
    const listener = { heard: () => undefined, failed: () => undefined };
    const play = loudness.open('bulletin', listener);
    loudness.set('bulletin', 10);
    await play.stop();
    loudness.open('bulletin', listener).write(Buffer.from(Int16Array.from([1_000]).buffer));
    expect(pcm().readInt16LE(0)).toBe(1_000);
  });
});
