import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { fromBase64Url, toUtf8 } from '../../../devices/protocol/index.js';
import {
  fromBase64,
  logKeysOf,
  receiptLeaf,
  rootOf,
  verifyCheckpointOf,
  verifyConsistency,
  verifyInclusion,
} from '../../../proof/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { FleetHouse } from '../../../test/support/fleet-house.js';
import { everyTable, MONDAY_NINE } from '../../../test/support/station.js';
import { told } from '../../../test/support/told.js';
import { type Database, insertMany } from '../../platform/database/index.js';
import { KeyHistory, nodeCrypto } from '../../platform/keys/index.js';
import { ReceiptIntake } from '../intake.service.js';
import { ReceiptRow } from '../receipt.entity.js';
import { LogTraffic } from './log.controller.js';
import { LogHead, LogLeaf } from './log.entity.js';
import { logEntities } from './log.migration.js';
import { TransparencyLog } from './transparency-log.js';
import { hashed, waitForNumbers } from './unlogged.js';

const bytes = (text: string) => fromBase64(text) as Uint8Array;
const sha256 = (text: string) => Buffer.from(nodeCrypto.sha256(toUtf8(text))).toString('hex');

/** Somebody who pays: has an HTTP client and `proof/`, and took the root key's print at the handover. */
class Payer {
  constructor(
    private readonly http: string,
    private readonly rootPublicKey: string,
  ) {}

