import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { RateWindow } from '../../platform/http/index.js';
import { MOST_PER_MINUTE, MOST_UPLOADS_PER_MINUTE } from '../engine/limits.js';
import { requestsProblem } from '../problems.js';

const MINUTE_MS = 60_000;
const MOST_KEYS = 10_000;
/** Files under way at the same time. */
const MOST_UPLOADS_PER_LINK = 2;
const MOST_UPLOADS = 16;

/** Keeps what comes by one link within bounds, in this process; what counts by the day is counted in the database. */
@Injectable()
export class PublicTraffic {
  readonly #sent = new RateWindow({ most: MOST_PER_MINUTE, spanMs: MINUTE_MS, mostKeys: MOST_KEYS });
  readonly #uploads = new RateWindow({ most: MOST_UPLOADS_PER_MINUTE, spanMs: MINUTE_MS, mostKeys: MOST_KEYS });
  readonly #underWay = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** @throws requests.tooFast */
  send(linkId: string): void {
    if (!this.#sent.take(linkId, this.clock.nowMs())) throw requestsProblem('requests.tooFast');
  }

  /** A file under way. @throws requests.tooFast, requests.busy */
  async upload<T>(linkId: string, work: () => Promise<T>): Promise<T> {
    const own = this.#underWay.get(linkId) ?? 0;
    const all = [...this.#underWay.values()].reduce((sum, count) => sum + count, 0);
    if (own >= MOST_UPLOADS_PER_LINK || all >= MOST_UPLOADS) throw requestsProblem('requests.busy');
    if (!this.#uploads.take(linkId, this.clock.nowMs())) throw requestsProblem('requests.tooFast');
    this.#underWay.set(linkId, own + 1);
    try {
      return await work();
    } finally {
      const left = (this.#underWay.get(linkId) ?? 1) - 1;
      if (left > 0) this.#underWay.set(linkId, left);
      else this.#underWay.delete(linkId);
    }
  }
}
