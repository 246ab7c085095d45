import { Inject, Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { type CommandStatus, commandStatus } from '../../../devices/protocol/index.js';
import { AlarmService, Controller, UplinkHall } from '../../fleet/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import { Gathering } from '../../platform/gathering/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { CommandDevice, CommandRow } from './command.entity.js';
import { isAddressee } from './command.queries.js';
import { newerOf, statesBefore } from './engine/states.js';

const FLUSH_MS = 200;
const AT_A_TIME = 200;
/** Answers that wait to be written; more come only from devices that do not behave. */
const MOST_WAITING = 50_000;

/** What devices say of the commands that they got (role `ingest`). */
@Injectable()
export class CommandStatusIntake {
  readonly #heard = new Gathering<CommandStatus>({
    afterMs: FLUSH_MS,
    atATime: AT_A_TIME,
    most: MOST_WAITING,
    write: (heard) => this.database.write((tx) => this.#write(tx, newest(heard))),
    // The device's word is lost; the command reads as unanswered, which is the truth about what is known.
    failed: (error) => this.log.error({ err: error }, 'answers to commands could not be written'),
  });
  #unsubscribe: (() => Promise<void>) | null = null;

  constructor(
    private readonly database: Database,
    private readonly alarms: AlarmService,
    private readonly clock: Clock,
    private readonly hall: UplinkHall,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    this.#unsubscribe = await this.hall.listen(
      'commands',
      commandStatus,
      { qos: 1 },
      (status) => void this.#heard.add(status),
    );
  }

  async stop(): Promise<void> {
    await this.#unsubscribe?.();
    await this.flush();
  }

  /** Writes down what was heard so far. */
  flush(): Promise<void> {
    return this.#heard.flush();
  }

  async #write(tx: WriteTransaction, statuses: readonly CommandStatus[]): Promise<void> {
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

/** Of several words on one command, what they come to. */
function newest(heard: readonly CommandStatus[]): CommandStatus[] {
  const last = new Map<string, CommandStatus>();
  for (const status of heard) {
    const key = `${status.device} ${status.command}`;
    last.set(key, newerOf(last.get(key), status));
  }
  return [...last.values()];
}
