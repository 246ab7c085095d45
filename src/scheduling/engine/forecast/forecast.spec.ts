import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { crypto, SERVICE } from '../../../../devices/player/testing/keys.js';
import {
  chainOf,
  FIRST_LINK,
  fromHex,
  type PlannedPlay,
  planHead,
  plannedPlay,
  receipt,
  receiptBatch,
  signBatch,
  signJws,
} from '../../../../devices/protocol/index.js';
import { assetOnWire, type ForecastController, type ForecastPlan, forecast, MONTH_DAYS } from './forecast.js';
import { onWire, publishBytes } from './framing.js';
import {
  ackBytes,
  batchBytes,
  dayPartBytes,
  headBytes,
  receiptNamesBytes,
  receiptPlayBytes,
  utf8Bytes,
} from './messages.js';

const DAY_MS = 86_400_000;
const FIRST = Date.parse('2026-10-26T00:00+07:00');
const startsOf = (days: number) => Array.from({ length: days + 1 }, (_, index) => FIRST + index * DAY_MS);
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
/** As random as ids of the house, and as long. */
const idOf = (text: string) =>
  createHash('sha512')
    .update(text)
    .digest('base64url')
    .toLowerCase()
    .slice(0, 26)
    .replaceAll('_', '0')
    .replaceAll('-', '1');

const TITLES = [
  'Vốn vay Ngân hàng Chính sách xã hội cho hộ nghèo',
  'Tiêm chủng mở rộng tháng 11 tại trạm y tế xã',
  'Phòng cháy, chữa cháy rừng mùa khô',
  'Gương người tốt: chị Thị Lan, ấp 3',
];

const aPlay = (index: number, item: string, changes: { day?: number; bytes?: number } = {}): PlannedPlay => {
  const { day = 0, bytes = 1_200_000 } = changes;
  const startMs = FIRST + day * DAY_MS + 5 * 3_600_000 + index * 420_000;
  const occurrence = `${idOf(`entry ${index}`)}-2026102${6 + (day % 4)}T05${String(index % 60).padStart(2, '0')}`;
  return plannedPlay.parse({
    play: `${occurrence}-p0`,
    occurrence,
    part: 0,
    startMs,
    latestEndMs: startMs + 1_200_000,
    late: 'whole',
    class: 'normal',
    volume: 80,
    item: {
      id: idOf(item),
      version: 2,
      title: `${TITLES[index % TITLES.length]} (${item})`,
      textSha256: hash(`text ${item}`),
      language: 'vi',
    },
    audio: {
      sha256: hash(item),
      bytes,
      ...(bytes > 32_768 ? { descriptor: hash(`descriptor ${item}`) } : {}),
      type: 'audio/ogg',
      durationMs: 300_000,
    },
  });
};

const aPlan = (plays: PlannedPlay[], streams: ForecastPlan['streams'] = []): ForecastPlan => ({ plays, streams });
const aController = (plan: ForecastPlan, changes: Partial<ForecastController> = {}): ForecastController => ({
  id: idOf('controller'),
  areaName: 'Xã An Khương',
  clusterName: 'Cụm loa ấp 3',
  plan,
  holds: new Set(),
  ...changes,
});

function forecastOf(plan: ForecastPlan, days = 7, changes: Partial<ForecastController> = {}) {
  const answer = forecast({ controllers: [aController(plan, changes)], dayStartsMs: startsOf(days) });
  if (!answer.ok) throw new Error(answer.refusal);
  return answer.controllers[0]!;
}

const within = (estimate: number, real: number, share: number) => {
  expect(Math.abs(estimate - real)).toBeLessThan(real * share);
};

