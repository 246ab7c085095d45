import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { READY_MADE_NOTE, refusalOfYearDays, type YearDays } from '../engine/rules/index.js';
import { Announcement } from './announcement.js';
import { yearDaysProblem } from './problems.js';
import { YearDaysRow } from './rule.entity.js';
import { readyMade } from './rule.service.js';
import type { YearDaysContent, YearDaysView } from './year-days.api.js';

/** Holidays, swapped working days and national mourning: one list a year for the whole country. */
@Injectable()
export class YearDaysService {
  constructor(
    private readonly database: Database,
    private readonly announcement: Announcement,
    private readonly clock: Clock,
  ) {}

  /** What counts: the list that people entered, else the ready-made one. */
  async get(year: number): Promise<YearDaysView> {
    const row = await this.database.read((reader) => reader.findOneBy(YearDaysRow, { year }));
    return row ? enteredView(row) : this.readyMade(year);
  }

  /** To start from, also where people have entered a list. */
  readyMade(year: number): YearDaysView {
    return { ...viewOf(readyMade(year)), note: READY_MADE_NOTE, changedByName: null, changedAtMs: null };
  }

  async set(actor: Actor, year: number, content: YearDaysContent): Promise<YearDaysView> {
    actor.demand('schedule.rules', '/');
    const refusal = refusalOfYearDays({ year, origin: 'entered', ...content });
    if (refusal) throw yearDaysProblem(refusal);
    const row: YearDaysRow = { year, content, changedByName: actor.name, changedAtMs: this.clock.nowMs() };
    return this.database.write(async (tx) => {
      // Not "look, then insert": on PostgreSQL somebody else may be the first at this moment.
      await tx.manager.upsert(YearDaysRow, row, ['year']);
      const deed = { action: 'yearDays.set', subject: String(year), detail: { ...content } };
      await this.announcement.make(tx, actor, { areaId: null, areaPath: '/' }, deed);
      return enteredView(row);
    });
  }
}

const enteredView = ({ year, content, changedByName, changedAtMs }: YearDaysRow): YearDaysView => ({
  ...viewOf({ year, origin: 'entered', ...content }),
  ...{ note: null, changedByName, changedAtMs },
});

const viewOf = ({ year, origin, holidays, swapped, mourning }: YearDays) => ({
  ...{ year, origin },
  holidays: [...holidays],
  swapped: [...swapped],
  mourning: [...mourning],
});
