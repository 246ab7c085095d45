import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { everyTable, person, Station } from '../../test/support/station.js';
import type { Database } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { Area } from './area.entity.js';
import { AreaService } from './area.service.js';

const HEADER = 'code,parentCode,kind,name,validFrom,validTo,speciallyDisadvantaged,border,ethnicMinority\n';
const DISTRICT = `${HEADER}dn,,province,Đắk Nông,2004-01-01,,,,
dr,dn,commune,Đắk Rung,2004-01-01,,x,,x
ds,dn,commune,Đăk Sin,2004-01-01,,,,
ql,dn,commune,Quảng Lập,2004-01-01,2025-06-30,,true,
dr1,dr,hamlet,Bon Bu Bơ,2004-01-01,,,,1
ds1,ds,hamlet,Thôn 1,2004-01-01,,,,
`;

describeOnBothDatabases('import of areas', everyTable, (open) => {
  let database: Database;
  let station: Station;
  beforeEach(async () => {
    database = await open();
    station = await Station.open(database);
  });
  afterEach(() => station.close());

  const importing = (csv: string) => station.get(AreaService).importCsv(station.root, csv);
  const all = () => database.read((reader) => reader.find(Area, { order: { code: 'ASC' } }));

  it('a tree is imported, whatever the order of its lines', async () => {
    const [head, ...lines] = DISTRICT.trim().split('\n');
    expect(await importing([head, ...lines.reverse()].join('\n'))).toEqual({ imported: 6, unchanged: 0 });
    const [dn, dr, dr1] = await Promise.all(['dn', 'dr', 'dr1'].map((code) => station.area(code)));
    expect(dr1).toMatchObject({
      parentId: dr?.id,
      path: `/${dn?.id}/${dr?.id}/${dr1?.id}/`,
      name: 'Bon Bu Bơ',
      ethnicMinority: true,
      border: false,
    });
    expect(await station.area('ql')).toMatchObject({ validTo: '2025-06-30', border: true });
  });

  it('the same file twice changes nothing', async () => {
    await importing(DISTRICT);
    const before = await all();
    expect(await importing(DISTRICT)).toEqual({ imported: 0, unchanged: 6 });
    expect(await all()).toEqual(before);
  });

  it('a changed line changes that area only; it keeps its id', async () => {
    await importing(DISTRICT);
    const before = await station.area('ds');
    expect(await importing(`${HEADER}ds,dn,commune,Đắk Sin,2004-01-01,2025-06-30,,,\n`)).toEqual({
      imported: 1,
      unchanged: 0,
    });
    expect(await station.area('ds')).toEqual({
      ...before,
      name: 'Đắk Sin',
      nameFolded: 'dak sin',
      validTo: '2025-06-30',
    });
  });

  it('all or nothing: a missing parent names its line', async () => {
    const failed = importing(`${DISTRICT}x1,nowhere,hamlet,Thôn X,,,,,\n`);
    await expect(failed).rejects.toMatchObject({
      code: 'area.importInvalid',
      errors: [{ at: 'line 8', code: 'area.parentMissing' }],
    });
    expect(await all()).toEqual([]);
  });

  it('all or nothing: a cycle', async () => {
    await importing(DISTRICT);
    const before = await all();
    const failed = importing(
      `${HEADER}a,c,district,A,,,,,\nb,a,district,B,,,,,\nc,b,district,C,,,,,\nds,dn,commune,Khác,,,,,\n`,
    );
    await expect(failed).rejects.toMatchObject({
      errors: [2, 3, 4].map((line) => ({ at: `line ${line}`, code: 'area.cycle' })),
    });
    expect(await all()).toEqual(before);
  });

  it('all or nothing: an area cannot be moved in the tree by an import', async () => {
    await importing(DISTRICT);
    const before = await all();
    const failed = importing(`${HEADER}dr,dn,commune,Tên mới,2004-01-01,,,,\nds1,dr,hamlet,Thôn 1,2004-01-01,,,,\n`);
    await expect(failed).rejects.toMatchObject({
      code: 'area.importInvalid',
      errors: [{ at: 'ds1', code: 'area.moved' }],
    });
    expect(await all()).toEqual(before);
  });

  it('a file from a spreadsheet, with a byte-order mark and Windows lines', async () => {
    expect(await importing(`\ufeff${DISTRICT.replaceAll('\n', '\r\n')}`)).toMatchObject({ imported: 6 });
  });

  it('case 21: a name in NFD is the name in NFC', async () => {
    await importing(DISTRICT.normalize('NFD'));
    expect((await station.area('dr')).name).toBe('Đắk Rung'.normalize('NFC'));
  });
});

