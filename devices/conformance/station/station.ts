import {
  batchesIn,
  CATALOGUE,
  type DeviceState,
  deviceState,
  encodeClaim,
  fromUtf8,
  type Identity,
  MOST_BATCHES,
  type ReceiptAck,
  type ReceiptBatch,
  signJws,
  TOPIC_RULES,
  timeRequest,
  topics,
  UPLINKS,
  type Uplink,
  wish,
} from '../../protocol/index.js';
import { Broker, type Published } from './broker.js';
import { Doors } from './doors.js';
import { EnrolmentDesk, type Trick } from './enrolment-desk.js';
import { type Heard, SeenLog } from './heard-log.js';
import { KeyBoard, letters, sha256Of } from './keys.js';
import { Ledger } from './ledger.js';
import { PlanBoard } from './plan-board.js';
import { Shelf } from './shelf.js';

export const AREA = { id: 'commune-1', name: 'Xã Đăk Thử' };
export const PROVINCE = { id: 'province-1', name: 'Tỉnh Kiểm Thử' };
const CLUSTER = { id: 'cluster-1', name: 'Cụm loa bàn thử' };

export interface StationOptions {
  /** Address that the controller reaches, also that of the claim. */
  readonly host: string;
  /** 0: any that is free. */
  readonly httpPort: number;
  readonly mqttPort: number;
}

/** A message outside the contract, and what is wrong with it. */
export interface Malformed {
  readonly topic: string;
  readonly fault: 'topic' | 'size' | 'schema' | 'qos' | 'retain';
  readonly detail: string;
}

/** A service of one controller: everything that a maker needs beside the controller itself. */
export class Station {
  readonly device = `kit-${letters(6).replaceAll(/[-_]/g, 'x')}`;
  readonly now = (): number => Date.now();
  readonly keys = new KeyBoard(AREA.id, this.now);
  readonly shelf = new Shelf();
  readonly heard = new SeenLog<Heard>();
  readonly malformed: Malformed[] = [];
  /** Wills that the broker published for connections that broke. */
  readonly wills: string[] = [];
  readonly ledger = new Ledger(() => this.desk.publicKeyOf(this.device));
  readonly desk: EnrolmentDesk;
  readonly broker: Broker;
  readonly doors: Doors;
  readonly plan: PlanBoard;
  /** What the controller is told of itself; a later one replaces it. */
  path: readonly string[] = [AREA.id, PROVINCE.id];
  /** How questions for the time are answered; the nonce is the question's. */
  answerTime: ((nonce: string) => void) | null = (nonce) => this.sendTime(nonce);
  acknowledges = true;
  readonly #owed: (() => void)[] = [];
  #httpPort = 0;
  #mqttPort = 0;

  constructor(private readonly options: StationOptions) {
    const knows = (user: string, password: string) => this.desk.knows(user, password);
    const identityOf = (device: string, publicKey: string) => this.identity(device, publicKey);
    this.desk = new EnrolmentDesk(this.keys, identityOf, () => `mqtt://${options.host}:${this.#mqttPort}`, this.now);
    this.broker = new Broker(
      knows,
      () => this.path,
      this.now,
      (device, published) => this.#hear(device, published),
      (user, password) => this.desk.knew(user, password),
    );
    const retained = () => ({ keySet: this.keys.signed(), head: this.plan.signed || null });
    this.doors = new Doors(this.shelf, knows, (name, body) => this.desk.post(name, body), retained, this.now);
    const place = { area: AREA, cluster: CLUSTER };
    this.plan = new PlanBoard(this.device, place, this.keys, this.shelf, this.now, (topic, payload, retain) =>
      this.broker.publish(topic, payload, { retain }),
    );
  }

  async start(): Promise<void> {
    const { host, httpPort, mqttPort } = this.options;
    const local = host === '127.0.0.1' || host === 'localhost';
    const listensOn = local ? '127.0.0.1' : '0.0.0.0';
    this.#mqttPort = await this.broker.start(listensOn, mqttPort);
    this.#httpPort = await this.doors.start(listensOn, httpPort);
    this.broker.publish(topics.keys, this.keys.signed(), { retain: true });
  }

  async stop(): Promise<void> {
    await this.broker.stop();
    await this.doors.stop();
  }

  /** Text of a QR code. */
  claim(device: string, trick: Trick = 'none'): string {
    const url = `http://${this.options.host}:${this.#httpPort}`;
    const root = sha256Of(Buffer.from(this.keys.root.publicKey, 'base64url'));
    return encodeClaim({ url, code: this.desk.open(device, trick), root });
  }

  identity(device: string, publicKey: string, more: Partial<Identity> = {}): Identity {
    return { v: 1, device, publicKey, path: [AREA.id, PROVINCE.id], area: AREA, cluster: CLUSTER, ...more };
  }

