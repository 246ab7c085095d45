import { FRAMES_PER_MS } from '../../devices/player/sink/pace.js';
import { assetOf, type TestAsset } from '../../devices/player/testing/plans.js';

const HEADER_BYTES = 44;
export const CLICK_MS = 400;
/** Where in the file it clicks. */
export const CLICK_FRAME = 100 * FRAMES_PER_MS;
const LOUD = 20_000;

/** 400 ms of silence with one click: a WAV file, so that a sample of it is a sample of what sounds. */
export function clickAsset(): TestAsset {
  const frames = CLICK_MS * FRAMES_PER_MS;
  const file = Buffer.alloc(HEADER_BYTES + frames * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + frames * 2, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(FRAMES_PER_MS * 1000, 24);
  file.writeUInt32LE(FRAMES_PER_MS * 2000, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(frames * 2, 40);
  for (let frame = CLICK_FRAME; frame < CLICK_FRAME + 48; frame++) file.writeInt16LE(LOUD, HEADER_BYTES + frame * 2);
  return assetOf(file);
}

export interface Clicked {
  readonly play: string;
  /** Monotonic instant of the click's first sample, less its place in the file: of the file's first sample. */
  readonly startedMonoMs: number;
}

/** Reads the plays out of the sink's file: each click at its sample, held against the instant of the run's first sample. */
export function clicksIn(wav: Buffer, plays: readonly { play: string; frame: number; monoMs: number }[]): Clicked[] {
  const frames = (wav.length - HEADER_BYTES) / 2;
  const sample = (frame: number) => Math.abs(wav.readInt16LE(HEADER_BYTES + frame * 2));
  return plays.flatMap(({ play, frame: first, monoMs }, i) => {
    const end = plays[i + 1]?.frame ?? frames;
    for (let frame = first; frame < end; frame++)
      if (sample(frame) > LOUD / 2)
        return [{ play, startedMonoMs: monoMs + (frame - first - CLICK_FRAME) / FRAMES_PER_MS }];
    return [];
  });
}
