import {
  AREA_LINKS,
  command as commandSchema,
  coveringKey,
  DOWNLINKS,
  fromBase64Url,
  type JwsType,
  type KeySet,
  openJws,
  openKeySet,
  receiptAck,
  topics,
} from '../../devices/protocol/index.js';
import type { Seeded } from '../../devices/simulator/seeded.js';
import { nodeCrypto } from '../../src/platform/keys/index.js';
import type { EnrolledDevice } from './enrolled-devices.js';
import { Archive, type Life, type Nth, nthOf, placeOf } from './ledger-faults.life.js';
import { type RecallFigures, RecallOrders } from './ledger-faults.recall.js';
import { LightLink } from './light-link.js';

/** How often each fault happens, 0..1. */
const SHARE = { duplicate: 0.04, late: 0.04, split: 0.25, again: 0.02, ackLost: 0.05 };
const MOST_RECEIPTS = 100;
/** Receipts that wait for their acknowledgement before the device "plays" on. */
const MOST_UNSENT = 250;
/** Of the contract they are 20 seconds; here everything goes faster. */
const AGAIN_MS = 4_000;
const MOST_UNDER_WAY = 4;
const LATE_MS = 1_500;
/** A state is told at each connection and, while it changes, so often. */
const STATE_MS = 8_000;

export interface Figures extends RecallFigures {
  written: number;
  /** Not counting those that were acknowledged before. */
  acked: number;
  batches: number;
  duplicates: number;
  splits: number;
  /** Batches that went out behind later ones. */
  reordered: number;
  acksLost: number;
  /** What the service put into quarantine, and messages of it whose signature did not hold. */
  quarantined: number;
  unbelieved: number;
  connections: number;
}

interface Run {
  readonly from: Nth;
  readonly to: Nth;
  sentMs: number;
}

/**
 * A device that does with receipts what the contract asks, and on a line where everything happens that can: it keeps what is not
 * acknowledged and sends it again, in other pieces too; it keeps an archive and obeys `resendReceipts`, a batch at a time, until the
 * connection is lost.
 */
export class Loudspeaker {
  readonly archive: Archive;
  readonly #link: LightLink;
  /** Written and not acknowledged, in order. */
  #unsent: Nth[] = [];
  #underWay: Run[] = [];
  readonly #recalls: RecallOrders;
  #keys: KeySet | null = null;
  #told: { written: Nth; atMs: number } = { written: 0, atMs: 0 };

