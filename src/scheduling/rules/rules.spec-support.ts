import { Audit, actorFrom } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import type { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { aProvince } from '../scheduling.spec-support.js';
import { Announcement } from './announcement.js';
import { OverrideService } from './override.service.js';
import { RuleService } from './rule.service.js';
import { newRuleSet } from './rule-set.api.js';
import { RuleSetService } from './rule-set.service.js';
import { YearDaysService } from './year-days.service.js';

export const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

/** A province (`aProvince`) with people who make rules: an approver of the commune and the content office of the province. */
export async function aRuledProvince(database: Database) {
  const place = await aProvince(database);
  const { clock, areas } = place;
  const announcement = new Announcement(new Audit(clock), new Outbox(clock));
  const rules = new RuleService();
  return {
    ...place,
    announcement,
    approver: actorFrom({ id: 'ap', name: 'Anh Tư' }, [{ role: 'approver', areaPath: areas.ak.path }]),
    office: actorFrom({ id: 'of', name: 'Phòng VH' }, [{ role: 'contentOffice', areaPath: areas.bp.path }]),
    rules,
    ruleSets: new RuleSetService(database, new AreaService(database), rules, announcement, clock),
    yearDays: new YearDaysService(database, announcement, clock),
    overrides: new OverrideService(database, rules, announcement, clock),
    /** A request as it comes out of the door: An Khương may sound from 06:00 to 07:00, since the beginning of the year. */
    ruleSet: (changes: Record<string, unknown> = {}) =>
      newRuleSet.parse({
        areaId: areas.ak.id,
        number: '12/QC-UBND',
        date: '2025-12-20',
        validFrom: '2026-01-01',
        windows: [{ days: EVERY_DAY, from: '06:00', until: '07:00' }],
        ...changes,
      }),
  };
}
