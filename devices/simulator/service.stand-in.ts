import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Aedes } from 'aedes';
import { type DeviceKey, deviceKeyOf, NodeCrypto, newPrivateKeyPem } from '../player/adapters/crypto.js';
import {
  type AssetRef,
  CHUNK_BYTES,
  chainOf,
  chunkCount,
  chunkRange,
  type DayPart,
  type Descriptor,
  type EnrolmentAnswer,
  encodeClaim,
  enrolmentRequest,
  fromBase64Url,
  fromBitmap,
  fromHex,
  type Identity,
  type KeySet,
  type ParsedTopic,
  type PlanHead,
  type PlannedPlay,
  parseTopic,
  proofBytes,
  type Receipt,
  receipt,
  receiptBatch,
  shardOf,
  signedBatchBytes,
  signJws,
  TOPIC_RULES,
  timeRequest,
  toHex,
  topics,
  wish,
} from '../protocol/index.js';

/**
 * As much of the service as a specification of the simulator needs: real sockets, real keys, real chunks, real
 * acknowledgements, and a verifier of receipts that trusts nothing it is sent. Used by specs only.
 */
const crypto = new NodeCrypto();
const DAY_MS = 86_400_000;
const AREA = { id: 'commune-1', name: 'Xã Hòa Bình' };
const LONG = 4_000_000_000_000;

const hashOf = (bytes: Uint8Array): string => toHex(crypto.sha256(bytes));

export interface PlaySketch extends Partial<Pick<PlannedPlay, 'class' | 'level' | 'interrupted'>> {
  readonly play: string;
  /** After the stand-in's beginning, ms. */
  readonly afterMs: number;
  readonly durationMs: number;
}

export class ServiceStandIn {
  readonly receipts: Receipt[] = [];
  readonly problems: string[] = [];
  readonly asked: string[] = [];
  /** Batches that came again. */
  repeats = 0;
  readonly states: { readonly device: string; readonly online: boolean }[] = [];
  /** While true, receipts are taken but not acknowledged; `acknowledge()` sends what is owed. */
  silent = false;
  /** Added to the real clock: what the service believes. */
  skewMs = 0;
  readonly beganMs = Date.now();
  readonly #root: DeviceKey = deviceKeyOf(newPrivateKeyPem());
  readonly #key: DeviceKey = deviceKeyOf(newPrivateKeyPem());
  readonly #keys = new Map<string, string>();
  readonly #tokens = new Map<string, string>();
  readonly #links = new Map<string, string>();
  readonly #assets = new Map<string, Uint8Array>();
  readonly #owed: (() => void)[] = [];
  readonly #seen = new Set<string>();
  /** Wished for and not yet sent: null is the descriptor. */
  readonly #wished = new Map<string, Set<number | null>>();
  #sending: NodeJS.Timeout | null = null;
  #parts: PlanHead['parts'] = [];
  #http: Server | null = null;
  #tcp: TcpServer | null = null;
  #broker: Aedes | null = null;
  #url = '';
  #mqttUrl = '';

