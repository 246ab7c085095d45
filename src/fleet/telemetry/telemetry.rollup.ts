import { Inject, Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { DAY_MS, dayAfter, localDayOf, startOfDay } from '../engine/local-days.js';
import { rollUp } from '../engine/rollup.js';
import { Controller } from '../fleet.entity.js';
import { FLEET_SETTINGS, type FleetSettings } from '../settings.js';
import { EventLog } from '../state/event-log.js';
import { TelemetryDay, TelemetryRolled, TelemetryRow } from './telemetry.entity.js';

/** Controllers whose days are written, or whose old messages are forgotten, in one transaction. */
const AT_ONCE = 50;

/** Makes days of messages, and forgets the messages when they are old. A chore of every day. */
@Injectable()
export class TelemetryRollup {
  constructor(
    private readonly database: Database,
    private readonly events: EventLog,
    private readonly audit: Audit,
    private readonly clock: Clock,
    @Inject(FLEET_SETTINGS) private readonly settings: FleetSettings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** All that is due. @returns how many messages and events were forgotten */
  async tidy(): Promise<number> {
    await this.catchUp();
    return this.purge();
  }

  /** Rolls up every local day that is over and was not yet; doing it again writes the same. */
  async catchUp(): Promise<void> {
    const today = localDayOf(this.clock.nowMs());
    const last = await this.database.read((reader) =>
      reader.find(TelemetryRolled, { order: { day: 'DESC' }, take: 1 }),
    );
    const first = last[0] ? dayAfter(last[0].day) : await this.#firstDay();
    for (let day = first ?? today; day < today; day = dayAfter(day)) await this.rollDay(day);
  }

  /** One local day, `yyyy-mm-dd`, of every controller that said anything in it; one controller in memory at a time. */
  async rollDay(day: string): Promise<void> {
    const startMs = startOfDay(day);
    const ids = await this.#controllers();
    let rolled = 0;
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const days: TelemetryDay[] = [];
      for (const controllerId of ids.slice(from, from + AT_ONCE)) {
        const messages = await this.#messages(controllerId, startMs, startMs + DAY_MS);
        if (messages.length > 0) days.push({ controllerId, day, ...rollUp(messages, startMs) });
      }
      rolled += days.length;
      if (days.length > 0) await this.database.write((tx) => tx.manager.save(TelemetryDay, days));
    }
    await this.database.write((tx) =>
      tx.manager.save(TelemetryRolled, { day, atMs: this.clock.nowMs(), controllers: rolled }),
    );
  }

  /** Forgets what is older than the settings say, once its day is rolled up. That it was done is written down. */
  async purge(): Promise<number> {
    const before = localDayOf(this.clock.nowMs() - this.settings.telemetryKeepMs);
    const beforeMs = startOfDay(before);
    const ids = await this.#controllers();
    let messages = 0;
    for (let from = 0; from < ids.length; from += AT_ONCE)
      messages += await this.database.write(async ({ manager }) => {
        let gone = 0;
        for (const controllerId of ids.slice(from, from + AT_ONCE)) {
          // By the primary key: controller, then time.
          const result = await manager
            .createQueryBuilder()
            .delete()
            .from(TelemetryRow)
            .where('controllerId = :controllerId AND atMs < :beforeMs', { controllerId, beforeMs })
            .execute();
          gone += result.affected ?? 0;
        }
        return gone;
      });
    const events = await this.events.purge(beforeMs);
    if (messages + events > 0) {
      this.log.info({ before, messages, events }, 'old telemetry was deleted');
      await this.database.write((tx) =>
        this.audit.add(tx, null, {
          action: 'telemetry.purged',
          subject: before,
          areaPath: '/',
          detail: { messages, events },
        }),
      );
    }
    return messages + events;
  }

  async #controllers(): Promise<string[]> {
    const rows = await this.database.read((reader) =>
      reader.find(Controller, { select: { id: true }, order: { id: 'ASC' } }),
    );
    return rows.map(({ id }) => id);
  }

  #messages(controllerId: string, fromMs: number, untilMs: number): Promise<TelemetryRow[]> {
    return this.database.read((reader) =>
      reader
        .createQueryBuilder(TelemetryRow, 'telemetry')
        .where('telemetry.controllerId = :controllerId', { controllerId })
        .andWhere('telemetry.atMs >= :fromMs AND telemetry.atMs < :untilMs', { fromMs, untilMs })
        .orderBy('telemetry.atMs')
        .getMany(),
    );
  }

  async #firstDay(): Promise<string | null> {
    const ids = await this.#controllers();
    let firstMs: number | null = null;
    for (const controllerId of ids) {
      const [row] = await this.database.read((reader) =>
        reader.find(TelemetryRow, { where: { controllerId }, order: { atMs: 'ASC' }, take: 1 }),
      );
      if (row && (firstMs === null || row.atMs < firstMs)) firstMs = row.atMs;
    }
    return firstMs === null ? null : localDayOf(firstMs);
  }
}
