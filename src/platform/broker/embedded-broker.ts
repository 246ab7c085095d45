import { createHash, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Log } from '../logging/log.js';
import type {
  BrokerLimits,
  BrokerStats,
  FromWorker,
  Overrun,
  Principal,
  ToWorker,
  Violation,
  WorkerSettings,
} from './messages.js';
import { defaultLimits } from './messages.js';
import { checkPrincipal } from './worker/directory.mjs';

export interface EmbeddedBrokerOptions {
  readonly host: string;
  /** 0 takes a free one; `start()` says which. */
  readonly port: number;
  readonly log: Log;
  readonly limits?: Partial<BrokerLimits>;
  /** Name under which the service itself logs in. */
  readonly serviceUsername?: string;
}

interface BrokerEvents {
  /** The first session of this principal came up. */
  connected: [{ username: string }];
  /** Its last session went down. */
  disconnected: [{ username: string }];
  violation: [Violation];
  overrun: [Overrun];
  /** The worker died and was started again; retained messages are lost and must be published again. */
  restarted: [{ host: string; port: number }];
}

type Request = ToWorker extends infer Message ? (Message extends ToWorker ? Omit<Message, 'seq'> : never) : never;
interface Waiting {
  resolve(stats: BrokerStats | undefined): void;
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
  #address: { host: string; port: number } | null = null;
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
  async start(): Promise<{ host: string; port: number }> {
    if (this.#worker || this.#restart) throw new Error('The embedded broker is already running');
    this.#stopping = false;
    this.#address = await this.#spawn(this.#options.port);
    return this.#address;
  }

  /** Closes every session and frees the port. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#restart) clearTimeout(this.#restart);
    this.#restart = null;
    const worker = this.#worker;
    if (!worker) return;
    const timeout = setTimeout(() => void worker.terminate(), STOP_WITHIN_MS);
    await this.#ask({ kind: 'stop' }).catch(() => undefined);
    clearTimeout(timeout);
    await worker.terminate();
    this.#lost(worker);
  }

  /** Address with the service's own name and password, for {@link MqttBus}. Only after `start()`. */
  get serviceUrl(): string {
    if (!this.#address) throw new Error('The embedded broker has no address before start()');
    const { host, port } = this.#address;
    const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    const authority = reachable.includes(':') ? `[${reachable}]` : reachable;
    return `mqtt://${encodeURIComponent(this.#service.username)}:${this.#servicePassword}@${authority}:${port}`;
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
    const stats = await this.#ask({ kind: 'stats' });
    if (!stats) throw new Error('The broker worker answered without stats');
    return stats;
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

  #ask(request: Request): Promise<BrokerStats | undefined> {
    const worker = this.#worker;
    if (!worker) return Promise.reject(new Error('The embedded broker is not running'));
    const seq = ++this.#seq;
    return new Promise((resolve, reject) => {
      this.#waiting.set(seq, { resolve, reject });
      worker.postMessage({ ...request, seq });
    });
  }

  #spawn(port: number): Promise<{ host: string; port: number }> {
    const settings: WorkerSettings = {
      host: this.#options.host,
      port,
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
          resolve({ host: message.host, port: message.port });
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
        this.#waiting.get(message.seq)?.resolve(message.stats);
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
      case 'violation':
        this.#options.log.warn({ ...message.violation }, 'MQTT client asked for what it may not have');
        this.emit('violation', message.violation);
        return;
      case 'overrun':
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
      this.#spawn(this.#address?.port ?? this.#options.port).then(
        (address) => {
          this.#options.log.warn({ ...address }, 'The MQTT broker thread runs again');
          this.emit('restarted', address);
        },
        (error: unknown) => {
          this.#options.log.error({ err: error }, 'The MQTT broker thread could not be started again');
          if (!this.#stopping) this.#restartSoon();
        },
      );
    }, RESTART_AFTER_MS);
  }
}
