import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { FIRST_LINK, type Receipt, TOPIC_RULES, topics } from '../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import type { PoleDevice } from '../../test/support/pole-device.js';
import { everyTable, MONDAY_NINE, Station } from '../../test/support/station.js';
import { alarmsOf, told } from '../../test/support/told.js';
import type { Database } from '../platform/database/index.js';
import type { QuarantineReason } from './engine/judge.js';
import { ReceiptIntake } from './intake.service.js';
import { PlayOutcome, QuarantinedReceipt, ReceiptRow } from './receipt.entity.js';

const IN_TWO_DAYS: Receipt['planned'] = {
  startMs: MONDAY_NINE + 2 * 86_400_000,
  latestEndMs: MONDAY_NINE + 2 * 86_400_000 + 660_000,
  durationMs: 60_000,
  volume: 80,
  class: 'normal',
  late: 'whole',
};

describeOnBothDatabases('receipts that can never be accepted', everyTable, (open) => {
  let database: Database;
  let station: Station;
  let device: PoleDevice;
  beforeAll(async () => {
    database = await open();
    station = await Station.open(database, { withBroker: true });
    await station.settle();
    await station.start(ReceiptIntake);
  });
  afterAll(() => station.close());

  const keys = () => station.platform.keys;
  const quarantineOf = ({ id }: { id: string }) =>
    database.read((reader) => reader.find(QuarantinedReceipt, { where: { controllerId: id }, order: { id: 'ASC' } }));
  const rowsOf = ({ id }: { id: string }) =>
    database.read((reader) => reader.find(ReceiptRow, { where: { controllerId: id }, order: { seq: 'ASC' } }));
  /** After this everything that was sent before is settled, acknowledged or not. */
  const settled = async () => {
    const barrier = device.receipt('barrier', MONDAY_NINE);
    await told(station, device, ['barrier']);
    await device.send('receipts', device.batch([barrier]));
    await device.acked(keys(), device.seq);
  };
  const enrolled = async (...plays: string[]) => {
    device = await station.enrol('k1');
    await told(station, device, plays);
    return device;
  };

  it('case 11: the same sequence number with other content is kept apart, alarmed and acknowledged; the first one stands', async () => {
    await enrolled('p1', 'p2');
    const first = device.receipt('p1', MONDAY_NINE);
    await device.send('receipts', device.batch([first]));
    await device.acked(keys(), 1);
    device.link = FIRST_LINK;
    const forged: Receipt = { ...first, play: 'p2' };
    await device.send('receipts', device.batch([forged]));
    await device.until(() => device.on('acks').length === 2);
    expect(device.acks(keys())[1]).toMatchObject({ first: 1, last: 1, quarantined: [1] });
    expect(await rowsOf(device)).toMatchObject([{ seq: 1, text: JSON.stringify(first) }]);
    expect(await quarantineOf(device)).toMatchObject([
      { reason: 'receipt.sequenceReused', payload: JSON.stringify(forged) },
    ]);
    expect(await alarmsOf(station, device)).toEqual({ 'receipt.sequenceReused': 1 });
  });

  it('the same trouble three times is one row and a count', async () => {
    await enrolled();
    const batch = device.batch([device.receipt('never-told', MONDAY_NINE)]);
    for (let time = 0; time < 3; time++) await device.send('receipts', batch);
    await device.until(() => device.on('acks').length === 3);
    expect(await quarantineOf(device)).toHaveLength(1);
    expect(await alarmsOf(station, device)).toEqual({ 'receipt.unknownPlay': 3 });
  });

  it('a play that the device was never told blocks nothing that came with it', async () => {
    await enrolled('p1', 'p3');
    const batch = device.batch(
      ['p1', 'unknown', 'p3'].map((play, index) => device.receipt(play, MONDAY_NINE + Math.min(index, 1) * 60_000)),
    );
    await device.send('receipts', batch);
    expect(await device.acked(keys(), 3)).toMatchObject({ first: 1, last: 3, quarantined: [2] });
    expect((await rowsOf(device)).map(({ play }) => play)).toEqual(['p1', 'p3']);
    expect(await quarantineOf(device)).toMatchObject([{ reason: 'receipt.unknownPlay', payload: batch.receipts[1] }]);
  });

  it('a play of another device is not this device’s play', async () => {
    const other = await station.enrol('k2');
    await told(station, other, ['p1'], { cluster: 'k2' });
    await enrolled();
    await device.send('receipts', device.batch([device.receipt('p1', MONDAY_NINE)]));
    expect(await device.acked(keys(), 1)).toMatchObject({ quarantined: [1] });
  });

  it('a second final for one play is kept apart, in a later batch and in the same one', async () => {
    await enrolled('p1', 'p2');
    await device.send('receipts', device.batch([device.receipt('p1', MONDAY_NINE)]));
    await device.send(
      'receipts',
      device.batch([
        device.receipt('p1', MONDAY_NINE),
        device.receipt('p2', MONDAY_NINE + 60_000),
        device.receipt('p2', MONDAY_NINE + 60_000),
      ]),
    );
    expect(await device.acked(keys(), 4)).toMatchObject({ quarantined: [2, 4] });
    expect((await rowsOf(device)).map(({ seq, play }) => [seq, play])).toEqual([
      [1, 'p1'],
      [3, 'p2'],
    ]);
    const outcome = await database.read((reader) => reader.findOneByOrFail(PlayOutcome, { id: `${device.id}.p1` }));
    expect(outcome.receiptId).toBe(`${device.id}.1.1`);
    expect(await alarmsOf(station, device)).toEqual({ 'receipt.secondFinal': 2 });
  });

  it('a wrong signature: the whole batch, as it came', async () => {
    await enrolled('p1', 'p2');
    const batch = device.batch([device.receipt('p1', MONDAY_NINE), device.receipt('p2', MONDAY_NINE)]);
    const stranger = await station.enrol('k2');
    const forged = { ...stranger.sign({ ...batch }), device: device.id };
    await device.send('receipts', forged);
    expect(await device.acked(keys(), 2)).toMatchObject({ first: 1, last: 2, quarantined: [1, 2] });
    expect(await rowsOf(device)).toEqual([]);
    expect(await quarantineOf(device)).toMatchObject([
      { reason: 'receipt.wrongSignature', payload: JSON.stringify(forged) },
    ]);
    expect(await alarmsOf(station, device)).toEqual({ 'receipt.wrongSignature': 1 });
  });

  it('a signature that is not even base64url blocks nothing', async () => {
    await enrolled('p1');
    const batch = { ...device.batch([device.receipt('p1', MONDAY_NINE)]), signature: `${'A'.repeat(85)}B` };
    await device.send('receipts', batch);
    expect(await device.acked(keys(), 1)).toMatchObject({ quarantined: [1] });
    expect(await quarantineOf(device)).toMatchObject([{ reason: 'receipt.wrongSignature' }]);
  });

  it('a chain that does not end in its link', async () => {
    await enrolled('p1');
    const batch = device.batch([device.receipt('p1', MONDAY_NINE)]);
    await device.send('receipts', device.sign({ ...batch, previous: 'f'.repeat(64) }));
    expect(await device.acked(keys(), 1)).toMatchObject({ quarantined: [1] });
    expect(await quarantineOf(device)).toMatchObject([{ reason: 'receipt.wrongChain' }]);
  });

  it('a range that is not as long as the batch', async () => {
    await enrolled('p1');
    const batch = device.batch([device.receipt('p1', MONDAY_NINE)]);
    await device.send('receipts', device.sign({ ...batch, last: 3 }));
    expect(await device.acked(keys(), 3)).toMatchObject({ first: 1, quarantined: [1, 2, 3] });
    expect(await quarantineOf(device)).toMatchObject([{ reason: 'receipt.malformed' }]);
  });

  it('case 16: a batch in the name of another device counts for neither', async () => {
    const other = await station.enrol('k2');
    await told(station, other, ['p1'], { cluster: 'k2' });
    await enrolled();
    const stolen = other.batch([other.receipt('p1', MONDAY_NINE)]);
    await device.send('receipts', stolen);
    expect(await device.acked(keys(), 1)).toMatchObject({ device: device.id, quarantined: [1] });
    expect(await quarantineOf(device)).toMatchObject([
      { reason: 'receipt.foreignDevice', payload: JSON.stringify(stolen) },
    ]);
    expect(await rowsOf(other)).toEqual([]);
    expect(other.on('acks')).toEqual([]);
    // The batch itself counts where it belongs.
    await other.send('receipts', stolen);
    expect(await other.acked(keys(), 1)).toMatchObject({ quarantined: [] });
  });

  it('a receipt in the name of another device, in a batch of one’s own', async () => {
    await enrolled('p1');
    await device.send('receipts', device.batch([device.receipt('p1', MONDAY_NINE, { device: 'another' })]));
    expect(await device.acked(keys(), 1)).toMatchObject({ quarantined: [1] });
    expect(await quarantineOf(device)).toMatchObject([{ reason: 'receipt.foreignDevice' }]);
  });

  it('receipts of nobody: a name that the broker let in but nobody enrolled', async () => {
    await enrolled('p1');
    const ghost = { id: 'ghost' };
    const batch = device.sign({
      ...device.batch([device.receipt('p1', MONDAY_NINE, { device: 'ghost' })]),
      device: 'ghost',
    });
    await station.platform.bus.publish(topics.up('ghost', 'receipts'), JSON.stringify(batch), { qos: 1 });
    await settled();
    expect(await quarantineOf(ghost)).toMatchObject([
      { reason: 'receipt.unknownDevice', payload: JSON.stringify(batch) },
    ]);
    expect(await rowsOf(ghost)).toEqual([]);
  });

  it('case 26: a simulated receipt never enters a real database', async () => {
    await enrolled('p1');
    await device.send('receipts', device.batch([device.receipt('p1', MONDAY_NINE, { simulated: true })]));
    expect(await device.acked(keys(), 1)).toMatchObject({ quarantined: [1] });
    expect(await rowsOf(device)).toEqual([]);
    expect(await database.read((reader) => reader.countBy(PlayOutcome, { id: `${device.id}.p1` }))).toBe(0);
    expect(await alarmsOf(station, device)).toEqual({ 'receipt.simulatedRefused': 1 });
  });

  it.each<[string, string, Partial<Receipt>]>([
    ['plays longer than its file', 'receipt.absurd', { playedMs: 63_000, endedAtMs: MONDAY_NINE + 63_000 }],
    ['is complete with a cause', 'receipt.absurd', { cause: 'stopped' }],
    [
      'is complete without having sounded whole',
      'receipt.absurd',
      { playedMs: 30_000, endedAtMs: MONDAY_NINE + 30_000 },
    ],
    ['says that it sounded in 1970', 'receipt.absurd', { startedAtMs: 0, endedAtMs: 60_000 }],
    ...[-7, 7].map((hours): [string, QuarantineReason, Partial<Receipt>] => {
      const startedAtMs = MONDAY_NINE + hours * 3_600_000;
      const clock = { startedAtMs, endedAtMs: startedAtMs + 60_000 };
      return [`says that it sounded ${hours} hours from its plan`, 'receipt.absurd', clock];
    }),
    ['ends before it starts', 'receipt.absurd', { endedAtMs: MONDAY_NINE - 1 }],
    ['was not played but sounded', 'receipt.absurd', { outcome: 'notPlayed', cause: 'late', grade: 'verified' }],
    ['played a negative time', 'receipt.malformed', { playedMs: -1 }],
    ['carries another number than its place', 'receipt.malformed', { seq: 7 }],
    [
      'comes from the future',
      'receipt.fromFuture',
      { planned: IN_TWO_DAYS, startedAtMs: IN_TWO_DAYS.startMs, endedAtMs: IN_TWO_DAYS.startMs + 60_000 },
    ],
  ])('a receipt that %s', async (_what, reason, changes) => {
    await enrolled('p1');
    const batch = device.batch([device.receipt('p1', MONDAY_NINE, changes)]);
    await device.send('receipts', batch);
    expect(await device.acked(keys(), 1)).toMatchObject({ quarantined: [1] });
    expect(await quarantineOf(device)).toMatchObject([{ reason, payload: batch.receipts[0] }]);
    expect(await alarmsOf(station, device)).toEqual({ [reason]: 1 });
  });

  it('a receipt that is an hour ahead, because our own clock is behind: kept by the device until the clock is right', async () => {
    const startedAtMs = MONDAY_NINE + 3_600_000;
    await told(station, await enrolled(), ['p1'], { startMs: startedAtMs });
    const batch = device.batch([device.receipt('p1', startedAtMs)]);
    await device.send('receipts', batch);
    await device.until(async () => (await alarmsOf(station, device))['receipt.fromFuture'] === 1);
    expect(device.on('acks')).toEqual([]);
    expect(await quarantineOf(device)).toEqual([]);
    station.clock.set(startedAtMs + 60_000);
    await device.send('receipts', batch);
    expect(await device.acked(keys(), 1)).toMatchObject({ quarantined: [] });
    station.clock.set(MONDAY_NINE);
    expect(await rowsOf(device)).toHaveLength(1);
  });

  it.each([
    ['no JSON', Buffer.from('xin chào')],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x7b])],
    ['a NUL', Buffer.from('{"v":1,\0}')],
    ['an empty message', Buffer.alloc(0)],
  ])('garbage (%s) is kept to the last byte and does not disturb what follows', async (_what, garbage) => {
    await enrolled();
    await device.send('receipts', garbage);
    await settled();
    const [kept] = await quarantineOf(device);
    expect(kept?.reason).toBe('receipt.malformed');
    const payload = kept?.payload ?? '';
    expect(payload.startsWith('base64:') ? Buffer.from(payload.slice(7), 'base64') : Buffer.from(payload)).toEqual(
      garbage,
    );
    expect(device.on('acks')).toHaveLength(1);
  });

  it('a malformed batch whose range can be read is acknowledged, so that it blocks nothing', async () => {
    await enrolled();
    await device.send('receipts', { boot: 3, first: 4, last: 6, nonsense: true });
    expect(await device.acked(keys(), 6, 3)).toMatchObject({ first: 4, quarantined: [4, 5, 6] });
  });

  it.each([
    ['a NUL', 'a\0b'],
    ['half a letter', 'a\ud800b'],
  ])('a text with %s inside a signed batch is kept apart', async (_what, title) => {
    await enrolled('p1');
    const receipt = device.receipt('p1', MONDAY_NINE);
    const raw = JSON.stringify({ ...receipt, item: { ...receipt.item, title: '?' } }).replace('"?"', `"${title}"`);
    const batch = device.batch([raw]);
    for (let time = 0; time < 2; time++) await device.send('receipts', batch);
    await device.until(() => device.on('acks').length === 2);
    expect(device.acks(keys()).map(({ quarantined }) => quarantined)).toEqual([[1], [1]]);
    expect(await quarantineOf(device)).toMatchObject([{ reason: 'receipt.malformed' }]);
  });

  it('a batch larger than the contract allows is kept apart and acknowledged', async () => {
    await enrolled('p1');
    const batch = {
      ...device.batch([device.receipt('p1', MONDAY_NINE)]),
      padding: 'x'.repeat(TOPIC_RULES['up.receipts'].maxBytes),
    };
    await device.send('receipts', batch);
    expect(await device.acked(keys(), 1)).toMatchObject({ quarantined: [1] });
    const [kept] = await quarantineOf(device);
    expect(kept).toMatchObject({ reason: 'receipt.malformed', payload: JSON.stringify(batch) });
  });
});

describeOnBothDatabases('receipts in a demo database', everyTable, (open) => {
  it('case 26: simulated devices count, real ones do not turn simulated, nor the other way', async () => {
    const database = await open({ demo: true });
    const station = await Station.open(database, { withBroker: true });
    try {
      await station.settle();
      await station.start(ReceiptIntake);
      const [simulated, real] = [await station.enrol('k1', { simulated: true }), await station.enrol('k2')];
      await told(station, simulated, ['p1', 'p2']);
      await told(station, real, ['p1'], { cluster: 'k2' });
      await simulated.send(
        'receipts',
        simulated.batch([
          simulated.receipt('p1', MONDAY_NINE),
          simulated.receipt('p2', MONDAY_NINE, { simulated: false }),
        ]),
      );
      expect(await simulated.acked(station.platform.keys, 2)).toMatchObject({ quarantined: [2] });
      await real.send('receipts', real.batch([real.receipt('p1', MONDAY_NINE, { simulated: true })]));
      expect(await real.acked(station.platform.keys, 1)).toMatchObject({ quarantined: [1] });
    } finally {
      await station.close();
    }
  });
});