  constructor(
    private readonly me: EnrolledDevice,
    private readonly life: Life,
    private readonly rootPublicKey: string,
    private readonly random: Seeded,
    private readonly sum: Figures,
    /** Whether one more may be written: nobody plays ahead of what is to happen. */
    private readonly mayWrite: () => boolean,
  ) {
    this.archive = new Archive(me, life);
    this.#link = new LightLink(me, {
      connected: () => this.#subscribe(),
      message: (topic, payload) => this.#heard(topic, payload),
      lost: () => this.#lost(),
    });
    this.#recalls = new RecallOrders(me, life, this.archive, this.#link, AGAIN_MS, sum);
  }

  get underWay(): number {
    return this.#underWay.length;
  }

  connect(port: number): void {
    this.#link.drop();
    this.#lost();
    this.#link.connect({ port, againMs: 200 + this.random.whole(0, 300) });
  }

  ping(): void {
    this.#link.ping();
  }

  /** Plays on, and sends the oldest that is neither acknowledged nor under way. @returns whether there was anything to send */
  work(nowMs: number): boolean {
    this.#play();
    if (!this.#link.loggedIn) return false;
    if (this.#underWay.length >= MOST_UNDER_WAY) return false;
    const run = this.#nextRun();
    if (!run) return false;
    if (this.random.share() < SHARE.split) this.#sendInPieces(run, nowMs);
    else this.#send(run, nowMs);
    return true;
  }

  /** What nobody acknowledged in time is free to be sent again, and cut anew. */
  tick(nowMs: number): void {
    this.#underWay = this.#underWay.filter(({ sentMs }) => nowMs - sentMs < AGAIN_MS);
    if (this.#link.loggedIn && this.#told.written < this.archive.written && nowMs - this.#told.atMs >= STATE_MS)
      this.#tellState();
    this.#recalls.tick(nowMs);
  }

  #play(): void {
    const { archive, life, random } = this;
    if (this.#unsent.length > MOST_UNSENT - MOST_RECEIPTS) return;
    for (
      let left = random.whole(1, MOST_RECEIPTS);
      left > 0 && archive.written < life.each && this.mayWrite();
      left--
    ) {
      this.#unsent.push(archive.write());
      this.sum.written++;
    }
  }

  /** Numbers that follow one another in one boot, from the oldest on. */
  #nextRun(): Run | null {
    const isFree = (nth: Nth) => !this.#underWay.some(({ from, to }) => nth >= from && nth <= to);
    const from = this.#unsent.find(isFree);
    if (from === undefined) return null;
    const most = this.random.whole(1, MOST_RECEIPTS);
    const at = this.#unsent.indexOf(from);
    let to = from;
    for (const nth of this.#unsent.slice(at + 1, at + most)) {
      if (nth !== to + 1 || !isFree(nth) || placeOf(nth, this.life).seq === 1) break;
      to = nth;
    }
    return { from, to, sentMs: 0 };
  }

  #sendInPieces({ from, to }: Run, nowMs: number): void {
    const cut = from + this.random.whole(0, to - from);
    const pieces = [
      { from, to: cut, sentMs: 0 },
      { from: cut + 1, to, sentMs: 0 },
    ].filter((piece) => piece.to >= piece.from);
    if (pieces.length > 1) this.sum.splits++;
    if (pieces.length > 1 && this.random.share() < 0.5) {
      pieces.reverse();
      this.sum.reordered++;
    }
    for (const piece of pieces) this.#send(piece, nowMs);
  }

  #send(run: Run, nowMs: number): void {
    const { random } = this;
    run.sentMs = nowMs;
    this.#underWay.push(run);
    this.sum.batches++;
    const batch = this.archive.batchOf(run.from, run.to);
    const out = () => this.#link.publish(topics.up(this.me.id, 'receipts'), batch);
    if (random.share() < SHARE.late) {
      this.sum.reordered++;
      setTimeout(out, random.whole(10, LATE_MS));
    } else out();
    if (random.share() < SHARE.duplicate) {
      this.sum.duplicates++;
      setTimeout(out, random.whole(0, LATE_MS));
    }
    // As after a power cut between the archive and the journal: long acknowledged, in other pieces, signed anew.
    if (run.from > 1 && random.share() < SHARE.again) {
      const to = random.whole(1, run.from - 1);
      const from = Math.max(to - random.whole(0, 20), to - placeOf(to, this.life).seq + 1);
      this.sum.duplicates++;
      this.#link.publish(topics.up(this.me.id, 'receipts'), this.archive.batchOf(from, to));
    }
  }

  #lost(): void {
    this.#underWay = [];
    this.#recalls.connectionLost();
  }

  #subscribe(): void {
    const { id, path } = this.me;
    this.sum.connections++;
    this.#link.subscribe([
      topics.keys,
      ...DOWNLINKS.map((downlink) => topics.down(id, downlink)),
      ...path.flatMap((area) => AREA_LINKS.map((link) => topics.area(area, link))),
    ]);
    this.#tellState();
  }

  #tellState(): void {
    const { id } = this.me;
    this.#told = { written: this.archive.written, atMs: performance.now() };
    const last = placeOf(Math.max(1, this.archive.written), this.life);
    const { boot } = last;
    const state = {
      v: 1,
      device: id,
      online: true,
      boot,
      planVersion: 1,
      ready: true,
      trust: 'trusted',
      playing: null,
    };
    const wrote = this.archive.written > 0 ? { lastReceipt: last } : {};
    const more = { waitingReceipts: this.#unsent.length, ...wrote, capabilities: ['archive'] };
    this.#link.publish(topics.up(id, 'state'), { ...state, ...more }, { retain: true });
  }

  #heard(topic: string, payload: Buffer): void {
    const { id } = this.me;
    if (topic === topics.keys) {
      const opened = openKeySet(payload.toString('latin1'), fromBase64Url(this.rootPublicKey), nodeCrypto);
      if (opened.ok) this.#keys = opened.keys;
      else this.sum.unbelieved++;
    } else if (topic === topics.down(id, 'acks')) this.#acknowledged(payload);
    else if (topic === topics.down(id, 'commands')) {
      const order = commandSchema.safeParse(this.#open('vang-command', payload)).data;
      if (order) this.#recalls.take(order);
    }
  }

  #open(typ: JwsType, payload: Buffer): unknown {
    const keys = this.#keys;
    const opened = openJws(payload.toString('latin1'), typ, nodeCrypto, (kid) =>
      keys ? coveringKey(keys, kid, this.me.path, null) : undefined,
    );
    if (opened.ok) return opened.payload;
    this.sum.unbelieved++;
    return null;
  }

  #acknowledged(payload: Buffer): void {
    const ack = receiptAck.safeParse(this.#open('vang-ack', payload)).data;
    if (!ack || ack.device !== this.me.id) return;
    if (this.random.share() < SHARE.ackLost) {
      this.sum.acksLost++;
      return;
    }
    this.sum.quarantined += ack.quarantined.length;
    const [from, to] = [nthOf(ack.boot, ack.first, this.life), nthOf(ack.boot, ack.last, this.life)];
    const before = this.#unsent.length;
    this.#unsent = this.#unsent.filter((nth) => nth < from || nth > to);
    this.sum.acked += before - this.#unsent.length;
    this.#underWay = this.#underWay.filter((run) => run.from < from || run.to > to);
    this.#recalls.acknowledged(from, to);
  }
}
