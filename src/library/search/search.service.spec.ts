import { afterEach, beforeEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { schemaDrift } from '../../platform/database/index.js';
import type { NewItemRequest } from '../items/item.api.js';
import { heard, librarySuite, type OpenLibrary, openLibrary, person } from '../library.spec-support.js';
import { type ItemQuery, itemQuery } from './search.api.js';
import { indexRows } from './search.spec-support.js';

const operator = person('Chị Hoa', 'operator');
const approver = person('Anh Nam', 'approver');
const neighbour = person('Anh Tư', 'operator', '/p/an-phu/');
const province = person('Cô Bảy', 'contentOffice', '/p/');

describeOnBothDatabases('search', librarySuite, (open) => {
  let opened: OpenLibrary;
  beforeEach(async () => {
    opened = await openLibrary(await open());
  });
  afterEach(() => opened.close());

  const make = (title: string, changes: Partial<NewItemRequest> = {}) =>
    opened.create(operator, { title, ...changes } as Partial<NewItemRequest>);
  const found = async (query: Partial<ItemQuery> | string, actor = operator) =>
    (await opened.search.list(actor, typeof query === 'string' ? { search: query } : query)).map(({ title }) => title);

  it('case 20: with and without diacritics, what is written as typed first, then what is in the title', async () => {
    await make('Nương rẫy', { text: 'Về Đăk Nông hôm nay' });
    await make('Về Đắk Nông', { text: 'một' });
    await make('Dak Nong', { text: 'hai' });
    await make('Nương rẫy xa', { text: 'Tỉnh Đắk Nông' });
    expect(await found('đắk nông')).toEqual(['Về Đắk Nông', 'Nương rẫy xa', 'Dak Nong', 'Nương rẫy']);
    expect(await found('DAK nong')).toEqual(['Dak Nong', 'Về Đắk Nông', 'Nương rẫy xa', 'Nương rẫy']);
    expect(await found('Đăk Nông'.normalize('NFD'))).toEqual(['Nương rẫy', 'Dak Nong', 'Về Đắk Nông', 'Nương rẫy xa']);
  });

  it('all words must match, the last one may be unfinished, a phrase stands as it is quoted', async () => {
    await make('Vay vốn nuôi dê', { text: 'Hộ nghèo được vay' });
    await make('Nuôi bò', { text: 'Vốn vay ưu đãi' });
    expect(await found('vay von')).toHaveLength(2);
    expect(await found('"vay von"')).toEqual(['Vay vốn nuôi dê']);
    expect(await found('"vay vốn nuôi dê"')).toEqual(['Vay vốn nuôi dê']);
    expect(await found('"vay vốn dê"')).toEqual([]);
    expect(await found('"vay nuôi"')).toEqual([]);
    expect(await found('vay ng')).toEqual(['Vay vốn nuôi dê']);
    expect(await found('ng vay')).toEqual([]);
    expect(await found('"nuôi dê hộ nghèo"')).toEqual([]);
  });

  it('by every field of the metadata', async () => {
    await make('một', {
      topic: 'Giảm nghèo',
      audience: ['Hộ cận nghèo'],
      form: 'Gương người tốt',
      programme: 'Nông thôn mới',
      sourceOffice: 'Trạm Y tế',
      sponsor: 'Ngân hàng Chính sách',
      byline: 'Điểu Krứ',
      language: 'km',
      text: 'hai ba',
      field: 6,
      planLineId: 'line-7',
    });
    await make('khác', { kind: 'boardText', areaId: 'ap-1' });
    for (const word of [
      'giam ngheo',
      'can ngheo',
      'guong',
      'nong thon',
      'tram y te',
      'ngan hang',
      'dieu kru',
      'khmer',
      'hai ba',
    ])
      expect([word, await found(word)]).toEqual([word, ['một']]);
    expect(await found('chu bang tin')).toEqual(['khác']);
    expect(await found('ap-1')).toEqual(['khác']);
    const filters: Partial<ItemQuery>[] = [
      { topic: 'giam ngheo' },
      { audience: 'hộ cận nghèo' },
      { form: 'GƯƠNG NGƯỜI TỐT' },
      { programme: 'nông thôn mới' },
      { sourceOffice: 'Trạm y tế' },
      { sponsor: 'Ngan hang chinh sach' },
      { author: 'krứ' },
      { language: 'km' },
      { field: 6 },
      { planLineId: 'line-7' },
      { kind: 'script' },
    ];
    for (const filter of filters) expect([filter, await found(filter)]).toEqual([filter, ['một']]);
    expect(await found(Object.assign({}, ...filters))).toEqual(['một']);
    expect(await found({ topic: 'giảm' })).toEqual([]);
    expect(await found({ author: operator.accountId })).toHaveLength(2);
    expect(await found({ author: approver.accountId })).toEqual([]);
  });

  it('by day of making, validity, state and sound', async () => {
    opened.clock.set(Date.parse('2026-03-04T17:30:00Z'));
    const item = await make('một', { validFrom: '2026-04-01', validTo: '2026-04-30' });
    // 00:30 of the 5th in Viet Nam.
    expect(await found({ createdFrom: '2026-03-05', createdTo: '2026-03-05' })).toEqual(['một']);
    expect(await found({ createdTo: '2026-03-04' })).toEqual([]);
    for (const [validOn, count] of [
      ['2026-03-31', 0],
      ['2026-04-01', 1],
      ['2026-04-30', 1],
      ['2026-05-01', 0],
    ] as const)
      expect([validOn, (await found({ validOn })).length]).toEqual([validOn, count]);
    await opened.settled(operator, item.id);
    expect(await found({ audioState: 'ready', status: 'draft', search: 'mot' })).toEqual(['một']);
    await opened.approvals.submit(operator, item.id);
    expect(await found({ status: 'draft' })).toEqual([]);
    expect(await found({ audioState: 'failed' })).toEqual([]);
    expect(await found({ status: 'pending', search: 'm' })).toEqual(['một']);
  });

  it('follows every change in the transaction of the change, and is what a rebuild makes', async () => {
    const item = await make('Vay vốn', { text: 'cũ' });
    await opened.items.setText(operator, item.id, 'mới tinh');
    expect(await found('cũ')).toEqual([]);
    expect(await found('tinh')).toEqual(['Vay vốn']);
    await opened.settled(operator, item.id);
    await opened.approvals.approve(approver, item.id, heard(await opened.approvals.submit(operator, item.id)));
    const { versions, status: _, planLineId: __, ...shown } = await opened.items.get(operator, item.id);
    await opened.items.setMetadata(operator, item.id, {
      ...versions.at(-1)!.metadata,
      title: 'Nước sạch',
      planLineId: 'l',
    });
    await opened.items.setMetadata(operator, item.id, {
      ...versions.at(-1)!.metadata,
      title: 'Nước sạch',
      planLineId: 'm',
    });
    expect(shown.title).toBe('Vay vốn');
    expect([await found({ planLineId: 'l' }), await found({ planLineId: 'm', search: 'sach' })]).toEqual([
      [],
      ['Nước sạch'],
    ]);
    expect(await found('vay')).toEqual([]);
    await make('Khác', { areaId: 'ap-1' });
    const rolledBack = opened.database.write(async (tx) => {
      await tx.manager.query("UPDATE item SET plan_line_id = 'gone'");
      await opened.index.update(tx, item.id);
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');

    const before = await indexRows(opened.database);
    expect(before).toHaveLength(3);
    await opened.database.write(({ manager }) => opened.index.rebuild(manager));
    expect(await indexRows(opened.database)).toEqual(before);
    expect(await schemaDrift(opened.database)).toEqual([]);
  });

  it('no sign is syntax, and no search fails', async () => {
    await make('Giảm 50% AND "trợ cấp": NEAR_OR* \\d');
    for (const search of ['50%', 'and', 'NEAR', '"trợ cấp"', 'or*', '\\d', "giam' OR 1=1 --", 'NOT giảm', 'title:giam'])
      expect([search, await found(search)]).toEqual([
        search,
        /title|1=1|NOT/.test(search) ? [] : [expect.stringContaining('Giảm')],
      ]);
    const sign = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 1_000 }),
      fc.string({
        unit: fc.constantFrom(
          '"',
          '*',
          '%',
          '_',
          '\\',
          '(',
          ')',
          ':',
          '-',
          "'",
          '|',
          '&',
          '!',
          '<',
          'a',
          'Đ',
          ' ',
          'AND',
          'OR',
          'NEAR',
          'NOT',
          '{',
          '^',
          '+',
          '.',
          '\u0000',
          '𝒳',
          '\ud800',
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(sign, async (search) => {
        const query = itemQuery.parse({
          search: search.slice(0, 1_000),
          topic: search.slice(0, 200),
          author: search.slice(0, 99),
        });
        expect(await opened.search.list(operator, { search: query.search })).toBeInstanceOf(Array);
        expect(await opened.search.list(operator, query)).toBeInstanceOf(Array);
      }),
      { numRuns: 100 },
    );
    expect(itemQuery.safeParse({ search: 'a'.repeat(1_001) }).success).toBe(false);
  });

  it('pages: each item once, in one order, while others are added and changed', async () => {
    const made = [];
    for (let n = 0; n < 7; n++) {
      opened.clock.advance(n % 2);
      made.push(await make(`Bài ${n}`, { text: n % 3 === 0 ? 'có dê' : 'không', topic: n === 4 ? 'bài dê' : '' }));
    }
    for (const query of [{}, { search: 'de' }, { search: 'bài' }] as Partial<ItemQuery>[]) {
      const whole = await found(query);
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < 10; page++) {
        const { items, next } = await opened.search.page(operator, { ...query, limit: 2, cursor });
        seen.push(...items.map(({ title }) => title));
        if (next === null) break;
        cursor = next;
        await make('Bài dê mới', { text: 'có dê' });
        await opened.items.setText(operator, made[0]!.id, `có dê ${page} ${JSON.stringify(query)}`);
      }
      expect([query, seen]).toEqual([query, whole]);
    }
  });

  it('a cursor that it never gave is refused, not an error', async () => {
    await make('một');
    const cursors = [
      'x',
      '',
      'W10',
      ...[[0, 'a'], [0], [9, 1], [0, 1.5, 'a'], [0, {}], [-1, 1], [0, 1, '\u0000'], 7].map((each) =>
        Buffer.from(JSON.stringify(each)).toString('base64url'),
      ),
    ];
    const refused = [];
    for (const cursor of cursors)
      for (const search of ['', 'mot']) {
        const code = await opened.search.page(operator, { cursor, search }).then(
          () => 'an answer',
          ({ code }) => code,
        );
        refused.push(code);
      }
    expect(new Set(refused)).toEqual(new Set(['library.cursorUnknown']));
  });

  it('a found item shows where its words stand; a list that was not searched shows no text', async () => {
    await make('Vay vốn', { text: 'Bà con nuôi dê.' });
    expect(await opened.search.list(operator, { search: 'nuoi d' })).toMatchObject([
      {
        snippet: {
          text: 'Bà con nuôi dê.',
          marks: [
            { from: 7, to: 11 },
            { from: 12, to: 14 },
          ],
        },
      },
    ]);
    expect((await opened.search.list(operator, { search: 'vay' }))[0]?.snippet).toEqual({
      text: 'Vay vốn',
      marks: [{ from: 0, to: 3 }],
    });
    expect((await opened.search.list(operator, {}))[0]).not.toHaveProperty('snippet');
  });

  it('invariant 9: no filter reaches a neighbour, nor the office above', async () => {
    const item = await make('Của An Khương', { planLineId: 'line-1', byline: 'Hoa', validFrom: '2026-01-01' });
    await opened.create(province, { areaId: 'p', title: 'Của tỉnh', planLineId: 'line-1' } as Partial<NewItemRequest>);
    const day = new Date(opened.clock.nowMs() + 7 * 3_600_000).toISOString().slice(0, 10);
    const filters: Partial<ItemQuery>[] = [
      {},
      { search: 'an khuong' },
      { search: '"cua an khuong"' },
      { search: 'c' },
      { status: 'draft' },
      { audioState: 'rendering' },
      { kind: 'script' },
      { language: 'vi' },
      { field: 1 },
      { topic: '' },
      { planLineId: 'line-1' },
      { groupId: item.groupId },
      { author: operator.accountId },
      { author: 'hoa' },
      { createdFrom: day, createdTo: day },
      { validOn: '2026-02-01' },
      { from: 'above' },
      { from: 'above', search: 'cua' },
      {
        cursor: Buffer.from(JSON.stringify(opened.database.kind === 'sqlite' ? [0, 9e15] : [0, 9e15, 'z'])).toString(
          'base64url',
        ),
      },
    ];
    for (const filter of filters) expect([filter, await found(filter, neighbour)]).toEqual([filter, []]);
    for (const from of [undefined, 'above'] as const)
      for (const areaId of ['an-khuong', 'ap-1', 'nowhere', ...(from ? [] : ['p'])])
        await expect(opened.search.list(neighbour, { areaId, from })).rejects.toMatchObject({ code: 'area.unknown' });
    expect(await found({}, person('Kỹ thuật', 'technician'))).toEqual([]);
    expect(await found('cua', province)).toEqual(['Của tỉnh', 'Của An Khương']);
    expect(await found({ search: 'cua', areaId: 'an-khuong' }, province)).toEqual(['Của An Khương']);
  });
});