describeOnBothDatabases('areas', everyTable, (open) => {
  let station: Station;
  let areas: AreaService;
  beforeAll(async () => {
    station = await Station.open(await open());
    areas = station.get(AreaService);
    await importing(DISTRICT);
  });
  afterAll(() => station.close());

  const importing = (csv: string, actor: Actor = station.root) => areas.importCsv(actor, csv);
  const names = async (query: Parameters<AreaService['list']>[1] = {}, actor: Actor = station.root) =>
    (await areas.list(actor, query)).map(({ name }) => name);

  it.each([
    ['nothing', ''],
    ['only a header', HEADER],
    ['an open quote', `${HEADER}"dn,,province\n`],
    ['lines of another width', `${HEADER}dn,,province\n`],
  ])('%s is unreadable as CSV', async (_what, csv) => {
    await expect(importing(csv)).rejects.toMatchObject({ code: 'area.csvUnreadable' });
  });

  it.each(['Đắk', 'Đăk', 'dak', 'DAK', 'đak', 'Đắk'.normalize('NFD')])(
    'case 20: "%s" finds Đắk Nông, Đắk Rung and Đăk Sin, sorted',
    async (search) => {
      expect(await names({ search })).toEqual(['Đắk Nông', 'Đắk Rung', 'Đăk Sin']);
    },
  );

  it('case 20: names sort without diacritics, and signs that stand for anything stand for themselves', async () => {
    expect(await names()).toEqual(['Bon Bu Bơ', 'Đắk Nông', 'Đắk Rung', 'Đăk Sin', 'Quảng Lập', 'Thôn 1']);
    expect(await names({ search: 'quang lap' })).toEqual(['Quảng Lập']);
    for (const search of ['x', "'", 'd_k', 'dak%', '%', '_', '!', '\\']) expect(await names({ search })).toEqual([]);
  });

  it('lists by kind and under an area', async () => {
    expect(await names({ kind: 'hamlet' })).toEqual(['Bon Bu Bơ', 'Thôn 1']);
    expect(await names({ under: (await station.area('dr')).id })).toEqual(['Bon Bu Bơ', 'Đắk Rung']);
    await expect(areas.list(station.root, { under: 'nowhere' })).rejects.toMatchObject({ code: 'area.unknown' });
  });

  it('invariant 9: an operator of one commune sees that commune, and not that there are others', async () => {
    const [dr, ds] = [await station.area('dr'), await station.area('ds')];
    const operator = person('Chị Hoa', 'operator', dr.path);
    expect(await names({}, operator)).toEqual(['Bon Bu Bơ', 'Đắk Rung']);
    expect(await names({ search: 'dak' }, operator)).toEqual(['Đắk Rung']);
    expect(await areas.get(operator, dr.id)).toEqual(dr);
    for (const id of [ds.id, (await station.area('dn')).id, 'nowhere']) {
      await expect(areas.get(operator, id)).rejects.toMatchObject({ code: 'area.unknown' });
      await expect(areas.list(operator, { under: id })).rejects.toMatchObject({ code: 'area.unknown' });
    }
    expect(await names({}, { ...operator, scopes: () => [] })).toEqual([]);
  });

  it('only who manages the whole installation imports', async () => {
    const local = person('Chị Lan', 'administrator', (await station.area('dr')).path);
    await expect(importing(DISTRICT, local)).rejects.toMatchObject({ code: 'right.missing' });
  });
});

describeOnBothDatabases('many areas, and odd names', everyTable, (open) => {
  let station: Station;
  let areas: AreaService;
  beforeAll(async () => {
    const database = await open();
    station = await Station.open(database);
    areas = station.get(AreaService);
    const odd = ['Khu 100%', 'Khu a_b', 'Khu c\\d', 'Khu e!f', 'Khu 100', 'Khu axb', 'Khu cd'];
    await areas.importCsv(station.root, HEADER + odd.map((name, i) => `o${i},,province,${name},,,,,\n`).join(''));
    const model = await station.area('o0');
    const more = Array.from({ length: 2_500 }, (_, i) => {
      const name = `thon ${String(i).padStart(4, '0')}`;
      return { ...model, id: `t${i}`, code: `t${i}`, path: `/t${i}/`, name, nameFolded: name };
    });
    await database.write(async (tx) => {
      for (let from = 0; from < more.length; from += 500) await tx.manager.insert(Area, more.slice(from, from + 500));
    });
  });
  afterAll(() => station.close());

  it.each([
    ['100%', ['Khu 100%']],
    ['%', ['Khu 100%']],
    ['a_b', ['Khu a_b']],
    ['_', ['Khu a_b']],
    ['c\\d', ['Khu c\\d']],
    ['\\', ['Khu c\\d']],
    ['e!f', ['Khu e!f']],
    ['!%', []],
    ['\\%', []],
  ])('a search for %j is literal', async (search, found) => {
    expect((await areas.list(station.root, { search })).map(({ name }) => name)).toEqual(found);
  });

  it('a list does not end at 2,000 areas, and is in order', async () => {
    const names = (await areas.list(station.root, { search: 'thon' })).map(({ name }) => name);
    expect(names).toHaveLength(2_500);
    expect(names).toEqual([...names].sort());
    expect(await areas.list(station.root, {})).toHaveLength(2_507);
  });
});
