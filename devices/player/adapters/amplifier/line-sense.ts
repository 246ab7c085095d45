import type { Log } from '../../logger.js';
import { type Command, runCommand } from './command.js';

/** Of the loudspeaker line: 0 nothing, more is more. Null: the sense did not answer. Never rejects. */
export type Meter = () => Promise<number | null>;

/** A command that prints one number. `name` stands in the log. */
export function commandMeter(command: Command, log: Log, name = 'lineSense'): Meter {
  return async () => {
    const end = await runCommand(command);
    const level = end.ok && end.line !== '' ? Number(end.line) : Number.NaN;
    if (Number.isFinite(level)) return level;
    log.warn(name, { problem: end.ok ? `no number: ${end.line.slice(0, 80)}` : end.problem });
    return null;
  };
}

/** Asks the line again and again while something sounds: evidence that the amplifier was on and the wire whole. */
export class LineSense {
  constructor(
    private readonly meter: Meter,
    /** The first question comes so long after the first sample: what is asked earlier meets the silence before. */
    private readonly everyMs = 2_000,
  ) {}

  /** An unanswered question says nothing. Nothing is told once `over` is aborted. */
  follow(over: AbortSignal, tell: (heard: boolean, level: number) => void): void {
    const ask = async () => {
      const level = await this.meter();
      if (over.aborted) return;
      if (level !== null) tell(level > 0, level);
      timer = setTimeout(ask, this.everyMs);
    };
    let timer = setTimeout(ask, this.everyMs);
    over.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }
}
