import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Whether a controller says that it played the test tone of a command. */
export type WasPlayed = (reader: EntityManager, commandId: string, controllerId: string) => Promise<boolean>;

/** Commands are given by a room that comes after this one: it answers here for what became of them. */
@Injectable()
export class TestTones {
  #wasPlayed: WasPlayed | null = null;

  answerBy(wasPlayed: WasPlayed): void {
    this.#wasPlayed = wasPlayed;
  }

  async wasPlayed(...asked: Parameters<WasPlayed>): Promise<boolean> {
    if (!this.#wasPlayed) throw new Error('no room answers for test tones');
    return this.#wasPlayed(...asked);
  }
}
