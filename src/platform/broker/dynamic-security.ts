import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Log } from '../logging/log.js';
import { MqttBus } from './bus.js';
import {
  type AccountRights,
  aclsOf,
  type BrokerAccount,
  batchesOf,
  type Command,
  changeOf,
  DENY_BY_DEFAULT,
  endOf,
  makingOf,
  ownerOf,
  sameAcls,
} from './dynamic-security.commands.js';
import { jsonOf } from './json-payload.js';

const TOPIC = '$CONTROL/dynamic-security/v1';
const ANSWER_WITHIN_MS = 5_000;
/** Commands and bytes of one message. The plugin writes its whole file after each command, during which nobody is served. */
const MOST_COMMANDS = 25;
const MOST_BYTES = 100_000;
const PAGE = 100;
/** What may be answered when what is to end is already gone. */
const ALREADY_GONE = /^(Client|Role) not found$/;

const answer = z.object({
  command: z.string(),
  error: z.string().optional(),
  correlationData: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});
type Answer = z.infer<typeof answer>;
const answers = z.object({ responses: z.array(answer) });
const listedRole = z.object({
  rolename: z.string(),
  acls: z.array(
    z.object({
      acltype: z.enum(['publishClientSend', 'publishClientReceive', 'subscribePattern']).catch('publishClientSend'),
      topic: z.string(),
      allow: z.boolean(),
    }),
  ),
});

/** The broker does not answer, or not as this account: nothing is known of whether a command was carried out. */
export class BrokerUnreachableError extends Error {
  override readonly name = 'BrokerUnreachableError';
}

export interface DynamicSecurityOptions {
  /** The broker; user and password in it are those of the service itself, whose account is kept up from here. */
  readonly url: string;
  /** Who may use `$CONTROL/dynamic-security`: made by `mosquitto_ctrl dynsec init`. */
  readonly admin: { readonly username: string; readonly password: string };
  /** Filters of the service's own account. */
  readonly service: { readonly publish: readonly string[]; readonly subscribe: readonly string[] };
  readonly log: Log;
  readonly answerWithinMs?: number;
  readonly reconnectMs?: number;
}

export interface Reconciled {
  /** Accounts that nobody here knows (any more); they were removed and their sessions closed. */
  readonly removed: readonly string[];
  /** Without an account on the broker; their passwords are not known here, so they must enrol again. */
  readonly missing: readonly string[];
  /** Whose rights were brought up to date. */
  readonly changed: readonly string[];
}

