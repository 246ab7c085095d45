import { BYTES_PER_FRAME, FRAMES_PER_MS, Pace } from '../../sink/pace.js';
import type { MachineClock } from '../clock.js';
import { AHEAD_MS, type PcmPlay, type PcmSink, type SinkListener } from './sink.js';

const TICK_MS = 25;
const AHEAD_BYTES = AHEAD_MS * FRAMES_PER_MS * BYTES_PER_FRAME;

/** Consumes at the pace of sound and makes none: for trying out. Its receipts say nothing about a loudspeaker. */
export class NullSink implements PcmSink {
  readonly shared = true;

  constructor(private readonly clock: Pick<MachineClock, 'monoMs'>) {}

  open(_name: string, listener: SinkListener): PcmPlay {
    const pace = new Pace();
    let written = 0;
    let startedMonoMs: number | null = null;
    let emptied: ((frames: number) => void) | null = null;
    const stop = () => {
      clearInterval(timer);
      return Promise.resolve(pace.consumed);
    };
    let beginsMonoMs = Number.POSITIVE_INFINITY;
    const timer = setInterval(() => {
      const nowMs = this.clock.monoMs();
      if (nowMs < beginsMonoMs) return;
      const available = Math.floor(written / BYTES_PER_FRAME) - pace.consumed;
      pace.take(nowMs, available);
      if (startedMonoMs === null && available > 0) startedMonoMs = nowMs;
      if (startedMonoMs !== null) listener.heard(pace.consumed, startedMonoMs);
      if (emptied && pace.consumed * BYTES_PER_FRAME + 1 >= written) {
        clearInterval(timer);
        emptied(pace.consumed);
      }
    }, TICK_MS);
    return {
      begin: (atMonoMs) => {
        beginsMonoMs = atMonoMs;
      },
      room: () => AHEAD_BYTES - (written - pace.consumed * BYTES_PER_FRAME),
      write: (pcm) => {
        written += pcm.length;
      },
      finish: () =>
        new Promise((done) => {
          emptied = done;
        }),
      stop,
    };
  }
}
