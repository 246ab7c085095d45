import { BYTES_PER_FRAME, FRAMES_PER_MS } from '../../sink/pace.js';
import type { PcmSink } from './sink.js';

const HERTZ = 440;
/** At 100 percent; a test in the street at night is to be heard by whoever stands there. */
const AMPLITUDE = 0.5 * 32_767;
/** Rises and falls, so that nothing clicks. */
const EDGE_MS = 20;

/** PCM of a plain tone, as the sinks take it (mono 48 kHz s16le). */
export function tonePcm(volume: number, durationMs: number): Buffer {
  const frames = durationMs * FRAMES_PER_MS;
  const pcm = Buffer.alloc(frames * BYTES_PER_FRAME);
  const edge = Math.min(EDGE_MS * FRAMES_PER_MS, frames / 2);
  for (let frame = 0; frame < frames; frame++) {
    const envelope = Math.min(1, frame / edge, (frames - frame) / edge);
    const sample = Math.sin((2 * Math.PI * HERTZ * frame) / (FRAMES_PER_MS * 1_000));
    pcm.writeInt16LE(Math.round(sample * envelope * AMPLITUDE * (volume / 100)), frame * BYTES_PER_FRAME);
  }
  return pcm;
}

/** Sounds a tone to its end. @returns whether the sink took all of it */
export function soundTone(sink: PcmSink, volume: number, durationMs: number): Promise<boolean> {
  const pcm = tonePcm(volume, durationMs);
  return new Promise((done) => {
    let at = 0;
    const carry = () => {
      const takes = Math.floor(Math.min(play.room(), pcm.length - at) / BYTES_PER_FRAME) * BYTES_PER_FRAME;
      if (takes > 0) {
        play.write(pcm.subarray(at, at + takes));
        at += takes;
      }
      if (at === pcm.length && !finishing) {
        finishing = true;
        void play.finish().then((frames) => done(frames * BYTES_PER_FRAME >= pcm.length));
      }
    };
    let finishing = false;
    const play = sink.open('test-tone', { heard: carry, failed: () => done(false) });
    play.begin(0);
    carry();
  });
}
