import type { ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventStream } from './event-stream.js';
import { httpProblem } from './problems.js';

const HEARTBEAT_MS = 15_000;
/** A browser has six connections to a server; several browsers of one person, and those that went away unnoticed. */
const MOST_PER_ACCOUNT = 12;
/** Then it is opened again, and login and rights are looked at again: 15 minutes of heartbeats. */
const MOST_BEATS = 60;

type Open = { readonly accountId: string; beats: number };

/** Every open event stream of this process. */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  readonly #open = new Map<EventStream, Open>();
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  get count(): number {
    return this.#open.size;
  }

  /**
   * Asked before anything is sent, so that the answer can still be a problem.
   * @throws `stream.tooMany` (429), `service.stopping` (503)
   */
  open(accountId: string, response: ServerResponse): EventStream {
    if (this.#stopping) throw httpProblem('service.stopping');
    const held = [...this.#open.values()].filter((each) => each.accountId === accountId).length;
    if (held >= MOST_PER_ACCOUNT) throw httpProblem('stream.tooMany', { most: MOST_PER_ACCOUNT });
    const stream = new EventStream(response);
    this.#open.set(stream, { accountId, beats: 0 });
    this.#timer ??= setInterval(() => this.beat(), HEARTBEAT_MS);
    stream.onClose(() => {
      this.#open.delete(stream);
      if (this.#open.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    });
    return stream;
  }

  /** Every 15 seconds. */
  beat(): void {
    for (const [stream, state] of this.#open)
      if (++state.beats >= MOST_BEATS) stream.end();
      else stream.beat();
  }

  /** The process is on its way out: readers come again and find another, or the next. */
  stop(): void {
    this.#stopping = true;
    for (const stream of this.#open.keys()) stream.endNow();
  }

  onModuleDestroy(): void {
    this.stop();
  }
}
