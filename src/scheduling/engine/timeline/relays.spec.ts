import { describe, expect, it } from '@jest/globals';
import { dayPart } from '../../../../devices/protocol/index.js';
import { aListener, anEntry, anItem, aRelay, at, daily, itemsOf, planFor } from '../engine.spec-support.js';
import { type Plan, type ScheduleEntry, spanOfDays, type TimelineItem } from '../index.js';

const MINUTE_MS = 60_000;
const span = spanOfDays('2026-01-05', 1, 'Asia/Ho_Chi_Minh');
const listener = aListener('k1', { capabilities: ['stream'] });
const relay = { kind: 'relay', itemId: 'voice', durationMs: 30 * MINUTE_MS } as const;
/** Tiếp sóng of half an hour at 05:00, then the bulletin. */
const morning = (changes: Partial<ScheduleEntry> = {}): ScheduleEntry =>
  anEntry(daily('05:00'), { runningOrder: [relay, { kind: 'item', itemId: 'bulletin' }], ...changes });
const planOf = (entry: ScheduleEntry, voice: TimelineItem | null = aRelay()): Plan =>
  planFor({ entries: [entry], items: itemsOf(anItem(), ...(voice ? [voice] : [])), span, listener });
const firstOf = ({ plays }: Plan) => plays[0];
const missing = ({ gaps }: Plan) => gaps.map(({ part, reason }) => [part, reason]);

describe('a relay where the device streams', () => {
  it('is told with its approved address, its planned length, and the sound that takes its place', () => {
    const play = firstOf(planOf(morning({ graceMs: 60_000, volume: 70 })));
    expect(play).toEqual({
      play: 'e1-20260105T0500-p0',
      occurrence: 'e1-20260105T0500',
      part: 0,
      startMs: at('2026-01-05T05:00'),
      latestEndMs: at('2026-01-05T05:31'),
      late: 'seek',
      class: 'normal',
      volume: 70,
      item: { id: 'voice', version: 3, title: 'Thời sự VOV', language: 'vi' },
      audio: {
        ...{ sha256: 'c'.repeat(64), bytes: 9_000, type: 'audio/ogg; codecs=opus' },
        durationMs: 30 * MINUTE_MS,
      },
      relay: { kind: 'stream', url: 'https://stream.vov.vn/vov1' },
    });
  });

  it('is what a device reads out of a day part', () => {
    const { plays } = planOf(morning());
    const part = dayPart.parse(JSON.parse(JSON.stringify({ v: 1, day: '2026-01-05', plays })));
    expect(part.plays.map(({ relay: source }) => source)).toEqual([
      { kind: 'stream', url: 'https://stream.vov.vn/vov1' },
      undefined,
    ]);
  });

  it.each(['skip', 'whole', 'seek'] as const)('is joined late whatever the order says of stored sound (%s)', (late) => {
    expect(planOf(morning({ late })).plays.map((play) => play.late)).toEqual(['seek', late]);
  });

  it.each([
    ['drop', undefined],
    ['resume', 'resume'],
    ['makeUp', 'resume'],
  ] as const)('interrupted, with %s: %s, since nothing live begins again', (interrupted, told) => {
    expect(firstOf(planOf(morning({ interrupted })))?.interrupted).toBe(told);
  });

  it('of two lengths in one order, each has its own; both share the address', () => {
    const runningOrder = [relay, { ...relay, durationMs: MINUTE_MS }];
    const { plays } = planOf(morning({ runningOrder }));
    expect(plays.map(({ audio }) => audio.durationMs)).toEqual([30 * MINUTE_MS, MINUTE_MS]);
  });

  it('is in the language that it is in: hamlets with another one hear it all the same, and nothing is said to be missing', () => {
    const spoken = { ...listener, languages: ['sti', 'vi'] };
    const { plays, remarks } = planFor({
      ...{ entries: [morning({ runningOrder: [relay] })], items: itemsOf(aRelay()), span },
      listener: spoken,
    });
    expect([plays.length, remarks]).toEqual([1, []]);
  });
});

describe('a relay that is not told', () => {
  const bulletinStarts = (plan: Plan) => plan.plays.map(({ startMs }) => startMs);
  const asPlanned = [at('2026-01-05T05:30')];

  it('nobody approved it: a gap, and what stands behind keeps its time', () => {
    const plan = planOf(morning(), null);
    expect(missing(plan)).toEqual([[0, 'notApproved']]);
    expect(bulletinStarts(plan)).toEqual(asPlanned);
  });

  it.each<[string, Partial<ReturnType<typeof aRelay>>]>([
    ['not valid any more', { validTo: '2026-01-04' }],
    ['not valid yet', { validFrom: '2026-01-06' }],
  ])('%s', (_what, validity) => {
    const plan = planOf(morning(), aRelay('voice', validity));
    expect(missing(plan)).toEqual([[0, 'notValid']]);
    expect(bulletinStarts(plan)).toEqual(asPlanned);
  });

  it('stored sound is no relay, and a relay has no length of its own', () => {
    expect(missing(planOf(morning(), anItem('voice')))).toEqual([[0, 'notApproved']]);
    const asItem = morning({ runningOrder: [{ kind: 'item', itemId: 'voice' }] });
    expect(missing(planOf(asItem))).toEqual([[0, 'notApproved']]);
  });

  it('nothing can take its place yet: it stands in the timeline, and no device is told', () => {
    const plan = planOf(morning(), aRelay('voice', { relay: { url: 'https://stream.vov.vn/vov1', fallback: null } }));
    expect(plan.slices.map(({ kind, play }) => [kind, play !== null])).toEqual([
      ['relay', false],
      ['sound', true],
    ]);
    expect([missing(plan), bulletinStarts(plan)]).toEqual([[], asPlanned]);
  });
});
