import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/index.js';
import { addressKey, RateWindow } from '../http/index.js';
import { linkProblem } from './problems.js';

/** Telephones share addresses, and behind a proxy all senders do: wide enough for a commune, too narrow for a flood. */
const MOST_CALLS = 240;
const SPAN_MS = 60_000;
const MOST_ADDRESSES = 10_000;

/** How often one client address may call what is open to links, whichever links: in this process. */
@Injectable()
export class AddressLimit {
  readonly #calls = new RateWindow({ most: MOST_CALLS, spanMs: SPAN_MS, mostKeys: MOST_ADDRESSES });

  constructor(private readonly clock: Clock) {}

  /** Any call from this address. What a header says of it counts for nothing. @throws link.tooFast */
  call(address: string): void {
    if (!this.#calls.take(addressKey(address), this.clock.nowMs())) throw linkProblem('link.tooFast');
  }
}