/** Keeps the accounts of a Mosquitto in step, through its dynamic-security plugin. Touches only roles named `vang-…`. */
export class DynamicSecurity {
  readonly #options: DynamicSecurityOptions;
  readonly #bus: MqttBus;
  readonly #service: BrokerAccount | null;
  readonly #waiting = new Map<string, (answers: Answer[]) => void>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: DynamicSecurityOptions) {
    this.#options = options;
    const url = new URL(options.url);
    const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    this.#service = username ? { username, password, ...options.service, anyClientId: true } : null;
    url.username = encodeURIComponent(options.admin.username);
    url.password = encodeURIComponent(options.admin.password);
    const { log, reconnectMs } = options;
    this.#bus = new MqttBus({ url: url.toString(), log, ...(reconnectMs === undefined ? {} : { reconnectMs }) });
  }

  /** Begins to connect, and goes on trying; does not wait for the broker. */
  async start(): Promise<void> {
    await this.#bus.subscribe(`${TOPIC}/response`, { qos: 1 }, (_topic, payload) => this.#take(payload));
    this.#bus.onConnect(() => this.#settle());
    await this.#bus.start();
  }

  async stop(): Promise<void> {
    await this.#bus.stop();
  }

  /** After each connection: the moment to {@link reconcile}. */
  onConnect(callback: () => void | Promise<void>): () => void {
    return this.#bus.onConnect(callback);
  }

  get connected(): boolean {
    return this.#bus.connected;
  }

  /**
   * Makes accounts, or makes them anew: their sessions end and the former passwords are worth nothing.
   * @throws {BrokerUnreachableError}
   */
  async put(accounts: readonly BrokerAccount[]): Promise<void> {
    await this.#inTurn(() => this.#send(accounts.map(makingOf)));
  }

  /**
   * Removes accounts and closes their sessions at once. Unknown ones are no mistake.
   * @throws {BrokerUnreachableError}
   */
  async remove(usernames: readonly string[]): Promise<void> {
    await this.#inTurn(() => this.#send(usernames.map(endOf)));
  }

  /**
   * Compares what the broker has with what it should have.
   * @param wanted asked after the broker was: an account made in between is in both
   * @throws {BrokerUnreachableError}
   */
  async reconcile(wanted: () => Promise<readonly AccountRights[]>): Promise<Reconciled> {
    return this.#inTurn(async () => {
      const [clients, roles] = [await this.#clients(), await this.#roles()];
      const should = new Map((await wanted()).map((rights) => [rights.username, rights]));
      const ours = [...roles.keys()].filter((username) => username !== this.#service?.username);
      const removed = ours.filter((username) => !should.has(username));
      const missing = [...should.keys()].filter((username) => !clients.has(username) || !roles.has(username));
      const changed = [...should.values()].filter((rights) => {
        const acls = clients.has(rights.username) && roles.get(rights.username);
        return acls && !sameAcls(acls, aclsOf(rights));
      });
      await this.#send([...removed.map(endOf), ...changed.map((rights) => [changeOf(rights)])]);
      return { removed, missing, changed: changed.map(({ username }) => username) };
    });
  }

  /** Whatever was set up by hand: nothing that no role allows, and an account for the service. */
  async #settle(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#send([[DENY_BY_DEFAULT]]);
      const service = this.#service;
      if (!service) return;
      const acls = (await this.#roles()).get(service.username);
      // Not made anew without need: that would end the service's own session at each reconnect.
      const known = acls && sameAcls(acls, aclsOf(service)) && (await this.#clients()).has(service.username);
      if (!known) await this.#send([makingOf(service)]);
    });
  }

  async #clients(): Promise<Set<string>> {
    return new Set(await this.#pages('listClients', 'clients', false, z.string()));
  }

  /** Of our accounts, by username. */
  async #roles(): Promise<Map<string, z.infer<typeof listedRole>['acls']>> {
    const roles = await this.#pages('listRoles', 'roles', true, listedRole);
    return new Map(
      roles.flatMap(({ rolename, acls }) => {
        const owner = ownerOf(rolename);
        return owner === null ? [] : [[owner, acls] as const];
      }),
    );
  }

  async #pages<Entry>(command: string, field: string, verbose: boolean, entry: z.ZodType<Entry>): Promise<Entry[]> {
    const found: Entry[] = [];
    for (;;) {
      const [page] = await this.#ask([{ command, verbose, count: PAGE, offset: found.length }]);
      const entries = z.array(entry).safeParse(page?.data?.[field]);
      if (!entries.success) throw new BrokerUnreachableError(`The broker answers ${command} in an unknown way`);
      found.push(...entries.data);
      if (entries.data.length < PAGE) return found;
    }
  }

  async #send(groups: readonly Command[][]): Promise<void> {
    for (const batch of batchesOf(groups, MOST_COMMANDS, MOST_BYTES)) {
      const refused = (await this.#ask(batch)).find(({ error }) => error !== undefined && !ALREADY_GONE.test(error));
      if (refused) throw new Error(`The MQTT broker refuses ${refused.command}: ${refused.error}`);
    }
  }

  async #ask(commands: readonly Command[]): Promise<Answer[]> {
    if (!this.#bus.connected) throw new BrokerUnreachableError('The MQTT broker is away');
    const correlationData = randomUUID();
    const limitMs = this.#options.answerWithinMs ?? ANSWER_WITHIN_MS;
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<Answer[]>((resolve, reject) => {
      this.#waiting.set(correlationData, resolve);
      timer = setTimeout(() => reject(new BrokerUnreachableError('The MQTT broker does not answer')), limitMs);
    });
    try {
      const message = JSON.stringify({ commands: commands.map((each) => ({ ...each, correlationData })) });
      // Sent once or not at all: an old command that came again after a new one would undo it.
      await Promise.race([this.#bus.publish(TOPIC, message, { qos: 0 }), answered]);
      return await answered;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(correlationData);
    }
  }

  #take(payload: Uint8Array): void {
    const message = answers.safeParse(jsonOf(payload));
    if (!message.success) return;
    const [first] = message.data.responses;
    this.#waiting.get(first?.correlationData ?? '')?.(message.data.responses);
  }

  /** One after another: a reconciliation must not see half of an enrolment. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
