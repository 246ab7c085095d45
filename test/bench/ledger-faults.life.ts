import { deviceKeyOf } from '../../devices/player/adapters/crypto.js';
import {
  FIRST_LINK,
  fromHex,
  nextLink,
  type Receipt,
  type ReceiptBatch,
  type Signer,
  signBatch,
  toHex,
} from '../../devices/protocol/index.js';
import { nodeCrypto } from '../../src/platform/keys/index.js';
import type { EnrolledDevice } from './enrolled-devices.js';
import { receiptOf } from './ingest.backlog.js';

/** A receipt's place in the life of its device: 1 is the first that it ever wrote. */
export type Nth = number;

/** What a device writes in its life is known beforehand, so its archive and the count at the end make the same bytes again. */
export interface Life {
  readonly each: number;
  /** Receipts of one boot: then the power is cut, and the numbers begin anew. */
  readonly perBoot: number;
}

export const placeOf = (nth: Nth, { perBoot }: Life) => ({
  boot: Math.floor((nth - 1) / perBoot) + 1,
  seq: ((nth - 1) % perBoot) + 1,
});

export const nthOf = (boot: number, seq: number, { perBoot }: Life): Nth => (boot - 1) * perBoot + seq;

/** Every seventh in part, every eleventh not played. */
function outcomeOf(nth: Nth, { startedAtMs }: Receipt): Partial<Receipt> {
  if (nth % 11 === 0)
    return {
      ...({ outcome: 'notPlayed', cause: 'assetMissing', grade: 'received' } as const),
      ...{ startedAtMs: null, endedAtMs: null, playedMs: 0 },
    };
  if (nth % 7 !== 0) return {};
  const endedAtMs = (startedAtMs as number) + 20_000;
  return { outcome: 'partial', cause: 'powerLost', grade: 'started', endedAtMs, playedMs: 20_000 };
}

export function textOf(me: EnrolledDevice, nth: Nth, life: Life): string {
  const play = receiptOf(me, nth);
  const { boot, seq } = placeOf(nth, life);
  return JSON.stringify({
    ...play,
    ...outcomeOf(nth, play),
    boot,
    bootId: `boot-${boot}-of-${me.id}`.slice(0, 40),
    seq,
  });
}

/** The receipts that a device has written so far, as its disk keeps them: acknowledged ones too. */
export class Archive {
  /** 32 bytes behind each receipt, and the zeros before the first. */
  readonly #links: Buffer;
  readonly #signer: Signer;
  written: Nth = 0;

  constructor(
    private readonly me: EnrolledDevice,
    private readonly life: Life,
  ) {
    this.#links = Buffer.alloc((life.each + 1) * 32);
    this.#links.set(fromHex(FIRST_LINK), 0);
    this.#signer = deviceKeyOf(me.privateKey);
  }

  /** Writes the next one, behind those before. */
  write(): Nth {
    const nth = this.written + 1;
    const text = Buffer.from(textOf(this.me, nth, this.life));
    this.#links.set(nextLink(this.#bytesAfter(nth - 1), text, nodeCrypto), nth * 32);
    this.written = nth;
    return nth;
  }

  /** Hex. */
  linkAfter(nth: Nth): string {
    return toHex(this.#bytesAfter(nth));
  }

  /** A run of one boot, signed now. */
  batchOf(from: Nth, to: Nth): ReceiptBatch {
    const { boot, seq: first } = placeOf(from, this.life);
    const receipts = Array.from({ length: to - from + 1 }, (_, index) => textOf(this.me, from + index, this.life));
    const run = { v: 1, device: this.me.id, boot, first, last: first + to - from, receipts } as const;
    return signBatch({ ...run, receipts, previous: this.linkAfter(from - 1), link: this.linkAfter(to) }, this.#signer);
  }

  #bytesAfter(nth: Nth): Buffer {
    return this.#links.subarray(nth * 32, nth * 32 + 32);
  }
}