describe('sizes of messages, against real ones of the contract', () => {
  it.each([
    [1, 1],
    [5, 5],
    [35, 35],
    [40, 4],
    [200, 20],
    [200, 1],
  ])('a day part of %i plays of %i items, within 25 %%', (count, items) => {
    const plays = Array.from({ length: count }, (_, index) => aPlay(index, `item ${index % items}`));
    const real = gzipSync(JSON.stringify({ v: 1, day: '2026-10-26', plays })).length;
    within(dayPartBytes(plays), real, 0.25);
  });

  const names = { device: idOf('controller'), area: 'Xã An Khương', cluster: 'Cụm loa ấp 3' };
  const textOf = (play: PlannedPlay, seq: number) =>
    JSON.stringify(
      receipt.parse({
        v: 1,
        device: names.device,
        boot: 3,
        bootId: idOf('boot'),
        seq,
        simulated: false,
        play: play.play,
        occurrence: play.occurrence,
        part: 0,
        planVersion: FIRST,
        day: '2026-10-26',
        item: play.item,
        audioSha256: play.audio.sha256,
        area: { id: idOf('area'), name: names.area },
        cluster: { id: idOf('cluster'), name: names.cluster },
        planned: {
          startMs: play.startMs,
          latestEndMs: play.latestEndMs,
          durationMs: 300_000,
          volume: 80,
          class: 'normal',
          late: 'whole',
        },
        outcome: 'notPlayed',
        cause: 'assetMissing',
        grade: 'received',
        startedAtMs: null,
        endedAtMs: null,
        playedMs: 0,
        seekMs: 0,
        lateMs: 0,
        volume: 80,
        clock: { trust: 'coasting', errorMs: null },
      }),
    );

  it.each([1, 50])('a signed batch of %i receipts and its acknowledgement, within 5 %%', (count) => {
    const plays = Array.from({ length: count }, (_, index) => aPlay(index, `item ${index}`));
    const receipts = plays.map((play, index) => textOf(play, 400 + index));
    const batch = receiptBatch.parse(
      signBatch(
        {
          v: 1,
          device: names.device,
          boot: 3,
          first: 400,
          last: 399 + count,
          previous: hash('before'),
          link: chainOf(fromHex(FIRST_LINK), receipts, crypto).at(-1)!,
          receipts,
        },
        SERVICE,
      ),
    );
    const estimate =
      batchBytes(names.device) +
      count -
      1 +
      plays.reduce((sum, play) => sum + receiptPlayBytes(play) + receiptNamesBytes(names), 0);
    within(estimate, Buffer.byteLength(JSON.stringify(batch)), 0.05);
    const ack = { v: 1, device: names.device, boot: 3, first: 400, last: 399 + count, quarantined: [] };
    within(ackBytes(names.device), Buffer.byteLength(signJws('vang-ack', ack, SERVICE)), 0.05);
  });

  it('a signed head of seven days, within 5 %', () => {
    const parts = Array.from({ length: 7 }, (_, index) => ({
      sha256: hash(`part ${index}`),
      bytes: 8_400,
      day: `2026-10-2${index}`,
    }));
    const head = planHead.parse({
      v: 1,
      device: names.device,
      version: FIRST,
      publishedAt: FIRST,
      area: { id: idOf('area'), name: names.area },
      cluster: { id: idOf('cluster'), name: names.cluster },
      from: '2026-10-20',
      until: '2026-10-26',
      sinceMs: FIRST,
      fromMs: FIRST,
      untilMs: FIRST + 7 * DAY_MS,
      parts,
    });
    within(
      headBytes(
        names,
        parts.map(({ bytes }) => bytes),
      ),
      signJws('vang-plan', head, SERVICE).length,
      0.05,
    );
  });
});

describe('framing', () => {
  it('letters weigh what UTF-8 makes of them', () => {
    for (const text of ['a', 'Xã Đắk Nông', '≥', '🔊', 'Xã'.normalize('NFD')])
      expect(utf8Bytes(text)).toBe(Buffer.byteLength(text));
  });

  it('an MQTT packet has one to four bytes of length', () => {
    expect(publishBytes('a/b', 10, 0)).toBe(1 + 1 + 2 + 3 + 10);
    expect(publishBytes('a/b', 10, 1)).toBe(1 + 1 + 2 + 3 + 2 + 10);
    expect(publishBytes('a/b', 32_768, 0)).toBe(1 + 3 + 2 + 3 + 32_768);
  });

  it('a small message costs its headers and an acknowledgement, a large one about 5 % more than itself', () => {
    expect(onWire(0)).toBe(0);
    expect(onWire(2)).toBe(2 + 22 + 40 + 40);
    expect(onWire(1_000_000) / 1_000_000).toBeCloseTo(1.046, 2);
  });

  it('an asset costs little more than its bytes', () => {
    expect(assetOnWire(1_200_000) / 1_200_000).toBeCloseTo(1.06, 1);
  });
});

