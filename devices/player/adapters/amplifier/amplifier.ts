import type { Log } from '../../logger.js';
import { SerialQueue } from '../../queue.js';
import { type Command, runCommand } from './command.js';

/** The relay of the amplifier. Resolves with what went wrong, null when it obeyed. Never rejects. */
export interface Relay {
  on(): Promise<string | null>;
  off(): Promise<string | null>;
}

export function commandRelay(on: Command, off: Command): Relay {
  const run = async (command: Command) => {
    const end = await runCommand(command);
    return end.ok ? null : end.problem;
  };
  return { on: () => run(on), off: () => run(off) };
}

/** A relay that did not obey is asked again, not more often than this. */
const AGAIN_MS = 1_000;

/** On a little before a play, off a little after the last: an amplifier hums, and takes its time to be ready. */
export class Amplifier {
  /** What the relay was last asked; null: unknown, as after a start or a refusal. */
  #on: boolean | null = null;
  #needed = false;
  /** A person wants it on, whether anything sounds or not. */
  #heldOn = false;
  /** The last instant at which it was. */
  #neededMonoMs = Number.NEGATIVE_INFINITY;
  #refused = false;
  #problem: string | null = null;
  #askAgainMonoMs = Number.NEGATIVE_INFINITY;
  readonly #orders = new SerialQueue();

  constructor(
    private readonly relay: Relay,
    private readonly log: Log,
    /** How long before a planned start it is switched on. */
    private readonly beforeMs: number,
    /** How long it stays on after the last sound. */
    private readonly afterMs: number,
  ) {}

  /**
   * Switches as needed now; never waits for the relay, because a play does not either.
   * @param nextMonoMs planned start of the next play, null: none
   * @returns when to call again (monotonic) if nothing happens before; null: no need
   */
  keep(nowMonoMs: number, sounding: boolean, nextMonoMs: number | null): number | null {
    if (this.#refused) this.#askAgainMonoMs = nowMonoMs + AGAIN_MS;
    this.#refused = false;
    const onMonoMs = nextMonoMs === null ? null : nextMonoMs - this.beforeMs;
    const needed = this.#heldOn || sounding || (onMonoMs !== null && onMonoMs <= nowMonoMs);
    if (needed || this.#needed) this.#neededMonoMs = nowMonoMs;
    this.#needed = needed;
    const offMonoMs = this.#neededMonoMs + this.afterMs;
    if (needed || this.#on !== false) this.#ask(needed || (this.#on === true && nowMonoMs < offMonoMs), nowMonoMs);
    if (this.#on === null) return this.#askAgainMonoMs;
    // Whether it obeys is not known yet.
    if (this.#orders.waiting > 0) return nowMonoMs + AGAIN_MS;
    if (!this.#on) return onMonoMs;
    return needed ? null : offMonoMs;
  }

  /** By a person: on until switched off again, or off at once until the next play needs it. @returns whether it obeyed */
  async byHand(on: boolean, nowMonoMs: number): Promise<boolean> {
    this.#heldOn = on;
    if (!on) this.#neededMonoMs = Number.NEGATIVE_INFINITY;
    if (this.#on !== on && !(this.#needed && !on)) this.#order(on);
    this.#askAgainMonoMs = nowMonoMs + AGAIN_MS;
    await this.#orders.idle();
    return this.#problem === null && (this.#on === on || (this.#needed && !on));
  }

  /** Why it last did not obey; null: it did. */
  get problem(): string | null {
    return this.#problem;
  }

  async stop(): Promise<void> {
    if (this.#on !== false) this.#order(false);
    await this.#orders.idle();
  }

  #ask(on: boolean, nowMonoMs: number): void {
    if (this.#on === on || (this.#on === null && nowMonoMs < this.#askAgainMonoMs)) return;
    this.#order(on);
  }

  #order(on: boolean): void {
    this.#on = on;
    void this.#orders.push(async () => {
      const problem = await (on ? this.relay.on() : this.relay.off());
      this.#problem = problem;
      if (problem === null) return this.log.debug('amplifier', { on });
      this.log.warn('amplifier', { on, problem });
      if (this.#on !== on) return;
      this.#on = null;
      this.#refused = true;
    });
  }
}
