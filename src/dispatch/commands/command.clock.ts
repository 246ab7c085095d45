import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { LOG, type Log } from '../../platform/logging/index.js';
import { ActiveLists } from './active-lists.js';
import { CommandCodes } from './command-codes.js';

/** What becomes due without anybody asking. The timer only ticks; the tables say what is due. */
@Injectable()
export class CommandClock {
  #running: Promise<void> | null = null;
  #started = false;

  constructor(
    private readonly lists: ActiveLists,
    private readonly codes: CommandCodes,
    @Inject(LOG) private readonly log: Log,
  ) {}

  start(): void {
    this.#started = true;
  }

  async stop(): Promise<void> {
    this.#started = false;
    await this.#running;
  }

  @Cron('35 * * * * *')
  tick(): void {
    if (!this.#started) return;
    this.#running ??= this.#look().finally(() => {
      this.#running = null;
    });
  }

  async #look(): Promise<void> {
    for (const due of [() => this.lists.renew(), () => this.lists.refreshDue(), () => this.codes.forgetOld()])
      try {
        await due();
      } catch (error) {
        this.log.error({ err: error }, 'what is due of commands could not be done; tried again in a minute');
      }
  }
}
