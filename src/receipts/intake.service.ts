import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { MOST_BATCHES, type ReceiptAck, TOPIC_RULES, toBase64Url, topics } from '../../devices/protocol/index.js';
import { SignatureThreads } from '../../proof/threads/signature-threads.js';
import { Controller, receiptKeysOf, UplinkHall } from '../fleet/index.js';
import { jsonOf, MqttBus } from '../platform/broker/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import { KeyRing, nodeCrypto, verifiedLater } from '../platform/keys/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import { type Acknowledgement, joined } from './engine/acknowledgements.js';
import {
  type JudgedBatch,
  type JudgedReceipt,
  judgedBatch,
  judgeReceipts,
  type KnownDevice,
  malformed,
  type ReadBatch,
  readBatch,
  signatureOf,
} from './engine/judge.js';
import { WaitingBytes } from './engine/waiting-bytes.js';
import { type Arrived, IntakeLanes } from './intake.lanes.js';
import { type Delivered, Ledger } from './ledger.js';
import { asText } from './quarantine.js';

/** Bytes waiting in memory; beyond that messages are left to the device, which sends again. A full batch is a quarter of one MiB. */
const ROOM = { most: 48 * 1024 * 1024, mostOfOne: 4 * 1024 * 1024 };

/** Some milliseconds. */
const RECEIPTS_PER_TURN = 100;
/** Signatures in one round from which on a message to a thread costs less than as many tasks of Node's pool. */
const MANY = 32;

/**
 * Receipts from MQTT into the ledger. Signatures are checked before the transaction; the acknowledgement goes out only
 * after it is durable, so a crash at any point means at worst that the device sends again what is already there.
 */
@Injectable()
export class ReceiptIntake {
  readonly #room = new WaitingBytes(ROOM);
  readonly #lanes: IntakeLanes<Delivered>;
  readonly #threads = new SignatureThreads(1);
  #unsubscribe: (() => Promise<void>) | null = null;

  constructor(
    private readonly database: Database,
    private readonly bus: MqttBus,
    private readonly hall: UplinkHall,
    private readonly ledger: Ledger,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.#lanes = new IntakeLanes<Delivered>(database.kind, {
      left: (arrived) => {
        for (const { device, payload } of arrived) this.#room.leave(device, payload.length);
      },
      judge: (arrived) => this.#judge(arrived),
      enter: (judged) => this.#enter(judged),
      log,
    });
  }

  async start(): Promise<void> {
    this.#unsubscribe = await this.bus.subscribe(topics.everyUplink('receipts'), { qos: 1 }, (topic, payload) =>
      this.take(topic, payload),
    );
  }

  /** What has arrived is still written and acknowledged. */
  async stop(): Promise<void> {
    await this.#unsubscribe?.();
    await this.#lanes.empty();
    await this.#threads.stop();
  }

  take(topic: string, payload: Uint8Array): void {
    const device = this.hall.admit('receipts', topic);
    if (device === null) return;
    const room = this.#room.enter(device, payload.length);
    if (room !== 'in') return this.hall.refuse('receipts', device, room === 'ownShareUsed' ? 'share' : 'memory');
    this.#lanes.add({ device, payload: Buffer.from(payload) });
  }

  async #judge(arrived: readonly Arrived[]): Promise<readonly Delivered[]> {
    const devices = await this.#known(arrived);
    const world = { nowMs: this.clock.nowMs(), demo: this.database.isDemo() };
    const batches = arrived.flatMap(batchesOf);
    const isSigned: typeof verifiedLater =
      batches.length < MANY ? verifiedLater : (...signed) => this.#threads.verify(...signed);
    const reads = batches.map(({ device, message, tooLarge }) =>
      tooLarge ? malformed(message) : readBatch(message, device, devices.get(device) ?? null, nodeCrypto),
    );
    // Other threads verify while this one looks into the receipts.
    const [keys, receipts] = await Promise.all([
      Promise.all(reads.map((read) => ('ok' in read ? null : signedBy(read, isSigned)))),
      judgedInTurns(reads, world),
    ]);
    return batches.map(({ device, asReceived }, n) => {
      const [read, publicKey] = [reads[n] as (typeof reads)[number], keys[n] ?? null];
      const judged = 'ok' in read ? read : judgedBatch(read, receipts[n] ?? [], publicKey !== null);
      return { device, asReceived, judged, publicKey };
    });
  }

  async #known(arrived: readonly Arrived[]): Promise<ReadonlyMap<string, KnownDevice>> {
    return this.database.read(async (reader) => {
      const rows = await reader.find(Controller, {
        where: { id: In([...new Set(arrived.map(({ device }) => device))]) },
        select: {
          ...{ id: true, publicKey: true, formerPublicKey: true, keyChangedAtMs: true },
          ...{ simulated: true, enrolledAtMs: true, revokedAtMs: true },
        },
      });
      const nowMs = this.clock.nowMs();
      return new Map(rows.map((row) => [row.id, { ...row, publicKeys: receiptKeysOf(row, nowMs) }]));
    });
  }

  async #enter(judged: readonly Delivered[]): Promise<void> {
    const acknowledgements = await this.database.write((tx) => this.ledger.enter(tx, judged));
    // Handed over in order, not waited for: a broker that is away must not keep what arrives next from being written.
    for (const acknowledgement of joined(acknowledgements)) void this.#acknowledge(acknowledgement);
  }

  async #acknowledge({ device, boot, first, last, quarantined }: Acknowledgement): Promise<void> {
    const ack: ReceiptAck = { v: 1, device, boot, first, last, quarantined: [...quarantined] };
    try {
      await this.bus.publish(topics.down(device, 'acks'), this.keys.sign('vang-ack', ack), { qos: 1 });
    } catch (error) {
      this.log.warn({ err: error, device }, 'an acknowledgement did not go out; the device will send again');
    }
  }
}

/** What a message carries: a batch, or a list of them, each by itself. A list that is too long is no batch. */
function batchesOf({ device, payload }: Arrived) {
  const message = jsonOf(payload);
  const tooLarge = payload.length > TOPIC_RULES['up.receipts'].maxBytes;
  if (!Array.isArray(message) || tooLarge || message.length === 0 || message.length > MOST_BATCHES)
    return [{ device, message, asReceived: () => asText(payload), tooLarge }];
  return message.map((batch: unknown) => ({
    device,
    message: batch,
    asReceived: () => JSON.stringify(batch),
    tooLarge,
  }));
}

/** Of each batch its receipts, of one that needs no look none; who asks something else is answered in between. */
async function judgedInTurns(
  reads: readonly (ReadBatch | JudgedBatch)[],
  world: Parameters<typeof judgeReceipts>[1],
): Promise<(readonly JudgedReceipt[])[]> {
  const judged: (readonly JudgedReceipt[])[] = [];
  let inTurn = 0;
  for (const read of reads) {
    const receipts = 'ok' in read ? [] : judgeReceipts(read, world);
    judged.push(receipts);
    inTurn += receipts.length;
    if (inTurn < RECEIPTS_PER_TURN) continue;
    await nextTurn();
    inTurn = 0;
  }
  return judged;
}

/** The key of the device that did, base64url. */
async function signedBy(read: ReadBatch, isSigned: typeof verifiedLater): Promise<string | null> {
  const { keys = [], message, signature } = signatureOf(read) ?? {};
  if (!message || !signature) return null;
  for (const key of keys) if (await isSigned(key, message, signature)) return toBase64Url(key);
  return null;
}
