import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { topics } from '../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import type { PoleDevice } from '../../test/support/pole-device.js';
import { everyTable, MONDAY_NINE, Station } from '../../test/support/station.js';
import { alarmsOf, told } from '../../test/support/told.js';
import { Controller } from '../fleet/index.js';
import type { Database } from '../platform/database/index.js';
import { ReceiptIntake } from './intake.service.js';
import { PlayOutcome, QuarantinedReceipt, ReceiptBatchRow, ReceiptRow } from './receipt.entity.js';

describeOnBothDatabases('intake of receipts', everyTable, (open) => {
  let database: Database;
  let station: Station;
  beforeAll(async () => {
    database = await open();
    station = await Station.open(database, { withBroker: true });
    await station.settle();
    await station.start(ReceiptIntake);
  });
  afterAll(() => station.close());

  const keys = () => station.platform.keys;
  const rowsOf = (device: PoleDevice) =>
    database.read((reader) =>
      reader.find(ReceiptRow, { where: { controllerId: device.id }, order: { boot: 'ASC', seq: 'ASC' } }),
    );
  const outcomesOf = async (device: PoleDevice) => {
    const rows = await database.read((reader) => reader.find(PlayOutcome));
    return rows.filter(({ id }) => id.startsWith(`${device.id}.`)).sort((a, b) => (a.id < b.id ? -1 : 1));
  };

  it('a list of batches is judged one by one, and answered together', async () => {
    const device = await station.enrol('k1');
    await told(station, device, ['p1', 'p2', 'p3', 'p4']);
    const signed = ['p1', 'p2', 'p3', 'p4'].map((play, n) =>
      device.batch([device.receipt(play, MONDAY_NINE + n * 60_000)]),
    );
    const forged = { ...signed[2], signature: signed[1]?.signature };
    await device.send('receipts', [signed[0], signed[1], forged, 'no batch', signed[3]]);
    expect(await device.acked(keys(), 4)).toMatchObject({ first: 1, last: 4, quarantined: [3] });
    expect((await rowsOf(device)).map(({ seq }) => seq)).toEqual([1, 2, 4]);
    expect(await alarmsOf(station, device)).toEqual({
      ...{ 'receipt.wrongSignature': 1, 'receipt.malformed': 1, 'receipt.chainGap': 1 },
    });
    // Put apart as it came, so that a person sees which one it was.
    const kept = await database.read((reader) => reader.findBy(QuarantinedReceipt, { controllerId: device.id }));
    expect(kept.map(({ payload }) => JSON.parse(payload))).toEqual(expect.arrayContaining([forged, 'no batch']));
    const batches = await database.read((reader) => reader.findBy(ReceiptBatchRow, { controllerId: device.id }));
    expect(batches.map(({ first, last }) => `${first}–${last}`).sort()).toEqual(['1–1', '2–2', '4–4']);
  });

  it('the signatures of a long list are verified on another thread, each answer with its batch', async () => {
    const device = await station.enrol('k2');
    const plays = Array.from({ length: 60 }, (_, n) => `many-${n}`);
    await told(station, device, plays, { cluster: 'k2', everyMs: 1_000 });
    const signed = plays.map((play, n) => device.batch([device.receipt(play, MONDAY_NINE + n * 1_000)]));
    const wrong = new Set([7, 41]);
    await device.send(
      'receipts',
      signed.map((batch, n) => (wrong.has(n) ? { ...batch, signature: signed[n - 1]?.signature } : batch)),
    );
    await device.acked(keys(), 60);
    expect((await rowsOf(device)).map(({ seq }) => seq)).toEqual(
      plays.flatMap((_, n) => (wrong.has(n) ? [] : [n + 1])),
    );
    expect((await alarmsOf(station, device))['receipt.wrongSignature']).toBe(2);
  });

  it.each([
    ['no batch', 0],
    ['more of them than a message may carry', 201],
  ])('a list of %s is kept whole, for a person', async (_, length) => {
    const device = await station.enrol('k1');
    const text = JSON.stringify(Array.from({ length }, (_, n) => n));
    await device.send('receipts', JSON.parse(text));
    while ((await alarmsOf(station, device))['receipt.malformed'] !== 1) await new Promise(setImmediate);
    const kept = await database.read((reader) => reader.findBy(QuarantinedReceipt, { controllerId: device.id }));
    expect(kept.map(({ payload }) => payload)).toEqual([text]);
  });

  it('a signed batch becomes rows and outcomes, and a signed acknowledgement', async () => {
    const device = await station.enrol('k1');
    await told(station, device, ['p1', 'p2', 'p3']);
    const receipts = [
      device.receipt('p1', MONDAY_NINE),
      device.receipt('p2', MONDAY_NINE + 60_000, {
        outcome: 'partial',
        cause: 'powerLost',
        grade: 'started',
        playedMs: 12_000,
        endedAtMs: MONDAY_NINE + 72_000,
      }),
      device.receipt('p3', MONDAY_NINE + 120_000, {
        outcome: 'notPlayed',
        cause: 'assetMissing',
        grade: 'received',
        startedAtMs: null,
        endedAtMs: null,
        playedMs: 0,
      }),
    ];
    const batch = device.batch(receipts);
    await device.send('receipts', batch);
    expect(await device.acked(keys(), 3)).toEqual({
      v: 1,
      device: device.id,
      boot: 1,
      first: 1,
      last: 3,
      quarantined: [],
    });
    const rows = await rowsOf(device);
    expect(rows.map(({ seq, play, text, backfill }) => [seq, play, text, backfill])).toEqual(
      receipts.map((receipt, index) => [index + 1, receipt.play, batch.receipts[index], false]),
    );
    expect(rows.at(-1)?.link).toBe(batch.link);
    expect(
      (await outcomesOf(device)).map(({ outcome, cause, grade, playedMs, receiptId }) => [
        outcome,
        cause,
        grade,
        playedMs,
        receiptId,
      ]),
    ).toEqual([
      ['complete', null, 'completed', 60_000, `${device.id}.1.1`],
      ['partial', 'powerLost', 'started', 12_000, `${device.id}.1.2`],
      ['notPlayed', 'assetMissing', 'received', 0, `${device.id}.1.3`],
    ]);
    const [kept] = await database.read((reader) => reader.findBy(ReceiptBatchRow, { controllerId: device.id }));
    expect(kept).toMatchObject({
      first: 1,
      last: 3,
      previous: batch.previous,
      link: batch.link,
      signature: batch.signature,
      publicKey: device.key.publicKey,
    });
    expect(await alarmsOf(station, device)).toEqual({});
  });

  it('whoever is acknowledged finds the row already there', async () => {
    const device = await station.enrol('k1');
    await told(station, device, ['p1']);
    await device.send('receipts', device.batch([device.receipt('p1', MONDAY_NINE)]));
    await device.acked(keys(), 1);
    expect(await rowsOf(device)).toHaveLength(1);
  });

  it('what could not be committed is not acknowledged; sent again it is there once', async () => {
    const [unlucky, other] = [await station.enrol('k1'), await station.enrol('k2')];
    await told(station, unlucky, ['p1']);
    await told(station, other, ['p1'], { cluster: 'k2' });
    await refuseReceiptsOf(database, unlucky.id);
    const batch = unlucky.batch([unlucky.receipt('p1', MONDAY_NINE)]);
    await unlucky.send('receipts', batch);
    // Taken in after the other and acknowledged: the other one's fault does not hold it up.
    await other.send('receipts', other.batch([other.receipt('p1', MONDAY_NINE)]));
    await other.acked(keys(), 1);
    expect(unlucky.acks(keys())).toEqual([]);
    expect(await rowsOf(unlucky)).toEqual([]);
    expect(await outcomesOf(unlucky)).toEqual([]);
    await acceptReceiptsAgain(database);
    await unlucky.send('receipts', batch);
    await unlucky.acked(keys(), 1);
    expect(await rowsOf(unlucky)).toHaveLength(1);
  });

  it('case 11: the same batch three times is one row each, and three acknowledgements', async () => {
    const device = await station.enrol('k1');
    await told(station, device, ['p1', 'p2']);
    const batch = device.batch([device.receipt('p1', MONDAY_NINE), device.receipt('p2', MONDAY_NINE + 60_000)]);
    for (let time = 0; time < 3; time++) await device.send('receipts', batch);
    await device.until(() => device.on('acks').length === 3);
    expect(await rowsOf(device)).toHaveLength(2);
    expect(await outcomesOf(device)).toHaveLength(2);
    expect(await database.read((reader) => reader.countBy(ReceiptBatchRow, { controllerId: device.id }))).toBe(1);
    expect(await alarmsOf(station, device)).toEqual({});
  });

  it('a batch that overlaps what is known adds only what is new', async () => {
    const device = await station.enrol('k1');
    await told(station, device, ['p1', 'p2']);
    const first = device.receipt('p1', MONDAY_NINE);
    const begin = device.link;
    await device.send('receipts', device.batch([first]));
    await device.acked(keys(), 1);
    device.link = begin;
    await device.send('receipts', device.batch([first, device.receipt('p2', MONDAY_NINE + 60_000)]));
    expect(await device.acked(keys(), 2)).toMatchObject({ first: 1, last: 2, quarantined: [] });
    expect((await rowsOf(device)).map(({ seq }) => seq)).toEqual([1, 2]);
    expect(await alarmsOf(station, device)).toEqual({});
  });

  it('case 10: six hours offline, 1,040 plays: all arrive once, in order, marked backfill', async () => {
    const device = await station.enrol('k1');
    const plays = Array.from({ length: 1_040 }, (_, index) => `p${String(index).padStart(4, '0')}`);
    const startOf = (index: number) => MONDAY_NINE + index * 20_000;
    await told(station, device, plays, { everyMs: 20_000 });
    station.clock.set(MONDAY_NINE + 6 * 3_600_000);
    for (let from = 0; from < plays.length; from += 50) {
      const part = plays.slice(from, from + 50);
      await device.send(
        'receipts',
        device.batch(part.map((play, index) => device.receipt(play, startOf(from + index)))),
      );
    }
    await device.acked(keys(), 1_040);
    station.clock.set(MONDAY_NINE);
    const rows = await rowsOf(device);
    expect(rows.map(({ play }) => play)).toEqual(plays);
    expect(rows.every(({ backfill }) => backfill)).toBe(true);
    expect(await outcomesOf(device)).toHaveLength(1_040);
    expect(device.ackedNumbers(keys())).toEqual(plays.map((_, index) => index + 1));
    expect(await alarmsOf(station, device)).toEqual({});
  });

  it('a gap in the chain raises an alarm, and what fills it later is accepted', async () => {
    const device = await station.enrol('k1');
    await told(station, device, ['p1', 'p2', 'p3']);
    const [one, two, three] = ['p1', 'p2', 'p3'].map((play, index) =>
      device.batch([device.receipt(play, MONDAY_NINE + index * 60_000)]),
    );
    await device.send('receipts', one);
    await device.send('receipts', three);
    await device.acked(keys(), 3);
    expect(await alarmsOf(station, device)).toEqual({ 'receipt.chainGap': 1 });
    await device.send('receipts', two);
    expect(await device.acked(keys(), 2)).toMatchObject({ quarantined: [] });
    expect((await rowsOf(device)).map(({ play }) => play)).toEqual(['p1', 'p2', 'p3']);
    expect(await alarmsOf(station, device)).toEqual({ 'receipt.chainGap': 1 });
  });

  it('the chain continues across boots without a gap', async () => {
    const device = await station.enrol('k1');
    await told(station, device, ['p1', 'p2']);
    await device.send('receipts', device.batch([device.receipt('p1', MONDAY_NINE)]));
    await device.acked(keys(), 1);
    device.boot = 2;
    device.seq = 0;
    await device.send('receipts', device.batch([device.receipt('p2', MONDAY_NINE + 60_000)]));
    await device.acked(keys(), 1, 2);
    expect((await rowsOf(device)).map(({ boot, seq }) => [boot, seq])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(await alarmsOf(station, device)).toEqual({});
  });

  it('two devices interleaved: each has its own receipts, acknowledgements and chain', async () => {
    const [a, b] = [await station.enrol('k1'), await station.enrol('k2')];
    const plays = ['p1', 'p2', 'p3', 'p4'];
    await told(station, a, plays);
    await told(station, b, plays, { cluster: 'k2' });
    for (const [index, play] of plays.entries())
      for (const device of [a, b])
        await device.send('receipts', device.batch([device.receipt(play, MONDAY_NINE + index * 60_000)]));
    for (const device of [a, b]) {
      await device.acked(keys(), 4);
      expect(device.ackedNumbers(keys())).toEqual([1, 2, 3, 4]);
      expect(new Set(device.acks(keys()).map((ack) => ack.device))).toEqual(new Set([device.id]));
      expect((await rowsOf(device)).map(({ play }) => play)).toEqual(plays);
      expect(await alarmsOf(station, device)).toEqual({});
    }
  });

  it('what arrived before the stop is still written and acknowledged', async () => {
    const device = await station.enrol('k1');
    await told(station, device, ['p1']);
    const intake = station.get(ReceiptIntake);
    const batch = device.batch([device.receipt('p1', MONDAY_NINE)]);
    intake.take(topics.up(device.id, 'receipts'), Buffer.from(JSON.stringify(batch)));
    await intake.stop();
    expect(await rowsOf(device)).toHaveLength(1);
    await device.acked(keys(), 1);
    await intake.start();
  });

  it('values beyond 32 bits are numbers like others', async () => {
    const device = await station.enrol('k1');
    // It sounds for so long that it was enrolled long ago.
    await database.write(({ manager }) => manager.update(Controller, { id: device.id }, { enrolledAtMs: 0 }));
    await told(station, device, ['p1'], { startMs: MONDAY_NINE - 30 * 86_400_000 });
    device.boot = 5_000_000_000;
    device.seq = 6_000_000_000;
    const playedMs = 30 * 86_400_000;
    const startedAtMs = MONDAY_NINE - playedMs;
    const planned = {
      startMs: startedAtMs,
      latestEndMs: MONDAY_NINE,
      durationMs: playedMs,
      volume: 80,
      class: 'normal',
      late: 'whole',
    } as const;
    await device.send(
      'receipts',
      device.batch([device.receipt('p1', startedAtMs, { planned, playedMs, endedAtMs: MONDAY_NINE })]),
    );
    expect(await device.acked(keys(), 6_000_000_001)).toMatchObject({ quarantined: [] });
    expect(await rowsOf(device)).toMatchObject([{ boot: 5_000_000_000, seq: 6_000_000_001 }]);
    expect(await outcomesOf(device)).toMatchObject([{ playedMs }]);
    expect(await database.read((reader) => reader.countBy(QuarantinedReceipt, { controllerId: device.id }))).toBe(0);
  });
});

/** The database itself refuses, as a full disk would: nobody in the program is told beforehand. */
async function refuseReceiptsOf(database: Database, controllerId: string): Promise<void> {
  const sqlite = [
    `CREATE TRIGGER refuse_receipt BEFORE INSERT ON receipt WHEN NEW.controller_id = '${controllerId}' BEGIN SELECT RAISE(ABORT, 'refused by the spec'); END`,
  ];
  const postgres = [
    "CREATE FUNCTION refuse_receipt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused by the spec'; END $$",
    `CREATE TRIGGER refuse_receipt BEFORE INSERT ON receipt FOR EACH ROW WHEN (NEW.controller_id = '${controllerId}') EXECUTE FUNCTION refuse_receipt()`,
  ];
  await database.write(async ({ manager }) => {
    for (const sql of database.kind === 'sqlite' ? sqlite : postgres) await manager.query(sql);
  });
}

async function acceptReceiptsAgain(database: Database): Promise<void> {
  await database.write(async ({ manager }) => {
    await manager.query(
      database.kind === 'sqlite' ? 'DROP TRIGGER refuse_receipt' : 'DROP TRIGGER refuse_receipt ON receipt',
    );
  });
}
