import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { everyTable, person, Station } from '../../test/support/station.js';
import type { Database } from '../platform/database/index.js';
import { OutboxEntity } from '../platform/outbox/outbox.entity.js';
import { AreaService } from './area.service.js';
import { LanguageProfile } from './language-profile.entity.js';
import { LanguageProfileService } from './language-profile.service.js';

describeOnBothDatabases('languages of communes and hamlets', everyTable, (open) => {
  let database: Database;
  let station: Station;
  let profiles: LanguageProfileService;
  beforeEach(async () => {
    database = await open();
    station = await Station.open(database);
    await station.settle();
    profiles = station.get(LanguageProfileService);
  });
  afterEach(() => station.close());

  const idOf = async (code: string) => (await station.area(code)).id;
  const set = async (code: string, languages: readonly string[], actor = station.root) =>
    profiles.set(actor, await idOf(code), languages);
  const get = async (code: string, actor = station.root) => profiles.get(actor, await idOf(code));
  const told = () =>
    database.read(async (reader) =>
      (await reader.find(OutboxEntity, { where: { topic: 'areas.languages' }, order: { id: 'ASC' } })).map(
        ({ payload }) => payload,
      ),
    );
  const languagesOf = async (codes?: readonly string[]) => {
    const ids = codes && (await Promise.all(codes.map(idOf)));
    const languages = await database.read((reader) => station.get(AreaService).languagesOf(reader, ids));
    const named = await Promise.all(
      ['bp', 'ak', 'ap', 'ak1', 'ak2', 'ap1'].map(async (code) => [code, languages.get(await idOf(code))] as const),
    );
    return Object.fromEntries(named.filter(([, spoken]) => spoken !== undefined));
  };

  it('nobody has said anything: no languages', async () => {
    expect(await get('ak1')).toEqual({ languages: [], areaId: null });
    expect(await languagesOf()).toEqual({});
  });

  it('a hamlet without a profile follows its commune, one with a profile does not', async () => {
    await set('ak', ['vi', 'xtg']);
    await set('ak2', ['xtg', 'vi']);
    expect(await get('ak1')).toEqual({ languages: ['vi', 'xtg'], areaId: await idOf('ak') });
    expect(await get('ak2')).toEqual({ languages: ['xtg', 'vi'], areaId: await idOf('ak2') });
    expect(await languagesOf()).toEqual({ ak: ['vi', 'xtg'], ak1: ['vi', 'xtg'], ak2: ['xtg', 'vi'] });
    expect(await languagesOf(['ak2', 'ap1'])).toEqual({ ak2: ['xtg', 'vi'] });
    expect(await languagesOf([])).toEqual({});
  });

  it('an empty list takes the own profile away: the hamlet follows its commune again', async () => {
    await set('ak', ['vi']);
    await set('ak1', ['xtg']);
    expect(await set('ak1', [])).toEqual({ languages: ['vi'], areaId: await idOf('ak') });
    expect(await database.read((reader) => reader.count(LanguageProfile))).toBe(1);
  });

  it('invariant 11: each change leaves a message, saying the same again none', async () => {
    const { id: areaId, path: areaPath } = await station.area('ak1');
    for (const languages of [['vi'], ['vi'], ['xtg', 'vi'], ['vi', 'xtg'], [], []]) await set('ak1', languages);
    expect(await told()).toEqual(Array.from({ length: 4 }, () => ({ areaId, areaPath })));
  });

  it('two people at the same moment: the profile of one of them, no fault', async () => {
    await Promise.all([set('ak', ['vi']), set('ak', ['xtg'])]);
    expect([['vi'], ['xtg']]).toContainEqual((await get('ak')).languages);
  });

  it('a language that stands twice is refused by its place, whatever its case', async () => {
    await expect(set('ak', ['vi-VN', 'xtg', 'vi-vn', 'xtg'])).rejects.toMatchObject({
      code: 'area.languageTwice',
      errors: [{ at: 'languages.2' }, { at: 'languages.3' }],
    });
    expect(await told()).toEqual([]);
  });

  it('a province has no profile', async () => {
    await expect(set('bp', ['vi'])).rejects.toMatchObject({ code: 'area.languagesMisplaced' });
  });

  it('invariant 9: only who manages the area sets it, and others do not learn of it', async () => {
    const local = person('Chị Lan', 'administrator', (await station.area('ak')).path);
    const operator = person('Chị Hoa', 'operator', (await station.area('ak')).path);
    expect(await set('ak1', ['xtg'], local)).toMatchObject({ languages: ['xtg'] });
    expect(await get('ak1', operator)).toMatchObject({ languages: ['xtg'] });
    await expect(set('ak1', ['vi'], operator)).rejects.toMatchObject({ code: 'right.missing' });
    for (const code of ['ap', 'ap1']) {
      await expect(set(code, ['vi'], local)).rejects.toMatchObject({ code: 'area.unknown' });
      await expect(get(code, local)).rejects.toMatchObject({ code: 'area.unknown' });
    }
  });
});
