import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exifWith, pngPart } from '../../../media/visual/testing/pictures.js';
import { auditsOf } from '../../../test/support/audits.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { PHOTO } from '../../../test/support/fleet-house.js';
import { planWithLine, shelve, withdraw } from '../../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, Station } from '../../../test/support/station.js';
import { AccountService } from '../../accounts/index.js';
import { CoverageService } from '../matrix/coverage.service.js';
import { declarationView } from './declaration.api.js';
import { declaredFor } from './declared.queries.js';

const DAY_MS = 86_400_000;
const PASSWORD = 'một mật khẩu đủ dài';
const PEOPLE = [
  ['hoa', 'operator', 'ak'],
  ['lan', 'operator', 'ap'],
  ['nam', 'monitor', 'ak'],
] as const;
type Login = (typeof PEOPLE)[number][0];

describeOnBothDatabases('khai báo: what was brought to a hamlet by hand', everyTable, (open) => {
  let station: Station;
  const tokens = new Map<Login, string>();
  let lineId = '';
  let itemId = '';
  let hamlets: Record<'ak1' | 'ak2' | 'ap1', string>;

  async function ask(login: Login, method: string, path: string, body?: Uint8Array | object, type?: string) {
    const sent = body === undefined ? undefined : body instanceof Uint8Array ? body : JSON.stringify(body);
    const answer = await fetch(`${station.http}/api/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tokens.get(login)}`,
        ...(sent === undefined ? {} : { 'content-type': type ?? 'application/json' }),
      },
      ...(sent === undefined ? {} : { body: sent as string }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const json = /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(bytes.toString()) : {};
    return { status: answer.status, headers: answer.headers, bytes, body: json };
  }

  beforeAll(async () => {
    station = await Station.open(await open(), { withHttp: true });
    await station.settle();
    for (const [login, role, area] of PEOPLE) {
      const grants = [{ role, areaId: (await station.area(area)).id }];
      await station
        .get(AccountService)
        .create(station.root, { login, password: PASSWORD, name: `Chị ${login}`, grants });
    }
    const idOf = async (code: string) => (await station.area(code)).id;
    hamlets = { ak1: await idOf('ak1'), ak2: await idOf('ak2'), ap1: await idOf('ap1') };
    lineId = await planWithLine(station);
    ({ id: itemId } = await shelve(station, { planLineId: lineId, title: 'Vay vốn nuôi dê' }));
    station.clock.set(MONDAY_NINE + 10 * DAY_MS);
    for (const [login] of PEOPLE)
      tokens.set(login, (await ask(login, 'POST', 'login', { login, password: PASSWORD })).body.token);
  });
  afterAll(() => station.close());

  const declare = (
    changes: Record<string, string> = {},
    options: { login?: Login; body?: Buffer; type?: string } = {},
  ) =>
    ask(
      options.login ?? 'hoa',
      'POST',
      `declarations?${new URLSearchParams({
        ...{ itemId, hamletId: hamlets.ak1, day: '2026-01-06', person: 'Nguyễn Thị Bé' },
        ...changes,
      })}`,
      options.body ?? PHOTO,
      options.type ?? 'image/png',
    );

  it('is kept with names as they were, a clean photograph and who entered it; the cell is not played', async () => {
    const { status, body } = await declare({ note: 'Loa kéo, phát 2 lần ở nhà văn hóa' });
    expect(status).toBe(201);
    expect(declarationView.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      ...{ state: 'declared', itemTitle: 'Vay vốn nuôi dê', hamletName: 'Ấp 1', communeName: 'An Khương', lineId },
      ...{ day: '2026-01-06', means: 'portableLoudspeaker', person: 'Nguyễn Thị Bé', enteredByName: 'Chị hoa' },
      ...{ photo: { type: 'image/png', width: 4, height: 3 }, takenBack: null },
    });
    await station.database.write(({ manager }) => manager.query(`UPDATE area SET name = 'Ấp Mới' WHERE code = 'ak1'`));
    expect((await ask('nam', 'GET', `declarations?itemId=${itemId}`)).body).toEqual([body]);
    const photo = await ask('nam', 'GET', `declarations/${body.id}/photo`);
    expect([photo.status, photo.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(photo.bytes.includes('GPS')).toBe(false);
    const coverage = await station.get(CoverageService).ofLine(station.root, lineId);
    expect(coverage.cells).toEqual([['notPlanned', 'notPlanned', 'notPlanned']]);
    const audited = await auditsOf(station.database, 'declaration.made');
    expect(audited).toMatchObject([{ subject: body.id, actorName: 'Chị hoa', detail: { person: 'Nguyễn Thị Bé' } }]);
  });

  it('the place that a telephone writes into a photograph is removed', async () => {
    // Behind the signature and the header of the picture.
    const located = Buffer.concat([
      PHOTO.subarray(0, 33),
      pngPart('eXIf', exifWith('II', 1, 'GPS 11.5 106.5')),
      PHOTO.subarray(33),
    ]);
    const { status, body } = await declare({ day: '2026-01-07' }, { body: located });
    expect(status).toBe(201);
    expect((await ask('hoa', 'GET', `declarations/${body.id}/photo`)).bytes.includes('GPS')).toBe(false);
  });

  it('two at once, and the same again: one, and the others are told by whom it was entered', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => declare({ hamletId: hamlets.ak2 })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'declaration.twice' });
    expect(refused?.body.title).toContain('06/01/2026, do Chị hoa nhập');
    const made = answers.find(({ status }) => status === 201)?.body;
    const back = await ask('hoa', 'DELETE', `declarations/${made.id}?reason=${encodeURIComponent('Nhập nhầm ấp')}`);
    expect(back.body).toMatchObject({ state: 'takenBack', takenBack: { byName: 'Chị hoa', reason: 'Nhập nhầm ấp' } });
    expect((await ask('hoa', 'DELETE', `declarations/${made.id}?reason=khác`)).body).toEqual(back.body);
    expect((await ask('nam', 'GET', `declarations?hamletId=${hamlets.ak2}`)).body).toEqual([back.body]);
    expect((await declare({ hamletId: hamlets.ak2 })).status).toBe(201);
  });

  it('stands beside cells by item, hamlet and day until it is taken back', async () => {
    const { body } = await declare({ day: '2026-01-10' });
    const found = (changes: object = {}) =>
      station.database.read((reader) =>
        declaredFor(reader, { itemIds: [itemId], fromDay: '2026-01-10', toDay: '2026-01-10', ...changes }),
      );
    expect(await found()).toEqual([{ id: body.id, itemId, hamletId: hamlets.ak1, day: '2026-01-10' }]);
    expect(await found({ hamletIds: [hamlets.ak2] })).toEqual([]);
    expect(await found({ itemIds: [] })).toEqual([]);
    expect(await found({ fromDay: '2026-01-11', toDay: '2026-01-12' })).toEqual([]);
    await ask('hoa', 'DELETE', `declarations/${body.id}?reason=sai`);
    expect(await found()).toEqual([]);
  });

  it('invariant 9: declared by operators of the hamlet, seen in its area', async () => {
    const { body } = await declare({ day: '2026-01-11' });
    expect((await declare({}, { login: 'lan' })).body.code).toBe('declaration.hamletUnknown');
    expect((await declare({}, { login: 'nam' })).body.code).toBe('right.missing');
    expect((await ask('lan', 'GET', 'declarations')).body).toEqual([]);
    expect((await ask('lan', 'GET', `declarations/${body.id}/photo`)).body.code).toBe('declaration.unknown');
    expect((await ask('lan', 'DELETE', `declarations/${body.id}?reason=x`)).body.code).toBe('declaration.unknown');
    expect((await ask('nam', 'DELETE', `declarations/${body.id}?reason=x`)).body.code).toBe('right.missing');
    expect((await ask('hoa', 'DELETE', `declarations/${body.id}?reason=%20`)).body.code).toBe('request.invalid');
  });

  describe('what is not taken', () => {
    it.each<[string, Record<string, string>, string]>([
      ['a day that has not come', { day: '2026-01-16' }, 'declaration.dayAhead'],
      ['a day before the item was approved', { day: '2026-01-04' }, 'declaration.beforeApproval'],
      ['a day that is none', { day: '2026-02-30' }, 'request.invalid'],
      ['an item that nobody knows', { itemId: 'nothing' }, 'declaration.itemUnknown'],
      ['a hamlet that nobody knows', { hamletId: 'nothing' }, 'declaration.hamletUnknown'],
      ['no name', { person: ' ' }, 'request.invalid'],
      ['a formula as a name', { person: '=HYPERLINK("x")' }, 'request.invalid'],
      ['a script as a name', { person: 'An<script>alert(1)</script>' }, 'request.invalid'],
      ['a name of two lines', { person: 'An\nBình' }, 'request.invalid'],
      ['means that nobody knows', { means: 'cluster' }, 'request.invalid'],
    ])('%s', async (_what, changes, code) => {
      expect((await declare({ day: '2026-01-12', ...changes })).body.code).toBe(code);
    });

    it.each<[string, { body: Buffer; type: string }, string]>([
      ['no photograph', { body: Buffer.alloc(0), type: 'image/jpeg' }, 'photo.empty'],
      ['a text named as a photograph', { body: Buffer.from('anh.jpg'), type: 'image/jpeg' }, 'picture.unknown'],
      ['a text', { body: Buffer.from('{}'), type: 'text/plain' }, 'photo.type'],
      ['a photograph of 11 MB', { body: Buffer.alloc(11_000_000), type: 'image/jpeg' }, 'photo.tooLarge'],
    ])('%s', async (_what, photo, code) => {
      expect((await declare({ day: '2026-01-12' }, photo)).body.code).toBe(code);
    });

    it('a draft, what was withdrawn, what serves no plan, what serves the plan of others', async () => {
      const codeOf = async (id: string, changes = {}) =>
        (await declare({ itemId: id, day: '2026-01-15', ...changes })).body.code;
      const item = async (options: object) => (await shelve(station, { planLineId: lineId, ...options })).id;
      expect(await codeOf(await item({ status: 'draft' }))).toBe('declaration.itemUnknown');
      const gone = await item({});
      await withdraw(station, gone);
      expect(await codeOf(gone)).toBe('declaration.itemUnknown');
      expect(await codeOf((await shelve(station)).id)).toBe('declaration.outsidePlan');
      expect(await codeOf(await item({ planLineId: 'nothing' }))).toBe('declaration.outsidePlan');
      expect(await codeOf(await item({ area: 'ap' }))).toBe('declaration.itemUnknown');
      await station.database.write(({ manager }) =>
        manager.query(`UPDATE communication_plan SET period_to = '2026-01-14'`),
      );
      expect(await codeOf(await item({}))).toBe('declaration.outsidePlan');
    });
  });
});
