import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { testKey } from '../../../devices/player/testing/keys.js';
import { decodeClaim } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { FleetHouse, type Login } from '../../../test/support/fleet-house.js';
import { enrolmentOf, everyTable } from '../../../test/support/station.js';
import { EnrolmentService } from '../enrolment/enrolment.service.js';
import { labelSheet } from './labels.js';
import type { BatchView, BoxView } from './stock.api.js';
import { StockBox } from './stock.entity.js';

const HEAD = 'serial,model,claimCode,publicKey,simCarrier,simNumber,simIccid,simExpiresOn,simQuotaMb\n';

describeOnBothDatabases('the stock of boxes', everyTable, (open) => {
  let house: FleetHouse;
  beforeAll(async () => {
    house = await FleetHouse.open(await open());
  });
  afterAll(() => house.close());

  const send = async (csv: string, login: Login = 'tho', area = 'ak') =>
    house.as(login, 'POST', '/api/stock/batches', {
      areaId: (await house.station.area(area)).id,
      maker: 'Công ty Loa Việt',
      name: 'Lô 1',
      csv,
    });
  const batch = async (csv: string) => (await send(csv)).body as unknown as BatchView;
  const boxesOf = async ({ id }: BatchView, login: Login = 'tho') =>
    (await house.as(login, 'GET', `/api/stock/boxes?batchId=${id}`)).body as unknown as BoxView[];
  it('boxes of a maker wait for installation, each with the SIM in it', async () => {
    const made = await batch(`${HEAD}A-1,TTS,,,Viettel,0981234567,,2026-12-31,3000\nA-2,TTS,,,,,,,\n`);
    expect(made).toMatchObject({ boxes: 2, maker: 'Công ty Loa Việt', importedByName: 'tho' });
    expect(await boxesOf(made)).toMatchObject([
      { serial: 'A-1', state: 'waiting', sim: '4567', clusterId: null, controllerId: null },
      { serial: 'A-2', state: 'waiting', sim: null },
    ]);
    expect(await house.audited('stock.imported')).toHaveLength(1);
    expect((await house.as('tho', 'GET', '/api/stock/batches')).body).toMatchObject([{ id: made.id }]);
  });

  it('one wrong line and nothing is imported; the lines are named', async () => {
    const { status, body } = await send(`${HEAD}B-1,TTS,,,,,,,\n=1+1,TTS,,,,,,,\nB-1,TTS,,,,,,,\n`);
    expect([status, body.code]).toEqual([422, 'stock.importInvalid']);
    expect(body.errors).toMatchObject([
      { at: 'line 3', code: 'stock.serialWrong' },
      { at: 'line 4', code: 'stock.serialTwice' },
    ]);
    expect(await house.station.database.read((reader) => reader.countBy(StockBox, { serial: 'B-1' }))).toBe(0);
  });

  it('a box, and a code, that are in the stock already are named', async () => {
    await batch('serial,model,claimCode\nC-1,TTS,maker-code-0000001\n');
    const { body } = await send('serial,model,claimCode\nC-1,TTS,\nC-2,TTS,maker-code-0000001\nC-3,TTS,\n');
    expect(body.errors).toMatchObject([
      { at: 'line 2', code: 'stock.serialTaken' },
      { at: 'line 3', code: 'stock.codeTwice' },
    ]);
  });

  it.each([
    ['no table', '"'],
    ['a header alone', HEAD],
    ['a line that is too long', `serial,model\n${'x'.repeat(11_000)},TTS\n`],
  ])('a file that is %s is refused', async (_what, csv) => {
    expect((await send(csv)).body).toMatchObject({ code: 'stock.importInvalid', errors: [{ at: 'file' }] });
  });

  it('a batch has 2,000 boxes at most', async () => {
    const lines = (count: number, name: string) =>
      Array.from({ length: count }, (_, n) => `${name}-${n},TTS`).join('\n');
    expect((await send(`serial,model\n${lines(2_001, 'D')}\n`)).body.errors).toMatchObject([
      { code: 'stock.tooManyLines' },
    ]);
    expect((await send(`serial,model\n${lines(2_000, 'E')}\n`)).body.boxes).toBe(2_000);
  });

  it('invariant 9: nobody fills or sees the stock of another commune', async () => {
    expect((await send('serial,model\nF-1,TTS\n', 'phuc')).body.code).toBe('stock.areaUnknown');
    expect((await send('serial,model\nF-1,TTS\n', 'mai')).body.code).toBe('right.missing');
    const made = await batch('serial,model\nF-1,TTS\n');
    const [box] = await boxesOf(made);
    expect(await boxesOf(made, 'phuc')).toEqual([]);
    for (const path of [`/api/stock/boxes/${box?.id}/qr.svg`, `/api/stock/batches/${made.id}/labels.html`])
      expect((await house.as('phuc', 'GET', path)).status).toBe(404);
  });

  it('labels are printed, as often as needed, until the box is enrolled; they open nothing but this box', async () => {
    const made = await batch('serial,model\nG-1,TTS 4G\n');
    const [box] = await boxesOf(made);
    if (!box) throw new Error('no box');
    const first = await house.as('tho', 'GET', `/api/stock/boxes/${box.id}/qr.svg`);
    const again = await house.as('tho', 'GET', `/api/stock/boxes/${box.id}/qr.svg`);
    expect(first.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect([first.text.startsWith('<svg'), first.text === again.text]).toEqual([true, true]);
    const sheet = await house.as('tho', 'GET', `/api/stock/batches/${made.id}/labels.html`);
    expect(sheet.headers.get('content-type')).toMatch(/^text\/html/);
    expect(sheet.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(sheet.headers.get('cache-control')).toContain('no-store');
    expect(sheet.text).toContain(first.text.slice(first.text.indexOf('<path'), first.text.indexOf('</svg>')));
    await house.station.database.write((tx) => tx.manager.update(StockBox, { id: box.id }, { state: 'enrolled' }));
    expect((await house.as('tho', 'GET', `/api/stock/boxes/${box.id}/qr.svg`)).body.code).toBe('claim.notPrintable');
    expect((await house.as('tho', 'GET', `/api/stock/batches/${made.id}/labels.html`)).text).not.toContain('<svg');
  });

  it('names on a sheet of labels are text and nothing else', () => {
    const sheet = labelSheet('<script>alert(1)</script>', [{ model: '"><img src=x>', serial: "'&", claim: 'VANG1.x' }]);
    expect(sheet).not.toMatch(/<script|<img/);
    expect(sheet).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(sheet).toContain('&quot;&gt;&lt;img src=x&gt;</b><br>&#39;&amp;');
  });

  it('of a code that the maker printed nothing is printed', async () => {
    const made = await batch('serial,model,claimCode\nH-1,TTS,maker-code-0000002\n');
    const [box] = await boxesOf(made);
    expect((await house.as('tho', 'GET', `/api/stock/boxes/${box?.id}/qr.svg`)).body.code).toBe('claim.notPrintable');
  });

  it('the QR code of a claim can be printed again until it is used or over', async () => {
    const { id: clusterId } = await house.station.cluster('k1');
    const { body } = await house.as('tho', 'POST', `/api/clusters/${clusterId}/claims`);
    const svg = () => house.as('tho', 'GET', `/api/claims/${body.id}/qr.svg`);
    expect((await svg()).status).toBe(200);
    expect((await house.as('phuc', 'GET', `/api/claims/${body.id}/qr.svg`)).body.code).toBe('claim.unknown');
    const code = decodeClaim(String(body.claim))?.code ?? '';
    await house.station.get(EnrolmentService).enrol(enrolmentOf(code, testKey('whoever used the claim')));
    expect((await svg()).body.code).toBe('claim.notPrintable');
  });

  it('a scan tells which box it is; a box that calls before it is installed is told to wait, and seen', async () => {
    const made = await batch('serial,model,claimCode\nI-1,TTS,maker-code-0000003\n');
    const scan = (claim: string, login: Login = 'tho') => house.as(login, 'POST', '/api/stock/scans', { claim });
    expect((await scan('maker-code-0000003')).body).toMatchObject({ serial: 'I-1', state: 'waiting' });
    expect((await scan('maker-code-0000003', 'phuc')).body.code).toBe('stock.boxUnknown');
    expect((await scan('maker-code-9999999')).body.code).toBe('stock.boxUnknown');
    const answer = await fetch(`${house.station.http}/api/device/v1/enrolments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(enrolmentOf('maker-code-0000003', testKey('early box'), { serial: 'I-1' })),
    });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([425, 'claim.notInstalled']);
    expect((await boxesOf(made))[0]?.calledAtMs).toBe(house.station.clock.nowMs());
  });
});
