import { spawn } from 'node:child_process';
import { atInstant } from '../../sink/instant.js';
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
 *
 * aplay is started beforehand, so that it has opened the card when the first bytes come. It sets the card going once the
 * card's buffer is full or its input has ended, and both are written in one go at the planned instant.
 */
export class AlsaSink implements PcmSink {
  /** Most cards let one program in at a time. */
  readonly shared = false;

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
    let held: Buffer[] | null = [];
    let ended = false;
    let callOff: () => void = () => undefined;
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
    const take = () => pace.take(this.clock.monoMs(), Math.floor(accepted / BYTES_PER_FRAME) - pace.consumed);
    const timer = setInterval(() => {
      take();
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
        callOff();
        if (!asked || (code !== 0 && code !== null)) listener.failed(said.trim() || `aplay ended with ${code}`);
        done(code === 0 ? Math.floor(accepted / BYTES_PER_FRAME) : certain());
      });
    });
    const pass = (pcm: Buffer) =>
      void child.stdin.write(pcm, (error) => {
        if (error) return;
        const first = accepted === 0;
        accepted += pcm.length;
        // The clock of this play starts with its first bytes, not with the next tick.
        if (first) take();
      });
    const release = () => {
      const pcm = Buffer.concat(held ?? []);
      held = null;
      if (pcm.length > 0) pass(pcm);
      if (ended) child.stdin.end();
    };
    return {
      begin: (atMonoMs) => {
        callOff = atInstant(() => this.clock.monoMs(), atMonoMs, release);
      },
      room: () => AHEAD_BYTES - (written - pace.consumed * BYTES_PER_FRAME),
      write: (pcm) => {
        written += pcm.length;
        if (held) held.push(pcm);
        else pass(pcm);
      },
      finish: () => {
        asked = true;
        ended = true;
        if (!held) child.stdin.end();
        return gone;
      },
      stop: () => {
        asked = true;
        callOff();
        child.kill('SIGKILL');
        return gone;
      },
    };
  }
}
