import { Injectable } from '@nestjs/common';
import { AreaService } from '../../areas/index.js';
import { LibraryService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { itemIdsOf, plannedLengthMs } from '../engine/index.js';
import { Entry } from '../entries/entry.entity.js';
import { scheduleProblem } from '../problems.js';
import { type WrittenEvent, writeCalendar } from './calendar-writer.js';
import { exportSeries } from './engine/export-series.js';
import { settingsOf } from './own-properties.js';

/** What has been over for longer is in the play log, not in a calendar. */
const KEPT_MS = 31 * 86_400_000;
const MOST_EXPORTED = 2_000;
const PLACED_WORDS = 'Phát trong khung giờ hoặc nối tiếp mục khác: giờ thật theo mục đó, không theo giờ ghi ở đây.';

@Injectable()
export class CalendarExport {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly clock: Clock,
  ) {}

  /** Entries of exactly this area that are not long over, as a calendar that others read. */
  async calendar(actor: Actor, areaId: string): Promise<string> {
    const nowMs = this.clock.nowMs();
    return this.database.read(async (reader) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('schedule.read', area.path);
      const entries = await reader
        .createQueryBuilder(Entry, 'entry')
        .where("entry.areaId = :areaId AND entry.class <> 'emergency'", { areaId })
        .andWhere('(entry.lastStartMs IS NULL OR entry.lastStartMs >= :sinceMs)', { sinceMs: nowMs - KEPT_MS })
        .andWhere('(entry.cancelledAtMs IS NULL OR entry.cancelledAtMs > :nowMs)', { nowMs })
        .orderBy('entry.id')
        .limit(MOST_EXPORTED + 1)
        .getMany();
      if (entries.length > MOST_EXPORTED) throw scheduleProblem('schedule.icsExportTooLarge', { most: MOST_EXPORTED });
      const items = await this.library.schedulable(
        reader,
        entries.flatMap(({ runningOrder }) => itemIdsOf(runningOrder)),
      );
      const events = entries.flatMap((entry): WrittenEvent[] => {
        const series = exportSeries(entry, nowMs);
        if (series === null) return [];
        const { id: uid, title, createdAtMs } = entry;
        const description = entry.place === null ? null : PLACED_WORDS;
        const lengthMs = plannedLengthMs(entry, items);
        const said = { uid, title, class: entry.class, series, lengthMs, description, createdAtMs };
        return [{ ...said, settings: settingsOf(entry) }];
      });
      return writeCalendar(area.name, events, nowMs);
    });
  }
}
