import { connectAsync, type MqttClient } from 'mqtt';
import { crypto, type testKey } from '../../devices/player/testing/keys.js';
import {
  chainOf,
  type Downlink,
  FIRST_LINK,
  fromBase64Url,
  fromHex,
  openJws,
  openKeySet,
  type Receipt,
  type ReceiptAck,
  type ReceiptBatch,
  receiptAck,
  signBatch,
  topics,
  type Uplink,
} from '../../devices/protocol/index.js';
import type { KeyRing } from '../../src/platform/keys/index.js';

interface Heard {
  readonly topic: string;
  readonly payload: Buffer;
}

/** The wire side of a controller, for specs: one key, one connection, one chain of receipts. It decides nothing. */
export class PoleDevice {
  readonly heard: Heard[] = [];
  boot = 1;
  seq = 0;
  link = FIRST_LINK;
  #client: MqttClient | null = null;
  readonly #waiting = new Set<() => void>();

  constructor(
    readonly id: string,
    readonly token: string,
    readonly key: ReturnType<typeof testKey>,
    readonly simulated: boolean,
  ) {}

  get client(): MqttClient {
    if (!this.#client) throw new Error(`${this.id} is not connected`);
    return this.#client;
  }

  get connected(): boolean {
    return this.#client?.connected ?? false;
  }

  /** Logs in once, hears what is said to it and the keys. */
  async connect(url: string, also: readonly string[] = []): Promise<void> {
    const client = await connectAsync(url, {
      protocolVersion: 4,
      clientId: this.id,
      username: this.id,
      password: this.token,
      reconnectPeriod: 0,
    });
    this.#client = client;
    client.on('error', () => undefined);
    client.on('message', (topic, payload) => {
      this.heard.push({ topic, payload });
      this.#look();
    });
    client.on('close', () => this.#look());
    await client.subscribeAsync(
      [
        ...(['plan', 'acks', 'time'] satisfies Downlink[]).map((down) => topics.down(this.id, down)),
        topics.keys,
        ...also,
      ],
      { qos: 1 },
    );
  }

  async disconnect(): Promise<void> {
    await this.#client?.endAsync(true);
    this.#client = null;
  }

  /** Until something is true of what was heard or of the connection; looked at whenever that changes. */
  async until<T>(look: () => T | undefined | null | false): Promise<T> {
    for (;;) {
      const found = look();
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #look(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  async send(uplink: Uplink, message: unknown, qos: 0 | 1 = 1): Promise<void> {
    const payload = Buffer.isBuffer(message) || typeof message === 'string' ? message : JSON.stringify(message);
    await this.client.publishAsync(topics.up(this.id, uplink), payload, { qos });
  }

  on(downlink: Downlink): Buffer[] {
    return this.heard.filter(({ topic }) => topic === topics.down(this.id, downlink)).map(({ payload }) => payload);
  }

  /** Acknowledgements that the installation's keys have signed, in the order of arrival. */
  acks(keys: KeyRing): ReceiptAck[] {
    return this.on('acks').map((payload) => receiptAck.parse(openSigned(payload.toString(), 'vang-ack', keys)));
  }

  /** The last of a boot that is acknowledged; waits for it. */
  acked(keys: KeyRing, last: number, boot = this.boot): Promise<ReceiptAck> {
    return this.until(() => this.acks(keys).find((ack) => ack.boot === boot && ack.first <= last && last <= ack.last));
  }

  /** Every number that was acknowledged, in the order of the answers; one answer may be for many messages. */
  ackedNumbers(keys: KeyRing): number[] {
    return this.acks(keys).flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, at) => first + at),
    );
  }

  /** The next receipt of this device: a minute of a bulletin, played whole as planned, unless told otherwise. */
  receipt(play: string, startMs: number, changes: Partial<Receipt> = {}): Receipt {
    this.seq += 1;
    return {
      v: 1,
      device: this.id,
      boot: this.boot,
      bootId: `boot-${this.boot}`,
      seq: this.seq,
      simulated: this.simulated,
      play,
      occurrence: `occurrence-${play}`,
      part: 0,
      planVersion: 1,
      day: new Date(startMs + 7 * 3_600_000).toISOString().slice(0, 10),
      item: { id: 'item-1', version: 1, title: 'Vốn vay Ngân hàng Chính sách xã hội', language: 'vi' },
      audioSha256: 'a'.repeat(64),
      area: { id: 'ak', name: 'An Khương' },
      cluster: { id: 'k1', name: 'Cụm loa ấp 1' },
      planned: {
        startMs,
        latestEndMs: startMs + 660_000,
        durationMs: 60_000,
        volume: 80,
        class: 'normal',
        late: 'whole',
      },
      outcome: 'complete',
      cause: null,
      grade: 'completed',
      startedAtMs: startMs,
      endedAtMs: startMs + 60_000,
      playedMs: 60_000,
      seekMs: 0,
      lateMs: 0,
      volume: 80,
      clock: { trust: 'trusted', errorMs: 20 },
      ...changes,
    };
  }

  /** The next signed batch; the chain goes on from it. */
  batch(receipts: readonly (Receipt | string)[]): ReceiptBatch {
    const texts = receipts.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
    const previous = this.link;
    const links = chainOf(fromHex(previous), texts, crypto);
    this.link = links.at(-1) ?? previous;
    const last = this.seq;
    return this.sign({
      v: 1,
      device: this.id,
      boot: this.boot,
      first: last - texts.length + 1,
      last,
      previous,
      link: this.link,
      receipts: texts,
    });
  }

  sign(unsigned: Omit<ReceiptBatch, 'signature'>): ReceiptBatch {
    return signBatch(unsigned, this.key);
  }
}

/** The payload of a message that the installation signed, checked from its root key on as a device does. */
export function openSigned(compact: string, typ: Parameters<typeof openJws>[1], keys: KeyRing): unknown {
  const set = openKeySet(keys.keySet, fromBase64Url(keys.rootPublicKey), crypto);
  if (!set.ok) throw new Error(`key set: ${set.problem}`);
  const opened = openJws(compact, typ, crypto, (kid) => {
    const key = set.keys.keys.find((candidate) => candidate.kid === kid);
    return key && fromBase64Url(key.publicKey);
  });
  if (!opened.ok) throw new Error(`${typ}: ${opened.problem}`);
  return opened.payload;
}
