import { Injectable } from '@nestjs/common';
import { AreaService, covers, isValidIn } from '../../areas/index.js';
import { AcceptanceService, LibraryService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { ScheduleService } from '../../scheduling/index.js';
import type { ReceptionView } from './reception.api.js';
import { playsByPlace } from './reception.queries.js';

/** Tells an office above what communes did with its content. */
@Injectable()
export class ReceptionService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly acceptances: AcceptanceService,
    private readonly schedule: ScheduleService,
    private readonly clock: Clock,
  ) {}

  /** The communes at or below the area of the content, by name without diacritics. */
  async ofItem(actor: Actor, itemId: string): Promise<ReceptionView> {
    return this.database.read(async (reader) => {
      const item = await this.library.seen(reader, actor, itemId);
      actor.demand('coverage.read', item.areaPath);
      const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Ho_Chi_Minh' }).format(this.clock.nowMs());
      const communes = (await this.areas.under(reader, item.areaPath)).filter(
        (area) => area.kind === 'commune' && isValidIn(area, today, today),
      );
      const decisions = await this.acceptances.decisions(reader, itemId);
      const scheduled = await this.schedule.pathsWith(reader, itemId);
      const places = await playsByPlace(reader, itemId);
      const rows = communes.map(({ id, name, nameFolded, path }) => {
        const decided = decisions.get(id);
        const own = places.filter(({ areaPath }) => covers(path, areaPath));
        const sum = (of: (place: (typeof own)[number]) => number) => own.reduce((total, place) => total + of(place), 0);
        const lastPlays = own.flatMap(({ lastStartMs }) => (lastStartMs === null ? [] : [lastStartMs]));
        return {
          order: nameFolded,
          areaId: id,
          name,
          decision: decided?.decision ?? null,
          reason: decided?.reason ?? null,
          decidedByName: decided?.decidedByName ?? null,
          decidedAtMs: decided?.decidedAtMs ?? null,
          scheduled: scheduled.some((entryPath) => covers(entryPath, path) || covers(path, entryPath)),
          planned: sum((place) => place.planned),
          complete: sum((place) => place.complete),
          partial: sum((place) => place.partial),
          toTransmitter: sum((place) => place.toTransmitter),
          lastPlayedAtMs: lastPlays.length === 0 ? null : Math.max(...lastPlays),
        };
      });
      rows.sort((a, b) => (a.order < b.order ? -1 : 1));
      return {
        itemId,
        title: item.title,
        communes: rows.map(({ order: _order, ...row }) => row),
        counts: {
          communes: rows.length,
          accepted: rows.filter(({ decision }) => decision === 'accepted').length,
          scheduled: rows.filter((row) => row.scheduled).length,
          played: rows.filter(({ complete }) => complete > 0).length,
        },
      };
    });
  }
}