  /** The last state that was told; null: none yet. */
  get state(): DeviceState | null {
    for (let at = this.heard.end - 1; at >= 0; at--) {
      const { uplink, message } = this.heard.all[at] as Heard;
      const parsed = uplink === 'state' ? deviceState.safeParse(message) : undefined;
      if (parsed?.success) return parsed.data;
    }
    return null;
  }

  sendTime(nonce: string, { serverMs = this.now(), by = this.keys.service } = {}): void {
    const reply = { v: 1, device: this.device, nonce, serverMs };
    this.broker.publish(topics.down(this.device, 'time'), signJws('vang-time', reply, by), { qos: 0 });
  }

  acknowledge(boot: number, first: number, last: number, by = this.keys.service): void {
    const ack: ReceiptAck = { v: 1, device: this.device, boot, first, last, quarantined: [] };
    this.broker.publish(topics.down(this.device, 'acks'), signJws('vang-ack', { ...ack, comment: 'ignored' }, by));
  }

  /** What was not acknowledged while `acknowledges` was false. */
  acknowledgeOwed(): void {
    this.acknowledges = true;
    for (const pay of this.#owed.splice(0)) pay();
  }

  serve(sha256: string, missing?: string): void {
    for (const { topic, payload } of this.shelf.supply(sha256, missing))
      this.broker.publish(topic, payload, { qos: 0 });
  }

  #hear(device: string, published: Published): void {
    const { topic, payload, isWill, qos, retain } = published;
    // What a trial says is judged by the trial.
    if (device !== this.device) return;
    // Also from a wrong shard: one fault must not look like twenty.
    const uplink = topic.split('/').at(-1);
    if (!isUplink(uplink)) {
      this.malformed.push({ topic, fault: 'topic', detail: 'no topic of this device' });
      return;
    }
    if (isWill) {
      this.wills.push(topic);
      return;
    }
    const message = parse(payload);
    this.#inspect(published, uplink, message);
    const atMs = this.now();
    const heard = { n: this.heard.end, atMs, topic, uplink, bytes: payload.length, qos, retain, message };
    // Answered before anybody who waits for the message asks for the next thing.
    this.#answer(uplink, message, atMs);
    this.heard.add(heard);
  }

  #inspect({ topic, payload, qos, retain }: Published, uplink: Uplink, message: unknown): void {
    const rule = TOPIC_RULES[`up.${uplink}`];
    const note = (fault: Malformed['fault'], detail: string) => this.malformed.push({ topic, fault, detail });
    if (payload.length > rule.maxBytes) note('size', `${payload.length} bytes, ${rule.maxBytes} are allowed`);
    if (qos !== rule.qos) note('qos', `QoS ${qos} instead of ${rule.qos}`);
    if (retain !== rule.retain) note('retain', `retain is ${retain}`);
    const parsed = CATALOGUE[`up.${uplink}`].schema?.safeParse(message);
    if (parsed && !parsed.success)
      note(
        'schema',
        parsed.error.issues
          .map(({ path, message: why }) => `${path.join('.')}: ${why}`)
          .join('; ')
          .slice(0, 400),
      );
    else if (typeof message === 'object' && message !== null && 'device' in message && message.device !== this.device)
      note('schema', `device is ${String(message.device)}`);
  }

  #answer(uplink: Uplink, message: unknown, atMs: number): void {
    if (uplink === 'time') {
      const asked = timeRequest.safeParse(message);
      if (asked.success) this.answerTime?.(asked.data.nonce);
    }
    if (uplink === 'wishes') {
      const wished = wish.safeParse(message);
      for (const { sha256, missing } of wished.success ? wished.data.assets : []) this.#supply(sha256, missing);
    }
    if (uplink === 'receipts') {
      if (batchesIn(message).length > MOST_BATCHES)
        this.malformed.push({ topic: topics.up(this.device, 'receipts'), fault: 'schema', detail: 'too many batches' });
      for (const batch of batchesIn(message)) this.#enter(this.ledger.take(batch, atMs));
    }
  }

  #enter(batch: ReceiptBatch | null): void {
    if (!batch) return;
    const pay = () => {
      this.acknowledge(batch.boot, batch.first, batch.last);
      this.ledger.acknowledged(batch, this.now());
    };
    if (this.acknowledges) pay();
    else this.#owed.push(pay);
  }

  #supply(sha256: string, missing: string | undefined): void {
    try {
      this.serve(sha256, missing);
    } catch {
      const topic = topics.up(this.device, 'wishes');
      this.malformed.push({ topic, fault: 'schema', detail: `bitmap of another length for ${sha256}` });
    }
  }
}

const isUplink = (word: string | undefined): word is Uplink => UPLINKS.some((uplink) => uplink === word);

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(payload));
  } catch {
    return undefined;
  }
}
