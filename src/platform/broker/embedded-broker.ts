import { createHash, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Log } from '../logging/log.js';
import type { Certificate, CertificateFiles } from '../tls/index.js';
import { addressOf, type BrokerAddress, doorsOf, reach } from './doors.js';
import type {
  Audience,
  BrokerLimits,
  BrokerStats,
  FromWorker,
  ListeningAt,
  Overrun,
  Principal,
  ToWorker,
  Violation,
  WorkerSettings,
  WrongPassword,
} from './messages.js';
import { defaultLimits } from './messages.js';
import { checkPrincipal } from './worker/directory.mjs';

export interface EmbeddedBrokerOptions {
  readonly host: string;
  /** 0 takes a free one; `start()` says which. */
  readonly port: number;
  readonly log: Log;
  /** Clients then speak TLS, on TCP and on WebSocket. Default: neither does. */
  readonly certificate?: CertificateFiles | null;
  /** Where MQTT over WebSocket (`/mqtt`) listens, on the same host; 0 takes a free one. Default: nowhere. */
  readonly webSocketPort?: number | null;
  readonly limits?: Partial<BrokerLimits>;
  /** Name under which the service itself logs in. */
  readonly serviceUsername?: string;
}

interface BrokerEvents {
  /** The first session of this principal came up. */
  connected: [{ username: string }];
  /** Its last session went down. */
  disconnected: [{ username: string }];
  /** A session of this principal was put out by a second one with its client id. */
  takenOver: [{ username: string }];
  /** Somebody has its name and not its password; told once a second at most. */
  wrongPassword: [WrongPassword];
  violation: [Violation];
  overrun: [Overrun];
  /** The worker died and was started again; retained messages are lost and must be published again. */
  restarted: [BrokerAddress];
}

/** What was refused since the start, by kind. */
export interface BrokerRefusals {
  readonly violations: ReadonlyMap<Violation['kind'], number>;
  readonly overruns: ReadonlyMap<Overrun['reason'], number>;
  readonly logins: number;
}

type Request = ToWorker extends infer Message ? (Message extends ToWorker ? Omit<Message, 'seq'> : never) : never;
type Answer = Extract<FromWorker, { kind: 'done' }>;
interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

const RESTART_AFTER_MS = 1_000;
const STOP_WITHIN_MS = 5_000;

/**
 * Handle of an MQTT 3.1.1 broker that runs, socket and all, in a worker thread: a busy main thread delays no client,
 * and a million small packets delay no HTTP request.
 */
export class EmbeddedBroker extends EventEmitter<BrokerEvents> {
  readonly #options: EmbeddedBrokerOptions;
  readonly #service: Principal;
  readonly #servicePassword = randomBytes(32).toString('hex');
  readonly #principals = new Map<string, Principal>();
  readonly #online = new Set<string>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #violations = new Map<Violation['kind'], number>();
  readonly #overruns = new Map<Overrun['reason'], number>();
  #refusedLogins = 0;
  #bytesSent = 0;
  #at: readonly ListeningAt[] = [];
  #unwatch: (() => void) | null = null;
  #worker: Worker | null = null;
  #restart: NodeJS.Timeout | null = null;
  #stopping = false;
  #seq = 0;

  constructor(options: EmbeddedBrokerOptions) {
    super();
    this.#options = options;
    this.#service = {
      username: options.serviceUsername ?? 'service',
      passwordSha256: createHash('sha256').update(this.#servicePassword).digest('hex'),
      publish: ['#'],
      subscribe: ['#'],
      retain: ['#'],
      anyClientId: true,
    };
  }

  /** Listens. Principals set before are already known to the first client. */
  async start(): Promise<BrokerAddress> {
    if (this.#worker || this.#restart) throw new Error('The embedded broker is already running');
    this.#stopping = false;
    this.#at = await this.#spawn();
    this.#unwatch = this.#options.certificate?.watch((pair) => this.#renew(pair)) ?? null;
    return addressOf(this.#at);
  }

  /** Closes every session and frees the port. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#restart) clearTimeout(this.#restart);
    this.#restart = null;
    this.#unwatch?.();
    this.#unwatch = null;
    const worker = this.#worker;
    this.#at = [];
    if (!worker) return;
    const timeout = setTimeout(() => void worker.terminate(), STOP_WITHIN_MS);
    await this.#ask({ kind: 'stop' }).catch(() => undefined);
    clearTimeout(timeout);
    await worker.terminate();
    this.#lost(worker);
  }

  /** Address with the service's own name and password, for {@link MqttBus}. Only after `start()`. */
  get serviceUrl(): string {
    return `mqtt://${encodeURIComponent(this.#service.username)}:${this.#servicePassword}@${reach(this.#at, 'service')}`;
  }

  /** Where clients find it, if nobody stands in front. Only after `start()`. */
  get clientUrl(): string {
    return `${this.#options.certificate ? 'mqtts' : 'mqtt'}://${reach(this.#at, 'clients')}`;
  }

  /** Replaces all principals. Sessions of those that are gone, or lost a right they use, are closed. */
  async setPrincipals(list: readonly Principal[]): Promise<void> {
    for (const principal of list) this.#check(principal);
    this.#principals.clear();
    for (const principal of list) this.#principals.set(principal.username, principal);
    await this.#tell({ kind: 'set', principals: list });
  }

  /** Adds or replaces one; resolved when the next login will see it. */
  async putPrincipal(principal: Principal): Promise<void> {
    this.#check(principal);
    this.#principals.set(principal.username, principal);
    await this.#tell({ kind: 'put', principal });
  }

  /** Removes it and closes its sessions at once, without their last wills. */
  async removePrincipal(username: string): Promise<void> {
    this.#refuseServiceName(username);
    this.#principals.delete(username);
    await this.#tell({ kind: 'remove', username });
  }

  isConnected(username: string): boolean {
    return this.#online.has(username);
  }

  async stats(): Promise<BrokerStats> {
    const { stats } = await this.#ask({ kind: 'stats' });
    if (!stats) throw new Error('The broker worker answered without stats');
    return stats;
  }

  /** Who holds exactly this filter, and how much still waits for them: what a publisher of much QoS 0 paces itself by. */
  async audience(filter: string): Promise<Audience> {
    const { audience } = await this.#ask({ kind: 'audience', filter });
    if (!audience) throw new Error('The broker worker answered without an audience');
    return audience;
  }

  /** Bytes sent to clients since the start, the service itself left out; up to a second old. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** For figures; {@link stats} asks the worker for its present state. */
  get refusals(): BrokerRefusals {
    return { violations: this.#violations, overruns: this.#overruns, logins: this.#refusedLogins };
  }

  #renew(certificate: Certificate): void {
    // A worker that is down reads the files when it starts again.
    this.#tell({ kind: 'renew', certificate }).catch((error: unknown) =>
      this.#options.log.error({ err: error }, 'The MQTT broker did not take the renewed certificate'),
    );
  }

  #check(principal: Principal): void {
    this.#refuseServiceName(principal.username);
    checkPrincipal(principal);
  }