  ask(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.http}/api/log${path}`, init);
  }

  async json<T>(path: string): Promise<T> {
    return (await (await this.ask(path)).json()) as T;
  }

  async checkpoint() {
    const text = await (await this.ask('/checkpoint')).text();
    const { keySets } = await this.json<{ keySets: { signed: string }[] }>('');
    const root = fromBase64Url(this.rootPublicKey);
    const keys = logKeysOf(
      keySets.map(({ signed }) => signed),
      root,
      nodeCrypto,
    );
    const told = keys.ok ? verifyCheckpointOf(text, keys.keys, root, nodeCrypto) : keys;
    if (!told.ok) throw new Error(told.problem);
    return { text, ...told.checkpoint };
  }

  async holds(receipt: string, { size, root }: { size: number; root: Uint8Array }): Promise<boolean> {
    const told = await this.json<{ number: number; path?: string[] }>(
      `/inclusion?sha256=${sha256(receipt)}&size=${size}`,
    );
    const path = told.path?.map(bytes);
    if (!path) return false;
    return verifyInclusion(
      { leafHash: receiptLeaf(receipt, nodeCrypto), index: told.number, size, path, root },
      nodeCrypto,
    );
  }

  async continues(former: { size: number; root: Uint8Array }): Promise<boolean> {
    const now = await this.checkpoint();
    const { path } = await this.json<{ path?: string[] }>(`/consistency?from=${former.size}&to=${now.size}`);
    const claim = { from: former.size, fromRoot: former.root, to: now.size, toRoot: now.root };
    return path !== undefined && verifyConsistency({ ...claim, path: path.map(bytes) }, nodeCrypto);
  }
}

describeOnBothDatabases('the transparency log over HTTP', everyTable, (open) => {
  let database: Database;
  let house: FleetHouse;
  let payer: Payer;
  let receipts: ReceiptRow[];
  beforeAll(async () => {
    database = await open();
    house = await FleetHouse.open(database, { withBroker: true });
    await house.station.get(KeyHistory).start();
    payer = new Payer(house.station.http, house.station.platform.keys.rootPublicKey);
  });
  afterAll(() => house.close());
  const log = () => house.station.get(TransparencyLog);

  it('has no checkpoint before the first one, and says so', async () => {
    for (const path of ['/checkpoint', '/checkpoint.svg', `/inclusion?number=0`, '/consistency?from=0']) {
      const answer = await payer.ask(path);
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, 'log.noCheckpoint']);
    }
  });

  it('proves what devices delivered a moment ago, to somebody without an account', async () => {
    const { station } = house;
    const device = await station.enrol('k1');
    const plays = ['p1', 'p2', 'p3'];
    await told(station, device, plays);
    await station.start(ReceiptIntake);
    await device.send('receipts', device.batch(plays.map((play, n) => device.receipt(play, MONDAY_NINE + n * 60_000))));
    await device.acked(station.platform.keys, 3);
    await log().freshCheckpoint();
    receipts = await database.read((reader) => reader.find(ReceiptRow, { order: { seq: 'ASC' } }));
    const checkpoint = await payer.checkpoint();
    expect(checkpoint).toMatchObject({ size: 3, demo: false });
    for (const { text } of receipts) expect(await payer.holds(text, checkpoint)).toBe(true);
    expect(await payer.holds(`${receipts[0]?.text} `, checkpoint)).toBe(false);
  });

  it('proves a receipt by its id to whoever may see it, and to nobody else', async () => {
    const { root, size } = await payer.checkpoint();
    const [{ id, text }] = receipts as [ReceiptRow];
    const { status, body } = await house.as('mai', 'GET', `/api/receipts/${id}/inclusion`);
    expect([status, body.size]).toEqual([200, size]);
    const { number, path } = body as unknown as { number: number; path: string[] };
    const claim = { leafHash: receiptLeaf(text, nodeCrypto), index: number, size, path: path.map(bytes), root };
    expect(verifyInclusion(claim, nodeCrypto)).toBe(true);
    expect((await fetch(`${house.station.http}/api/receipts/${id}/inclusion`)).status).toBe(401);
    expect((await house.as('tho', 'GET', `/api/receipts/${id}/inclusion`)).body.code).toBe('right.missing');
    expect((await house.as('mai', 'GET', '/api/receipts/none.1.1/inclusion')).body.code).toBe('log.unknownLeaf');
    expect((await house.as('mai', 'GET', `/api/receipts/${id}/inclusion?size=9`)).body.code).toBe('log.beyondTree');
    expect((await house.as('mai', 'GET', `/api/receipts/${id}/inclusion?size=0`)).body.code).toBe('log.unknownLeaf');
  });

  it('gives its tiles, from which anybody can make the tree again', async () => {
    const rows = Array.from({ length: 300 }, (_, n) => ({
      ...{ id: `x.1.${n}`, controllerId: 'x', boot: 1, seq: n, play: `x${n}`, text: `xác nhận ${n}` },
      ...{ link: '', batchId: '', receivedAtMs: MONDAY_NINE, backfill: false },
    }));
    await database.write(async (tx) => {
      await insertMany(tx.manager, ReceiptRow, rows);
      await waitForNumbers(tx, rows.map(hashed));
    });
    await log().freshCheckpoint();
    const { size, root } = await payer.checkpoint();
    expect(size).toBe(303);
    const tile = async (path: string) => {
      const answer = await payer.ask(`/tile/${path}`);
      expect(answer.headers.get('cache-control')).toContain('immutable');
      return Buffer.from(await answer.arrayBuffer());
    };
    const leaves = Buffer.concat([await tile('0/000'), await tile('0/001.p/47')]);
    const hashes = Array.from({ length: size }, (_, n) => leaves.subarray(n * 32, n * 32 + 32));
    expect(Buffer.from(rootOf(hashes, nodeCrypto)).equals(root)).toBe(true);
    expect((await tile('1/000.p/1')).equals(Buffer.from(rootOf(hashes.slice(0, 256), nodeCrypto)))).toBe(true);
    expect((await tile('0/001.p/3')).length).toBe(96);
  });

  it.each([
    ['/tile/0/001', 404, 'log.unknownTile'],
    ['/tile/0/001.p/48', 404, 'log.unknownTile'],
    ['/tile/0/x999/999', 404, 'log.unknownTile'],
    ['/tile/9/000', 404, 'log.unknownTile'],
    ['/tile/0/..%2F..%2Fkeys', 404, 'log.unknownTile'],
    ['/tile/entries/000', 404, 'log.unknownTile'],
    ['/inclusion', 400, 'request.invalid'],
    [`/inclusion?number=0&sha256=${'a'.repeat(64)}`, 400, 'request.invalid'],
    ['/inclusion?number=-1', 400, 'request.invalid'],
    ['/inclusion?number=1.5', 400, 'request.invalid'],
    ['/inclusion?number=01', 400, 'request.invalid'],
    ['/inclusion?number=0x1', 400, 'request.invalid'],
    ['/inclusion?number=9999999999999999', 400, 'request.invalid'],
    ['/inclusion?number=0&number=1', 400, 'request.invalid'],
    ['/inclusion?number=303', 404, 'log.unknownLeaf'],
    ['/inclusion?number=0&size=0', 404, 'log.unknownLeaf'],
    ['/inclusion?number=299&size=299', 404, 'log.unknownLeaf'],
    ['/inclusion?number=0&size=304', 422, 'log.beyondTree'],
    ['/inclusion?sha256=xyz', 400, 'request.invalid'],
    [`/inclusion?sha256=${'A'.repeat(64)}`, 400, 'request.invalid'],
    [`/inclusion?sha256=${'a'.repeat(64)}`, 404, 'log.unknownLeaf'],
    ['/consistency', 400, 'request.invalid'],
    ['/consistency?from=', 400, 'request.invalid'],
    ['/consistency?from=ba', 400, 'request.invalid'],
    ['/consistency?from=5&to=4', 422, 'log.shrunk'],
    ['/consistency?from=5&to=304', 422, 'log.beyondTree'],
    ['/consistency?from=304', 422, 'log.shrunk'],
  ])('refuses %s', async (path, status, code) => {
    const answer = await payer.ask(path);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
  });

  it('prints the last checkpoint as a QR code that runs nothing', async () => {
    const answer = await payer.ask('/checkpoint.svg');
    expect([answer.headers.get('content-type'), answer.headers.get('content-security-policy')]).toEqual([
      'image/svg+xml; charset=utf-8',
      'sandbox',
    ]);
    expect(await answer.text()).toMatch(/^<svg /);
  });

  it('says in words what it thinks of a checkpoint that somebody kept', async () => {
    const kept = await payer.checkpoint();
    const check = async (body: unknown, language = 'vi') => {
      const headers = { 'content-type': 'application/json', 'accept-language': language };
      const answer = await payer.ask('/check', { method: 'POST', headers, body: JSON.stringify(body) });
      return {
        status: answer.status,
        ...((await answer.json()) as { verdict?: string; words?: string; code?: string }),
      };
    };
    expect(await check({ checkpoint: kept.text })).toMatchObject({
      ...{ status: 200, verdict: 'consistent', size: 303 },
      words: expect.stringContaining('Khớp'),
    });
    expect(await check({ checkpoint: 'x' }, 'en')).toMatchObject({
      verdict: 'malformed',
      words: expect.stringContaining('not'),
    });
    expect(await check({})).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(await check({ checkpoint: 'x'.repeat(9_000) })).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  it('is begun anew by whoever may, with a reason that everybody can read', async () => {
    const path = '/api/log/epochs';
    expect((await house.as('tho', 'POST', path, { reason: 'thử' })).body.code).toBe('right.missing');
    expect((await fetch(`${house.station.http}${path}`, { method: 'POST' })).status).toBe(401);
    expect(await payer.json('')).toMatchObject({ epochs: [], demo: false, size: 303 });
  });

  it('lets whoever kept a checkpoint find an altered and a removed receipt, whatever the operator does to the tables', async () => {
    const kept = await payer.checkpoint();
    const [first, second] = receipts as [ReceiptRow, ReceiptRow];
    const altered = first.text.replace('"complete"', '"partial"');
    expect(altered).not.toBe(first.text);
    await database.write(({ manager }) => manager.update(ReceiptRow, { id: first.id }, { text: altered }));
    expect(await payer.holds(altered, kept)).toBe(false);

    // The operator goes on: the leaf too, every hash anew, and the service is made to sign that.
    const rebuilt = async (change: (leaves: LogLeaf[]) => LogLeaf[]) => {
      await database.write(async (tx) => {
        const leaves = change(await tx.manager.find(LogLeaf, { order: { number: 'ASC' } }));
        for (const entity of logEntities)
          if (entity !== LogHead) await tx.manager.createQueryBuilder().delete().from(entity).execute();
        await tx.manager.update(LogHead, { id: 'log' }, { size: 0, checkpoint: 0 });
        const texts = await tx.manager.find(ReceiptRow);
        const rows = leaves.flatMap(({ receiptId }) => texts.filter(({ id }) => id === receiptId));
        await waitForNumbers(tx, rows.map(hashed));
      });
      await log().freshCheckpoint();
    };
    await rebuilt((leaves) => leaves);
    const forged = await payer.checkpoint();
    expect(forged.size).toBe(kept.size);
    expect(await payer.holds(altered, forged)).toBe(true);
    expect(await payer.continues(kept)).toBe(false);
    expect(await payer.holds(altered, kept)).toBe(false);

    await database.write(({ manager }) => manager.update(ReceiptRow, { id: first.id }, { text: first.text }));
    await rebuilt((leaves) => leaves);
    expect(await payer.continues(kept)).toBe(true);
    await database.write(({ manager }) => manager.delete(ReceiptRow, { id: second.id }));
    await rebuilt((leaves) => leaves.filter(({ receiptId }) => receiptId !== second.id));
    expect(await payer.continues(kept)).toBe(false);
    const answer = await payer.ask('/check', {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ checkpoint: kept.text }),
    });
    expect(((await answer.json()) as { verdict: string }).verdict).toBe('ahead');
  });

  it('counts who asks too often', async () => {
    const traffic = house.station.get(LogTraffic);
    const asking = { switchToHttp: () => ({ getRequest: () => ({ ip: '127.0.0.1' }) }) } as unknown as ExecutionContext;
    const exhaust = () => {
      for (let n = 0; n < 600; n++) traffic.canActivate(asking);
    };
    expect(exhaust).toThrow();
    const answer = await payer.ask('');
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([429, 'log.tooFast']);
    house.station.clock.advance(60_000);
    expect((await payer.ask('')).status).toBe(200);
  });
});
