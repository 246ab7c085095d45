import { beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { at } from '../engine/engine.spec-support.js';
import type { BreachCode } from '../engine/rules/index.js';
import { tables } from '../scheduling.spec-support.js';
import { OverrideService } from './override.service.js';
import { RuleService } from './rule.service.js';
import { aRuledProvince, EVERY_DAY } from './rules.spec-support.js';

const REASON = 'Hội nghị đối thoại với dân';

describeOnBothDatabases('an override passes the rules that it was given against, and no others', tables, (open) => {
  let database: Database;
  let place: Awaited<ReturnType<typeof aRuledProvince>>;
  beforeEach(async () => {
    database = await open();
    place = await aRuledProvince(database);
  });

  /** Starts that are played, and gaps with their reason, of a commune on a day. */
  async function heard(day = '2026-01-06', areaId = place.areas.ak.id) {
    const { plays, gaps } = await place.schedule.preview(place.root, { areaId, from: day, days: 1 });
    return [
      ...plays.map(({ starts, volume }) => `${starts.slice(0, 5)} at ${volume}`),
      ...gaps.map(({ starts, reason }) => `${starts.slice(0, 5)} ${reason}`),
    ];
  }
  const daily = (time: string, changes: Record<string, unknown> = {}) =>
    place.request({ recurrence: { kind: 'daily', from: '2026-01-05', until: null, time }, ...changes });
  const fromSix = [{ days: EVERY_DAY, from: '06:00', until: '07:00' }];
  const pass = (actor: Actor, id: string, codes: BreachCode[] = ['ruleWindow'], occurrence: string | null = null) =>
    place.overrides.give(actor, id, { occurrence, codes, reason: REASON });

  it('a later rule of an office above blocks again, until a person who may overrides it anew', async () => {
    const { id } = await place.entries.create(place.operator, daily('05:00'));
    await place.ruleSets.create(place.approver, place.ruleSet({ windows: null, maxSessionsPerDay: 4 }));
    await place.ruleSets.create(place.approver, place.ruleSet({ validTo: '2026-01-31' }));
    await pass(place.approver, id);
    expect(await heard()).toEqual(['05:00 at 80']);
    await place.ruleSets.create(place.office, place.ruleSet({ areaId: place.areas.bp.id, number: '7/QC-UBND' }));
    expect(await heard('2026-01-31')).toEqual(['05:00 at 80']);
    expect(await heard('2026-02-01')).toEqual(['05:00 ruleWindow']);
    await expect(pass(place.approver, id)).rejects.toMatchObject({ code: 'right.missing' });
    await pass(place.office, id);
    expect(await heard('2026-02-01')).toEqual(['05:00 at 80']);
  });

  it('rules of an office above that come to light when those of the commune are ended early block too', async () => {
    const { id } = await place.entries.create(place.operator, daily('05:00'));
    await place.ruleSets.create(place.office, place.ruleSet({ areaId: place.areas.bp.id }));
    const own = await place.ruleSets.create(place.approver, place.ruleSet());
    await pass(place.approver, id);
    await place.ruleSets.end(place.approver, own.ruleSet.id, '2026-01-06');
    expect(await heard('2026-01-06')).toEqual(['05:00 at 80']);
    expect(await heard('2026-01-07')).toEqual(['05:00 ruleWindow']);
  });

  it('a later rule of the commune itself, and one whose content was changed before it came into force, block', async () => {
    const { id } = await place.entries.create(place.operator, daily('05:00'));
    const { ruleSet } = await place.ruleSets.create(place.approver, place.ruleSet({ validFrom: '2026-01-10' }));
    await pass(place.approver, id);
    expect(await heard('2026-01-10')).toEqual(['05:00 at 80']);
    const { areaId: _, ...content } = place.ruleSet({
      validFrom: '2026-01-10',
      windows: fromSix,
      number: '13/QC-UBND',
    });
    await place.ruleSets.replace(place.approver, ruleSet.id, content);
    expect(await heard('2026-01-10')).toEqual(['05:00 ruleWindow']);
    await pass(place.approver, id);
    await place.ruleSets.create(place.approver, place.ruleSet({ date: '2026-01-04', validFrom: '2026-01-20' }));
    expect(await heard('2026-01-19')).toEqual(['05:00 at 80']);
    expect(await heard('2026-01-20')).toEqual(['05:00 ruleWindow']);
  });

  it('what was given for all of a province’s entry passes the rules of its communes that stood, not those of another later', async () => {
    const request = daily('05:00', { areaId: place.areas.bp.id, itemId: 'item-bp' });
    const { id } = await place.entries.create(place.root, request);
    await place.ruleSets.create(place.approver, place.ruleSet());
    await pass(place.office, id);
    expect(await heard()).toEqual(['05:00 at 80']);
    await place.ruleSets.create(place.office, place.ruleSet({ areaId: place.areas.ap.id, number: '9/QC-UBND' }));
    expect(await heard()).toEqual(['05:00 at 80']);
    expect(await heard('2026-01-06', place.areas.ap.id)).toEqual(['05:00 ruleWindow']);
  });

  it('a silence that is added later, or a mourning that is announced later, is kept; hours stay passed', async () => {
    const { id } = await place.entries.create(place.operator, daily('05:00'));
    const funeral = (day: string) => ({
      ...{ fromMs: at(`${day}T04:00:00`), untilMs: at(`${day}T10:00:00`) },
      ...{ reason: 'Tang lễ', kind: 'funeral' as const },
    });
    const { ruleSet } = await place.ruleSets.create(
      place.approver,
      place.ruleSet({ blackouts: [funeral('2026-01-10')] }),
    );
    await pass(place.approver, id, ['ruleWindow', 'ruleBlackout']);
    await place.ruleSets.addBlackout(place.approver, ruleSet.id, funeral('2026-01-12'));
    const mourning = [{ from: '2026-01-14', to: '2026-01-14', reason: 'Quốc tang' }];
    await place.yearDays.set(place.root, 2026, { holidays: [], swapped: [], mourning });
    expect(await heard('2026-01-10')).toEqual(['05:00 at 80']);
    expect(await heard('2026-01-11')).toEqual(['05:00 at 80']);
    expect(await heard('2026-01-12')).toEqual(['05:00 ruleBlackout']);
    expect(await heard('2026-01-14')).toEqual(['05:00 ruleBlackout']);
    await pass(place.root, id, ['ruleBlackout']);
    expect(await heard('2026-01-14')).toEqual(['05:00 at 80']);
  });

  it('what changes while it is being judged is looked at again by a person', async () => {
    const { id } = await place.entries.create(place.operator, daily('05:00'));
    await place.ruleSets.create(place.approver, place.ruleSet());
    const rules = new RuleService();
    const years = rules.yearsOf.bind(rules);
    let changed = false;
    rules.yearsOf = async (...asked) => {
      if (!changed) {
        changed = true;
        await place.ruleSets.create(place.office, place.ruleSet({ areaId: place.areas.bp.id, number: '8/QC-UBND' }));
      }
      return years(...asked);
    };
    const judging = new OverrideService(database, rules, place.announcement, place.clock);
    const request = { occurrence: null, codes: ['ruleWindow' as const], reason: REASON };
    await expect(judging.give(place.approver, id, request)).rejects.toMatchObject({ code: 'override.changedSince' });
    expect(await place.overrides.list(place.approver, id)).toEqual([]);
    await judging.give(place.approver, id, request);
    expect(await heard()).toEqual(['05:00 at 80']);
  });
});
