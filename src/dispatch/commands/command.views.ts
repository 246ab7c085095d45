import { Injectable } from '@nestjs/common';
import { AreaService } from '../../areas/index.js';
import { Cluster } from '../../fleet/index.js';
import { Clock } from '../../platform/clock/index.js';
import { beginsWith, Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import type { CommandDetail, CommandQuery, CommandView, Counts, DeviceQuery } from './command.api.js';
import { CommandDevice, CommandRow, type DeviceState } from './command.entity.js';
import { seenAs } from './engine/states.js';
import { commandProblem } from './problems.js';

interface Page<Item> {
  readonly items: Item;
  /** Null: this was the last one. */
  readonly next: string | null;
}

/** What became of commands, for people. */
@Injectable()
export class CommandViews {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly clock: Clock,
  ) {}

  /** Those to an area, to areas below it, and to clusters there; the newest first. */
  async list(actor: Actor, { areaId, cursor, limit }: CommandQuery): Promise<Page<CommandView[]>> {
    return this.database.read(async (reader) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('fleet.read', area.path);
      const select = reader
        .createQueryBuilder(CommandRow, 'command')
        .where(...beginsWith(reader, 'command.areaPath', area.path));
      if (cursor !== undefined) select.andWhere('command.id < :cursor', { cursor });
      const rows = await select
        .orderBy('command.id', 'DESC')
        .limit(limit + 1)
        .getMany();
      const shown = rows.slice(0, limit);
      return { items: shown.map(viewOf), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
    });
  }

  /** One, with what each device said of it. */
  async one(actor: Actor, id: string, { cursor = '', limit }: DeviceQuery): Promise<Page<CommandDetail>> {
    return this.database.read(async (reader) => {
      const command = await reader.findOneBy(CommandRow, { id });
      if (!command || !actor.may('fleet.read', command.areaPath)) throw commandProblem('command.unknown');
      const nowMs = this.clock.nowMs();
      const counts: Counts = { waiting: 0, sent: 0, received: 0, done: 0, refused: 0, expired: 0 };
      const grouped = await reader
        .createQueryBuilder(CommandDevice, 'device')
        .select('device.state', 'state')
        .addSelect('COUNT(*)', 'devices')
        .where('device.commandId = :id', { id })
        .groupBy('device.state')
        .getRawMany<{ state: DeviceState; devices: number | string }>();
      for (const { state, devices } of grouped) counts[seenAs(state, command, nowMs)] += Number(devices);
      const rows = await reader
        .createQueryBuilder(CommandDevice, 'device')
        .innerJoin(Cluster, 'cluster', 'cluster.id = device.clusterId')
        .select('device.controllerId', 'controllerId')
        .addSelect('device.clusterId', 'clusterId')
        .addSelect('cluster.name', 'clusterName')
        .addSelect('device.state', 'state')
        .addSelect('device.reason', 'reason')
        .addSelect('device.atMs', 'atMs')
        .addSelect('device.heardAtMs', 'heardAtMs')
        .where('device.commandId = :id AND device.controllerId > :cursor', { id, cursor })
        .orderBy('device.controllerId')
        .limit(limit + 1)
        .getRawMany<Omit<CommandDevice, 'commandId'> & { clusterName: string }>();
      const devices = rows.slice(0, limit).map((row) => ({
        ...row,
        state: seenAs(row.state, command, nowMs),
        atMs: numberOf(row.atMs),
        heardAtMs: numberOf(row.heardAtMs),
      }));
      const next = rows.length > limit ? (devices.at(-1)?.controllerId ?? null) : null;
      return { items: { ...viewOf(command), counts, devices }, next };
    });
  }
}

/** PostgreSQL hands out bigints as texts. */
const numberOf = (ms: number | string | null): number | null => (ms === null ? null : Number(ms));

export function viewOf(command: CommandRow): CommandView {
  const { id, kind, body, areaId, clusterIds, issuedByName, reason, issuedAtMs, expiresAtMs } = command;
  const { publishedAtMs, activeUntilMs, endedAtMs } = command;
  return {
    ...{ id, kind, body, areaId, clusterIds: clusterIds && [...clusterIds], issuedByName, reason },
    ...{ issuedAtMs, expiresAtMs, publishedAtMs, activeUntilMs, endedAtMs },
  };
}
