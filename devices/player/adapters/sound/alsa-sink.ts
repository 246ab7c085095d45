import { spawn } from 'node:child_process';
import { BYTES_PER_FRAME, FRAMES_PER_MS, Pace } from '../../sink/pace.js';
import type { MachineClock } from '../clock.js';
import { AHEAD_MS, type PcmPlay, type PcmSink, type SinkListener } from './sink.js';

const TICK_MS = 25;
/** The card's own buffer, asked of aplay: what it has taken but may not have played yet. */
const CARD_MS = 200;
const AHEAD_BYTES = (AHEAD_MS + CARD_MS) * FRAMES_PER_MS * BYTES_PER_FRAME;

/**
 * A real card through `aplay`. aplay does not say how much it has played, so progress is the monotonic clock since its
 * first bytes, never more than the bytes that its pipe accepted, less what the card's buffer holds. That proves that the
 * driver took the sound in time; not that an amplifier was on. At a good end aplay has drained the card, and all counts.
 * A card that stalls is only noticed once the pipe is full.
 */
export class AlsaSink implements PcmSink {
  constructor(
    private readonly card: string,
    private readonly clock: Pick<MachineClock, 'monoMs'>,
    private readonly program = 'aplay',
  ) {}

  open(_name: string, listener: SinkListener): PcmPlay {
    const format = ['-q', '-t', 'raw', '-f', 'S16_LE', '-r', '48000', '-c', '1', `--buffer-time=${CARD_MS * 1000}`];
    const child = spawn(this.program, [...format, '-D', this.card], {
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
    });
    const pace = new Pace();
    let accepted = 0;
    let written = 0;
    let startedMonoMs: number | null = null;
    let asked = false;
    let said = '';
    const certain = () => Math.max(0, pace.consumed - CARD_MS * FRAMES_PER_MS);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-500);
    });
    child.stdin.on('error', () => undefined);
    const timer = setInterval(() => {
      pace.take(this.clock.monoMs(), Math.floor(accepted / BYTES_PER_FRAME) - pace.consumed);
      if (pace.consumed === 0) return;
      startedMonoMs ??= this.clock.monoMs() - pace.consumed / FRAMES_PER_MS;
      listener.heard(certain(), startedMonoMs);
    }, TICK_MS);
    const gone = new Promise<number>((done) => {
      child.on('error', (error) => {
        clearInterval(timer);
        listener.failed(error.message);
        done(0);
      });
      child.on('close', (code) => {
        clearInterval(timer);
        if (!asked || (code !== 0 && code !== null)) listener.failed(said.trim() || `aplay ended with ${code}`);
        done(code === 0 ? Math.floor(accepted / BYTES_PER_FRAME) : certain());
      });
    });
    return {
      room: () => AHEAD_BYTES - (written - pace.consumed * BYTES_PER_FRAME),
      write: (pcm) => {
        written += pcm.length;
        child.stdin.write(pcm, (error) => {
          if (!error) accepted += pcm.length;
        });
      },
      finish: () => {
        asked = true;
        child.stdin.end();
        return gone;
      },
      stop: () => {
        asked = true;
        child.kill('SIGKILL');
        return gone;
      },
    };
  }
}
