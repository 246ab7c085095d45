import { Inject, Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { type CommandStatus, commandStatus, parseTopic, TOPIC_RULES, topics } from '../../../devices/protocol/index.js';
import { AlarmService, Controller } from '../../fleet/index.js';
import { jsonOf, MqttBus, RateLimit } from '../../platform/broker/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { CommandDevice, CommandRow } from './command.entity.js';
import { isAddressee } from './command.queries.js';
import { newerOf, statesBefore } from './engine/states.js';

/** A commune that answers at once becomes a few transactions, not thousands. */
const FLUSH_MS = 200;
const AT_A_TIME = 200;
/** Answers that wait to be written; more come only from devices that do not behave. */
const MOST_WAITING = 50_000;

/** What devices say of the commands that they got (role `ingest`). */
@Injectable()
export class CommandStatusIntake {
  readonly #limit = new RateLimit(TOPIC_RULES['up.commands'].perMinute);
  readonly #heard = new Map<string, CommandStatus>();
  #unsubscribe: (() => Promise<void>) | null = null;
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly bus: MqttBus,
    private readonly alarms: AlarmService,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    this.#unsubscribe = await this.bus.subscribe(topics.everyUplink('commands'), { qos: 1 }, (topic, payload) =>
      this.#take(topic, payload),
    );
  }

  async stop(): Promise<void> {
    await this.#unsubscribe?.();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.flush();
  }

  /** Writes down what was heard so far. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  #take(topic: string, payload: Uint8Array): void {
    const parsed = parseTopic(topic);
    if (parsed?.kind !== 'up' || payload.length > TOPIC_RULES['up.commands'].maxBytes) return;
    if (!this.#limit.allow(parsed.device, this.clock.monotonicMs())) return;
    const status = commandStatus.safeParse(jsonOf(payload));
    if (!status.success || status.data.device !== parsed.device) return;
    const key = `${parsed.device} ${status.data.command}`;
    if (this.#heard.size >= MOST_WAITING && !this.#heard.has(key)) return;
    this.#heard.set(key, newerOf(this.#heard.get(key), status.data));
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.flush();
    }, FLUSH_MS);
  }

  async #write(): Promise<void> {
    const heard = [...this.#heard.values()];
    this.#heard.clear();
    for (let at = 0; at < heard.length; at += AT_A_TIME)
      try {
        const some = heard.slice(at, at + AT_A_TIME);
        await this.database.write((tx) => this.#writeSome(tx, some));
      } catch (error) {
        // The device's word is lost; the command reads as unanswered, which is the truth about what is known.
        this.log.error({ err: error }, 'answers to commands could not be written');
      }
  }

  async #writeSome(tx: WriteTransaction, statuses: readonly CommandStatus[]): Promise<void> {
    const heardAtMs = this.clock.nowMs();
    const ids = [...new Set(statuses.map(({ command }) => command))];
    const commands = new Map((await tx.manager.findBy(CommandRow, { id: In(ids) })).map((row) => [row.id, row]));
    const controllers = await tx.manager.findBy(Controller, {
      id: In(statuses.map(({ device }) => device)),
      revokedAtMs: IsNull(),
    });
    const clusterOf = new Map(controllers.map(({ id, clusterId }) => [id, clusterId]));
    for (const { device, command: commandId, state, reason, atMs } of statuses) {
      const command = commands.get(commandId);
      const clusterId = clusterOf.get(device);
      if (clusterId === undefined) continue;
      const written = command && (await tx.manager.existsBy(CommandDevice, { commandId, controllerId: device }));
      if (!command || !(written || (await isAddressee(tx.manager, command, device)))) {
        await this.alarms.raise(tx, { code: 'device.commandForeign', controllerId: device, detail: commandId });
        continue;
      }
      if (!written)
        await tx.manager
          .createQueryBuilder()
          .insert()
          .into(CommandDevice)
          .values({ commandId, controllerId: device, clusterId, state: 'sent' })
          .orIgnore()
          .execute();
      await tx.manager.update(
        CommandDevice,
        { commandId, controllerId: device, state: In(statesBefore(state)) },
        { state, reason: state === 'refused' ? (reason ?? null) : null, atMs, heardAtMs },
      );
    }
  }
}
