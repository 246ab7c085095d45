import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { nodeEngine } from '../../../proof/cli/node-engine.js';
import { verifyInclusion } from '../../../proof/index.js';
import { verifyArchive } from '../../../proof/verify/archived.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { clockOf, DAY_MS, plays } from '../../../test/support/retention-clock.js';
import { everyTable, Station } from '../../../test/support/station.js';
import { AccountService } from '../../accounts/index.js';
import { inclusionView } from '../log/log.api.js';
import { TransparencyLog } from '../log/transparency-log.js';
import { archivesView } from './archive.api.js';

const PASSWORD = 'một mật khẩu đủ dài';

describeOnBothDatabases('archives over HTTP', everyTable, (open) => {
  let station: Station;
  let deviceId = '';
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    station = await Station.open(await open(), { withHttp: true });
    await station.settle();
    const device = await station.enrol('k1');
    deviceId = device.id;
    await plays(station, device, ['p1', 'p2']);
    station.clock.advance(91 * DAY_MS);
    await clockOf(station, { receiptDays: 90, gatherDays: 0 }).tick();
    for (const [login, role, area] of [
      ['quantri', 'administrator', null],
      ['giamsat', 'monitor', 'ak'],
    ] as const) {
      const grants = [{ role, areaId: area && (await station.area(area)).id }];
      await station.get(AccountService).create(station.root, { login, password: PASSWORD, name: login, grants });
      const answer = await fetch(`${station.http}/api/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ login, password: PASSWORD }),
      });
      tokens.set(login, String(((await answer.json()) as { token: string }).token));
    }
  });
  afterAll(() => station.close());

  const ask = (login: string, path: string, headers: Record<string, string> = {}) =>
    fetch(`${station.http}${path}`, { headers: { authorization: `Bearer ${tokens.get(login)}`, ...headers } });
  const json = async (login: string, path: string): Promise<unknown> => (await ask(login, path)).json();

  it('are listed, and fetched whole or in part, by who may', async () => {
    const { archives } = archivesView.parse(await json('quantri', '/api/receipts/archives'));
    expect(archives).toMatchObject([{ receipts: 2, present: true, rule: { receiptDays: 90 } }]);
    const [{ id, name, sha256, bytes } = { id: '', name: '', sha256: '', bytes: 0 }] = archives;
    const answer = await ask('quantri', `/api/receipts/archives/${id}/file`);
    expect([answer.headers.get('etag'), answer.headers.get('content-disposition')]).toEqual([
      `"${sha256}"`,
      `attachment; filename="${name}"`,
    ]);
    const file = new Uint8Array(await answer.arrayBuffer());
    const root = station.platform.keys.rootFingerprint;
    expect([file.length, (await verifyArchive(file, nodeEngine, { root })).good]).toEqual([bytes, true]);
    const part = await ask('quantri', `/api/receipts/archives/${id}/file`, { range: 'bytes=0-3' });
    expect([part.status, Buffer.from(await part.arrayBuffer()).toString('latin1')]).toEqual([206, 'PK\x03\x04']);

    expect((await ask('giamsat', '/api/receipts/archives')).status).toBe(403);
    expect((await ask('giamsat', `/api/receipts/archives/${id}/file`)).status).toBe(403);
    expect((await fetch(`${station.http}/api/receipts/archives`)).status).toBe(401);
    expect((await ask('quantri', '/api/receipts/archives/nothing/file')).status).toBe(404);
    expect((await ask('quantri', '/api/receipts/archives?limit=0')).status).toBe(400);
  });

  it('receipts in them are still listed at their place, and proved', async () => {
    const { archives } = archivesView.parse(await json('quantri', '/api/receipts/archives'));
    const archive = archives[0]?.name;
    expect(await json('giamsat', '/api/receipts')).toMatchObject([
      { id: `${deviceId}.1.1`, boot: 1, seq: 1, receipt: null, receivedAtMs: null, archive },
      { id: `${deviceId}.1.2`, boot: 1, seq: 2, receipt: null, notAsRequired: null, archive },
    ]);
    const checkpoint = await station.database.read((reader) => station.get(TransparencyLog).latestCheckpoint(reader));
    const proof = inclusionView.parse(await json('giamsat', `/api/receipts/${deviceId}.1.2/inclusion`));
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
    const claim = { leafHash: bytes(proof.leaf), index: proof.number, size: proof.size, path: proof.path.map(bytes) };
    expect(verifyInclusion({ ...claim, root: bytes(checkpoint?.root ?? '') }, nodeEngine)).toBe(true);
    expect((await ask('giamsat', `/api/receipts/${deviceId}.1.3/inclusion`)).status).toBe(404);
  });
});