  #refuseServiceName(username: string): void {
    if (username === this.#service.username)
      throw new Error(`The username "${username}" belongs to the service itself`);
  }

  /** While the worker is down the snapshot it starts with carries the change. */
  async #tell(request: Request): Promise<void> {
    if (!this.#worker) return;
    await this.#ask(request);
  }

  #ask(request: Request): Promise<Answer> {
    const worker = this.#worker;
    if (!worker) return Promise.reject(new Error('The embedded broker is not running'));
    const seq = ++this.#seq;
    return new Promise((resolve, reject) => {
      this.#waiting.set(seq, { resolve, reject });
      worker.postMessage({ ...request, seq });
    });
  }

  async #spawn(): Promise<readonly ListeningAt[]> {
    const settings: WorkerSettings = {
      listeners: doorsOf(this.#options, this.#at),
      certificate: this.#options.certificate?.read() ?? null,
      limits: { ...defaultLimits, ...this.#options.limits },
      service: this.#service,
      principals: [...this.#principals.values()],
    };
    // Plain JavaScript on purpose: Node 20 cannot load TypeScript in a worker, and specs run on the sources.
    const entry = fileURLToPath(new URL('./worker/main.mjs', import.meta.url));
    const worker = new Worker(entry, {
      workerData: settings,
      name: 'mqtt-broker',
      // Packets pass through and are gone: a large nursery only keeps their buffers longer.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      let ready = false;
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') {
          ready = true;
          resolve(message.at);
        } else this.#take(message);
      });
      worker.on('error', (error) => {
        if (ready) this.#options.log.error({ err: error }, 'The MQTT broker thread failed');
        // Before 'exit' comes the caller may already try again.
        this.#lost(worker);
        reject(error);
      });
      worker.on('exit', (code) => {
        reject(new Error(`The MQTT broker thread ended with code ${code} before it listened`));
        this.#lost(worker);
        if (ready && !this.#stopping) this.#restartSoon();
      });
    });
  }

  #take(message: Exclude<FromWorker, { kind: 'ready' }>): void {
    switch (message.kind) {
      case 'done':
        this.#waiting.get(message.seq)?.resolve(message);
        this.#waiting.delete(message.seq);
        return;
      case 'connected':
        this.#online.add(message.username);
        this.emit('connected', { username: message.username });
        return;
      case 'disconnected':
        this.#online.delete(message.username);
        this.emit('disconnected', { username: message.username });
        return;
      case 'takenOver':
        this.emit('takenOver', { username: message.username });
        return;
      case 'sent':
        this.#bytesSent += message.bytes;
        return;
      case 'refused':
        this.#refusedLogins += message.logins;
        for (const wrong of message.wrong) this.emit('wrongPassword', wrong);
        return;
      case 'violation':
        countOne(this.#violations, message.violation.kind);
        this.#options.log.warn({ ...message.violation }, 'MQTT client asked for what it may not have');
        this.emit('violation', message.violation);
        return;
      case 'overrun':
        countOne(this.#overruns, message.overrun.reason);
        this.#options.log.warn({ ...message.overrun }, 'MQTT client cut off: it does not read');
        this.emit('overrun', message.overrun);
        return;
      case 'trouble':
        this.#options.log.warn({}, `MQTT broker: ${message.message}`);
    }
  }

  #lost(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    for (const waiting of this.#waiting.values()) waiting.reject(new Error('The MQTT broker thread ended'));
    this.#waiting.clear();
    for (const username of this.#online) this.emit('disconnected', { username });
    this.#online.clear();
  }

  /** A fault in the broker must not silence the installation: the clients reconnect by themselves, so listen again. */
  #restartSoon(): void {
    this.#restart = setTimeout(() => {
      this.#restart = null;
      this.#spawn().then(
        (at) => {
          this.#at = at;
          this.#options.log.warn({ ...addressOf(this.#at) }, 'The MQTT broker thread runs again');
          this.emit('restarted', addressOf(this.#at));
        },
        (error: unknown) => {
          this.#options.log.error({ err: error }, 'The MQTT broker thread could not be started again');
          if (!this.#stopping) this.#restartSoon();
        },
      );
    }, RESTART_AFTER_MS);
  }
}

function countOne<Kind>(counts: Map<Kind, number>, kind: Kind): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
