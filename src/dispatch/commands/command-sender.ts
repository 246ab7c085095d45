import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { IsNull, MoreThanOrEqual } from 'typeorm';
import { type CommandBody, choiceFor, topics } from '../../../devices/protocol/index.js';
import { MqttBus } from '../../platform/broker/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { KeyRing } from '../../platform/keys/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import type { OutboxRelay } from '../../platform/outbox/index.js';
import { CommandDevice, CommandRow } from './command.entity.js';
import { type Addressee, addresseesOf, languagesOf } from './command.queries.js';
import { COMMAND_ISSUED } from './outbox-topics.js';

/** Devices at a time: signed, published, or written down. */
const AT_A_TIME = 200;
/** A broker that went away in the middle of a command must not keep plans from devices that pull them. */
const LONGEST_CALM_MS = 5_000;

/** Publishes commands, each at most until its expiry, and afterwards writes down to whom. */
@Injectable()
export class CommandSender implements OnModuleDestroy {
  readonly #sending = new Map<string, Promise<void>>();
  #off: (() => void) | null = null;
  #calmMs = 0;
  #sentAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly database: Database,
    private readonly bus: MqttBus,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  register(relay: OutboxRelay): void {
    relay.on<{ commandId: string }>(COMMAND_ISSUED, async ({ payload: { commandId } }) => {
      const command = await this.#sendStored(commandId);
      if (!command) return;
      await this.calm();
      await this.#writeDown(command);
    });
  }

  /**
   * Does not wait for a broker: what could not be sent is sent when there is a connection, if it is still to be obeyed.
   * @param calmMs how long all else keeps still behind a command, see `calm`
   */
  async start({ calmMs = 0 }: { readonly calmMs?: number } = {}): Promise<void> {
    this.#calmMs = calmMs;
    this.#off = this.bus.onConnect(() => this.sendWaiting());
    if (this.bus.connected) await this.sendWaiting();
  }

  async stop(): Promise<void> {
    this.#off?.();
    await this.idle();
  }

  onModuleDestroy(): Promise<void> {
    return this.idle();
  }

  /** Resolves when no command is on its way to the broker. */
  async idle(): Promise<void> {
    while (this.#sending.size > 0) await Promise.allSettled(this.#sending.values());
  }

  /**
   * Resolves when no command is on its way, or was a moment ago. A siren has the broker and the processor to itself: plans, lists and
   * rows about it come behind it, when the loudspeakers have it.
   */
  async calm(): Promise<void> {
    for (;;) {
      await within(LONGEST_CALM_MS, this.idle());
      const leftMs = this.#sentAtMs + this.#calmMs - this.clock.monotonicMs();
      if (leftMs <= 0) return;
      await new Promise((resolve) => setTimeout(resolve, leftMs));
    }
  }

  /** Right after the commit. What fails here is made up for by the relay, or at the next connection. */
  sendNow(command: CommandRow): void {
    this.#send(command).catch((error: unknown) =>
      this.log.warn({ err: error, commandId: command.id }, 'a command could not be published at once'),
    );
  }

  /** The oldest first. */
  async sendWaiting(): Promise<void> {
    const waiting = await this.database.read((reader) =>
      reader.find(CommandRow, {
        select: { id: true },
        where: { publishedAtMs: IsNull(), expiresAtMs: MoreThanOrEqual(this.clock.nowMs()) },
        order: { id: 'ASC' },
      }),
    );
    for (const { id } of waiting) await this.#sendStored(id);
  }

  /** What is on its way is waited for: a row that was read before it was out would be sent a second time. */
  async #sendStored(id: string): Promise<CommandRow | null> {
    await this.#sending.get(id)?.catch(() => undefined);
    const command = await this.database.read((reader) => reader.findOneBy(CommandRow, { id }));
    if (command) await this.#send(command);
    return command;
  }

  #send(command: CommandRow): Promise<void> {
    const sending = this.#sending.get(command.id);
    if (sending) return sending;
    if (command.publishedAtMs !== null || !this.bus.connected) return Promise.resolve();
    if (this.clock.nowMs() > command.expiresAtMs) return Promise.resolve();
    const done = this.#publish(command).finally(() => this.#sending.delete(command.id));
    this.#sending.set(command.id, done);
    return done;
  }

  async #publish(command: CommandRow): Promise<void> {
    const { id, areaId, signed } = command;
    if (areaId !== null && signed !== null)
      await this.bus.publish(topics.area(areaId, 'commands'), this.keys.renewed('vang-command', signed), {
        qos: 1,
        label: 'command',
      });
    else await this.#publishToEach(command);
    this.#sentAtMs = this.clock.monotonicMs();
    const publishedAtMs = this.clock.nowMs();
    command.publishedAtMs = publishedAtMs;
    await this.database.write(({ manager }) => manager.update(CommandRow, { id }, { publishedAtMs }));
  }

  async #publishToEach(command: CommandRow): Promise<void> {
    const { id, body, issuedAtMs: issuedAt, expiresAtMs: expiresAt } = command;
    for await (const devices of this.#addressees(command)) {
      const languages = await this.database.read((reader) =>
        languagesOf(
          reader,
          devices.map(({ controllerId }) => controllerId),
        ),
      );
      await Promise.all(
        devices.map(async ({ controllerId }) => {
          const own = bodyFor(body, languages.get(controllerId) ?? []);
          if (!own) return;
          const message = { v: 1, id, to: { device: controllerId }, issuedAt, expiresAt, body: own };
          const signed = this.keys.sign('vang-command', message);
          await this.bus.publish(topics.down(controllerId, 'commands'), signed, { qos: 1, label: 'command' });
        }),
      );
    }
  }

  /** After it is out: a row for each device must not stand between a siren and the loudspeakers. */
  async #writeDown({ id, ...aim }: CommandRow): Promise<void> {
    for await (const devices of this.#addressees(aim))
      await this.database.write(({ manager }) =>
        manager
          .createQueryBuilder()
          .insert()
          .into(CommandDevice)
          .values(devices.map((device) => ({ commandId: id, ...device, state: 'sent' as const })))
          // One that answered meanwhile has its row.
          .orIgnore()
          .execute(),
      );
  }

  async *#addressees(aim: Pick<CommandRow, 'areaPath' | 'clusterIds'>): AsyncGenerator<Addressee[]> {
    let after = '';
    for (;;) {
      const devices = await this.database.read((reader) => addresseesOf(reader, aim, after, AT_A_TIME));
      if (devices.length > 0) yield devices;
      if (devices.length < AT_A_TIME) return;
      after = devices.at(-1)?.controllerId ?? after;
    }
  }
}

/** Of an emergency only the plays for this device's audience; null: there are none. */
function bodyFor(body: CommandBody, languages: readonly string[]): CommandBody | null {
  if (body.kind !== 'playNow') return body;
  const choice = choiceFor(body.choices, languages);
  return choice ? { ...body, choices: [{ languages: null, plays: choice.plays }] } : null;
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