describe('the forecast of a controller', () => {
  const week = (itemOf: (day: number) => string) =>
    aPlan(Array.from({ length: 7 }, (_, day) => aPlay(0, itemOf(day), { day })));

  it('counts an asset once, however often it plays, and not at all where it is held', () => {
    const daily = forecastOf(week(() => 'notice'));
    const fresh = forecastOf(week((day) => `bulletin ${day}`));
    expect(fresh.audioBytes).toBe(7 * daily.audioBytes);
    expect(
      forecastOf(
        week(() => 'notice'),
        7,
        { holds: new Set([hash('notice')]) },
      ).audioBytes,
    ).toBe(0);
  });

  it('a relay is pulled as a stream, told and proved as a play, and what takes its place is loaded once', () => {
    const streams = [{ bitsPerSecond: 64_000, durationMs: 1_800_000 }];
    const source = { kind: 'stream' as const, url: 'https://stream.vov.vn/vov1' };
    const stored = aPlay(0, 'a', { bytes: 9_000 });
    const [none, relayed, played] = [[], [{ ...stored, relay: source }], [stored]].map((plays) =>
      forecastOf(aPlan(plays, streams), MONTH_DAYS),
    );
    expect(relayed?.streamBytes).toBe(none?.streamBytes);
    expect(relayed?.audioBytes).toBe(played?.audioBytes);
    expect(relayed?.receiptBytes).toBeGreaterThan(none?.receiptBytes ?? 0);
    // Sent live it would be the stream, and not its substitute beside it.
    expect(relayed?.liveBytes).toBe(none?.liveBytes);
    expect(played?.liveBytes).toBeGreaterThan(none?.liveBytes ?? 0);
  });

  it('scales receipts, plan and streams to thirty days, and never the audio', () => {
    const plays = [aPlay(0, 'notice')];
    const streams = [{ bitsPerSecond: 64_000, durationMs: 1_800_000 }];
    const day = forecastOf(aPlan(plays, streams), 1);
    const month = forecastOf(aPlan(plays, streams), MONTH_DAYS);
    expect(day.audioBytes).toBe(month.audioBytes);
    expect(day.receiptBytes).toBeCloseTo(30 * month.receiptBytes, -2);
    expect(day.streamBytes).toBeCloseTo(30 * month.streamBytes, -2);
    within(month.streamBytes, (64_000 / 8) * 1_800, 0.06);
  });

  it('sums up, and says what sending everything live would have cost', () => {
    const {
      audioBytes,
      planBytes,
      receiptBytes: receipts,
      streamBytes,
      otherBytes,
      totalBytes,
      liveBytes,
    } = forecastOf(
      aPlan(
        Array.from({ length: 7 * 20 }, (_, index) =>
          aPlay(index % 20, `item ${index % 5}`, { day: Math.floor(index / 20) }),
        ),
      ),
    );
    expect(totalBytes).toBe(audioBytes + planBytes + receipts + streamBytes + otherBytes);
    expect(liveBytes).toBeGreaterThan(140 * 1_200_000 * 4);
    expect(totalBytes).toBeLessThan(liveBytes / 10);
  });

  it('a controller that was offline sends the same receipts in fewer bytes', () => {
    const controllers = [aController(aPlan(Array.from({ length: 50 }, (_, index) => aPlay(index, 'notice'))))];
    const bytesBy = (receiptsPerBatch: number) => {
      const answer = forecast({ controllers, dayStartsMs: startsOf(1), line: { receiptsPerBatch } });
      return answer.ok ? answer.controllers[0]!.receiptBytes : Number.NaN;
    };
    expect(bytesBy(50)).toBeLessThan(bytesBy(1) * 0.7);
  });

  it('an empty schedule still costs keepalive and time', () => {
    const { audioBytes, receiptBytes: receipts, streamBytes, otherBytes } = forecastOf(aPlan([]));
    expect([audioBytes, receipts, streamBytes]).toEqual([0, 0, 0]);
    expect(otherBytes).toBeGreaterThan(1_000_000);
  });

  it.each([
    ['forecast.daysWrong', { dayStartsMs: [FIRST] }],
    ['forecast.daysWrong', { dayStartsMs: [FIRST, FIRST] }],
    ['forecast.lineWrong', { line: { receiptsPerBatch: 51 } }],
    ['forecast.lineWrong', { line: { changesPerDay: -1 } }],
    ['forecast.streamWrong', { controllers: [aController(aPlan([], [{ bitsPerSecond: -1, durationMs: 1 }]))] }],
  ])('%s', (refusal, changes) => {
    expect(forecast({ controllers: [], dayStartsMs: startsOf(1), ...changes })).toEqual({ ok: false, refusal });
  });

  it('3,000 controllers of 150 plans with 35 plays a day within five seconds', () => {
    const plans = Array.from({ length: 150 }, (_, commune) =>
      aPlan(
        Array.from({ length: 245 }, (_, index) =>
          aPlay(index % 35, `c${commune} ${index % 10}`, { day: Math.floor(index / 35) }),
        ),
      ),
    );
    const controllers = Array.from({ length: 3_000 }, (_, index) =>
      aController(plans[index % 150]!, { id: idOf(`c ${index}`) }),
    );
    const before = performance.now();
    const answer = forecast({ controllers, dayStartsMs: startsOf(7) });
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(answer.ok && answer.controllers).toHaveLength(3_000);
  });
});
