import { expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { placedAt } from './entries/entry.queries.js';
import { PlacesAndPasses1767225630000 } from './places-and-passes.migration.js';
import { RuleOverride } from './rules/rule.entity.js';
import { aRuledProvince } from './rules/rules.spec-support.js';
import { tables } from './scheduling.spec-support.js';

describeOnBothDatabases('places and passes, of a database that has entries and overrides', tables, (open) => {
  it('places are found again, and an override goes on passing the rules that were made before it', async () => {
    const database = await open();
    const place = await aRuledProvince(database);
    const { operator, approver, office, entries, ruleSets, overrides, clock, areas } = place;
    const first = await entries.create(operator, place.request());
    const behind = await entries.create(operator, place.request({ place: { kind: 'after', entryId: first.id } }));
    const silence = { fromMs: 1_768_000_000_000, untilMs: 1_768_000_600_000, reason: 'Tang lễ', kind: 'funeral' };
    const own = await ruleSets.create(approver, place.ruleSet({ blackouts: [silence] }));
    const beside = await ruleSets.create(office, place.ruleSet({ areaId: areas.ap.id }));
    const request = { occurrence: null, codes: ['ruleWindow' as const], reason: 'Hội nghị đối thoại' };
    const given = await overrides.give(approver, first.id, request);
    clock.advance(1_000);
    const later = await ruleSets.create(approver, place.ruleSet({ number: '13/QC-UBND' }));

    await database.write(async ({ manager }) => {
      const runner = manager.queryRunner;
      if (!runner) throw new Error('no runner');
      const migration = new PlacesAndPasses1767225630000();
      await migration.down(runner);
      await migration.up(runner);
    });
    const placed = await database.read((reader) => placedAt(reader, first.id));
    expect(placed.map(({ id }) => id)).toEqual([behind.id]);
    const { passes } = await database.read((reader) => reader.findOneByOrFail(RuleOverride, { id: given.id }));
    const { id } = own.ruleSet;
    expect(passes).toEqual([`${id}@1`, `${id}@1: ${silence.fromMs}-${silence.untilMs}`]);
    expect(JSON.stringify(passes)).not.toContain(later.ruleSet.id);
    expect(JSON.stringify(passes)).not.toContain(beside.ruleSet.id);
  });
});