  async start(): Promise<void> {
    const broker = await Aedes.createBroker();
    broker.authenticate = (client, username, password, done) =>
      done(null, username === client?.id && this.#tokens.get(client.id) === password?.toString());
    broker.on('publish', (packet, client) => {
      const parsed = parseTopic(packet.topic);
      if (parsed?.kind === 'up' && typeof packet.payload !== 'string')
        this.#hear(parsed, packet.payload, client === null);
    });
    const tcp = createTcpServer((socket) => broker.handle(socket));
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const http = createServer((request, response) => {
      let body = '';
      request.on('data', (piece) => (body += piece));
      request.on('end', () => {
        const answer = request.url === '/api/device/v1/enrolments' ? this.#enrol(JSON.parse(body)) : null;
        response.writeHead(answer ? 201 : 404, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer ?? { title: 'Không có' }));
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    this.#url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    this.#mqttUrl = `mqtt://127.0.0.1:${(tcp.address() as AddressInfo).port}`;
    this.#broker = broker;
    this.#tcp = tcp;
    this.#http = http;
    this.#publish(topics.keys, this.#keySet(), 1, true);
  }

  async stop(): Promise<void> {
    if (this.#sending) clearTimeout(this.#sending);
    await new Promise<void>((resolve) => this.#broker?.close(() => resolve()));
    await new Promise((resolve) => this.#tcp?.close(resolve));
    this.#http?.closeAllConnections();
    await new Promise((resolve) => this.#http?.close(resolve));
  }

  get claim(): string {
    return encodeClaim({
      url: this.#url,
      code: 'one-time-code-0001',
      root: hashOf(fromBase64Url(this.#root.publicKey)),
    });
  }

  /** One day of plays of one recording; told to each device that enrols from now on. */
  plan(sketches: readonly PlaySketch[], audioBytes: Uint8Array): void {
    const audio = this.#store(audioBytes);
    const plays = sketches.map(({ afterMs, durationMs, ...sketch }, part): PlannedPlay => {
      const startMs = this.beganMs + afterMs;
      return {
        occurrence: `o-${sketch.play}`,
        part,
        startMs,
        latestEndMs: startMs + durationMs + 600_000,
        late: 'skip',
        class: 'normal',
        volume: 70,
        item: { id: 'item-1', version: 1, title: 'Bản tin sáng', language: 'vi' },
        ...sketch,
        audio: { ...audio, type: 'audio/mpeg', durationMs },
      };
    });
    const part: DayPart = { v: 1, day: this.#day(0), plays };
    this.#parts = [{ day: this.#day(0), ...this.#store(gzipSync(JSON.stringify(part))) }];
  }

  acknowledge(): void {
    this.silent = false;
    for (const acknowledge of this.#owed.splice(0)) acknowledge();
  }

  #day(after: number): string {
    return new Date(this.beganMs + after * DAY_MS).toISOString().slice(0, 10);
  }

  #store(bytes: Uint8Array): AssetRef {
    const sha256 = hashOf(bytes);
    this.#assets.set(sha256, bytes);
    if (bytes.length <= CHUNK_BYTES) return { sha256, bytes: bytes.length };
    return { sha256, bytes: bytes.length, descriptor: hashOf(this.#descriptor(sha256)) };
  }

  #descriptor(sha256: string): Uint8Array {
    const bytes = this.#assets.get(sha256) as Uint8Array;
    const chunks = Array.from({ length: chunkCount(bytes.length) }, (_, index) =>
      Buffer.from(crypto.sha256(this.#chunk(sha256, index))).toString('base64url'),
    );
    const descriptor: Descriptor = { v: 1, sha256, bytes: bytes.length, chunkBytes: CHUNK_BYTES, chunks };
    return Buffer.from(JSON.stringify(descriptor));
  }

  #chunk(sha256: string, index: number): Uint8Array {
    const bytes = this.#assets.get(sha256) as Uint8Array;
    const { start, end } = chunkRange(index, bytes.length);
    return bytes.subarray(start, end);
  }

  #keySet(): string {
    const { kid, publicKey } = this.#key;
    const keys: KeySet = { v: 1, version: 1, keys: [{ kid, publicKey, from: 0, until: LONG, scope: ['*'] }] };
    return signJws('vang-keys', keys, this.#root);
  }

  #enrol(body: unknown): EnrolmentAnswer | null {
    const request = enrolmentRequest.parse(body);
    const proof = proofBytes(request.code, request.publicKey);
    const genuine = crypto.verifyEd25519(fromBase64Url(request.publicKey), proof, fromBase64Url(request.proof));
    if (!genuine || !request.simulated) return null;
    const device = `device-${request.serial}`;
    const cluster = { id: `cluster-${request.serial}`, name: `Cụm loa ${request.serial}` };
    const token = Buffer.from(crypto.sha256(Buffer.from(device))).toString('base64url');
    this.#keys.set(device, request.publicKey);
    this.#tokens.set(device, token);
    const head: PlanHead = {
      v: 1,
      device,
      version: this.beganMs,
      publishedAt: this.beganMs,
      area: AREA,
      cluster,
      from: this.#day(0),
      until: this.#day(6),
      sinceMs: this.beganMs,
      fromMs: this.beganMs,
      untilMs: this.beganMs + 7 * DAY_MS,
      parts: this.#parts,
    };
    this.#publish(topics.down(device, 'plan'), signJws('vang-plan', head, this.#key), 1, true);
    const identity: Identity = { v: 1, device, publicKey: request.publicKey, path: [AREA.id], area: AREA, cluster };
    return {
      v: 1,
      device,
      token,
      mqttUrl: this.#mqttUrl,
      rootPublicKey: this.#root.publicKey,
      keySet: this.#keySet(),
      identity: signJws('vang-identity', identity, this.#key),
      serverMs: Date.now() + this.skewMs,
    };
  }

  #hear(topic: Extract<ParsedTopic, { kind: 'up' }>, payload: Uint8Array, fromWill: boolean): void {
    const { device, uplink } = topic;
    const message: unknown = JSON.parse(Buffer.from(payload).toString());
    const { maxBytes } = TOPIC_RULES[`up.${uplink}`];
    if (payload.length > maxBytes || shardOf(device) > 63) this.problems.push(`${device}: ${uplink} too large`);
    if (uplink === 'reports') this.problems.push(JSON.stringify(message));
    if (uplink === 'state')
      this.states.push({ device, online: !fromWill && !JSON.stringify(message).includes('false}') });
    if (uplink === 'time') {
      this.asked.push(device);
      const reply = { ...timeRequest.parse(message), serverMs: Date.now() + this.skewMs };
      this.#publish(topics.down(device, 'time'), signJws('vang-time', reply, this.#key), 0, false);
    }
    if (uplink === 'wishes') for (const asset of wish.parse(message).assets) this.#wish(asset.sha256, asset.missing);
    if (uplink === 'receipts') this.#take(device, message);
  }

  /** Wishes of a moment are merged: each chunk is published once for all who listen. */
  #wish(sha256: string, missing: string | undefined): void {
    const count = chunkCount((this.#assets.get(sha256) as Uint8Array).length);
    const wished = this.#wished.get(sha256) ?? new Set();
    this.#wished.set(sha256, wished);
    for (const index of missing === undefined ? [null, ...Array(count).keys()] : fromBitmap(missing, count))
      wished.add(index);
    this.#sending ??= setTimeout(() => this.#send(), 50);
  }

  #send(): void {
    this.#sending = null;
    for (const [sha256, indexes] of this.#wished)
      for (const index of indexes)
        if (index === null) this.#publish(topics.descriptor(sha256), this.#descriptor(sha256), 0, false);
        else this.#publish(topics.chunk(sha256, index), this.#chunk(sha256, index), 0, false);
    this.#wished.clear();
  }

  /** Signature, then the chain from the last link that this verifier saw: what an auditor would do. */
  #take(device: string, message: unknown): void {
    const batch = receiptBatch.parse(message);
    const key = fromBase64Url(this.#keys.get(device) as string);
    const signed = crypto.verifyEd25519(key, signedBatchBytes(batch), fromBase64Url(batch.signature));
    const links = chainOf(fromHex(batch.previous), batch.receipts, crypto);
    const repeated = this.#seen.has(batch.link);
    const follows = repeated || batch.previous === (this.#links.get(device) ?? '0'.repeat(64));
    if (!signed || !follows || links.at(-1) !== batch.link)
      this.problems.push(`${device}: signature ${signed}, follows ${follows}, receipts from ${batch.first}`);
    if (repeated) this.repeats++;
    else {
      this.#seen.add(batch.link);
      this.#links.set(device, batch.link);
      this.receipts.push(...batch.receipts.map((text) => receipt.parse(JSON.parse(text))));
    }
    const { boot, first, last } = batch;
    const acknowledge = () =>
      this.#publish(
        topics.down(device, 'acks'),
        signJws('vang-ack', { v: 1, device, boot, first, last, quarantined: [] }, this.#key),
        1,
        false,
      );
    if (this.silent) this.#owed.push(acknowledge);
    else acknowledge();
  }

  #publish(topic: string, payload: string | Uint8Array, qos: 0 | 1, retain: boolean): void {
    const bytes = Buffer.from(payload);
    this.#broker?.publish({ cmd: 'publish', topic, payload: bytes, qos, retain, dup: false }, () => undefined);
  }
}
