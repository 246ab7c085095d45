import { Injectable } from '@nestjs/common';
import { Between } from 'typeorm';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { seenController } from '../controllers/controller.queries.js';
import { localDayOf } from '../engine/local-days.js';
import type { TelemetryQuery, TelemetryTrend } from './telemetry.api.js';
import { TelemetryDay, TelemetryRow } from './telemetry.entity.js';

/** Ten days of messages. */
const MOST_MESSAGES = 3_000;
const MOST_DAYS = 1_100;
/** UTC epoch ms, the year 9999. */
const LATEST_MS = 253_402_300_799_999;

/** Trends of one controller, by the primary keys: controller, then time. */
@Injectable()
export class TelemetryQueries {
  constructor(private readonly database: Database) {}

  async trend(actor: Actor, controllerId: string, query: TelemetryQuery): Promise<TelemetryTrend> {
    const fromMs = Math.min(query.fromMs, LATEST_MS);
    const untilMs = Math.min(query.untilMs, LATEST_MS);
    return this.database.read(async (reader) => {
      await seenController(reader, actor, 'fleet.read', controllerId);
      if (query.by === 'messages') {
        const where = { controllerId, atMs: Between(fromMs, untilMs) };
        const rows = await reader.find(TelemetryRow, { where, order: { atMs: 'ASC' }, take: MOST_MESSAGES });
        return { messages: rows.map(({ controllerId: _, ...message }) => message), days: [] };
      }
      const where = { controllerId, day: Between(localDayOf(fromMs), localDayOf(untilMs)) };
      const rows = await reader.find(TelemetryDay, { where, order: { day: 'ASC' }, take: MOST_DAYS });
      return { messages: [], days: rows.map(({ controllerId: _, ...day }) => day) };
    });
  }
}
