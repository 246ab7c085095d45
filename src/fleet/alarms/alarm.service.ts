import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { type Language, problemRegistry } from '../../platform/i18n/index.js';
import { seenController } from '../controllers/controller.queries.js';
import type { AlarmView } from '../fleet.api.js';
import { Alarm, Cluster, Controller } from '../fleet.entity.js';
import { alarmProblem } from './problems.js';

const MOST_LISTED = 500;

@Injectable()
export class AlarmService {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** A flood of the same trouble from one device is one row with a count, not a full disk. */
  async raise(
    tx: WriteTransaction,
    trouble: {
      readonly code: string;
      readonly controllerId: string;
      readonly detail: string;
      /** How often since it was last told of. Absent: once. */
      readonly times?: number;
    },
  ): Promise<void> {
    const now = this.clock.nowMs();
    const { times = 1 } = trouble;
    const controllerId = trouble.controllerId.slice(0, 64);
    const known = await tx.manager.findOneBy(Alarm, { code: trouble.code, controllerId });
    // Devices write this; PostgreSQL keeps no NUL, and one device must not make everybody's alarms fail.
    const detail = trouble.detail.replaceAll('\0', '').slice(0, 500);
    // What comes again after somebody has seen it is to be seen again.
    const anew = { acknowledgedAtMs: null, acknowledgedByName: null };
    if (known)
      await tx.manager.update(Alarm, { id: known.id }, { lastAtMs: now, count: known.count + times, detail, ...anew });
    else
      await tx.manager.insert(Alarm, {
        id: newId(),
        code: trouble.code,
        controllerId,
        detail,
        firstAtMs: now,
        lastAtMs: now,
        count: times,
        ...anew,
      });
  }

  /** Of the whole installation, those of unknown devices included. */
  async list(actor: Actor, language: Language): Promise<AlarmView[]> {
    actor.demand('fleet.read', '/');
    const alarms = await this.database.read((reader) =>
      reader.find(Alarm, { order: { lastAtMs: 'DESC' }, take: MOST_LISTED }),
    );
    return alarms.map((alarm) => viewOf(alarm, language));
  }

  async ofController(actor: Actor, controllerId: string, language: Language): Promise<AlarmView[]> {
    return this.database.read(async (reader) => {
      await seenController(reader, actor, 'fleet.read', controllerId);
      const alarms = await reader.find(Alarm, {
        where: { controllerId },
        order: { lastAtMs: 'DESC' },
        take: MOST_LISTED,
      });
      return alarms.map((alarm) => viewOf(alarm, language));
    });
  }

  /** A person has seen it. Of a device that nobody knows, somebody of the whole installation. */
  async acknowledge(actor: Actor, id: string, language: Language): Promise<AlarmView> {
    return this.database.write(async (tx) => {
      const alarm = await tx.manager.findOneBy(Alarm, { id });
      const controller = alarm && (await tx.manager.findOneBy(Controller, { id: alarm.controllerId }));
      const cluster = controller && (await tx.manager.findOneBy(Cluster, { id: controller.clusterId }));
      const areaPath = cluster?.areaPath ?? '/';
      if (!alarm || !actor.may('fleet.manage', areaPath)) throw alarmProblem('alarm.unknown');
      if (alarm.acknowledgedAtMs !== null) return viewOf(alarm, language);
      const seen = { acknowledgedAtMs: this.clock.nowMs(), acknowledgedByName: actor.name };
      await tx.manager.update(Alarm, { id }, seen);
      const detail = { code: alarm.code, controller: alarm.controllerId };
      await this.audit.add(tx, actor, { action: 'alarm.acknowledged', subject: id, areaPath, detail });
      return viewOf({ ...alarm, ...seen }, language);
    });
  }
}

const viewOf = (alarm: Alarm, language: Language): AlarmView => ({
  ...alarm,
  title: problemRegistry.get(alarm.code)?.[language] ?? alarm.code,
});
