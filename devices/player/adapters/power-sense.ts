import type { Telemetry } from '../../protocol/index.js';
import type { Log } from '../logger.js';
import { type Command, runCommand } from './amplifier/command.js';

export type Supply = NonNullable<Telemetry['supply']>;

/** What feeds the machine. Null: the sense did not answer. Never rejects. */
export type PowerMeter = () => Promise<Supply | null>;

/** A command that prints `mains` or `battery`. What is wrong with it is logged once, not at every question. */
export function commandPower(command: Command, log: Log): PowerMeter {
  let told: string | null = null;
  return async () => {
    const end = await runCommand(command);
    if (end.ok && (end.line === 'mains' || end.line === 'battery')) {
      told = null;
      return end.line;
    }
    const problem = end.ok ? `neither mains nor battery: ${end.line.slice(0, 80)}` : end.problem;
    if (problem !== told) log.warn('powerSense', { problem });
    told = problem;
    return null;
  };
}

/** Asks again and again what feeds the machine: where a battery carries it through, or long enough to say so. */
export class PowerSense {
  #supply: Supply | null = null;

  constructor(
    private readonly meter: PowerMeter,
    /** A charge may last seconds only. */
    private readonly everyMs = 5_000,
  ) {}

  /** As last heard. */
  get supply(): Supply | null {
    return this.#supply;
  }

  /** Tells that the mains are gone, also if they were at the first question, and that they are back. Nothing once `over` is aborted. */
  follow(over: AbortSignal, tell: (supply: 'lost' | 'back') => void): void {
    const ask = async () => {
      const now = await this.meter();
      if (over.aborted) return;
      timer = setTimeout(ask, this.everyMs);
      if (now === null || now === (this.#supply ?? 'mains')) {
        this.#supply = now ?? this.#supply;
        return;
      }
      this.#supply = now;
      tell(now === 'battery' ? 'lost' : 'back');
    };
    let timer = setTimeout(ask, 0);
    over.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }
}
