import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Aedes } from 'aedes';
import { deviceKeyOf, NodeCrypto, newPrivateKeyPem } from '../player/adapters/crypto.js';
import {
  type DayPart,
  type EnrolmentAnswer,
  encodeClaim,
  enrolmentRequest,
  fromBase64Url,
  type Identity,
  type PlanHead,
  type PlannedPlay,
  parseTopic,
  proofBytes,
  type Receipt,
  toHex,
  topics,
  type Uplink,
} from '../protocol/index.js';
import { ServiceDesk } from './service-desk.js';

const crypto = new NodeCrypto();
const DAY_MS = 86_400_000;
const AREA = { id: 'commune-1', name: 'Xã Hòa Bình' };

interface Told {
  readonly uplink: Uplink;
  readonly text: string;
}

export interface PlaySketch extends Partial<Pick<PlannedPlay, 'class' | 'level' | 'interrupted'>> {
  readonly play: string;
  /** After the stand-in's beginning, ms. */
  readonly afterMs: number;
  readonly durationMs: number;
}

/** The service's desk behind real sockets and with real keys: enrolment over HTTP, everything else through a broker. Used by specs only. */
export class ServiceStandIn {
  readonly receipts: Receipt[] = [];
  readonly states: { readonly device: string; readonly online: boolean }[] = [];
  readonly #told: Told[] = [];
  readonly #listening = new Set<() => void>();
  /** Added to the real clock: what the service believes. */
  skewMs = 0;
  readonly beganMs = Date.now();
  readonly #root = deviceKeyOf(newPrivateKeyPem());
  readonly #key = deviceKeyOf(newPrivateKeyPem());
  readonly #desk = new ServiceDesk({
    crypto,
    root: this.#root,
    key: this.#key,
    nowMs: () => Date.now() + this.skewMs,
    later: (afterMs, run) => void this.#timers.add(setTimeout(run, afterMs)),
    publish: (topic, payload, qos, retain) => this.#publish(topic, payload, qos, retain),
    onReceipt: (receipt) => this.receipts.push(receipt),
  });
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #tokens = new Map<string, string>();
  #parts: PlanHead['parts'] = [];
  #http: Server | null = null;
  #tcp: TcpServer | null = null;
  #broker: Aedes | null = null;
  #url = '';
  #mqttUrl = '';

  get problems(): readonly string[] {
    return [...this.#desk.problems, ...[...this.#desk.reports].map(([code, times]) => `${code} × ${times}`)];
  }

  get asked(): readonly string[] {
    return this.#desk.asked;
  }

  get repeats(): number {
    return this.#desk.repeats;
  }

  /** While true, receipts are taken but not acknowledged. */
  set silent(silent: boolean) {
    this.#desk.silent = silent;
  }

  acknowledge(): void {
    this.#desk.acknowledge();
  }

  async start(): Promise<void> {
    // No common queue: thousands of messages in it would be as many calls deep.
    const broker = await Aedes.createBroker({ concurrency: 0 });
    broker.authenticate = (client, username, password, done) =>
      done(null, username === client?.id && this.#tokens.get(client.id) === password?.toString());
    broker.on('publish', (packet, client) => {
      const parsed = parseTopic(packet.topic);
      if (parsed?.kind !== 'up' || typeof packet.payload === 'string') return;
      const online = client !== null && !packet.payload.includes('"online":false');
      if (parsed.uplink === 'state') this.states.push({ device: parsed.device, online });
      this.#told.push({ uplink: parsed.uplink, text: packet.payload.toString() });
      for (const listen of this.#listening) listen();
      this.#desk.hear(packet.topic, packet.payload);
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
    this.#publish(topics.keys, Buffer.from(this.#desk.keySet), 1, true);
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await new Promise<void>((resolve) => this.#broker?.close(() => resolve()));
    await new Promise((resolve) => this.#tcp?.close(resolve));
    this.#http?.closeAllConnections();
    await new Promise((resolve) => this.#http?.close(resolve));
  }

  /** The first so many messages of a kind, once they are here; as they came. */
  told(uplink: Uplink, count: number): Promise<Record<string, unknown>[]> {
    return new Promise((resolve) => {
      const look = () => {
        const texts = this.#told.filter((each) => each.uplink === uplink).map(({ text }) => text);
        if (texts.length < count) return;
        this.#listening.delete(look);
        resolve(texts.slice(0, count).map((text) => JSON.parse(text)));
      };
      this.#listening.add(look);
      look();
    });
  }

  get claim(): string {
    return encodeClaim({
      url: this.#url,
      code: 'one-time-code-0001',
      root: toHex(crypto.sha256(fromBase64Url(this.#root.publicKey))),
    });
  }

  /** One day of plays of one recording; told to each device that enrols from now on. */
  plan(sketches: readonly PlaySketch[], audioBytes: Uint8Array): void {
    const audio = this.#desk.hold(audioBytes);
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
    this.#parts = [{ day: this.#day(0), ...this.#desk.hold(gzipSync(JSON.stringify(part))) }];
  }

  #day(after: number): string {
    return new Date(this.beganMs + after * DAY_MS).toISOString().slice(0, 10);
  }

  #enrol(body: unknown): EnrolmentAnswer | null {
    const request = enrolmentRequest.parse(body);
    const proof = proofBytes(request.code, request.publicKey);
    const genuine = crypto.verifyEd25519(fromBase64Url(request.publicKey), proof, fromBase64Url(request.proof));
    if (!genuine || !request.simulated) return null;
    const device = `device-${request.serial}`;
    const cluster = { id: `cluster-${request.serial}`, name: `Cụm loa ${request.serial}` };
    const token = Buffer.from(crypto.sha256(Buffer.from(device))).toString('base64url');
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
    this.#desk.tell(head);
    const identity: Identity = { v: 1, device, publicKey: request.publicKey, path: [AREA.id], area: AREA, cluster };
    return {
      v: 1,
      device,
      token,
      mqttUrl: this.#mqttUrl,
      rootPublicKey: this.#root.publicKey,
      keySet: this.#desk.keySet,
      identity: this.#desk.admit(identity),
      serverMs: Date.now() + this.skewMs,
    };
  }

  #publish(topic: string, payload: Uint8Array, qos: 0 | 1, retain: boolean): void {
    const bytes = Buffer.from(payload);
    this.#broker?.publish({ cmd: 'publish', topic, payload: bytes, qos, retain, dup: false }, () => undefined);
  }
}
