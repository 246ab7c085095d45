import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { strFromU8, unzipSync } from 'fflate';
import type { Receipt } from '../../../devices/protocol/index.js';
import { COVERAGE_COLUMNS } from '../../../proof/pack/coverage.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { FleetHouse } from '../../../test/support/fleet-house.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { planWithLine, shelve } from '../../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, person, type Station } from '../../../test/support/station.js';
import { told } from '../../../test/support/told.js';
import { type CoverageQuery, DayService, MatrixTables, ReceiptIntake } from '../../receipts/index.js';
import { coverageTable } from './coverage-table.js';
import { dayTable } from './day-table.js';
import { fileNameOf, notesOf } from './notes.js';
import { type Table, tableStream } from './table.js';

const TITLE = '=HYPERLINK("http://x","Vay vốn ở ấp Đồng Nơ")';
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

type Line = Record<string, string>;
const linesOf = (bytes: Buffer): Line[] => parse(bytes, { columns: true, bom: true });
const notNotes = (lines: Line[]): Line[] => lines.filter(({ o_ket_qua, ket_qua }) => (o_ket_qua ?? ket_qua) !== '');
const bytesOf = (table: Table, format: 'csv' | 'xlsx') => buffer(tableStream(table, format, MONDAY_NINE));

describeOnBothDatabases('tables for spreadsheets', everyTable, (open) => {
  let house: FleetHouse;
  let station: Station;
  let [lineId, itemId, areaId] = ['', '', ''];
  beforeAll(async () => {
    house = await FleetHouse.open(await open(), { withBroker: true });
    station = house.station;
    await station.start(ReceiptIntake);
    lineId = await planWithLine(station, {}, 'ak');
    itemId = (await shelve(station, { area: 'ak', planLineId: lineId, title: TITLE })).id;
    areaId = (await station.area('ak')).id;
    const [k1, k2] = [await station.enrol('k1'), await station.enrol('k2')];
    await told(station, k1, ['p1', 'p2'], { itemId });
    await told(station, k2, ['p1', 'p2'], { cluster: 'k2', itemId });
    await hears(k1, 'p1', MONDAY_NINE);
    const cut = { outcome: 'partial', cause: 'powerLost', grade: 'started', playedMs: 12_500 } as const;
    await hears(k2, 'p1', MONDAY_NINE, { ...cut, endedAtMs: MONDAY_NINE + 12_500 });
    const missed = { outcome: 'notPlayed', cause: 'assetMissing', grade: 'received', playedMs: 0 } as const;
    await hears(k2, 'p2', MONDAY_NINE + 60_000, { ...missed, startedAtMs: null, endedAtMs: null });
  });
  afterAll(() => station.close());

  const hears = async (device: PoleDevice, play: string, startMs: number, changes: Partial<Receipt> = {}) => {
    const item = { id: itemId, version: 1, title: TITLE, language: 'vi' };
    await device.send('receipts', device.batch([device.receipt(play, startMs, { item, ...changes })]));
    await device.acked(station.platform.keys, device.seq);
  };
  const coverage = async (asked: CoverageQuery = {}) =>
    coverageTable(await station.get(MatrixTables).of(station.root, lineId, asked), MONDAY_NINE);
  const day = async () => {
    const view = await station.get(DayService).ofArea(station.root, { areaId, day: '2026-01-05' });
    return dayTable(view, { name: 'An Khương', code: 'ak' }, new Map([[`${itemId}.1`, TITLE]]), MONDAY_NINE);
  };

  it('the matrix has the columns of an evidence pack, a line for each item, hamlet and cluster', async () => {
    const bytes = await bytesOf(await coverage(), 'csv');
    expect(bytes.subarray(0, 3)).toEqual(BYTE_ORDER_MARK);
    const lines = notNotes(linesOf(bytes));
    expect(Object.keys(lines[0] ?? {})).toEqual([...COVERAGE_COLUMNS]);
    expect(lines).toMatchObject([
      {
        ...{ ban_tin: `'${TITLE}`, xa: 'An Khương', ap: 'Ấp 1', so_hieu_cum_loa: 'k1', cum_loa_ket_qua: 'complete' },
        ...{ so_lan_phat_du: '1', so_lan_chua_ro: '1', o_ket_qua: 'complete', o_dien_giai: 'phát đủ, 1/1 cụm' },
      },
      {
        ...{ ap: 'Ấp 2', so_hieu_cum_loa: 'k2', cum_loa_ket_qua: 'partial', so_lan_phat_chua_du: '1' },
        ...{ so_lan_khong_phat: '1', nguyen_nhan: expect.stringMatching(/mất điện.*; |; .*mất điện/) },
      },
    ]);
  });

  it('says below what it proves, in lines that are as long as the others', async () => {
    const lines = linesOf(await bytesOf(await coverage(), 'csv'));
    const words = lines.filter(({ o_ket_qua }) => o_ket_qua === '').map((line) => Object.values(line)[1]);
    expect(words).toEqual(
      expect.arrayContaining([
        'Xác nhận phát chứng minh thiết bị đã phát, không chứng minh có người nghe.',
        '01/01/2026 – 31/12/2026',
      ]),
    );
  });

  it('as a workbook: the same lines, text as text, counts as numbers', async () => {
    const parts = unzipSync(await bytesOf(await coverage(), 'xlsx'));
    const sheet = strFromU8(parts['xl/worksheets/sheet1.xml'] ?? new Uint8Array());
    expect([...sheet.matchAll(/<row /g)]).toHaveLength(3);
    expect(sheet).not.toContain('<f');
    expect(sheet).toContain(
      't="inlineStr"><is><t xml:space="preserve">=HYPERLINK(&quot;http://x&quot;,&quot;Vay vốn ở ấp Đồng Nơ&quot;)</t>',
    );
    const column = String.fromCharCode(65 + COVERAGE_COLUMNS.indexOf('so_lan_phat_du'));
    expect(sheet).toContain(`<c r="${column}2"><v>1</v></c>`);
    expect(strFromU8(parts['xl/worksheets/sheet2.xml'] ?? new Uint8Array())).toContain(
      'không chứng minh có người nghe',
    );
  });

  it('is asked as the matrix is', async () => {
    const later = notNotes(linesOf(await bytesOf(await coverage({ from: '2026-01-06' }), 'csv')));
    expect(later.map(({ o_ket_qua, nguyen_nhan }) => [o_ket_qua, nguyen_nhan])).toEqual([
      ['notPlanned', 'chưa xếp lịch phát'],
      ['notPlanned', 'chưa xếp lịch phát'],
    ]);
    const sensed = notNotes(linesOf(await bytesOf(await coverage({ leastGrade: 'sensed' }), 'csv')));
    expect(sensed.map(({ o_ket_qua }) => o_ket_qua)).toEqual(['unknown', 'partial']);
  });

  it('a day: a line for each play, days and times as people write them here, seconds as numbers', async () => {
    const lines = notNotes(linesOf(await bytesOf(await day(), 'csv')));
    const shown = lines.map(({ ngay, gio_phat, ban_tin, ket_qua, nguyen_nhan, so_giay_phat }) => [
      ...[ngay, gio_phat, ban_tin, ket_qua, nguyen_nhan, so_giay_phat],
    ]);
    expect(shown).toEqual([
      ['05/01/2026', '05/01/2026 09:00:00', `'${TITLE}`, 'complete', '', '60'],
      ['05/01/2026', '05/01/2026 09:01:00', `'${TITLE}`, 'unknown', 'chưa có xác nhận phát', ''],
      ['05/01/2026', '05/01/2026 09:00:00', `'${TITLE}`, 'partial', expect.stringContaining('mất điện'), '12.5'],
      ['05/01/2026', '05/01/2026 09:01:00', `'${TITLE}`, 'notPlayed', expect.anything(), '0'],
    ]);
    const { 'xl/worksheets/sheet1.xml': sheet = new Uint8Array() } = unzipSync(await bytesOf(await day(), 'xlsx'));
    expect(strFromU8(sheet)).toContain('<c r="A2" s="2"><v>46027</v></c><c r="B2" s="3"><v>46027.375</v></c>');
  });

  it.each([
    ['coverage.csv', 'text/csv; charset=utf-8', '\ufeff?ma_ban_tin'],
    ['coverage.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'PK'],
  ])('%s comes as a file with a plain name', async (name, type, begins) => {
    const { status, headers, text } = await house.as('mai', 'GET', `/api/plan-lines/${lineId}/${name}`);
    expect([status, headers.get('content-type')]).toEqual([200, type]);
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="do-phu-288-KH-UBND-2026-01-01-2026-12-31.${name.split('.')[1]}"`,
    );
    expect(text).toMatch(new RegExp(`^${begins}`));
  });

  it.each(['csv', 'xlsx'])('day.%s comes as a file too, with titles as they were', async (format) => {
    const path = `/api/receipts/day.${format}?areaId=${areaId}&day=2026-01-05`;
    const { status, headers, text } = await house.as('mai', 'GET', path);
    expect([status, headers.get('content-disposition')]).toEqual([
      ...[200, `attachment; filename="nhat-ky-phat-ak-2026-01-05.${format}"`],
    ]);
    if (format === 'csv') expect(text).toContain('Vay vốn ở ấp Đồng Nơ');
  });

  it.each([
    ['another kind of file', 'plan-lines/LINE/coverage.ods', 404, 'request.notFound'],
    ['a line of nobody', 'plan-lines/nothing/coverage.csv', 404, 'plan.unknown'],
    [
      'a period that ends before it begins',
      'plan-lines/LINE/coverage.xlsx?from=2026-02-01&to=2026-01-01',
      422,
      'coverage.periodWrong',
    ],
    ['no day', 'receipts/day.csv?areaId=AREA&day=5/1/2026', 400, 'request.invalid'],
    ['an area of nobody', 'receipts/day.xlsx?areaId=nothing&day=2026-01-05', 404, 'area.unknown'],
  ])('%s is refused, and is no file', async (_what, path, status, code) => {
    const answer = await house.as('mai', 'GET', `/api/${path.replace('LINE', lineId).replace('AREA', areaId)}`);
    expect([answer.status, answer.body.code, answer.headers.get('content-disposition')]).toEqual([status, code, null]);
  });

  it('invariant 9: a neighbour gets no table, and nobody does without an account', async () => {
    const neighbour = person('Anh Nam', 'monitor', (await station.area('ap')).path);
    await expect(station.get(MatrixTables).of(neighbour, lineId, {})).rejects.toMatchObject({ code: 'plan.unknown' });
    expect((await fetch(`${station.http}/api/plan-lines/${lineId}/coverage.csv`)).status).toBe(401);
  });

  it('invariant 13: a table of a demonstration says so in its name and below', () => {
    expect(fileNameOf(true, 'do-phu', '01/KH-UBND"\r\nx: y')).toBe('TAP-DUOT-do-phu-01-KH-UBND-x-y');
    expect(notesOf(true, MONDAY_NINE)[0]).toEqual(['TẬP DƯỢT', expect.stringContaining('không phải bằng chứng')]);
    expect(notesOf(false, MONDAY_NINE).at(-1)).toEqual(['Lập lúc', '05/01/2026, 09:00:00']);
  });
});
